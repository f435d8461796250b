"""Importing the library is quick, because it loads nothing heavy."""

import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    ["pydantic", "jinja2", "asyncio", "sqlite3", "statistics", "pandas", "bench", "blinker"],
)
def test_nothing_heavy_is_loaded_by_the_import(module: str) -> None:
    code = f"import sys, causal_trace; sys.exit({module!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
