"""``crucible show``."""

import math
from pathlib import Path
from typing import Any

import click

from .._terminal.errors import echo, reported
from .._terminal.offers import complete_condition
from .._terminal.output import echo_json, output_dir_option
from .._terminal.run_ids import complete_run

_SHOWN = 20
_TEXTS = ("input", "prediction", "expected", "score", "error", "cost_usd", "latency_ms", "trace_id")
_EVENT = ("decision", "reasoning", "confidence")


@click.command()
@click.argument("run", shell_complete=complete_run)
@output_dir_option
@click.option("--item", help="Only the rows of the item with this id.")
@click.option(
    "--condition", shell_complete=complete_condition, help="Only the rows of this condition."
)
@click.option("--failed", is_flag=True, help="Only rows that failed.")
@click.option("--wrong", is_flag=True, help="Only wrong answers; with --failed also failed rows.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="The maximum number of rows.  [default: 20; all for --json and --parquet]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
@click.option("--parquet", metavar="FILE", help="Write the rows to a Parquet file instead.")
@reported
def show(  # noqa: PLR0917  # click passes the options by name
    run: str,
    output_dir: str,
    item: str | None,
    condition: str | None,
    failed: bool,  # click passes options by name
    wrong: bool,  # same
    limit: int | None,
    as_json: bool,  # same
    parquet: str | None,
) -> None:
    """Show single rows of the finished RUN (an id or a folder) with their calls to models."""
    from .._artifacts.folder import find_run
    from .._browse.rows import chains_of_rows, detailed, results_table, select, write_rows
    from .._report.wording import count_text

    folder = find_run(run, Path(output_dir))
    table = results_table(folder)
    _known(table, "item_id", item, "--item")
    _known(table, "condition", condition, "--condition")
    fits = select(table, item=item, condition=condition, failed=failed, wrong=wrong)
    limit = limit or (fits.num_rows if as_json or parquet else _SHOWN)
    rows = detailed(folder, fits.slice(0, limit))
    if parquet:
        write_rows(folder, rows, Path(parquet))
        echo(f"{count_text(rows.num_rows, 'row')}: {parquet}", err=as_json)
    if as_json:
        echo_json([_plain(row) for row in rows.to_pylist()])
    elif not parquet:
        found = rows.to_pylist()
        ids = {row["trace_id"] for row in found}
        _show(found, chains_of_rows(folder, ids - {None}), fits.num_rows)


def _known(table: Any, column: str, value: str | None, option: str) -> None:
    """Refuse a name that no row has."""
    import difflib

    names = table[column].unique().to_pylist()
    if value is None or value in names:
        return
    near = difflib.get_close_matches(value, names, n=5) or names[:5]
    hint = f"{value!r} is in no row of the run; it has {', '.join(near)}"
    echo(f"error: {option}: {hint}", err=True)
    raise click.exceptions.Exit(2)


def _show(rows: list[dict[str, Any]], chains: dict[str, Any], count: int) -> None:
    for row in rows:
        lines = [*_lines(row), *_stated(chains.get(row["trace_id"], ()))]
        echo("\n".join(lines) + "\n")
    if count > len(rows):
        echo(f"{len(rows):,} of {count:,} rows; --limit shows more")
    elif not rows:
        echo("no row fits")


def _lines(row: dict[str, Any]) -> list[str]:
    kind = "failed" if row["error_type"] else "right" if row["correct"] else "wrong"
    head = f"{row['index']}  {row['condition']}  {row['item_id']}  repeat {row['repeat']}  {kind}"
    head += f" at try {row['attempts']}" if row["attempts"] > 1 else ""
    error = f"{row['error_type']}: {row['error']}" if row["error_type"] else None
    lines = [head.replace("\n", " ")]
    lines += [_field(name, {**row, "error": error}[name]) for name in _TEXTS]
    for call in row["calls"]:
        lines.append(f"  call to {call['model']} ({call['role'] or 'single'}, {call['status']})")
        names = ("prompt", "answer", "vote", "cost_usd", "latency_ms", "error")
        lines += [_field(name, call[name], indent=4) for name in names]
    return [line for line in lines if line]


def _stated(chain: Any) -> list[str]:
    """The events of a causal chain, each with its kind of evidence."""
    lines = []
    for event in chain:
        lines.append(f"  event: {event.type} ({event.evidence.replace('_', ' ')})")
        lines += [_field(name, getattr(event, name) or None, indent=4) for name in _EVENT]
    return [line for line in lines if line]


def _field(name: str, value: Any, *, indent: int = 2) -> str:
    """A field with its further lines indented, so that a text cannot pass for another field."""
    if value is None or (name in ("error", "vote") and not value):
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    inner = "\n".join(
        [text.split("\n")[0], *(f"{'':{indent + 2}}| {x}" for x in text.split("\n")[1:])]
    )
    return f"{'':{indent}}{name}: {inner}"


def _plain(value: Any) -> Any:
    """A value as JSON holds it: NaN becomes None, an infinity its name."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
