"""The experiments run: each plan has its hash, and the verdicts are the expected ones."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from reporter import Report, Verdict, check_report

EXPERIMENTS = Path(__file__).parents[1] / "docs" / "experiments"
NAMES = sorted(path.stem for path in (EXPERIMENTS / "registrations").glob("*.md"))


@pytest.fixture
def module() -> Iterator[ModuleType]:
    """The kit of the experiments, importable as from the command line."""
    sys.path.insert(0, str(EXPERIMENTS))
    try:
        yield importlib.import_module("kit")
    finally:
        sys.path.remove(str(EXPERIMENTS))
        for name in [path.stem for path in EXPERIMENTS.glob("*.py")]:
            sys.modules.pop(name, None)


def run(kit: ModuleType, name: str) -> Report:
    report = importlib.import_module(name).study(kit.registered(name), quick=True)
    assert isinstance(report, Report)
    assert check_report(report) == ()
    return report


def verdicts(report: Report) -> dict[str, str]:
    blocks = [block for section in report.sections for block in section.blocks]
    return {block.claim: block.verdict for block in blocks if isinstance(block, Verdict)}


@pytest.mark.parametrize("name", NAMES)
def test_each_plan_has_the_registered_hash(name: str, module: ModuleType) -> None:
    assert module.registered(name).sha256


def test_a_plan_that_was_changed_opens_no_data(module: ModuleType, tmp_path: Path) -> None:
    plan = (EXPERIMENTS / "registrations" / "h1.md").read_text(encoding="utf-8")
    (tmp_path / "h1.md").write_text(plan.replace(".99", ".90"), encoding="utf-8")
    sums = (EXPERIMENTS / "registrations" / "SHA256SUMS").read_text(encoding="utf-8")
    (tmp_path / "SHA256SUMS").write_text(sums, encoding="utf-8")

    with pytest.raises(module.RegistrationError, match="describe a change as a deviation"):
        module.registered("h1", tmp_path)


def test_without_the_data_an_experiment_says_what_to_set(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRUCIBLE_MIRROR", raising=False)

    with pytest.raises(module.MissingDataError, match="set CRUCIBLE_MIRROR"):
        module.registered("h1").data()


def test_h1_a_vote_of_recorded_models_is_far_from_99_percent(
    mirror: Path, module: ModuleType
) -> None:
    found = verdicts(run(module, "h1"))

    assert found["the vote reaches 99 %"] == "NOT SUPPORTED"


def test_h2_not_every_recorded_tail_is_halved(mirror: Path, module: ModuleType) -> None:
    report = run(module, "h2")

    assert set(verdicts(report).values()) == {"NOT SUPPORTED"}
