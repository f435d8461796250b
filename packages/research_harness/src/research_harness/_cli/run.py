"""``crucible run``."""

from typing import Any

import click

from .errors import echo, interruptible, reported
from .output import concurrency_option, display, output_dir_option, quiet_option, show


@click.command()
@click.argument("file")
@output_dir_option
@click.option("--id", "run_id", help="The run's id; made from the experiment's name otherwise.")
@click.option("--overwrite", is_flag=True, help="Replace a run that has this id.")
@click.option("--seed", type=click.IntRange(min=0), help="Replaces the experiment's seed.")
@click.option("--sample-size", type=click.IntRange(min=1), help="Replaces its sample size.")
@click.option("--repeat", type=click.IntRange(min=1), help="Replaces its number of repeats.")
@concurrency_option
@click.option("--dry-run", is_flag=True, help="Show what would be run, without running it.")
@quiet_option
@reported
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
    """Run the experiment in FILE and write its report.

    FILE is a Python file, file.py::Class, or package.module:Class.
    """
    from .._definition.load import experiment_source, load_experiment
    from .._run.run import run_sync

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
    result = interruptible(
        lambda: run_sync(
            experiment,
            output_dir=output_dir,
            run_id=run_id,
            overwrite=overwrite,
            progress=display(quiet),
            experiment_file=experiment_source(file)[0],
            **options,
        )
    )
    show(result)


def _show_plan(experiment: Any, options: dict[str, Any]) -> None:
    from .._plan.preparation import prepare
    from .._report.wording import count_text

    prepared = prepare(experiment, **options)
    echo(f"{prepared.experiment.name}: {count_text(len(prepared.plan), 'row')}")
    echo(f"  data set: {prepared.items}")
    names = ", ".join(each.name for each in prepared.plan.conditions)
    echo(f"  conditions: {names}; repeats: {prepared.plan.repeat}; seed: {prepared.plan.seed}")
    echo(f"  metrics: {', '.join(metric.name for metric in prepared.metrics)}")
    echo("nothing was run")
