"""``crucible estimate``."""

from typing import Any

import click

from .._terminal.configuration import any_output_dir_option, config_option, configured
from .._terminal.errors import echo, reported
from .._terminal.levels import levels_option
from .._terminal.output import echo_json, json_option
from .._terminal.run_ids import complete_file, complete_run


@click.command()
@click.argument("file", shell_complete=complete_file)
@click.option(
    "--pilot",
    default=5,
    show_default=True,
    type=click.IntRange(min=1),
    help="Items that each condition answers.",
)
@click.option(
    "--from",
    "recorded",
    shell_complete=complete_run,
    help="A run whose costs, latencies and marks are taken; asks nothing.",
)
@any_output_dir_option
@click.option("--model", "models", multiple=True, help="Ask this model; several are compared.")
@levels_option
@click.option("--difference", type=float, help="A difference in accuracy to find, such as 0.05.")
@click.option("--power", default=0.8, show_default=True, help="How likely it is to be found.")
@config_option
@json_option
@reported
def estimate(  # noqa: PLR0917  # click passes the options by name
    file: str,
    pilot: int,
    recorded: str | None,
    output_dir: str | None,
    models: tuple[str, ...],
    levels: dict[str, list[Any]],
    difference: float | None,
    power: float,
    config: str | None,
    as_json: bool,  # click passes options by name
) -> None:
    """Say what the experiment in FILE will cost, take and find, from a pilot that is run for real.

    With --from nothing is asked. The power of the design comes from simulated runs.
    """
    from .._definition.load import load_experiment
    from .._run.estimate import estimate_sync

    options = configured(config, {"output_dir": output_dir})
    found = estimate_sync(
        load_experiment(file),
        pilot=pilot,
        recorded=recorded,
        output_dir=options["output_dir"],
        difference=difference,
        power=power,
        settings={
            name: options[name]
            for name in ("seed", "sample_size", "repeat", "concurrency")
            if name in options
        }
        | options["settings"]
        | ({"models": models} if models else {})
        | ({"levels": levels} if levels else {}),
    )
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(str(found))
