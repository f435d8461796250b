"""``crucible run``."""

from typing import Any

import click

from .._terminal.configuration import config_option, configured
from .._terminal.confirming import confirm_run, yes_option
from .._terminal.errors import echo, interruptible, reported
from .._terminal.executors import Where, executor_of, executor_options
from .._terminal.levels import levels_option
from .._terminal.limits import ceiling_options, ceilings_of
from .._terminal.offers import complete_condition
from .._terminal.output import (
    concurrency_option,
    display,
    echo_json,
    json_option,
    quiet_option,
    show,
)
from .._terminal.run_ids import complete_file, complete_run, complete_run_id


@click.command()
@click.argument("file", shell_complete=complete_file)
@click.option("--output-dir", help="The folder of all runs; results when left out.")
@config_option
@click.option(
    "--id",
    "run_id",
    shell_complete=complete_run_id,
    help="The run's id; made from the experiment's name otherwise.",
)
@click.option("--overwrite", is_flag=True, help="Replace a run that has this id.")
@click.option("--seed", type=click.IntRange(min=0), help="Replaces the experiment's seed.")
@click.option("--sample-size", type=click.IntRange(min=1), help="Replaces its sample size.")
@click.option("--repeat", type=click.IntRange(min=1), help="Replaces its number of repeats.")
@click.option("--limit", type=click.IntRange(min=1), help="Run the first items only, so many.")
@click.option("--items", multiple=True, help="Run this item only, or items whose ids fit: 'q1*'.")
@click.option(
    "--condition",
    "conditions",
    multiple=True,
    shell_complete=complete_condition,
    help="Run this condition only.",
)
@click.option("--model", "models", multiple=True, help="Ask this model; several are compared.")
@levels_option
@click.option(
    "--replay",
    shell_complete=complete_run,
    help="Give the recorded answers of this run (an id or a folder) again.",
)
@click.option("--force", is_flag=True, help="Replay although the experiment has changed.")
@concurrency_option
@ceiling_options
@executor_options
@click.option("--dry-run", is_flag=True, help="Show what would be run, without running it.")
@yes_option
@quiet_option
@json_option
@reported
def run(  # noqa: PLR0917  # click passes the options by name
    file: str,
    output_dir: str | None,
    config: str | None,
    run_id: str | None,
    overwrite: bool,  # click passes options by name
    seed: int | None,
    sample_size: int | None,
    repeat: int | None,
    limit: int | None,
    items: tuple[str, ...],
    conditions: tuple[str, ...],
    models: tuple[str, ...],
    levels: dict[str, list[Any]],
    replay: str | None,
    force: bool,  # click passes options by name
    concurrency: int | None,
    dry_run: bool,  # same
    yes: bool,  # same
    quiet: bool,  # same
    as_json: bool,  # same
    where: Where,
    workers: int | None,
    ray_address: str | None,
    **ceilings: float | None,
) -> None:
    """Run the experiment in FILE and write its report.

    FILE is a Python file, file.py::Class, package.module:Class, or a YAML or TOML file.
    """
    from .._definition.load import experiment_source, load_experiment
    from .._run.run import run_sync

    experiment = load_experiment(file)
    given: dict[str, Any] = {
        "output_dir": output_dir,
        "seed": seed,
        "sample_size": sample_size,
        "repeat": repeat,
        "concurrency": concurrency,
        "limit": limit,
        "items": items,
        "conditions": conditions,
        "models": models or None,
        "levels": levels or None,
        "ceilings": ceilings_of(ceilings),
    }
    options = configured(config, given)
    shown = options.pop("progress") and not quiet
    if dry_run:
        _show_plan(experiment, options, as_json=as_json)
        return
    free = experiment.virtual_time or replay is not None
    executor = executor_of(where, workers, ray_address)
    confirm_run(lambda: _preview(experiment, options), simulated=free, yes=yes)
    result = interruptible(
        lambda: run_sync(
            experiment,
            run_id=run_id,
            overwrite=overwrite,
            replay=replay,
            force=force,
            progress=display(not shown),
            experiment_file=experiment_source(file)[0],
            executor=executor,
            **options,
        )
    )
    show(result, as_json=as_json)


def _preview(experiment: Any, options: dict[str, Any]) -> Any:
    from .._run.preview import preview

    options = {name: each for name, each in options.items() if name != "output_dir"}
    options |= options.pop("settings")
    return preview(experiment, **options)


def _show_plan(experiment: Any, options: dict[str, Any], *, as_json: bool) -> None:
    found = _preview(experiment, options)
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(str(found))
        echo("nothing was run")
