"""A command loads what it needs and no more: each library adds to the time until it answers."""

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from research_harness import Experiment, condition, run_sync

LIBRARIES = {
    *("bench", "causal_trace", "dataset_manager", "ensemble", "hedging", "reporter"),
    *("telemetry_research", "anyio", "httpx", "msgspec", "numpy", "pandas", "pyarrow", "pydantic"),
    *("matplotlib", "rich", "scipy", "sqlite3", "yaml"),
}
PROGRAM = """
import json, sys
from research_harness.__main__ import main

for words in json.loads(sys.argv[1]):
    try:
        main(words)
    except SystemExit as ended:
        assert not ended.code, words
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


HEAD = """
from typing import Any

from research_harness import Experiment, condition


"""


class Small(Experiment):
    name = "Small"
    dataset = ({"id": "q", "input": "?", "expected": "1"},)
    metrics = ("accuracy",)
    formats = ("markdown",)

    @condition
    def a(self, item: Any) -> str:
        return str(item.expected)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The libraries that are loaded after each command, one after the other in one process."""
    folder: Path = tmp_path_factory.mktemp("start")
    run_sync(Small, output_dir=folder, run_id="x")
    (folder / "small.py").write_text(f"{HEAD}{inspect.getsource(Small)}")
    commands = [
        ["--help"],
        ["run", "--help"],
        ["list", "--output-dir", str(folder)],
        ["verify", "x", "--output-dir", str(folder)],
        ["run", "small.py", "--quiet"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    found = [LIBRARIES.intersection(json.loads(line)) for line in done.stderr.splitlines()]
    return {" ".join(words[:2]): each for words, each in zip(commands, found, strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["--help", "run --help"])
def test_help_loads_no_library(loaded: dict[str, set[str]], command: str) -> None:
    assert loaded[command] == set()


def test_list_computes_nothing(loaded: dict[str, set[str]]) -> None:
    assert loaded["list --output-dir"] <= {"msgspec", "numpy", "reporter"}


def test_verify_asks_no_model_and_records_nothing(loaded: dict[str, set[str]]) -> None:
    used = {"bench", "dataset_manager", "msgspec", "numpy", "pyarrow", "reporter", "scipy"}
    assert loaded["verify x"] <= used


@pytest.mark.slow
def test_a_run_and_its_report_load_no_pandas(loaded: dict[str, set[str]]) -> None:
    assert "telemetry_research" in loaded["run small.py"]
    assert "pandas" not in loaded["run small.py"]


def test_a_name_of_the_library_loads_its_own_module_only() -> None:
    program = "import sys, research_harness as r; r.Criterion; print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
