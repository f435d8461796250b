"""A run stops when its answer is clear, and its error rate holds at every look."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from research_harness import (
    Condition,
    Criterion,
    Experiment,
    ExperimentError,
    StopWhen,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._stopping.sequential import first_clear

ASKED: list[str] = []


def experiment(
    accuracies: dict[str, float], rule: StopWhen | None, *, size: int = 150, **options: Any
) -> type[Experiment]:
    def condition(name: str, accuracy: float) -> Condition[..., Any]:
        async def ask(item: Any) -> object:
            chance = random.Random(f"{name}/{item.id}")
            await asyncio.sleep(chance.random())
            ASKED.append(item.id)
            return "4" if chance.random() < accuracy else "5"

        return Condition(name=name, function=ask)

    class Clear(Experiment):
        name = "clear"
        metrics = ("accuracy",)
        formats = ("markdown",)
        concurrency = 4
        virtual_time = True
        conditions = tuple(condition(*each) for each in accuracies.items())

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": "2 + 2", "expected": "4"} for n in range(size)]

    Clear.stop_when = rule
    for name, value in options.items():
        setattr(Clear, name, value)
    return Clear


BETTER = Criterion(claim="b is better", metric="accuracy", condition="b", against="a", more_than=0)
GOOD = Criterion(claim="b is good", metric="accuracy", condition="b", min_value=0.5)


def test_a_large_difference_ends_the_run_and_the_report_says_what_it_saved(tmp_path: Path) -> None:
    clear = experiment({"a": 0.1, "b": 0.9}, StopWhen(), criteria=(BETTER, GOOD))

    result = run_sync(clear, output_dir=tmp_path, run_id="x")

    early = result.analysis["early_stop"]
    assert result.complete
    assert early["stopped"]
    assert early["items"] < 100 < early["saved_rows"]
    assert early["saved_rows"] == 300 - result.analysis["rows"]
    verdicts = [each["verdict"] for each in result.analysis["criteria"]]
    assert verdicts == ["SUPPORTED", "NO VERDICT"]
    assert "rows" in str(result)
    report = (tmp_path / "x_report.md").read_text()
    assert "Clear after" in report
    assert "were not asked" in report
    assert verify("x", output_dir=tmp_path).agree
    calls = len(ASKED)
    assert resume_sync("x", clear, output_dir=tmp_path).complete
    assert len(ASKED) == calls


def test_without_a_clear_answer_all_rows_are_run(tmp_path: Path) -> None:
    clear = experiment({"a": 0.5, "b": 0.5}, StopWhen(), size=40, criteria=(BETTER,))

    result = run_sync(clear, output_dir=tmp_path)

    assert result.complete
    assert not result.analysis["early_stop"]["stopped"]
    assert result.analysis["rows"] == 80
    # The claim is judged by the interval that was looked at again and again.
    assert "every look" in str(result.analysis["criteria"][0]["interval"])


def test_rows_that_are_answered_sooner_do_not_count_before_their_turn(tmp_path: Path) -> None:
    """Only the first items of the random order are looked at, whatever was answered first."""
    clear = experiment({"a": 0.1, "b": 0.9}, StopWhen(min_items=20, every=5), concurrency=40)

    result = run_sync(clear, output_dir=tmp_path)

    assert result.analysis["early_stop"]["items"] <= result.analysis["rows"] / 2


@pytest.mark.parametrize("method", ["sequence", "obrien-fleming", "pocock"])
def test_equal_conditions_are_called_different_no_more_often_than_alpha(method: Any) -> None:
    chance = random.Random(1)
    rule = StopWhen(method=method, every=10)
    false = 0
    for _ in range(60):
        a, b = ([float(chance.random() < 0.6) for _ in range(100)] for _ in range(2))
        found = first_clear(a, {"b": b}, rule, planned_items=100, alpha=0.05)
        false += found is not None and found.stopped

    assert false <= 8  # of 60 at 5 %: 9 or more have a probability of 0.2 %


def test_equivalence_and_precision_are_reasons_to_stop() -> None:
    same = [float(n % 3 > 0) for n in range(400)]
    close = StopWhen(difference=False, equivalence=0.2)
    narrow = StopWhen(difference=False, precision=0.2)

    for rule, reason in ((close, "equivalence"), (narrow, "precision")):
        found = first_clear(same, {"b": same}, rule, planned_items=400, alpha=0.05)
        assert found is not None
        assert found.stopped
        assert found.items < 400
        assert found.pairs[0].clear == reason


@pytest.mark.parametrize(
    ("rule", "options", "text"),
    [
        (StopWhen(method="interval"), {}, "about 30 %"),  # type: ignore[arg-type]  # refused
        (StopWhen(), {"randomize": False}, "random order"),
        (StopWhen(), {"repeat": 2}, "repeat = 1"),
        (StopWhen(metric="score"), {}, "not among"),
        (StopWhen(method="pocock", equivalence=0.1), {}, "differences alone"),
        (StopWhen(difference=False), {}, "ask for"),
    ],
)
def test_a_rule_that_would_not_hold_is_refused_with_the_reason(
    rule: StopWhen, options: dict[str, Any], text: str, tmp_path: Path
) -> None:
    with pytest.raises(ExperimentError, match=text):
        run_sync(experiment({"a": 0.5, "b": 0.5}, rule, **options), output_dir=tmp_path)
