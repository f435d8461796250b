"""``crucible verify``."""

import sys

import click

from .._terminal.errors import echo, reported
from .._terminal.output import echo_json, json_option, output_dir_option


@click.command()
@click.argument("first")
@click.argument("second", required=False)
@output_dir_option
@json_option
@reported
def verify(first: str, second: str | None, output_dir: str, as_json: bool) -> None:
    """Check the run FIRST against its manifest and journal, or two runs against each other.

    Exits with 0 when all agrees and with 1 when something differs.
    """
    from .._artifacts.verify import verify as check

    found = check(first, second, output_dir=output_dir)
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(str(found))
    sys.exit(0 if found.agree else 1)
