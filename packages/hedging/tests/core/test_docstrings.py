"""The examples in docstrings run and print what they show."""

import doctest
import importlib
import pkgutil

import pytest

import hedging

MODULES = sorted(each.name for each in pkgutil.walk_packages(hedging.__path__, "hedging."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    module = importlib.import_module(name)

    failed, _ = doctest.testmod(module, extraglobs={"Policy": hedging.Policy})

    assert failed == 0


def test_the_most_used_functions_have_examples() -> None:
    used = ("Hedger", "Percentile", "analyze", "hedged", "in_thread", "request", "request_sync")

    for name in (*used, "recommend", "register_delay_strategy", "run_virtual"):
        assert ">>> " in str(getattr(hedging, name).__doc__), name
