"""The examples in docstrings run and print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import research_harness
from research_harness._definition.metrics import _KNOWN

MODULES = [
    each.name
    for each in pkgutil.walk_packages(research_harness.__path__, "research_harness.")
    if not each.ispkg and not each.name.endswith("__main__")
]
OF_EXTRAS = {"ray", "starlette", "uvicorn"}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    before = dict(_KNOWN)
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in OF_EXTRAS:
            raise
        pytest.skip(f"{error.name} is of an extra")
    try:
        found = doctest.testmod(module)
    finally:
        _KNOWN.clear()
        _KNOWN.update(before)

    assert found.failed == 0
