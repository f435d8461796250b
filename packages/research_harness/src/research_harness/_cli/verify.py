"""``crucible verify``."""

import sys

import click

from .errors import echo, reported
from .output import output_dir_option


@click.command()
@click.argument("first")
@click.argument("second", required=False)
@output_dir_option
@reported
def verify(first: str, second: str | None, output_dir: str) -> None:
    """Check the run FIRST against its manifest and journal, or two runs against each other.

    Exits with 0 when all agrees and with 1 when something differs.
    """
    from .._artifacts.verify import verify as check

    found = check(first, second, output_dir=output_dir)
    echo(str(found))
    sys.exit(0 if found.agree else 1)
