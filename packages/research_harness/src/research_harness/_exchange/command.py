"""``crucible import`` and ``crucible export``."""

import sys
from pathlib import Path
from typing import Any

import click

from .._terminal.errors import INCOMPLETE, echo, reported
from .._terminal.fields import field_option, fields_of
from .._terminal.output import echo_json, json_option, output_dir_option


@click.command("import")
@click.argument("paths", nargs=-1, required=True)
@output_dir_option
@click.option("--id", "run_id", help="The id of the run; made from the task otherwise.")
@click.option("--overwrite", is_flag=True, help="Replace a run that has this id.")
@click.option("--name", help="The title of the run; the task otherwise.")
@click.option("--score", help="Which of several scores of the logs to take.")
@click.option("--scorer", help="Score all answers again with this scorer.")
@field_option
@click.option("--cluster-by", "clusters", default="", help="The field of the items that groups.")
@click.option("--tag", "tags", multiple=True, help="A word to find the run by; may be repeated.")
@json_option
@reported
def import_command(
    paths: tuple[str, ...],
    *,
    output_dir: str,
    run_id: str | None,
    overwrite: bool,
    name: str | None,
    score: str | None,
    scorer: str | None,
    fields: tuple[str, ...],
    clusters: str,
    tags: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make a run of the logs of another tool, which report, verify, analyse and show then take.

    PATHS are logs of Inspect, lm-eval, promptfoo, HELM and others, CSV, JSON Lines or Parquet
    files, folders of them, and patterns. Each task becomes a run, each system a condition of it.
    Exits with 3 when a log is incomplete.
    """
    from .import_logs import import_logs

    found = import_logs(
        paths,
        output_dir=output_dir,
        run_id=run_id,
        overwrite=overwrite,
        name=name,
        score=score,
        scorer=scorer,
        fields=fields_of(fields),
        clusters=clusters,
        tags=tags,
    )
    if as_json:
        echo_json([{**each.to_dict(), "complete": each.complete} for each in found])
    else:
        for each in found:
            _show(each)
    if not all(each.complete for each in found):
        sys.exit(INCOMPLETE)


def _show(result: Any) -> None:
    echo(str(result))
    echo("")
    for name, path in result.reports.items():
        echo(f"{name} report: {path}")
    echo(f"artifacts: {Path(result.folder)}")
    if not result.complete:
        echo(f"incomplete: {result.analysis['stopped']}")


@click.command("export")
@click.argument("run")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["inspect", "every-eval-ever", "eee"]),
    default="inspect",
    show_default=True,
    help="The tool whose form is written; eee is short for every-eval-ever.",
)
@click.option("--out", help="The folder to write to.  [default: <run>_<format> beside the run]")
@output_dir_option
@json_option
@reported
def export_command(
    run: str, *, format_: str, out: str | None, output_dir: str, as_json: bool
) -> None:
    """Write the finished RUN (an id or a folder) as logs of another tool, one a condition.

    Inspect's viewer opens its logs: inspect view --log-dir <run>_inspect.
    """
    from .export import export_run

    chosen: Any = {"eee": "every-eval-ever"}.get(format_, format_)
    written = export_run(run, format=chosen, out=out, output_dir=output_dir)
    if as_json:
        echo_json({"format": chosen, "logs": [str(path) for path in written]})
        return
    for path in written:
        echo(f"log: {path}")
