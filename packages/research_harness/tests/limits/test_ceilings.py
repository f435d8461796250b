"""A ceiling is never exceeded, and a run that reaches one can go on with a higher one."""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    ModelError,
    OpenAIModel,
    Price,
    RequestCost,
    Response,
    ask,
    ask_sync,
    predict,
)
from ensemble.testing import LoopbackProvider, Troubles
from research_harness import (
    Ceiling,
    Ceilings,
    Condition,
    Experiment,
    ExperimentError,
    resume_sync,
    run,
    run_sync,
)
from research_harness._artifacts.folder import RunFolder
from research_harness._engine.journal import Journal
from research_harness._plan.preparation import prepare
from research_harness._run.job import run_rows_only
from research_harness._run.session import write_start

WORST = 0.01


class Provider:
    """A model whose provider keeps its own account of what it bills."""

    def __init__(self, seed: int = 0, *, name: str = "m", troubles: float = 0.0) -> None:
        self.name = name
        self.provider = f"provider of {name}"
        self.billed_usd = 0.0
        self.requests = 0
        self.peak = 0
        self._open = 0
        self._troubles = troubles
        self._chance = random.Random(seed)

    def request_cost(self, query: Any, sampling: Any) -> RequestCost:
        return RequestCost(
            model=self.name, max_input_tokens=10, max_output_tokens=90, worst_usd=WORST
        )

    async def generate(self, query: Any, sampling: Any) -> Response:
        self.requests += 1
        self._open += 1
        self.peak = max(self.peak, self._open)
        # What it bills is known to the provider alone until the answer is there.
        cost = WORST * self._chance.uniform(0.2, 1.0)
        try:
            await asyncio.sleep(self._chance.expovariate(1.0))
            trouble = self._chance.random() < self._troubles
            refused = trouble and self._chance.random() < 0.5
            self.billed_usd += 0.0 if refused else cost
        except asyncio.CancelledError:
            self.billed_usd += cost
            raise
        finally:
            self._open -= 1
        if trouble:
            error = ModelError("refused" if refused else "the answer was lost")
            error.cost_usd = 0.0 if refused else None
            raise error
        return Response(text="4", model=self.name, cost_usd=cost, input_tokens=10, output_tokens=20)


def experiment(
    *conditions: Condition[..., Any], ceilings: Ceilings, size: int = 40, **options: Any
) -> type[Experiment]:
    class Limited(Experiment):
        name = "limited"
        metrics = ("accuracy",)
        formats = ()
        concurrency = options.get("concurrency", 8)
        timeout_ms = options.get("timeout_ms", 60_000)
        virtual_time = True

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": "2 + 2", "expected": "4"} for n in range(size)]

    Limited.conditions = conditions
    Limited.ceilings = ceilings
    return Limited


def single(model: Any, name: str = "single") -> Condition[..., Any]:
    async def answer(item: Any) -> object:
        return await ask(item, model=model)

    return Condition(name=name, function=answer)


def vote(*models: Any, name: str = "vote") -> Condition[..., Any]:
    async def answer(item: Any) -> object:
        return await predict(item, models=list(models), min_responses=1)

    return Condition(name=name, function=answer)


@pytest.mark.slow
def test_a_run_stops_before_its_ceiling_and_goes_on_with_a_higher_one(tmp_path: Path) -> None:
    model = Provider()
    limited = experiment(single(model), ceilings=Ceilings(max_cost_usd=0.1))

    first = run_sync(limited, output_dir=tmp_path, run_id="x")

    assert not first.complete
    assert first.analysis["failures"] == 0
    assert 0.1 - WORST <= model.billed_usd <= 0.1
    assert "ceiling of $0.1 for the run is reached" in first.analysis["stopped"]
    spent = json.loads((tmp_path / "x" / "spending.json").read_text())["ceilings"][0]["spent"]
    assert spent["usd"] == pytest.approx(model.billed_usd)

    again = resume_sync("x", limited, output_dir=tmp_path)
    assert again.analysis["rows"] - first.analysis["rows"] <= 1
    assert model.billed_usd <= 0.1

    done = resume_sync("x", limited, output_dir=tmp_path, ceilings=Ceilings(max_cost_usd=1.0))
    assert done.complete


@pytest.mark.slow
@pytest.mark.parametrize("kind", [dict, Ceilings])
def test_a_resume_keeps_the_ceilings_that_the_run_was_begun_with(kind: Any, tmp_path: Path) -> None:
    model = Provider()
    limited = experiment(single(model), ceilings=Ceilings())
    more = {"conditions": {"single": Ceiling(max_calls=30)}} if kind is Ceilings else {}

    run_sync(limited, output_dir=tmp_path, run_id="x", ceilings=kind(max_cost_usd=0.1, **more))
    again = resume_sync("x", limited, output_dir=tmp_path)

    assert not again.complete
    assert model.billed_usd <= 0.1
    done = resume_sync("x", limited, output_dir=tmp_path, ceilings={"max_cost_usd": 1.0})
    assert done.complete is (kind is dict)
    assert model.requests == (40 if kind is dict else 30)


