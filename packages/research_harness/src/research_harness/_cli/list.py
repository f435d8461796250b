"""``crucible list``."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from .._terminal.errors import echo, reported
from .._terminal.output import echo_json, output_dir_option, terminal_width

if TYPE_CHECKING:
    from .._browse.runs import RunEntry

_SHOWN_VALUES = 2
_HEAD = 14  # where the texts of a block begin
_LEAST = 20


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
    width = terminal_width()
    lines = [_line(each) for each in found]
    if width is not None and max(map(len, lines), default=0) > width:
        blocks = ("\n".join(_block(each, width)) for each in found)
        lines = "\n\n".join(blocks).split("\n")
    for line in lines:
        echo(line)
    if not found:
        echo(f"no run in {output_dir}" + (f" has {text!r} in its texts" if text else ""))


def _line(entry: "RunEntry") -> str:
    if entry.state == "damaged":
        return _one_line(f"{entry.id}  damaged: {entry.problem}")
    parts = [entry.id, entry.name, entry.state, ", ".join(entry.conditions), _rows(entry)]
    parts += ["SIMULATED"] if entry.simulated else []
    parts += [_tags(entry), _started(entry), _headline(entry)]
    return _one_line("  ".join(part for part in parts if part))


def _block(entry: "RunEntry", width: int) -> Iterator[str]:
    """A run on several lines, for a terminal that is narrower than its one line."""
    yield from _wrapped("", entry.id, width)
    if entry.state == "damaged":
        yield from _wrapped("  damaged     ", entry.problem, width)
        return
    simulated = ["SIMULATED"] if entry.simulated else []
    fields = {
        "name": [entry.name],
        "state": [", ".join([entry.state, _rows(entry), *simulated])],
        "conditions": [", ".join(entry.conditions)],
        "tags": [_tags(entry)],
        "started": [_started(entry)],
        entry.metric: [*_values(entry), _more(entry)],
    }
    for name, texts in fields.items():
        head = f"  {name:<10}  "
        if len(head) > _HEAD and any(texts):
            yield head.rstrip()
            head = " " * _HEAD
        for text in filter(None, texts):
            yield from _wrapped(head, text, width)
            head = " " * _HEAD


def _wrapped(head: str, text: str, width: int) -> list[str]:
    """A text behind its name; further lines stand below its begin."""
    wide = max(width - len(head), _LEAST)
    whole = _one_line(text).replace(" %", "\xa0%")  # a number stays with its sign
    lines = textwrap.wrap(whole, wide, break_on_hyphens=False, break_long_words=False)
    shown = (each.replace("\xa0%", " %") for each in lines)
    return [f"{'' if number else head:{len(head)}}{each}" for number, each in enumerate(shown)]


def _rows(entry: "RunEntry") -> str:
    from .._report.wording import count_text

    if entry.planned_rows not in (None, entry.rows):
        return f"{entry.rows:,} of {entry.planned_rows:,} rows"
    return count_text(entry.rows, "row")


def _tags(entry: "RunEntry") -> str:
    return "  ".join(f"#{each}" for each in entry.tags)


def _started(entry: "RunEntry") -> str:
    return entry.started_at[:16].replace("T", " ")


def _headline(entry: "RunEntry") -> str:
    """The first metric of the first conditions."""
    if not entry.values:
        return ""
    text = f"{entry.metric}: {', '.join(_values(entry))}"
    return f"{text} {_more(entry)}".rstrip()


def _values(entry: "RunEntry") -> list[str]:
    return [f"{name} {text}" for name, text in list(entry.values.items())[:_SHOWN_VALUES]]


def _more(entry: "RunEntry") -> str:
    more = len(entry.values) - _SHOWN_VALUES
    return f"and {more} more" if more > 0 else ""


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
