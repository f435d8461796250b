"""What a result rests on: missing answers, parts of the items, repeats, cost and budgets."""

from pathlib import Path
from typing import Any

import pytest

from research_harness import Condition, Experiment, ExperimentError, LatencyBudget, run_sync, verify

SIZE = 40


def answers(name: str, *, right: int, fails: int = 0, cost: float, latency: float) -> Any:
    """A condition that is right for the first items and fails for the last ones."""

    async def answer(item: Any, trial: Any) -> dict[str, Any]:
        number = int(item.id[1:])
        if number >= SIZE - fails:
            raise ValueError("no answer")
        luck = number == right and trial.repeat == 1  # right in one of the repeats
        return {
            "prediction": "4" if number < right or luck else "5",
            "cost": cost,
            "latency": latency + number,
        }

    return Condition(name=name, function=answer)


class Rests(Experiment):
    name = "rests"
    metrics = ("accuracy", "cost_per_query", "latency_p95")
    formats = ("markdown",)
    repeat = 2
    virtual_time = True
    max_world_failures = 1.0
    subgroups = ("half",)
    latency_budget = LatencyBudget(p50_ms=2_000, p95_ms=500)
    conditions = (
        answers("plain", right=20, cost=0.02, latency=100),
        answers("better", right=28, fails=12, cost=0.01, latency=600),
        answers("dear", right=15, cost=0.05, latency=100),
    )

    def dataset(self) -> list[dict[str, Any]]:
        return [
            {
                "id": f"i{n}",
                "input": "2 + 2",
                "expected": "4",
                "metadata": {"half": "first" if n < 20 else "last"},
            }
            for n in range(SIZE)
        ]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return run_sync(Rests, output_dir=tmp_path_factory.mktemp("runs"), run_id="x")


def changes(found: Any, treatment: str) -> dict[str, tuple[int, float]]:
    return {
        each["reading"]: (each["items"], round(each["difference"], 4))
        for each in found["changes"]
        if each["treatment"] == treatment
    }


def test_missing_answers_are_read_in_every_way(ran: Any) -> None:
    found = ran.analysis["sensitivity"]["missing"]

    read = changes(found, "better")
    plain, better = 20.5 / 40, 28 / 40
    assert read["wrong"][1] == pytest.approx(better - plain, abs=1e-3)
    assert read["excluded"][1] == pytest.approx(1 - 20.5 / 28, abs=1e-3)
    assert read["best_for_treatment"][1] == pytest.approx(1 - plain, abs=1e-3)
    assert read["worst_for_treatment"][1] == pytest.approx(better - plain, abs=1e-3)
    assert len(set(changes(found, "dear").values())) == 1  # nothing is missing there


def test_subgroups_have_intervals_that_hold_together(ran: Any) -> None:
    (found,) = ran.analysis["sensitivity"]["subgroups"]

    assert found["each_level"] == pytest.approx(1 - 0.05 / 4)
    assert changes(found, "better") == {"first": (20, 0.0), "last": (20, 0.375)}


def test_the_error_is_divided_into_items_and_runs(ran: Any) -> None:
    found = {each["condition"]: each for each in ran.analysis["sensitivity"]["variance"]}

    plain = found["plain"]
    assert plain["run_variance"] == pytest.approx(0.5 / 40)  # one item of 40 differs
    assert plain["with_double_items"] == pytest.approx(plain["standard_error"] / 2**0.5)
    assert plain["with_double_items"] < plain["with_double_repeats"] < plain["standard_error"]


def test_dominated_conditions_are_not_on_the_front(ran: Any) -> None:
    found = {each["condition"]: each["on_front"] for each in ran.analysis["sensitivity"]["front"]}

    assert found == {"plain": False, "better": True, "dear": False}


def test_budgets_are_judged_by_the_whole_interval(ran: Any) -> None:
    found = {
        (each["condition"], each["quantile"]): each["verdict"]
        for each in ran.analysis["sensitivity"]["budgets"]
    }

    assert found["plain", 0.5] == "kept"
    assert found["plain", 0.95] == "unclear"  # 40 items do not bound a 95 % quantile from above
    assert found["better", 0.95] == "exceeded"


def test_the_report_and_the_terminal_say_so_and_verify_computes_it_again(ran: Any) -> None:
    report = ran.reports["markdown"].read_text()

    for part in ("## Sensitivity", "best for the treatment", "Pareto front", "EXCEEDED"):
        assert part in report, part
    assert "latency budget, plain: P95" in str(ran)
    assert verify(ran.folder).agree, str(verify(ran.folder))


def test_a_budget_without_a_latency_is_refused(tmp_path: Path) -> None:
    class Wrong(Rests):
        metrics = ("accuracy",)  # type: ignore[assignment]  # one alone

    with pytest.raises(ExperimentError, match="add a metric of latency"):
        run_sync(Wrong, output_dir=tmp_path)
