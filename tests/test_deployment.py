"""The deployment templates are well formed, and what they run exists."""

import re
from pathlib import Path
from typing import Any

import pytest

from research_harness.__main__ import main

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "docs" / "deployment"


def parsed(name: str) -> Any:
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load((TEMPLATES / name).read_text(encoding="utf-8"))


def test_every_action_of_the_workflow_is_pinned_and_every_command_exists() -> None:
    workflow = parsed("github-actions.yml")

    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert job["timeout-minutes"] <= 60
    for step in job["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"])
        command = re.search(r"crucible (\w+)( docs/\S+\.py)?", step.get("run", ""))
        if command:
            assert command[1] in main.commands
            assert command[2] is None or (ROOT / command[2].strip()).exists()


def test_the_cluster_has_a_head_and_workers_within_its_limit() -> None:
    cluster = parsed("ray-cluster.yaml")

    nodes = cluster["available_node_types"]
    assert cluster["head_node_type"] in nodes
    assert sum(node["max_workers"] for node in nodes.values()) <= cluster["max_workers"]
    assert all((ROOT / source).exists() for source in cluster["file_mounts"].values())


def test_the_cluster_installs_what_its_executor_needs_and_runs_commands_that_exist() -> None:
    text = (TEMPLATES / "ray-cluster.yaml").read_text(encoding="utf-8")
    cluster = parsed("ray-cluster.yaml")

    command = main.commands["run"]
    options = {name for each in command.params for name in each.opts}
    (run,) = re.findall(r'"crucible run ([^"]+)"', text)
    used = set(re.findall(r"--[a-z-]+", run))
    assert used <= options
    assert {"--executor", "--ray-address"} <= used
    assert any("ray[" in each and "cloudpickle" in each for each in cluster["setup_commands"])
    for commands in ("head_start_ray_commands", "worker_start_ray_commands"):
        assert any("ray start" in each for each in cluster[commands])
    assert "KEY=" not in text


def test_the_container_runs_without_rights_and_installs_every_package() -> None:
    lines = (TEMPLATES / "Containerfile").read_text(encoding="utf-8")

    stages = re.findall(r"^([A-Z]+) ", lines, re.MULTILINE)
    assert stages[0] == "FROM"
    assert ":latest" not in lines
    assert stages.index("USER") < stages.index("ENTRYPOINT")
    assert not re.search(r"ENV \w*KEY", lines)
    for package in (ROOT / "packages").iterdir():
        assert f"./packages/{package.name}" in lines
