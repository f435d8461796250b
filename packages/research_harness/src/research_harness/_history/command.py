"""``crucible history``."""

import sys

import click

from .._terminal.errors import echo, reported
from .._terminal.fields import field_option, fields_of
from .._terminal.output import output_dir_option
from .._terminal.outputs import write_outputs
from .._terminal.run_ids import with_run_folders

_REGRESSION = 1


@click.command("history")
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--gate", is_flag=True, help="Exit with 1 when the newest of a system is worse than before."
)
@click.option(
    "--allowed-loss",
    type=float,
    help="With --gate: exit with 1 unless a larger loss is excluded.",
)
@click.option(
    "--baseline",
    default="previous",
    show_default=True,
    help="What the newest is compared with: previous, first, or the name of a run or log.",
)
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--cluster-by", help="The field of the items whose values are clusters.")
@click.option("--score", help="Which of several scores of the logs to take.")
@click.option("--scorer", help="Score the answers of logs again with this scorer.")
@field_option
@click.option(
    "--max-unmatched",
    type=float,
    default=0.1,
    show_default=True,
    help="The largest share of items that one of the two may lack.",
)
@output_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print the history as JSON.")
@click.option(
    "--output", multiple=True, help="Also write a report: FILE.md, .html, .tex, .ipynb, .json."
)
@reported
def history_command(
    paths: tuple[str, ...],
    *,
    gate: bool,
    allowed_loss: float | None,
    baseline: str,
    level: float,
    cluster_by: str | None,
    score: str | None,
    scorer: str | None,
    fields: tuple[str, ...],
    max_unmatched: float,
    output_dir: str,
    as_json: bool,
    output: tuple[str, ...],
) -> None:
    """Show scores over time, and whether the newest are worse.

    PATHS are runs (ids or folders), logs, folders of them, and patterns. A system is known by its
    name: the condition of a run, the model of a log. With --gate the exit status is 1 for a
    regression, 0 without one, and 2 when the newest cannot be compared.
    """
    from .history import history

    if allowed_loss is not None and not gate:
        raise click.UsageError("--allowed-loss belongs to --gate")
    found = history(
        with_run_folders(paths, output_dir),
        baseline=baseline,
        allowed_loss=allowed_loss,
        level=level,
        cluster_by=cluster_by,
        score=score,
        scorer=scorer,
        fields=fields_of(fields),
        max_unmatched=max_unmatched,
    )
    echo(found.to_json() if as_json else str(found))
    write_outputs(found, output, beside_json=as_json)
    if gate and found.regressions():
        sys.exit(_REGRESSION)
