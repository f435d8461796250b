"""One form of each convention on all eight faces, so that one library teaches the others."""

import asyncio
import dataclasses
import importlib
import inspect
import typing
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, is_typeddict

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(path.name for path in (ROOT / "packages").iterdir())
# The same word for the same thing in two libraries that may not import each other.
SHARED = {
    "EVENTS",
    "Interval",
    "MissingExtraError",
    "RunningLoopError",
    "UnknownFormatError",
    "UnknownMetricError",
}
# Both take code out of a text: one for scoring, with where it was found; one for a chain.
SHARED |= {"extract_code"}
# Both give "is one better": bench of two groups of numbers, the harness of logs.
SHARED |= {"compare"}
OLD_ARGUMENTS = {
    "confidence_level": "level",
    "nan": "missing",
    "normalise": "normalize",
    "percentile": "quantile",
    "q": "quantile",
    "queries": "items",
    "query": "item",
    "right": "correct",
}
# Points in time, not durations.
TIMES = {"end_us", "since_us", "start_us", "started_us", "timestamp_us", "until_us"}
OTHER_UNITS = ("_s", "_sec", "_seconds", "_us", "_minutes")


@pytest.fixture(params=PACKAGES)
def face(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_no_option_hides_behind_any(face: ModuleType) -> None:
    hidden = [
        f"{name}(**{parameter.name})"
        for name, parameter in _parameters(face)
        if parameter.kind is inspect.Parameter.VAR_KEYWORD and parameter.annotation in (Any, "Any")
    ]

    assert not hidden


def test_arguments_have_the_one_name(face: ModuleType) -> None:
    wrong = [
        f"{name}({parameter.name}=): {OLD_ARGUMENTS[parameter.name]}"
        for name, parameter in _parameters(face)
        if parameter.name in OLD_ARGUMENTS
    ]

    assert not wrong


def test_durations_are_asked_for_in_milliseconds(face: ModuleType) -> None:
    wrong = [
        f"{name}({parameter.name}=)"
        for name, parameter in _parameters(face)
        if parameter.name.endswith(OTHER_UNITS) and parameter.name not in TIMES
    ]

    assert not wrong


@pytest.mark.parametrize(
    ("argument", "default"), [("level", 0.95), ("seed", 0), ("replace", False)]
)
def test_a_common_argument_has_one_default(face: ModuleType, argument: str, default: Any) -> None:
    found = {
        name: parameter.default
        for name, parameter in _parameters(face)
        if parameter.name == argument
    }

    wrong = {name: value for name, value in found.items() if value not in (default, None)}
    assert {name for name, value in wrong.items() if value is not inspect.Parameter.empty} == set()


def test_maxima_and_minima_begin_with_max_and_min(face: ModuleType) -> None:
    wrong = [
        f"{name}({parameter.name}=)"
        for name, parameter in _parameters(face)
        if parameter.name.startswith(("most_", "least_", "at_most", "at_least"))
    ]

    assert not wrong


def test_a_sync_twin_takes_what_its_original_takes(face: ModuleType) -> None:
    for name, twin in _twins(face):
        original = getattr(face, name.removesuffix("_sync"))
        assert _names(twin) == _names(original), name


def test_a_sync_twin_inside_a_running_loop_says_to_await(face: ModuleType) -> None:
    async def call(twin: Callable[..., object]) -> None:
        required = [
            each
            for each in inspect.signature(twin).parameters.values()
            if each.default is inspect.Parameter.empty
            and each.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        keywords = {each.name: None for each in required if each.kind is each.KEYWORD_ONLY}
        twin(*[None for each in required if each.kind is not each.KEYWORD_ONLY], **keywords)

    for name, twin in _twins(face):
        with pytest.raises(RuntimeError, match=f"await {name.removesuffix('_sync')}") as caught:
            asyncio.run(call(twin))
        assert type(caught.value).__name__ == "RunningLoopError", name
        assert caught.value.__context__ is None, name


def test_registering_has_one_form(face: ModuleType) -> None:
    for name in face.__all__:
        if name.startswith("register"):
            signature = inspect.signature(getattr(face, name))
            thing = name.removeprefix("register_")
            assert f"{thing}_names" in face.__all__, f"{name} without {thing}_names"
            assert next(iter(signature.parameters)) == "name", name
            assert signature.parameters["replace"].kind is inspect.Parameter.KEYWORD_ONLY, name


def test_names_of_registered_things_are_a_sorted_tuple(face: ModuleType) -> None:
    for name in face.__all__:
        if name.endswith("_names"):
            names = getattr(face, name)()
            assert isinstance(names, tuple), name
            assert list(names) == sorted(names), name


def test_values_are_frozen(face: ModuleType) -> None:
    wrong = [
        name
        for name, thing in _classes(face)
        if dataclasses.is_dataclass(thing) and not thing.__dataclass_params__.frozen  # type: ignore[attr-defined]
    ]

    assert not wrong


def test_results_become_dictionaries(face: ModuleType) -> None:
    wrong = {thing.__name__ for thing in _results(face) if not hasattr(thing, "to_dict")}

    assert not wrong


def test_errors_grow_on_one_tree(face: ModuleType) -> None:
    errors = [thing for _, thing in _classes(face) if issubclass(thing, Exception)]
    bases = [error for error in errors if all(issubclass(each, error) for each in errors)]

    assert len(bases) == 1, [error.__name__ for error in errors]


def test_an_unknown_name_is_kept_with_the_known_ones(face: ModuleType) -> None:
    for name, thing in _classes(face):
        if name.startswith("Unknown") and name.endswith("Error"):
            parameters = inspect.signature(thing).parameters
            assert {"name", "known"} <= set(parameters), name
            assert issubclass(thing, (LookupError, ValueError)), name


def test_public_names_mean_one_thing() -> None:
    owners = defaultdict(list)
    for package in PACKAGES:
        for name in importlib.import_module(package).__all__:
            owners[name].append(package)

    assert {
        name: found for name, found in owners.items() if len(found) > 1 and name not in SHARED
    } == {}


def test_old_names_are_kept_by_the_same_code_everywhere() -> None:
    texts = {
        path.read_text(encoding="utf-8")
        for path in ROOT.glob("packages/*/src/*/_core/deprecated.py")
    }

    assert len(texts) == 1


def _classes(face: ModuleType) -> Iterator[tuple[str, type]]:
    for name in face.__all__:
        thing = getattr(face, name)
        if inspect.isclass(thing):
            yield name, thing


def _parameters(face: ModuleType) -> Iterator[tuple[str, inspect.Parameter]]:
    """The parameters of every public function and of every public class's constructor."""
    for name in face.__all__:
        thing = getattr(face, name)
        if not callable(thing) or (inspect.isclass(thing) and issubclass(thing, BaseException)):
            continue
        try:
            signature = inspect.signature(thing)
        except ValueError:
            continue
        for parameter in signature.parameters.values():
            yield name, parameter


def _twins(face: ModuleType) -> list[tuple[str, Callable[..., object]]]:
    return [(name, getattr(face, name)) for name in face.__all__ if name.endswith("_sync")]


def _names(function: Callable[..., object]) -> set[str]:
    """The names of the arguments, with those of an unpacked TypedDict."""
    hints = typing.get_type_hints(function, include_extras=True)
    names: set[str] = set()
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            for unpacked in typing.get_args(hints[parameter.name]):
                assert is_typeddict(unpacked), function
                names |= set(typing.get_type_hints(unpacked))
        else:
            names.add(parameter.name)
    return names


def _results(face: ModuleType) -> set[type]:
    """The public dataclasses that public functions return."""
    found = set()
    own = {thing for _, thing in _classes(face) if dataclasses.is_dataclass(thing)}
    for name in face.__all__:
        thing = getattr(face, name)
        if not inspect.isfunction(thing):
            continue
        try:
            hint = typing.get_type_hints(thing).get("return")
        except (NameError, TypeError):
            continue
        # A value that can be called is a condition or a strategy, not a result.
        returned = {each for each in own if hint is each or each in typing.get_args(hint)}
        found |= {each for each in returned if "__call__" not in vars(each)}
    return found
