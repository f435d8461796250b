"""Public functions say what they take, give and refuse, and their examples run."""

import doctest
import inspect
from collections.abc import Callable
from typing import Any

import pytest

import bench

PUBLIC = {name: getattr(bench, name) for name in bench.__all__}
FUNCTIONS = {name: thing for name, thing in PUBLIC.items() if inspect.isroutine(thing)}
FUNCTIONS = {name: thing for name, thing in FUNCTIONS.items() if name in bench.__all__}
CLASSES = {name: thing for name, thing in PUBLIC.items() if inspect.isclass(thing)}
MOST_USED = ("compare", "compare_paired", "compare_many", "compare_quantile", "eval_score")


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_says_what_it_takes_gives_and_refuses(function: Callable[..., Any]) -> None:
    text = inspect.getdoc(function) or ""
    parameters = inspect.signature(function).parameters

    for section in ("Args:", "Returns:", "Raises:"):
        assert section in text
    for name in parameters:
        assert f"    {name}: " in text, name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_examples_of_a_function_print_what_they_say(name: str) -> None:
    finder = doctest.DocTestFinder(recurse=False)
    runner = doctest.DocTestRunner()
    text = inspect.getdoc(FUNCTIONS[name]) or ""

    for example in finder.find(FUNCTIONS[name], name, module=False, globs={"bench": bench}):
        runner.run(example)

    assert runner.summarize(verbose=False).failed == 0
    assert ">>>" in text or name not in MOST_USED
    assert runner.tries > 0 or ">>>" not in text


@pytest.mark.parametrize("value", CLASSES.values(), ids=CLASSES)
def test_the_members_of_a_class_are_documented(value: type) -> None:
    bare = [
        name
        for name, member in vars(value).items()
        if not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, property))
        and not inspect.getdoc(getattr(value, name))
    ]

    assert not bare
