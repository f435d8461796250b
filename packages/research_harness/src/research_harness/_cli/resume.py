"""``crucible resume``."""

import click

from .._terminal.configuration import any_output_dir_option, config_option, configured
from .._terminal.errors import interruptible, reported
from .._terminal.executors import Where, executor_of, executor_options
from .._terminal.limits import ceiling_options, ceilings_of
from .._terminal.output import (
    concurrency_option,
    display,
    json_option,
    quiet_option,
    show,
    trust_option,
)
from .._terminal.run_ids import complete_file, complete_run


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("file", required=False, shell_complete=complete_file)
@any_output_dir_option
@config_option
@click.option("--force", is_flag=True, help="Continue although the experiment or its data changed.")
@click.option(
    "--retry-failed",
    is_flag=True,
    help="Ask the rows again that failed because a service was away or too slow.",
)
@trust_option
@concurrency_option
@ceiling_options
@executor_options
@quiet_option
@json_option
@reported
def resume(  # noqa: PLR0917  # click passes the options by name
    run: str,
    file: str | None,
    output_dir: str | None,
    config: str | None,
    force: bool,  # click passes options by name
    retry_failed: bool,  # same
    trust: bool,  # same
    concurrency: int | None,
    quiet: bool,  # same
    as_json: bool,  # same
    where: Where,
    workers: int | None,
    ray_address: str | None,
    **ceilings: float | None,
) -> None:
    """Continue the interrupted RUN (an id or a folder); FILE only if the experiment has moved."""
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
            force=force,
            retry_failed=retry_failed,
            trust=trust,
            concurrency=options.get("concurrency"),
            ceilings=options["ceilings"],
            progress=display(quiet or not options["progress"]),
            executor=executor_of(where, workers, ray_address),
        ),
        again=True,
    )
    show(result, as_json=as_json)
