"""The options that choose where rows are run, which ``run`` and ``resume`` share."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

if TYPE_CHECKING:
    from .._executors.executor import Executor

Command = TypeVar("Command", bound=Callable[..., Any])
Where = Literal["local", "ray"]


def executor_options(command: Command) -> Command:
    """Add the options of executors to a command."""
    for add in (
        click.option(
            "--ray-address",
            help="The address of a running Ray cluster, or auto; without it one is started here.",
        ),
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            help="How many Ray actors share the rows; one a processor when left out.",
        ),
        click.option(
            "--executor",
            "where",
            type=click.Choice(("local", "ray")),
            default="local",
            show_default=True,
            help="Where rows are run: in this process, or in the actors of a Ray cluster.",
        ),
    ):
        command = add(command)
    return command


def executor_of(where: Where, workers: int | None, ray_address: str | None) -> "Executor | None":
    """The executor that the options mean; None runs rows in this process.

    Raises:
        click.UsageError: An option of Ray without ``--executor ray``.
    """
    if where == "ray":
        from .._executors.ray_cluster import RayExecutor

        return RayExecutor(workers=workers, address=ray_address)
    if workers is not None or ray_address is not None:
        raise click.UsageError("--workers and --ray-address need --executor ray")
    return None
