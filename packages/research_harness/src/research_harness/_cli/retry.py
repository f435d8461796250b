"""``crucible retry``."""

import click

from .._definition.retries import Cause
from .._terminal.configuration import any_output_dir_option, config_option, configured
from .._terminal.errors import interruptible, reported
from .._terminal.limits import ceiling_options, ceilings_of
from .._terminal.output import (
    RETRIED,
    concurrency_option,
    display,
    json_option,
    quiet_option,
    show,
    trust_option,
)
from .._terminal.run_ids import complete_file, complete_run

_CAUSES: tuple[Cause, ...] = ("world", "time", "answer", "score")


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("file", required=False, shell_complete=complete_file)
@click.option(
    "--only",
    type=click.Choice(("dead", *_CAUSES)),
    multiple=True,
    default=RETRIED,
    show_default=True,
    help="Which failed rows: all of dead.jsonl, or those with this cause; may be repeated.",
)
@any_output_dir_option
@config_option
@trust_option
@concurrency_option
@ceiling_options
@quiet_option
@json_option
@reported
def retry(  # noqa: PLR0917  # click passes the options by name
    run: str,
    file: str | None,
    only: tuple[str, ...],
    output_dir: str | None,
    config: str | None,
    trust: bool,  # click passes options by name
    concurrency: int | None,
    quiet: bool,  # same
    as_json: bool,  # same
    **ceilings: float | None,
) -> None:
    """Ask the failed rows of RUN again.

    Rows that are missing are left to resume. A row that is answered takes the place of the failure;
    the journal keeps both.
    """
    from .._definition.load import load_experiment
    from .._run.run import resume_sync

    experiment = load_experiment(file) if file else None
    given = {"output_dir": output_dir, "concurrency": concurrency}
    options = configured(config, {**given, "ceilings": ceilings_of(ceilings)})
    result = interruptible(
        lambda: resume_sync(
            run,
            experiment,
            output_dir=options["output_dir"],
            retry_failed=[each for each in _CAUSES if each in only or "dead" in only],
            missing=False,
            trust=trust,
            concurrency=options.get("concurrency"),
            ceilings=options["ceilings"],
            progress=display(quiet or not options["progress"]),
        ),
        again=True,
    )
    show(result, as_json=as_json)
