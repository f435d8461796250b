"""``crucible estimate``."""

import click

from .errors import echo, reported


@click.command()
@click.argument("file")
@click.option(
    "--pilot",
    default=5,
    show_default=True,
    type=click.IntRange(min=1),
    help="Items that each condition answers.",
)
@reported
def estimate(file: str, pilot: int) -> None:  # the options are described above
    """Run a pilot for real and extrapolate what the experiment in FILE will cost and take."""
    from .._definition.load import load_experiment
    from .._run.estimate import estimate_sync

    echo(str(estimate_sync(load_experiment(file), pilot=pilot)))
