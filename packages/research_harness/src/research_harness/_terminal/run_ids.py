"""Runs by their ids where paths are taken too, and what a shell completes them to."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from click.shell_completion import CompletionItem


def with_run_folders(paths: Iterable[str], output_dir: str) -> tuple[str, ...]:
    """The paths, with the folder of a run in place of its id.

    Args:
        paths: Paths, patterns, and ids of runs; what exists under its own name is a path.
        output_dir: The folder of all runs.
    """
    return tuple(_folder(each, Path(output_dir)) for each in paths)


def complete_run(context: Any, _: object, typed: str) -> list[CompletionItem]:
    """What a shell offers for a run: the ids in the folder of all runs, then folders.

    Args:
        context: The command as far as it is typed.
        typed: The word as far as it is typed.
    """
    return [*map(CompletionItem, _ids(context, typed)), CompletionItem(typed, type="dir")]


def complete_log(context: Any, _: object, typed: str) -> list[CompletionItem]:
    """What a shell offers where logs are taken too: the ids of runs, then files.

    Args:
        context: The command as far as it is typed.
        typed: The word as far as it is typed.
    """
    return [*map(CompletionItem, _ids(context, typed)), CompletionItem(typed, type="file")]


def complete_run_id(context: Any, _: object, typed: str) -> list[CompletionItem]:
    """What a shell offers where only an id is taken.

    Args:
        context: The command as far as it is typed.
        typed: The word as far as it is typed.
    """
    return [*map(CompletionItem, _ids(context, typed))]


def typed_argument(context: Any, name: str) -> str:
    """What is typed for an argument so far; empty without it.

    Args:
        context: The command as far as it is typed. Behind an option that has no value yet, its
            arguments have not been given their names.
        name: The argument.
    """
    if context.params.get(name):
        return str(context.params[name])
    names = [each.name for each in context.command.params if each.param_type_name == "argument"]
    number = names.index(name) if name in names else len(context.args)
    return str(context.args[number]) if number < len(context.args) else ""


def typed_run(context: Any) -> Path | None:
    """The folder of the run that a command names; None without one.

    Args:
        context: The command as far as it is typed.
    """
    run = typed_argument(context, "run")
    return Path(_folder(run, Path(context.params.get("output_dir") or "results"))) if run else None


def complete_file(_: object, __: object, typed: str) -> list[CompletionItem]:
    """What a shell offers for a file.

    Args:
        typed: The word as far as it is typed.
    """
    return [CompletionItem(typed, type="file")]


def _ids(context: Any, typed: str) -> list[str]:
    folder = Path(context.params.get("output_dir") or "results")
    found = folder.glob("*/checkpoints/run.json")
    names = (each.parts[-3] for each in found)
    return sorted(name for name in names if name.startswith(typed) and name.isprintable())


def _folder(given: str, output_dir: Path) -> str:
    run = output_dir / given
    named = not Path(given).exists() and (run / "checkpoints" / "run.json").is_file()
    return str(run) if named else given
