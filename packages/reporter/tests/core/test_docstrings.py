"""The examples in docstrings run and print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import reporter
from reporter._report.registry import _formats

MODULES = sorted(each.name for each in pkgutil.walk_packages(reporter.__path__, "reporter."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporter._report.registry._formats", dict(_formats))

    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_functions_used_most_have_examples() -> None:
    for name in ("Report", "render", "register_format", "number_text", "p_text", "interval_text"):
        assert ">>>" in (getattr(reporter, name).__doc__ or ""), name
