"""``crucible estimate``."""

import click

from .._terminal.errors import echo, reported
from .._terminal.output import echo_json, json_option


@click.command()
@click.argument("file")
@click.option(
    "--pilot",
    default=5,
    show_default=True,
    type=click.IntRange(min=1),
    help="Items that each condition answers.",
)
@json_option
@reported
def estimate(file: str, pilot: int, as_json: bool) -> None:  # the options are described above
    """Run a pilot for real and extrapolate what the experiment in FILE will cost and take."""
    from .._definition.load import load_experiment
    from .._run.estimate import estimate_sync

    found = estimate_sync(load_experiment(file), pilot=pilot)
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(str(found))
