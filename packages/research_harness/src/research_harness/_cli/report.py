"""``crucible report RUN`` and ``crucible report check FILE``."""

import sys
from typing import Any

import click

from .._terminal.errors import echo, reported
from .._terminal.output import echo_json, json_option, output_dir_option
from .._terminal.run_ids import complete_run

_HELP = ("-h", "--help")


class _ReportGroup(click.Group):
    """``crucible report RUN`` is short for ``crucible report render RUN``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in _HELP:
            args = ["render", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ReportGroup)
def report() -> None:
    """Render a finished run again (crucible report RUN), or check a text (report check FILE)."""


@report.command()
@click.argument("run", shell_complete=complete_run)
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=("markdown", "html"),
    show_default=True,
    help="A format, every-eval-ever or ro-crate; may be given several times.",
)
@click.option(
    "--claims",
    is_flag=True,
    help="Write the claims as PRML manifests with their hashes instead.",
)
@click.option(
    "--checklist",
    "checklists",
    multiple=True,
    help="A checklist that the run fills in, such as neurips; may be given several times.",
)
@click.option(
    "--paper",
    is_flag=True,
    help="Write methods, results and reproducibility as LaTeX for a paper instead.",
)
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="NAME=TEXT",
    help="A text of the paper in place of that of the run, such as research_question=...",
)
@click.option(
    "--license",
    default="",
    metavar="NAME",
    help="The license of the files for ro-crate, such as CC-BY-4.0.",
)
@click.option("--out", help="The folder to write to.  [default: <run>_reports beside the run]")
@output_dir_option
@json_option
@reported
def render(
    run: str,
    *,
    formats: tuple[str, ...],
    claims: bool,
    checklists: tuple[str, ...],
    paper: bool,
    facts: tuple[str, ...],
    license: str,
    out: str | None,
    output_dir: str,
    as_json: bool,
) -> None:
    """Render the finished RUN (an id or a folder) in other formats. The run is not changed.

    With --checklist, the checklists of venues and standards that the run fills in are written
    instead: neurips, llm-guidelines, nist-ai-800-2, reforms, acm-badges, disclosure.
    """
    from .._artifacts.reports import report as render_run

    if claims or checklists or paper:
        found: dict[str, Any] = {}
        if claims:
            found["claims"] = _write_claims(run, out, output_dir)
        if checklists:
            found["checklists"] = _write_checklists(run, checklists, formats, out, output_dir)
        if paper:
            found["paper"] = _write_paper(run, facts, out, output_dir)
        _say(found, as_json=as_json)
        return
    if license and "ro-crate" not in formats:
        raise click.UsageError("--license is for --format ro-crate")
    written = render_run(run, formats=formats, output_dir=output_dir, out=out, license=license)
    if as_json:
        echo_json({name: str(path) for name, path in written.items()})
        return
    for name, path in written.items():
        echo(f"{name} report: {path}")


def _write_claims(run: str, out: str | None, output_dir: str) -> list[str]:
    from .._disclosure.claims import write_claims

    return [str(path) for path in write_claims(run, output_dir=output_dir, out=out)]


def _write_paper(run: str, facts: tuple[str, ...], out: str | None, output_dir: str) -> str:
    from .._disclosure.paper import write_paper

    given = dict(each.partition("=")[::2] for each in facts)
    return str(write_paper(run, output_dir=output_dir, out=out, facts=given))


def _write_checklists(
    run: str, names: tuple[str, ...], formats: tuple[str, ...], out: str | None, output_dir: str
) -> list[dict[str, Any]]:
    from .._disclosure.checklists import write_checklists

    return [
        {
            "title": filled.title,
            "answered": filled.score,
            "open": len(filled.open),
            "items": len(filled.items),
            "files": [str(path) for path in paths],
        }
        for filled, paths in write_checklists(
            run, names, formats=formats, out=out, output_dir=output_dir
        )
    ]


def _say(found: dict[str, Any], *, as_json: bool) -> None:
    """Print what was written beside the report."""
    if as_json:
        echo_json(found)
        return
    for path in found.get("claims", ()):
        echo(f"claim: {path}")
    for each in found.get("checklists", ()):
        echo(
            f"{each['title']}: {each['answered']:.0%} answered from the run,"
            f" {each['open']} of {each['items']} left to the authors: {', '.join(each['files'])}"
        )
    if "paper" in found:
        echo(f"paper: {found['paper']}")


@report.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--run", help="A run, an id or a folder, whose numbers the text must have.")
@output_dir_option
@json_option
@reported
def check(file: str, run: str | None, output_dir: str, as_json: bool) -> None:
    """Recompute the p-values of anybody's text; with --run, compare its numbers too.

    FILE is Markdown, LaTeX, HTML, a notebook, Typst, a PDF or plain text. Exits with 0 when all
    fits and with 1 when something does not.
    """
    from pathlib import Path

    import reporter

    from .._artifacts.folder import find_run
    from .._artifacts.reports import run_report
    from .._core.text import printable

    made = run_report(find_run(run, Path(output_dir))) if run else None
    findings = reporter.check_file(file, report=made)
    if as_json:
        names = ("kind", "message", "context", "format")
        echo_json([{name: getattr(each, name) for name in names} for each in findings])
        sys.exit(1 if findings else 0)
    for finding in findings:
        click.echo(printable(str(finding)))
    if not findings:
        what = "every p-value fits its statistic"
        echo(f"{what}, and every number is that of the run" if run else what)
    sys.exit(1 if findings else 0)