def rows_of(limited: type[Experiment], folder: Path) -> list[Any]:
    """The rows of a run without its analysis, which takes longer than they do."""
    prepared = prepare(limited)
    run = RunFolder(folder)
    run.journal.parent.mkdir(parents=True)
    write_start(prepared, run, None)
    run_rows_only(prepared, run)
    return list(Journal(run.journal))


@dataclass(frozen=True, kw_only=True)
class World:
    """A run under random ceilings, with models whose providers keep their own accounts."""

    experiment: type[Experiment]
    models: list[Provider]
    limits: dict[str, float]

    def spent(self) -> dict[str, float]:
        """What the providers billed under each ceiling."""
        return {
            "run": sum(each.billed_usd for each in self.models),
            "vote": sum(each.billed_usd for each in self.models[1:]),
            "m2": self.models[2].billed_usd,
            "calls": sum(each.requests for each in self.models),
        }

    def exceeded(self) -> list[str]:
        """The ceilings that were exceeded."""
        spent = self.spent()
        return [name for name, limit in self.limits.items() if spent[name] > limit * (1 + 1e-9)]


def random_world(seed: int) -> World:
    """A run under random ceilings with random troubles."""
    chance = random.Random(seed)
    models = [Provider(seed + n, name=f"m{n}", troubles=chance.choice((0, 0.3))) for n in range(3)]
    whole, part, alone = (WORST * chance.uniform(2, 60) for _ in range(3))
    calls = chance.choice((None, 50))
    limited = experiment(
        single(models[0]),
        vote(*models),
        ceilings=Ceilings(
            max_cost_usd=whole,
            max_calls=calls,
            conditions={"vote": Ceiling(max_cost_usd=part)},
            providers={"m2": Ceiling(max_cost_usd=alone, max_tokens=chance.choice((None, 2_000)))},
        ),
        size=chance.choice((5, 30)),
        concurrency=chance.choice((1, 4, 20)),
        timeout_ms=chance.choice((1_500, 60_000)),
    )
    limits = {"run": whole, "vote": part, "m2": alone, "calls": calls or 1e9}
    return World(experiment=limited, models=models, limits=limits)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_no_ceiling_is_exceeded_whatever_goes_wrong(seed: int, tmp_path: Path) -> None:
    world = random_world(seed)

    rows = rows_of(world.experiment, tmp_path / "x")

    assert world.exceeded() == []
    assert not any("CeilingReached" in row.error_type for row in rows)
    assert world.models[0].billed_usd > 0


@pytest.mark.slow
@pytest.mark.anyio
async def test_real_requests_with_troubles_stay_under_the_ceiling(tmp_path: Path) -> None:
    """The provider on this machine bills what it served, also answers that were lost."""
    price = Price(input_per_million=1_000.0, output_per_million=1_000.0)
    troubles = Troubles(rates={"cut": 0.2, "malformed": 0.1, "server_error": 0.2})
    async with LoopbackProvider(troubles=troubles, answer=lambda _: "4") as provider:
        model = OpenAIModel("m", api_key="k", base_url=provider.url, price=price, max_retries=1)

        async def answer(item: Any) -> object:
            return await ask(item, model=model, max_tokens=200)

        limited = experiment(
            Condition(name="a", function=answer), ceilings=Ceilings(max_cost_usd=3.0)
        )
        limited.virtual_time = False
        limited.outage_ms = None
        result = await run(limited, output_dir=tmp_path)

    tokens = sum(each.input_tokens + each.output_tokens for each in provider.served)
    assert 0 < tokens * 1e-3 <= 3.0
    assert not result.complete


def test_a_ceiling_of_a_condition_closes_that_condition_alone(tmp_path: Path) -> None:
    limited = experiment(
        single(Provider(1), "a"),
        single(Provider(2), "b"),
        ceilings=Ceilings(conditions={"b": Ceiling(max_cost_usd=5 * WORST)}),
    )

    result = run_sync(limited, output_dir=tmp_path)

    rows = {each["name"]: each["rows"] for each in result.analysis["conditions"]}
    assert rows["a"] == 40
    assert 4 <= rows["b"] < 40
    assert "the condition 'b'" in result.analysis["stopped"]


