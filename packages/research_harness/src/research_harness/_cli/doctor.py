"""``crucible doctor``."""

import sys
from pathlib import Path

import click

from .._terminal.errors import echo, reported
from .._terminal.output import echo_json, json_option, output_dir_option

_PROBLEM = 1
_MARKS = {"ok": "ok", "absent": "-", "problem": "PROBLEM"}


@click.command()
@output_dir_option
@click.option("--server", "servers", multiple=True, help="Another server's address to try.")
@json_option
@reported
def doctor(output_dir: str, servers: tuple[str, ...], as_json: bool) -> None:
    """Show what this machine has for experiments: keys, servers, sandbox, versions, disk.

    Keys are looked for and never shown, and nothing is sent to a provider. Exits with 1 when
    something is a problem.
    """
    from .._health.checks import examine

    found = examine(Path(output_dir), servers=servers)
    if as_json:
        echo_json([each.to_dict() for each in found])
    else:
        width = max(len(each.name) for each in found)
        topic = ""
        for each in found:
            if each.topic != topic:
                topic = each.topic
                echo(topic)
            echo(f"  {each.name.ljust(width)}  {_MARKS[each.state]:7}  {each.text}")
    if any(each.state == "problem" for each in found):
        sys.exit(_PROBLEM)
