"""The examples in docstrings run and print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import causal_trace

MODULES = sorted(
    each.name for each in pkgutil.walk_packages(causal_trace.__path__, "causal_trace.")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_functions_used_most_have_examples() -> None:
    for name in ("Chain", "TraceEvent", "parse", "parse_events", "extract_code", "JsonStore"):
        assert ">>>" in (getattr(causal_trace, name).__doc__ or ""), name
