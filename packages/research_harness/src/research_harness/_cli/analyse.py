"""``crucible analyse``."""

from typing import Any

import click

from .._terminal.errors import echo, interruptible, reported
from .._terminal.offers import complete_condition
from .._terminal.output import echo_json, json_option, output_dir_option, show, trust_option
from .._terminal.run_ids import complete_file, complete_run, complete_run_id


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("file", required=False, shell_complete=complete_file)
@output_dir_option
@trust_option
@click.option(
    "--edit", "edits", multiple=True, metavar="ROW=right|wrong", help="Change the score of a row."
)
@click.option("--by", default="", help="Who changes scores.")
@click.option("--why", default="", help="The reason of the change.")
@click.option(
    "--revote",
    metavar="CONDITION",
    shell_complete=complete_condition,
    help="Count the votes of this condition again, as a new run.",
)
@click.option("--members", default="", help="Who votes then: names with commas; all otherwise.")
@click.option("--strategy", help="The rule of the vote; as it was otherwise.")
@click.option("--normalize", help="When two answers are the same; as it was otherwise.")
@click.option(
    "--id",
    "run_id",
    shell_complete=complete_run_id,
    help="The id of that new run; RUN_revote otherwise.",
)
@click.option(
    "--labels", help="A CSV file (row, right) of what people found; checks the scorer against it."
)
@click.option("--judge", help="Check this one of the experiment's scorers.")
@click.option("--chosen", is_flag=True, help="The labelled rows were chosen, not drawn at random.")
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
    revote: str | None,
    members: str,
    strategy: str | None,
    normalize: str | None,
    run_id: str | None,
    labels: str | None,
    judge: str | None,
    chosen: bool,
    as_json: bool,
) -> None:
    """Score and analyse the finished rows of RUN again, without a call to any model.

    Scorer, metrics, criteria and texts are those of the experiment in FILE, or of the file that
    the run was started from.
    """
    if labels is not None:
        from .._judging.check import check_judge

        found = check_judge(run, labels, scorer=judge, chosen=chosen, output_dir=output_dir)
        if as_json:
            echo_json(found.to_dict())
        else:
            echo(str(found))
        return
    if judge or chosen:
        raise click.UsageError("--judge and --chosen belong to --labels")
    vote = {"members": members, "strategy": strategy, "normalize": normalize}
    if revote is not None:
        given = {key: each for key, each in vote.items() if each}
        found = interruptible(
            lambda: _counted_again(run, revote, given, output_dir, run_id), again=True
        )
        show(found, as_json=as_json)
        return
    if any(vote.values()) or run_id:
        raise click.UsageError("--members, --strategy, --normalize and --id belong to --revote")
    from .._definition.load import load_experiment
    from .._run.reanalysis import reanalyze

    experiment = load_experiment(file) if file else None
    changes = dict(_edit(each) for each in edits)
    found = interruptible(
        lambda: reanalyze(
            run, experiment, output_dir=output_dir, trust=trust, edits=changes, by=by, why=why
        ),
        again=True,
    )
    show(found, as_json=as_json)


def _counted_again(
    run: str, condition: str, vote: dict[str, Any], output_dir: str, run_id: str | None
) -> Any:
    """The run that counts the votes of a condition again."""
    from .._revote.revote import revote
    from .._revote.votes import Recount

    members = tuple(filter(None, vote.pop("members", "").split(",")))
    name = " ".join((*members, *vote.values())) or "again"
    votes = {name: Recount(members=members, **vote)}
    return revote(run, votes, condition=condition, output_dir=output_dir, run_id=run_id)


def _edit(text: str) -> tuple[int, bool]:
    row, _, mark = text.partition("=")
    if not row.isdigit() or mark not in ("right", "wrong"):
        raise click.BadParameter(f"{text!r} is not ROW=right or ROW=wrong", param_hint="--edit")
    return int(row), mark == "right"
