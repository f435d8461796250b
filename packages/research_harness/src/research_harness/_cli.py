"""The command line: ``crucible run | resume | estimate | verify``."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from ._errors import HarnessError

Result = TypeVar("Result")
_BAD_INPUT = 2
_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crucible-framework-research-harness", prog_name="crucible")
def cli() -> None:
    """Run experiments on language models, and check what they found."""


def _reported(command: Callable[..., Result]) -> Callable[..., Result]:
    """Show the errors that a user can mend as one message instead of a traceback."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Result:
        try:
            return command(*arguments, **options)
        except Exception as error:
            if isinstance(error, HarnessError) or _is_ours(error):
                click.echo(f"error: {error}", err=True)
                sys.exit(_BAD_INPUT)
            raise

    return wrapped


def _is_ours(error: Exception) -> bool:
    """Whether one of the seven libraries raised it on purpose."""
    ours = {
        "bench",
        "causal_trace",
        "dataset_manager",
        "ensemble",
        "hedging",
        "reporter",
        "telemetry_research",
    }
    return any(kind.__module__.partition(".")[0] in ours for kind in type(error).__mro__)


_output_dir = click.option(
    "--output-dir", default="results", show_default=True, help="The folder of all runs."
)
_concurrency = click.option(
    "--concurrency", type=click.IntRange(min=1), help="How many rows are in work at once."
)
_quiet = click.option("--quiet", is_flag=True, help="Show no progress.")


@cli.command()
@click.argument("file")
@_output_dir
@click.option("--id", "run_id", help="The run's id; made from the experiment's name otherwise.")
@click.option("--overwrite", is_flag=True, help="Replace a run that has this id.")
@click.option("--seed", type=click.IntRange(min=0), help="In place of the experiment's seed.")
@click.option("--sample-size", type=click.IntRange(min=1), help="In place of its sample size.")
@click.option("--repeat", type=click.IntRange(min=1), help="In place of its number of repeats.")
@_concurrency
@click.option("--dry-run", is_flag=True, help="Show what would be run, and stop.")
@_quiet
@_reported
def run(  # noqa: PLR0917  # click passes the options by name
    file: str,
    output_dir: str,
    run_id: str | None,
    overwrite: bool,  # click passes options by name
    seed: int | None,
    sample_size: int | None,
    repeat: int | None,
    concurrency: int | None,
    dry_run: bool,  # same
    quiet: bool,  # same
) -> None:
    """Run the experiment in FILE (or FILE::Class) and write its report."""
    from ._load import load_experiment
    from ._run import run_sync

    experiment = load_experiment(file)
    options: dict[str, Any] = {
        "seed": seed,
        "sample_size": sample_size,
        "repeat": repeat,
        "concurrency": concurrency,
    }
    if dry_run:
        _show_plan(experiment, options)
        return
    result = _interruptible(
        lambda: run_sync(
            experiment,
            output_dir=output_dir,
            run_id=run_id,
            overwrite=overwrite,
            progress=_display(quiet),
            experiment_file=Path(file.partition("::")[0]),
            **options,
        )
    )
    _show(result)


@cli.command()
@click.argument("run")
@click.argument("file", required=False)
@_output_dir
@click.option("--force", is_flag=True, help="Go on although the experiment or its data changed.")
@_concurrency
@_quiet
@_reported
def resume(  # noqa: PLR0917  # click passes the options by name
    run: str,
    file: str | None,
    output_dir: str,
    force: bool,  # click passes options by name
    concurrency: int | None,
    quiet: bool,  # same
) -> None:
    """Go on with the interrupted RUN (an id or a folder); FILE only if the experiment has moved."""
    from ._load import load_experiment
    from ._run import resume_sync

    experiment = load_experiment(file) if file else None
    result = _interruptible(
        lambda: resume_sync(
            run,
            experiment,
            output_dir=output_dir,
            force=force,
            concurrency=concurrency,
            progress=_display(quiet),
        )
    )
    _show(result)


@cli.command()
@click.argument("file")
@click.option(
    "--pilot", default=5, show_default=True, type=click.IntRange(min=1), help="Items to ask."
)
@_reported
def estimate(file: str, pilot: int) -> None:  # the options are described above
    """Ask a few items for real and extrapolate what the experiment in FILE will cost and take."""
    from ._estimate import estimate_sync
    from ._load import load_experiment

    click.echo(str(estimate_sync(load_experiment(file), pilot=pilot)))


@cli.command()
@click.argument("first")
@click.argument("second", required=False)
@_output_dir
@_reported
def verify(first: str, second: str | None, output_dir: str) -> None:
    """Check the run FIRST against its manifest and journal, or two runs against each other.

    Exits with 0 when all agrees and with 1 when something differs.
    """
    from ._verify import verify as check

    found = check(first, second, output_dir=output_dir)
    click.echo(str(found))
    sys.exit(0 if found.agree else 1)


def _display(quiet: bool) -> Any:  # private, one argument
    from ._progress import show_progress

    return None if quiet else show_progress


def _interruptible(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except KeyboardInterrupt as error:
        notes = getattr(error, "__notes__", [])
        click.echo("\n".join(["interrupted", *notes]), err=True)
        click.echo("go on with: crucible resume <that folder>", err=True)
        sys.exit(_INTERRUPTED)


def _show_plan(experiment: Any, options: dict[str, Any]) -> None:
    from ._session import prepare

    session = prepare(experiment, **options)
    click.echo(f"{session.experiment.name}: {len(session.plan)} rows")
    click.echo(f"  data set: {session.items}")
    names = ", ".join(each.name for each in session.plan.conditions)
    click.echo(f"  conditions: {names}; repeats: {session.plan.repeat}; seed: {session.plan.seed}")
    click.echo(f"  metrics: {', '.join(metric.name for metric in session.metrics)}")
    click.echo("nothing was run")


def _show(result: Any) -> None:
    click.echo(str(result))
    click.echo()
    for name, path in result.reports.items():
        click.echo(f"{name} report: {path}")
    click.echo(f"artifacts: {result.folder}")
    click.echo(f"{result.rows - result.resumed_rows} rows in {result.seconds:.1f} s")