def test_what_a_condition_says_it_cost_counts_when_its_calls_are_not_seen(tmp_path: Path) -> None:
    async def other_client(item: Any) -> dict[str, Any]:
        await asyncio.sleep(1)
        return {"prediction": "4", "cost": 0.01}

    limited = experiment(
        Condition(name="a", function=other_client), ceilings=Ceilings(max_cost_usd=0.1)
    )

    result = run_sync(limited, output_dir=tmp_path)

    assert result.analysis["rows"] == 10
    assert not result.complete


@pytest.mark.slow
def test_an_unknown_cost_stops_the_run_at_once_unless_it_has_a_value(tmp_path: Path) -> None:
    calls = []

    async def other_client(item: Any) -> str:
        calls.append(item.id)
        await asyncio.sleep(1)
        return "4"

    limited = experiment(
        Condition(name="a", function=other_client), ceilings=Ceilings(max_cost_usd=0.1)
    )

    stopped = run_sync(limited, output_dir=tmp_path)
    assert len(calls) == 1
    assert "is not known" in stopped.analysis["stopped"]

    limited.ceilings = Ceilings(max_cost_usd=0.1, unknown_cost_usd=0.02)
    assert run_sync(limited, output_dir=tmp_path).analysis["rows"] == 5


def test_calls_in_threads_keep_the_ceiling_too(tmp_path: Path) -> None:
    model = Provider()

    def plain(item: Any) -> object:
        return ask_sync(item, model=model)

    limited = experiment(
        Condition(name="a", function=plain), ceilings=Ceilings(max_calls=7), size=30
    )
    limited.virtual_time = False
    model.generate = quick(model)  # type: ignore[method-assign]  # without the virtual pause

    result = run_sync(limited, output_dir=tmp_path)

    assert model.requests == 7
    assert result.analysis["rows"] == 7


def quick(model: Provider) -> Callable[..., Any]:
    async def generate(query: Any, sampling: Any) -> Response:
        model.requests += 1
        return Response(text="4", model=model.name, cost_usd=0.0, input_tokens=1, output_tokens=1)

    return generate


@pytest.mark.slow
def test_the_time_of_all_sessions_counts(tmp_path: Path) -> None:
    limited = experiment(single(Provider()), ceilings=Ceilings(max_time_ms=3_000), concurrency=2)

    first = run_sync(limited, output_dir=tmp_path, run_id="x")
    again = resume_sync("x", limited, output_dir=tmp_path)

    assert 0 < first.analysis["rows"] < 40
    assert again.analysis["rows"] == first.analysis["rows"]
    assert "3 s" in again.analysis["stopped"]
    whole = Ceilings(max_time_ms=1e9)
    assert resume_sync("x", limited, output_dir=tmp_path, ceilings=whole).complete


def test_a_run_in_which_nothing_ends_stops(tmp_path: Path) -> None:
    async def hangs(item: Any) -> str:
        await asyncio.sleep(0 if item.id < "i2" else 1e6)
        return "4"

    limited = experiment(
        Condition(name="a", function=hangs),
        ceilings=Ceilings(max_idle_ms=5_000),
        timeout_ms=None,
    )

    result = run_sync(limited, output_dir=tmp_path)

    assert 0 < result.analysis["rows"] < 40
    assert "no row has ended" in result.analysis["stopped"]


def test_what_was_under_way_at_a_kill_counts_at_its_worst(tmp_path: Path) -> None:
    model = Provider()
    limited = experiment(single(model), ceilings=Ceilings(max_cost_usd=10 * WORST))
    run_sync(limited, output_dir=tmp_path, run_id="x")
    log = tmp_path / "x" / "checkpoints" / "spending.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line for line in lines if '"spent"' not in line))
    (tmp_path / "x" / "checkpoints" / "journal.jsonl").write_text("")
    asked = model.requests

    result = resume_sync("x", limited, output_dir=tmp_path)

    assert model.requests == asked
    assert result.analysis["rows"] == 0


def test_ceilings_that_make_no_sense_are_named_together() -> None:
    limited = experiment(
        single(Provider()),
        ceilings=Ceilings(
            max_cost_usd=-1, warn_at=2.0, conditions={"no": Ceiling(max_tokens=True)}
        ),
    )

    with pytest.raises(ExperimentError) as caught:
        run_sync(limited)

    text = str(caught.value)
    assert all(part in text for part in ("max_cost_usd is -1", "warn_at", "'no'", "max_tokens"))


def test_most_of_a_ceiling_is_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limited = experiment(single(Provider()), ceilings=Ceilings(max_cost_usd=0.1))

    run_sync(limited, output_dir=tmp_path)

    assert len([each for each in caplog.messages if "of the ceiling for the run" in each]) == 1
