"""Rows in the actors of a real cluster; skipped where Ray is not installed.

Ray takes 15 to 60 s to start on a busy machine, so it is not among the packages that the tests
install. ``tests/benchmarks/bench_harness_ray.py`` measures it.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from research_harness import Condition, Experiment, MissingExtraError, Outcome, run_sync
from research_harness.__main__ import main
from research_harness._executors.ray_cluster import RayExecutor
from research_harness._terminal.executors import executor_of

has_ray = importlib.util.find_spec("ray") is not None


ITEMS = [{"id": f"q{n}", "input": f"{n} + 1?", "expected": n + 1} for n in range(50)]


class Sums(Experiment):
    name = "Sums"
    dataset = ITEMS
    scorer = "number"
    metrics = ("accuracy",)
    formats = ()

    def all_conditions(self) -> Any:
        return (Condition(name="right", function=_right),)


async def _right(item: Any) -> Outcome:
    return Outcome(prediction=int(item.input.split()[0]) + 1, latency_ms=5.0, cost_usd=0.25)


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="the extra ray is not installed")
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        object_store_memory=100_000_000,
        _node_ip_address="127.0.0.1",
        log_to_driver=False,
    )
    yield
    ray.shutdown()


@pytest.mark.usefixtures("cluster")
def test_actors_give_the_files_of_one_process(tmp_path: Path) -> None:
    here = run_sync(Sums, output_dir=tmp_path / "here", run_id="a")
    there = run_sync(
        Sums, output_dir=tmp_path / "there", run_id="a", executor=RayExecutor(workers=2)
    )

    for name in ("results.csv", "results.parquet", "analysis.json", "config.json"):
        assert (there.folder / name).read_bytes() == (here.folder / name).read_bytes()


ENDS_ITS_WORKER = """
import os
from pathlib import Path
from research_harness import Condition, Experiment, Outcome

class Ends(Experiment):
    name = "Ends its worker once"
    dataset = [{"id": f"q{n}", "input": str(n), "expected": n} for n in range(20)]
    scorer = "number"
    metrics = ("accuracy",)
    formats = ()

    def all_conditions(self):
        return (Condition(name="right", function=self.right),)

    async def right(self, item):
        marker = Path(os.environ["MARKER"])
        if item.id == "q7" and not marker.exists():
            marker.touch()
            os._exit(1)
        return Outcome(prediction=item.input)
"""


@pytest.mark.skipif(not has_ray, reason="the extra ray is not installed")
def test_a_worker_that_ended_leaves_the_standard_output_to_the_result(tmp_path: Path) -> None:
    (tmp_path / "study.py").write_text(ENDS_ITS_WORKER)
    command = [sys.executable, "-m", "research_harness", "run", "study.py", "--json"]
    command += ["--executor", "ray", "--workers", "1"]

    found = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "MARKER": str(tmp_path / "marker")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(found.stdout)["rows"] == 20
    assert "a worker of ray has ended" in found.stderr
    assert (tmp_path / "marker").exists()


@pytest.mark.skipif(has_ray, reason="Ray is installed")
def test_without_ray_the_extra_is_named() -> None:
    with pytest.raises(MissingExtraError, match=r"\[ray\]"):
        RayExecutor()


@pytest.mark.skipif(not has_ray, reason="the extra ray is not installed")
def test_a_number_of_workers_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="workers: 0"):
        RayExecutor(workers=0)


def test_options_of_ray_need_the_executor() -> None:
    with pytest.raises(click.UsageError, match="--executor ray"):
        executor_of("local", 2, None)

    assert executor_of("local", None, None) is None


def test_the_command_line_names_the_executors() -> None:
    shown = CliRunner().invoke(main, ["run", "--help"]).output

    assert "--executor [local|ray]" in shown
    assert "--ray-address" in shown
