"""``crucible list``."""

from typing import TYPE_CHECKING

import click

from .._terminal.errors import echo, reported
from .._terminal.output import echo_json, output_dir_option

if TYPE_CHECKING:
    from .._browse.runs import RunEntry

_SHOWN_VALUES = 2


@click.command("list")
@click.argument("text", required=False, default="")
@output_dir_option
@click.option("--tag", "tags", multiple=True, help="Only runs with this tag; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
@reported
def list_command(
    text: str, output_dir: str, tags: tuple[str, ...], as_json: bool
) -> None:  # by name
    """List the runs of a folder, the newest first.

    With TEXT, only runs that have it in their id, name, description or tags. A folder that
    cannot be read is one line that says so.
    """
    from .._browse.runs import list_runs

    found = list_runs(output_dir, text=text, tags=tags)
    if as_json:
        echo_json([each.to_dict() for each in found])
        return
    for each in found:
        echo(_line(each))
    if not found:
        echo(f"no run in {output_dir}" + (f" has {text!r} in its texts" if text else ""))


def _line(entry: "RunEntry") -> str:
    from .._report.wording import count_text

    if entry.state == "damaged":
        return _one_line(f"{entry.id}  damaged: {entry.problem}")
    rows = count_text(entry.rows, "row")
    if entry.planned_rows not in (None, entry.rows):
        rows = f"{entry.rows:,} of {entry.planned_rows:,} rows"
    parts = [entry.id, entry.name, entry.state, ", ".join(entry.conditions), rows]
    parts += ["SIMULATED"] if entry.simulated else []
    parts += [f"#{each}" for each in entry.tags]
    parts += [entry.started_at[:16].replace("T", " "), _headline(entry)]
    return _one_line("  ".join(part for part in parts if part))


def _headline(entry: "RunEntry") -> str:
    """The first metric of the first conditions."""
    if not entry.values:
        return ""
    shown = [f"{name} {text}" for name, text in list(entry.values.items())[:_SHOWN_VALUES]]
    more = len(entry.values) - len(shown)
    return f"{entry.metric}: {', '.join(shown)}" + (f" and {more} more" if more else "")


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
