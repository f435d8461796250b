"""What a shell offers for the parts of an experiment, read from its file without running it."""

import ast
import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from click.shell_completion import CompletionItem

from .._core.errors import HarnessError
from .._core.files import read_json
from .._core.system import read_file
from .._definition.condition import AnyCondition, Condition
from .._definition.grid import ConditionGrid, conditions_of_class, with_levels, with_models
from .run_ids import typed_argument, typed_run

_MOST = 200  # a grid of more combinations is not offered
_MAX_BYTES = 2**22


def complete_condition(context: Any, _: object, typed: str) -> list[CompletionItem]:
    """What a shell offers for a condition: of the file, or of the run that the line names.

    Args:
        context: The command as far as it is typed.
        typed: The word as far as it is typed.
    """
    folder = typed_run(context)
    return _offered(_of_file(context) if folder is None else _of_run(folder), typed)


def complete_levels(context: Any, _: object, typed: str) -> list[CompletionItem]:
    """What a shell offers for ``--set``: names of parameters, then their levels in the file.

    Args:
        context: The command as far as it is typed.
        typed: The word as far as it is typed.
    """
    found: dict[str, list[str]] = {}
    for each in _parts(typed_argument(context, "file")):
        for name, levels in _parameters(each).items():
            own = found.setdefault(name, [])
            own += [level for level in levels if level not in own]
    name, is_set, levels_typed = typed.partition("=")
    if not is_set:
        return _offered((f"{each}=" for each in found), typed)
    given, comma, _ = levels_typed.rpartition(",")
    used = given.split(",")
    left = (each for each in found.get(name, ()) if each not in used)
    return _offered((f"{name}={given}{comma}{each}" for each in left), typed)


def _offered(names: Iterator[str] | Sequence[str], typed: str) -> list[CompletionItem]:
    fitting = (name for name in names if name.startswith(typed) and name.isprintable())
    return [CompletionItem(name) for name in dict.fromkeys(fitting)]


def _of_run(folder: Path) -> list[str]:
    try:
        config = read_json(folder / "config.json")
        return [str(each["name"]) for each in config["conditions"]]
    except (HarnessError, OSError, ValueError, KeyError, TypeError):
        return []


def _of_file(context: Any) -> list[str]:
    conditions: list[AnyCondition] = []
    for each in _parts(typed_argument(context, "file")):
        conditions += [each] if isinstance(each, Condition) else _few(each)
    models = tuple(context.params.get("models") or ())
    made = with_levels(with_models(conditions, models), context.params.get("levels") or {})
    return [made_of.name for each in made.values() for made_of in each.values()]


def _few(grid: ConditionGrid[Any]) -> list[AnyCondition]:
    """The conditions of a grid, if they are not too many to choose from."""
    count = 1
    for levels in grid.levels.values():
        count *= len(levels)
    return list(grid) if 0 < count <= _MOST else []


def _parts(file: str) -> list[AnyCondition | ConditionGrid[Any]]:
    """The conditions and grids of a file; none where it cannot be read."""
    from .._definition.written import SUFFIXES, written_experiment

    path, _, name = file.partition("::")
    try:
        if Path(path).suffix in SUFFIXES:
            return list(conditions_of_class(written_experiment(Path(path))))
        tree = ast.parse(read_file(Path(path), most=_MAX_BYTES))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError, HarnessError):
        return []
    return list(_in_tree(tree, name))


def _in_tree(tree: ast.AST, name: str) -> Iterator[AnyCondition | ConditionGrid[Any]]:
    """What is marked as a condition, in the class of this name where one is named."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and name and node.name != name:
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _marked(node)
        if isinstance(node, ast.Call) and _called(node) == "Condition":
            found = _constant(node.args[0] if node.args else None) or _keyword(node, "name")
            if isinstance(found, str):
                yield Condition(name=found, function=_function({}))
        yield from _in_tree(node, name)


def _marked(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[AnyCondition | ConditionGrid[Any]]:
    arguments = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    function = _function({each.arg: _constant(default) for each, default in arguments})
    for mark in node.decorator_list:
        kind = _called(mark)
        if kind == "condition":
            named = isinstance(mark, ast.Call) and (
                _constant(mark.args[0] if mark.args else None) or _keyword(mark, "name")
            )
            yield Condition(name=str(named or node.name), function=function)
        elif kind == "grid" and isinstance(mark, ast.Call):
            levels = {each.arg: _constants(each.value) for each in mark.keywords if each.arg}
            yield ConditionGrid(function=function, levels=levels)


def _function(keywords: Mapping[str, Any]) -> Any:
    """A function with these keywords, which stands for one that was not loaded."""

    def stands() -> None:
        """Is never called."""

    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(name, kind, default=each) for name, each in keywords.items()]
    vars(stands)["__signature__"] = inspect.Signature(parameters)
    return stands


def _parameters(part: AnyCondition | ConditionGrid[Any]) -> dict[str, list[str]]:
    """The parameters of a condition that ``--set`` takes, with the levels that the file names."""
    own = inspect.signature(part.function).parameters.values()
    found = {each.name: [] if each.default is None else [_text(each.default)] for each in own}
    if isinstance(part, ConditionGrid):
        found |= {name: [_text(level) for level in each] for name, each in part.levels.items()}
    return found


def _text(level: object) -> str:
    """A level as it is typed."""
    return level if isinstance(level, str) else json.dumps(level)


def _called(node: ast.AST) -> str:
    """The name of a decorator, or of what is called."""
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def _keyword(node: ast.Call, name: str) -> Any:
    return next((_constant(each.value) for each in node.keywords if each.arg == name), None)


def _constant(node: ast.AST | None) -> Any:
    """A number, a text or a truth value that is written out; None for anything else."""
    try:
        found = None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str | int | float) else None


def _constants(node: ast.AST) -> list[Any]:
    """The members of a list or tuple that are written out."""
    elements = node.elts if isinstance(node, ast.Tuple | ast.List) else []
    return [found for each in elements if (found := _constant(each)) is not None]
