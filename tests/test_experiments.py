"""The experiments run: each plan has its hash, and the verdicts are the expected ones."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

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


def test_h3_size_and_diversity_of_panels_are_counted(mirror: Path, module: ModuleType) -> None:
    report = run(module, "h3")

    five, one = report["stem.size5"].value, report["stem.size1"].value
    assert five is not None
    assert one is not None
    assert five > one


def test_h4_on_a_service_that_stays_the_same_no_gain_is_claimed(module: ModuleType) -> None:
    found = verdicts(run(module, "h4"))

    assert found["stationary: the adaptive P99 is at least 10 % lower"] != "SUPPORTED"


def test_h5_calibrated_confidences_make_weighting_pay(module: ModuleType) -> None:
    report = run(module, "h5")

    interval = report["temperature-1"].interval
    assert interval is not None
    assert interval.low > 0


def test_h6_is_marked_as_synthetic_and_finds_the_effect_it_was_given(module: ModuleType) -> None:
    report = run(module, "h6")

    assert report.banner is not None
    assert report.banner.startswith("SYNTHETIC: no person took part")
    interval = report["time.within"].interval
    assert interval is not None
    assert interval.low < 0.3 < interval.high


def test_rq3_the_estimate_is_of_questions_that_did_not_choose(
    mirror: Path, module: ModuleType
) -> None:
    found = verdicts(run(module, "rq3"))

    assert "a fifth of the price loses less than two points" in found


def test_rq3_a_chosen_panel_runs_as_it_was_measured(mirror: Path, module: ModuleType) -> None:
    rq3 = importlib.import_module("rq3")
    questions, models = rq3.priced_panel(mirror, 60)
    table = rq3.priced_votes(mirror, 60)
    found = rq3.candidates(table)
    chosen = [rq3.best_under(found, ceiling) for ceiling in (0.0002, 0.0005, float("inf"))]

    async def answers(candidate: Any) -> list[bool]:
        results = [await candidate.predict(item, models=models) for item in questions]
        return [result.key == str(gold) for result, gold in zip(results, table.gold, strict=True)]

    for candidate in chosen:
        assert asyncio.run(answers(candidate)) == rq3.measured(table, candidate)[0]


def test_rq6_repeats_taken_as_independent_give_too_many_false_positives(module: ModuleType) -> None:
    text = str(run(module, "rq6"))

    assert "Above their level: McNemar, repeats pooled." in text


def test_the_command_line_skips_what_has_no_data_and_writes_every_format(
    module: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("CRUCIBLE_MIRROR", raising=False)
    command = importlib.import_module("run")

    code = command.main(["h2", "h6", "--quick", "--output-dir", str(tmp_path)])

    assert code == 0
    assert "h2: skipped. h2 reads recorded data: set CRUCIBLE_MIRROR" in capsys.readouterr().out
    assert {path.suffix for path in (tmp_path / "h6").glob("h6.*")} == {
        *(".md", ".html", ".tex", ".ipynb", ".csv", ".json")
    }
    assert command.main(["h2", "--quick", "--output-dir", str(tmp_path)]) == 1


def test_two_runs_give_the_same_bytes(module: ModuleType) -> None:
    first, second = (run(module, "h6").to_json() for _ in range(2))

    assert first == second
