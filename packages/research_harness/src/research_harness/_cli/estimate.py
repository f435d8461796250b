"""``crucible estimate``."""

import click

from .._terminal.configuration import config_option, configured
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
@config_option
@json_option
@reported
def estimate(
    file: str,
    pilot: int,
    config: str | None,
    as_json: bool,  # click passes options by name
) -> None:
    """Run a pilot for real and extrapolate what the experiment in FILE will cost and take."""
    from .._definition.load import load_experiment
    from .._run.estimate import estimate_sync

    options = configured(config, {})
    found = estimate_sync(
        load_experiment(file),
        pilot=pilot,
        settings={
            name: options[name]
            for name in ("seed", "sample_size", "repeat", "concurrency")
            if name in options
        }
        | options["settings"],
    )
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(str(found))
