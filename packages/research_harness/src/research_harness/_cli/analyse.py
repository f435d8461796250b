"""``crucible analyse``."""

import click

from .._terminal.errors import reported
from .._terminal.output import json_option, output_dir_option, show, trust_option


@click.command()
@click.argument("run")
@click.argument("file", required=False)
@output_dir_option
@trust_option
@click.option(
    "--edit", "edits", multiple=True, metavar="ROW=right|wrong", help="Change the score of a row."
)
@click.option("--by", default="", help="Who changes scores.")
@click.option("--why", default="", help="The reason of the change.")
@json_option
@reported
def analyse(  # noqa: PLR0917  # click passes the options by name
    run: str,
    file: str | None,
    output_dir: str,
    trust: bool,
    edits: tuple[str, ...],
    by: str,
    why: str,
    as_json: bool,
) -> None:
    """Score and analyse the finished rows of RUN again, without a call to any model.

    Scorer, metrics, criteria and texts are those of the experiment in FILE, or of the file that
    the run was started from.
    """
    from .._definition.load import load_experiment
    from .._run.reanalysis import reanalyze

    experiment = load_experiment(file) if file else None
    changes = dict(_edit(each) for each in edits)
    show(
        reanalyze(
            run, experiment, output_dir=output_dir, trust=trust, edits=changes, by=by, why=why
        ),
        as_json=as_json,
    )


def _edit(text: str) -> tuple[int, bool]:
    row, _, mark = text.partition("=")
    if not row.isdigit() or mark not in ("right", "wrong"):
        raise click.BadParameter(f"{text!r} is not ROW=right or ROW=wrong", param_hint="--edit")
    return int(row), mark == "right"
