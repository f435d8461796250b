"""Scorers that are async functions, further scorers, and what a model as judge costs."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dataset_manager
from dataset_manager import Item, Score
from dataset_manager._scoring import scorers
from ensemble import FunctionModel, Response, SimulatedModel, ask
from research_harness import (
    Ceilings,
    Experiment,
    ExperimentError,
    ResponseRecord,
    Row,
    RunResult,
    condition,
    estimate_sync,
    read_responses,
    reanalyze,
    resume_sync,
    run_sync,
    verify,
)
from research_harness._engine.journal import Journal


def rows_of(folder: Path) -> dict[str, Row]:
    return {row.item_id: row for row in Journal(folder / "checkpoints" / "journal.jsonl")}


def metrics_of(result: RunResult) -> dict[str, Any]:
    return {each["metric"]: each["value"] for each in result.analysis["conditions"][0]["metrics"]}


@pytest.fixture(autouse=True)
def _own_scorers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorers, "_scorers", dict(scorers._scorers))


class Judged(Experiment):
    """Four answers, the last of which is wrong."""

    name = "Judged"
    dataset = [{"id": each, "input": each, "expected": "yes"} for each in "abcd"]  # noqa: RUF012
    metrics: Any = ("accuracy",)
    formats = ("json",)
    scorer = "judge"
    concurrency = 4

    @condition
    async def one(self, item: Item) -> str:
        return "no" if item.id == "d" else "yes"


def score_of(right: bool) -> Score:
    return Score(correct=right, value=float(right), outcome="found")


async def verdict(prediction: str) -> str:
    return "right" if "yes" in prediction else "wrong"


async def judge(prediction: Any, item: Item) -> Score:
    said = await ask(f"Is {prediction} right for {item.id}?", model=FunctionModel("judge", verdict))
    return score_of(said.text == "right")


def test_an_async_scorer_is_awaited_and_its_calls_are_recorded_apart(tmp_path: Path) -> None:
    dataset_manager.register_scorer("judge", judge)

    result = run_sync(Judged, output_dir=tmp_path)

    assert [row.correct for _, row in sorted(rows_of(result.folder).items())] == [True] * 3 + [
        False
    ]
    calls: list[ResponseRecord] = list(read_responses(result.folder))
    assert {each.role for each in calls} == {"scorer"}
    assert len(calls) == 4
    assert verify(result.folder).agree


def test_all_answers_are_judged_at_the_same_time_up_to_a_limit(tmp_path: Path) -> None:
    under_way: list[int] = [0, 0]

    async def slow(prediction: Any, item: Item) -> Score:
        under_way[0] += 1
        under_way[1] = max(under_way)
        for _ in range(50):  # turns of the loop in which others may begin
            await asyncio.sleep(0)
        under_way[0] -= 1
        return score_of(True)

    dataset_manager.register_scorer("judge", slow)
    limited = type("Judged", (Judged,), {"scoring_concurrency": 2})

    run_sync(limited, output_dir=tmp_path)

    assert under_way == [0, 2]


async def _raises(prediction: Any, item: Item) -> Score:
    raise SystemExit("the judge left")


async def _cancels(prediction: Any, item: Item) -> Score:
    raise asyncio.CancelledError


async def _gives_text(prediction: Any, item: Item) -> Any:
    return "right"


async def _hangs(prediction: Any, item: Item) -> Score:
    await asyncio.Event().wait()
    return score_of(True)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (_raises, "raised SystemExit"),
        (_cancels, "raised CancelledError"),
        (_gives_text, "returned str, not a Score"),
        (_hangs, "did not end within 50 ms"),
    ],
    ids=["raises", "cancels", "gives-text", "hangs"],
)
def test_an_async_scorer_that_fails_costs_no_answer(
    broken: Callable[..., Any], said: str, tmp_path: Path
) -> None:
    async def partly(prediction: Any, item: Item) -> Any:
        return await broken(prediction, item) if item.id == "a" else score_of(True)

    dataset_manager.register_scorer("judge", partly)
    limited = type("Judged", (Judged,), {"scoring_timeout_ms": 50.0})

    rows = rows_of(run_sync(limited, output_dir=tmp_path).folder)

    assert (rows["a"].failure, rows["a"].prediction) == ("score", "yes")
    assert said in rows["a"].error
    assert all(not rows[each].failed for each in "bcd")


def test_answers_are_judged_again_without_a_call_to_the_condition(tmp_path: Path) -> None:
    dataset_manager.register_scorer("judge", judge)
    result = run_sync(Judged, output_dir=tmp_path)

    async def strict(prediction: Any, item: Item) -> Score:
        await asyncio.sleep(0)
        return score_of(item.id == "a")

    dataset_manager.register_scorer("judge", strict, replace=True)

    async def in_a_notebook() -> None:
        reanalyze(result.folder, Judged)

    asyncio.run(in_a_notebook())

    assert [row.correct for _, row in sorted(rows_of(result.folder).items())] == [True] + [
        False
    ] * 3


def test_further_scorers_are_metrics_of_their_names(tmp_path: Path) -> None:
    dataset_manager.register_scorer("judge", judge)

    def length(prediction: Any, item: Item) -> Score:
        return Score(correct=True, value=float(len(prediction)), outcome="found")

    dataset_manager.register_scorer("length", length)
    several = type(
        "Judged",
        (Judged,),
        {
            "scorer": "text",
            "scorers": ("judge", "length"),
            "metrics": ("accuracy", "judge", "length"),
        },
    )

    result = run_sync(several, output_dir=tmp_path)

    assert metrics_of(result) == {
        "accuracy": 0.75,
        "judge": 0.75,
        "length": 2.75,
    }
    assert rows_of(result.folder)["d"].values == {"judge": 0.0, "length": 2.0}
    assert verify(result.folder).agree
    again = type("Judged", (several,), {"scorers": ("length",), "metrics": ("accuracy", "length")})
    assert set(metrics_of(reanalyze(result.folder, again))) == {"accuracy", "length"}


def fragile(prediction: Any, item: Item) -> Score:
    if item.id in "cd":
        raise ValueError(f"cannot read {item.id}")
    return score_of(True)


async def misasked(prediction: Any, item: Item) -> Score:
    said: Any = await ask({"is it right?": prediction}, model=FunctionModel("judge", verdict))  # type: ignore[arg-type]
    return score_of(said.text == "right")


class Several(Judged):
    """Two conditions under three further scorers, one of which fails."""

    scorer = "text"
    scorers = ("strict", "fragile", "misasked")
    metrics: Any = ("accuracy", "strict", "fragile", "misasked")
    formats: Any = ("json", "markdown")

    @condition
    async def two(self, item: Item) -> str:
        return "yes"


def test_a_further_scorer_that_fails_is_named_and_costs_no_row(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dataset_manager.register_scorer("strict", lambda prediction, item: score_of(item.id == "a"))
    dataset_manager.register_scorer("fragile", fragile)
    dataset_manager.register_scorer("misasked", misasked)

    result = run_sync(Several, output_dir=tmp_path)

    one = result.analysis["conditions"][0]
    assert (one["failures"], metrics_of(result)["accuracy"]) == (0, 0.75)
    assert metrics_of(result) == {
        "accuracy": 0.75,
        "strict": 0.25,
        "fragile": 1.0,
        "misasked": 0.0,
    }
    assert [(each["scorer"], each["rows"]) for each in one["unscored"]] == [("fragile", 2)]
    text = "one: 2 of 4 rows have no mark of fragile, whose metric leaves them out: the scorer"
    said = "raised ValueError: cannot read"
    for shown in (str(result), result.reports["markdown"].read_text()):
        (line,) = [each for each in shown.splitlines() if "one: 2 of 4" in each]
        assert text in line.replace("\\", "")
        assert said in line
    assert {each["metric"] for each in result.analysis["comparisons"]} == {*Several.metrics}
    assert verify(result.folder).agree
    assert not caplog.records  # a call whose query is no text is recorded, without a key
    assert len(list(read_responses(result.folder))) == 8

    dataset_manager.register_scorer("fragile", lambda *_: score_of(False), replace=True)
    again = reanalyze(result.folder, Several)

    assert "unscored" not in again.analysis["conditions"][0]
    assert metrics_of(again)["fragile"] == 0.0


def test_the_interval_of_marks_between_0_and_1_stays_between_them(tmp_path: Path) -> None:
    dataset_manager.register_scorer("most", lambda prediction, item: score_of(item.id != "0"))
    dataset_manager.register_scorer(
        "long", lambda *_: Score(correct=True, value=2.0, outcome="found")
    )
    many = type(
        "Judged",
        (Judged,),
        {
            "scorer": "text",
            "scorers": ("most", "long"),
            "metrics": ("most", "long"),
            "dataset": [{"id": str(n), "input": "q", "expected": "yes"} for n in range(40)],
        },
    )

    result = run_sync(many, output_dir=tmp_path)
    most, long = result.analysis["conditions"][0]["metrics"]

    assert most["interval"] is not None
    assert (most["value"], most["interval"]["high"]) == (0.975, 1.0)
    # Between Wilson's end for 39 of 40 and that of the t interval.
    assert most["interval"]["low"] == pytest.approx(0.8975, abs=0.0265)
    assert long["value"] == 2.0
    assert verify(result.folder).agree


class _Priced:
    """A judge with a price."""

    name = "priced"

    async def generate(self, query: Any, sampling: Any) -> Response:
        return Response(text="right", model=self.name, cost_usd=0.25)


async def priced(prediction: Any, item: Item) -> Score:
    said = await ask(f"Is {prediction} right?", model=_Priced())
    return score_of(said.text == "right")


@pytest.mark.slow
def test_what_a_judge_costs_is_a_metric_of_its_own_and_under_the_ceilings(tmp_path: Path) -> None:
    dataset_manager.register_scorer("judge", priced)
    small = SimulatedModel("small", accuracy=0.8, input_price=1.0, output_price=1.0)

    class Paid(Judged):
        metrics = ("accuracy", "cost", "scoring_cost")
        concurrency = 1
        ceilings = Ceilings(max_cost_usd=0.6)

        @condition
        async def one(self, item: Item) -> Response:  # type: ignore[override]
            return await ask(item, model=small)

    stopped = run_sync(Paid, output_dir=tmp_path, run_id="paid")

    assert not stopped.complete
    assert len(rows_of(stopped.folder)) == 2  # a third judgement would exceed the ceiling
    whole = resume_sync(stopped.folder, Paid, ceilings={"max_cost_usd": 2.0}, output_dir=tmp_path)
    metrics = metrics_of(whole)
    assert metrics["scoring_cost"] == pytest.approx(0.25)
    assert metrics["cost"] < 0.01
    spent = json.loads((whole.folder / "spending.json").read_text())
    assert spent["ceilings"][0]["spent"]["usd"] == pytest.approx(1.0, abs=0.01)


def test_an_estimate_counts_what_the_scorers_pay(tmp_path: Path) -> None:
    dataset_manager.register_scorer("judge", priced)

    class Free(Judged):
        @condition
        async def one(self, item: Item) -> dict[str, Any]:  # type: ignore[override]
            return {"prediction": "yes", "cost": 0.0}

    found = estimate_sync(Free, pilot=2)

    (part,) = found.conditions
    assert found.cost_usd == pytest.approx(part.scoring_cost_usd) == pytest.approx(1.0)
    assert found.pilot_cost_usd == pytest.approx(0.5)
    assert "$1.00 for scorers" in str(found)


def test_a_replay_judges_without_a_call(tmp_path: Path) -> None:
    asked: list[str] = []

    async def counted(prediction: str) -> str:
        asked.append(prediction)
        return "right"

    async def judging(prediction: Any, item: Item) -> Score:
        said = await ask(f"{item.id}: {prediction}?", model=FunctionModel("judge", counted))
        return score_of(said.text == "right")

    dataset_manager.register_scorer("judge", judging)
    first = run_sync(Judged, output_dir=tmp_path, run_id="first")

    again = run_sync(Judged, output_dir=tmp_path, run_id="again", replay="first")

    assert again.complete
    assert len(asked) == 4
    assert verify(first.folder, again.folder).agree


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"scorers": "judge"}, "is one string"),
        ({"scorers": ("nothing",)}, "unknown scorer 'nothing'"),
        ({"scorers": ("judge", "judge")}, "listed twice"),
        ({"scorers": ("score",)}, "is the name of a metric"),
        ({"scorers": (3,)}, "unknown scorer 3"),
        ({"scoring_concurrency": 0}, "scoring_concurrency: 0"),
    ],
    ids=["text", "unknown", "twice", "metric", "number", "concurrency"],
)
def test_wrong_names_of_scorers_are_refused(
    given: dict[str, Any], said: str, tmp_path: Path
) -> None:
    dataset_manager.register_scorer("judge", judge)
    dataset_manager.register_scorer("score", judge)

    with pytest.raises(ExperimentError, match=said):
        run_sync(type("Judged", (Judged,), given), output_dir=tmp_path)
