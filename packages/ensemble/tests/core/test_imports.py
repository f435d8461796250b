"""What is imported at the start, and what when it is used first."""

import subprocess
import sys

import ensemble

LATER = ("_analysis", "_batches", "_simulated", "_testing", "_recorded.replay", "_providers.sdks")
HEAVY = ("aiohttp", "httpx", "numpy", "sqlite3", "openai", "anthropic", "litellm", "html")


def loaded_by(code: str) -> set[str]:
    """The modules that a new process has after this code."""
    shown = f"{code}\nimport sys\nprint(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", shown], capture_output=True, text=True, check=True
    )
    return set(found.stdout.split())


def test_an_import_loads_what_asking_needs_and_nothing_heavy() -> None:
    loaded = loaded_by("import ensemble")

    assert not loaded & set(HEAVY)
    assert not {name for name in loaded if name.startswith(tuple(f"ensemble.{x}" for x in LATER))}


def test_every_public_name_is_found_and_listed() -> None:
    assert {name for name in ensemble.__all__ if not hasattr(ensemble, name)} == set()
    assert set(ensemble.__all__) <= set(dir(ensemble))


def test_all_names_come_with_a_star() -> None:
    code = "from ensemble import *\nassert fit and SimulatedModel and BatchJobs"

    assert "ensemble._analysis.labels" in loaded_by(code)
