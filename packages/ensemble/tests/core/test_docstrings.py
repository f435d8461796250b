"""The examples in docstrings show what they say."""

import doctest
import importlib
import pkgutil

import pytest

import ensemble

MODULES = [
    found.name for found in pkgutil.walk_packages(ensemble.__path__, "ensemble.") if not found.ispkg
]


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)

    assert found.failed == 0
