"""Type checkers see misspelt options, and know the type of every public name."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(path.name for path in (ROOT / "packages").iterdir())
HEAD = """\
import bench
from dataset_manager import evaluate_batch, load_sync
from ensemble import (
    AnthropicModel,
    Sequential,
    SimulatedModel,
    Variant,
    ask_sync,
    collect_sync,
    predict_many_sync,
    predict_sync,
)
from hedging import Policy, hedged, request_sync
from research_harness import DatasetSpec, Experiment, condition, run_sync
from telemetry_research import recording, start_experiment

class E(Experiment):
    name = "x"

    @condition
    async def one(self, item: object) -> str:
        return "4"

SIM = SimulatedModel("s")
async def answer() -> str:
    return "4"
"""
MISSPELT = [
    'predict_sync("q", modles=[SIM])',
    'predict_sync("q", models=[SIM], normalise="number")',
    'ask_sync("q", model=SIM, timeout_s=3)',
    'recording("a", sampl=1)',
    'start_experiment("a", flush_interval=1)',
    'DatasetSpec("gsm8k", spilt="test")',
    'AnthropicModel("m", timeout_s=1)',
    "Sequential(frist=2)",
    'load_sync("gsm8k", spilt="test")',
    "bench.compare_paired([1], [0], confidence=0.9)",
    'evaluate_batch({}, metric=["accuracy"])',
    'request_sync(answer, strategie="x")',
    'predict_sync("q", models=[SIM], strategy="majorty")',
    'predict_sync("q", models=[SIM], normalize="numbr")',
    'predict_sync("q", models=[SIM], tie_break="frist")',
    'bench.power("tt", effect=0.5)',
    'bench.adjust([0.1], method="hol")',
    'bench.effect_size([1], [0], kind="hedge")',
    'run_sync(E, outputdir="x")',
    "Policy(budgett=0.1)",
    'hedged(Policy(), keey="a")',
    'predict_many_sync(["q"], models=[SIM], concurency=3)',
    'collect_sync([], models=[SIM], normalise="x")',
]
RIGHT = """\
panel = [SIM, Variant(SIM, "v")]
predict_many_sync(["q"], models=panel)
collect_sync([], models=panel)
predict_sync("q", models=panel, normalize="number", strategy="majority", tie_break="first")
request_sync(answer)
run_sync(E, output_dir="x")
"""


def _lines_with_errors(command: list[str], program: Path) -> set[int]:
    done = subprocess.run(
        [*command, str(program)], capture_output=True, text=True, check=False, cwd=program.parent
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(rf"{program.name}:(\d+)(?::\d+)?(?: -|:) error", done.stdout)
    return {int(number) for number in found}


def _pyright() -> list[str]:
    pyright = shutil.which("basedpyright", path=str(Path(sys.executable).parent))
    if pyright is None:
        pytest.skip("basedpyright is not installed")
    return [pyright, "--pythonpath", sys.executable]


def _checkers() -> dict[str, list[str]]:
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache")]
    return {"mypy": mypy, "pyright": []}


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_checker_sees_every_misspelt_call(checker: str, tmp_path: Path) -> None:
    command = _checkers()[checker] or _pyright()
    program = tmp_path / "misspelt.py"
    program.write_text(HEAD + "\n".join(MISSPELT) + "\n", encoding="utf-8")

    seen = _lines_with_errors(command, program)

    first = HEAD.count("\n") + 1
    unseen = [call for number, call in enumerate(MISSPELT, start=first) if number not in seen]
    assert not unseen


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_checker_accepts_the_right_calls(checker: str, tmp_path: Path) -> None:
    command = _checkers()[checker] or _pyright()
    program = tmp_path / "right.py"
    program.write_text(HEAD + RIGHT, encoding="utf-8")

    assert _lines_with_errors(command, program) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_has_a_known_type(package: str, tmp_path: Path) -> None:
    command = [*_pyright(), "--verifytypes", package, "--ignoreexternal"]
    # It takes the first Python of the path, whatever it is given.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
    )

    score = re.search(r"Type completeness score: ([\d.]+)%", done.stdout)
    assert score is not None, done.stdout + done.stderr
    assert score[1] == "100", done.stdout
