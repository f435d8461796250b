"""``crucible compare``."""

import sys
from functools import partial

import click

from .._terminal.errors import echo, reported
from .._terminal.fields import field_option, fields_of
from .._terminal.output import output_dir_option
from .._terminal.outputs import write_outputs
from .._terminal.run_ids import complete_log, with_run_folders

_WORSE = 1


@click.command()
@click.argument("paths", nargs=-1, required=True, shell_complete=complete_log)
@click.option("--against", help="Compare all systems with this one; exit 1 if one is worse.")
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--equivalence", type=float, help="The margin within which systems count as equal.")
@click.option("--cluster-by", help="The field of the items whose values are clusters.")
@click.option("--group-by", help="The field of the items whose values are subgroups.")
@click.option("--score", help="Which of several scores of the logs to take.")
@click.option("--scorer", help="Score all answers again with this scorer.")
@field_option
@click.option(
    "--max-unmatched",
    type=float,
    default=0.1,
    show_default=True,
    help="The largest share of items that a system may lack.",
)
@click.option("--watch", is_flag=True, help="Show one run's conditions while it goes on.")
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    help="With --watch: the seconds between two looks.  [default: 5]",
)
@output_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@click.option(
    "--output", multiple=True, help="Also write a report: FILE.md, .html, .tex, .ipynb, .json."
)
@reported
def compare(  # noqa: PLR0917  # click passes the options by name
    paths: tuple[str, ...],
    against: str | None,
    level: float,
    equivalence: float | None,
    cluster_by: str | None,
    group_by: str | None,
    score: str | None,
    scorer: str | None,
    fields: tuple[str, ...],
    max_unmatched: float,
    watch: bool,  # same
    every: float | None,
    output_dir: str,
    as_json: bool,  # click passes options by name
    output: tuple[str, ...],
) -> None:
    """Compare systems by runs or logs: is one better, by how much, how sure.

    PATHS are runs of Crucible (ids or folders), logs of Inspect, lm-eval or promptfoo, CSV, JSON
    Lines or Parquet files, folders of them, and patterns. Exits with 1 when --against is given and
    a system is worse than it. With --watch, PATHS is one run; the comparison follows when it has
    ended.
    """
    from .._compare.compare import compare as compare_logs

    if every is not None and not watch:
        raise click.UsageError("--every belongs to --watch")
    if watch:
        _watched(paths, 5.0 if every is None else every, output_dir)

    found = compare_logs(
        with_run_folders(paths, output_dir),
        against=against,
        level=level,
        equivalence=equivalence,
        cluster_by=cluster_by,
        group_by=group_by,
        score=score,
        scorer=scorer,
        fields=fields_of(fields),
        max_unmatched=max_unmatched,
    )
    echo(found.to_json() if as_json else str(found))
    write_outputs(found, output, beside_json=as_json)
    if against is not None and found.worse():
        sys.exit(_WORSE)


def _watched(paths: tuple[str, ...], every: float, output_dir: str) -> None:
    """Show a run until it has ended."""
    from .._history.watch import watch

    if len(paths) != 1:
        raise click.UsageError("--watch takes one run")
    show = partial(echo, err=True)
    watch(paths[0], show=show, every_s=every, output_dir=output_dir)
