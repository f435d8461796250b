"""The examples in docstrings run and print what they show."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import telemetry_research

MODULES = sorted(
    each.name for each in pkgutil.walk_packages(telemetry_research.__path__, "telemetry_research.")
)
NAMES = {name: getattr(telemetry_research, name) for name in telemetry_research.__all__}
MOST_USED = (
    "Anonymize",
    "FileStore",
    "MemoryStore",
    "Recording",
    "StreamingMetrics",
    "archive_experiment",
    "compare_experiments",
    "continue_experiment",
    "data_quality",
    "detect_anomalies",
    "error_rate_above",
    "get_experiment",
    "in_worker",
    "latency_above",
    "list_experiments",
    "open_experiment",
    "prometheus_endpoint",
    "record",
    "recording",
    "remote_parent",
    "reproducibility_record",
    "restore_experiment",
    "scope",
    "spans_of",
    "start_experiment",
    "stop_experiment",
    "traceparent",
    "watch",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert doctest.testmod(importlib.import_module(name), extraglobs=NAMES).failed == 0


def test_the_most_used_names_have_an_example() -> None:
    for name in MOST_USED:
        assert ">>> " in str(NAMES[name].__doc__), name
