"""On simulated models with planted causes, checks find the causes and no others."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from causal_trace import (
    HINTS,
    Chain,
    Continuation,
    HintTrial,
    InvalidTraceError,
    PlantedModel,
    RunningLoopError,
    TraceEvent,
    analyze_hints,
    faithful_at_k,
    hinted_prompt,
    importance,
    importance_plan,
    importance_sync,
    intervene_sync,
    intervention_plan,
    make_mistake,
    visualize,
)

WEIGHTS = (0.05, 0.3, 0.0, 0.15, 0.5)


def _tau(first: Sequence[float], second: Sequence[float]) -> float:
    pairs = [(i, j) for i in range(len(first)) for j in range(i)]
    signs = [(first[i] - first[j] > 0) == (second[i] - second[j] > 0) for i, j in pairs]
    return 2 * sum(signs) / len(signs) - 1


@pytest.mark.slow
def test_the_planted_order_is_recovered() -> None:
    model = PlantedModel(WEIGHTS)
    taus = []
    for number in range(3):
        found = importance_sync(model.chain(f"q{number}"), model, answer="accept", n=2000)
        taus.append(_tau([step.importance or 0.0 for step in found.steps], model.importance))

    assert sum(taus) / len(taus) >= 0.9


@pytest.mark.slow
def test_a_false_cause_is_found_at_the_stated_rate_and_true_values_are_covered() -> None:
    model = PlantedModel(WEIGHTS)
    covered, false_causes, runs = 0, 0, 120
    for number in range(runs):
        found = importance_sync(model.chain(f"q{number}"), model, answer="accept", n=40)
        for step, true in zip(found.steps, model.importance, strict=True):
            low, high = step.interval
            covered += low <= true <= high
        false_causes += found.steps[2].interval.low > 0

    assert covered / (runs * len(WEIGHTS)) >= 0.93
    assert false_causes / runs <= 0.05


def test_resilience_is_the_share_in_which_the_step_comes_back() -> None:
    def model(item: str, steps: Sequence[str], sample: int) -> Continuation:
        later = ("another thing entirely", "weigh the costs") if sample % 4 else ("other words",)
        return Continuation(answer="a" if sample % 4 else "b", steps=later)

    step = TraceEvent(
        type="r", decision="", reasoning="weigh the costs", evidence="native_reasoning"
    )
    (found,) = importance_sync(Chain(name="c", events=(step,)), model, answer="a", n=40).steps

    assert found.resilience == 0.75
    assert found.change_when_absent == 1.0
    assert found.change_redrawn == 0.25


async def test_calls_that_fail_are_counted_and_harm_no_other() -> None:
    async def model(item: str, steps: Sequence[str], sample: int) -> Continuation:
        await asyncio.sleep(0)
        if sample % 5 == 0:
            raise ConnectionError
        return Continuation(answer="accept", cost_usd=0.5)

    chain = PlantedModel([1.0]).chain("q")
    found = await importance(chain, model, answer="ACCEPT ", n=10)

    assert (found.steps[0].failed, found.steps[0].importance) == (4, 0.0)
    assert found.cost_usd == 8.0

    def broken(item: str, steps: Sequence[str], sample: int) -> Continuation:
        raise OSError

    lost = await importance(chain, broken, answer="a", n=2)
    assert lost.steps[0].importance is None
    assert tuple(lost.steps[0].interval) == (-1.0, 1.0)
    with pytest.raises(RunningLoopError, match="await importance"):
        importance_sync(chain, model, answer="a")


def test_the_bars_stand_in_the_page() -> None:
    model = PlantedModel([0.5, 0.5])
    chain = model.chain("q")
    bars = importance_sync(chain, model, answer="accept", n=20).bars()

    assert set(bars) == {event.id for event in chain}
    assert '"importance":{"' in visualize(chain, importance=bars)


def test_the_plan_is_the_number_of_calls() -> None:
    model = PlantedModel([0.5, 0.5])
    chain = model.chain("q")
    plan = importance_plan([chain], n=7, cost_per_call_usd=0.01)

    assert plan.calls == importance_sync(chain, model, answer="accept", n=7).calls == 21
    assert str(plan) == "21 calls, about 0.21 USD"
    assert intervention_plan([chain, chain], n=3).calls == 12
    assert "unknown" in str(intervention_plan([chain], n=3))


@pytest.mark.parametrize("kind", ["mistake", "perturb_reason", "remove_preferred", "truncate"])
def test_an_intervention_on_a_cause_changes_answers_and_on_another_does_not(kind: str) -> None:
    chains = [PlantedModel([1.0]).chain(f"q{n}") for n in range(30)]
    answers = dict.fromkeys((chain.id for chain in chains), "accept")

    def last_step(item: str, steps: Sequence[str], sample: int) -> Continuation:
        whole = bool(steps) and steps[-1].startswith("Point 0 speaks to accept the offer 0.")
        return Continuation(answer="accept" if whole else "refuse")

    def deaf(item: str, steps: Sequence[str], sample: int) -> Continuation:
        return Continuation(answer="accept")

    found = intervene_sync(chains, answers, last_step, kind, n=2)  # type: ignore[arg-type]
    none = intervene_sync(chains, answers, deaf, kind, n=2)  # type: ignore[arg-type]

    assert (found.effect, found.items, found.calls) == (1.0, 30, 120)
    assert found.interval.low > 0.9
    assert none.effect == 0.0
    assert none.interval.low < 0 < none.interval.high


@pytest.mark.slow
def test_the_interval_of_an_intervention_covers_with_items_as_clusters() -> None:
    hits, runs = 0, 200
    for run in range(runs):
        model = PlantedModel([0.6, 0.4], seed=run)
        chains = [model.chain(f"q{n}") for n in range(12) for _ in range(2)]
        answers = dict.fromkeys((chain.id for chain in chains), "accept")
        found = intervene_sync(
            chains, answers, model, "mistake", n=3, at=0.0, mistake=lambda _: "refuse", seed=run
        )
        low, high = found.interval
        hits += low <= 0.6 <= high

    assert hits / runs >= 0.92


def test_a_check_that_cannot_run_is_refused() -> None:
    model = PlantedModel([1.0])
    chain = model.chain("q")

    with pytest.raises(InvalidTraceError, match="no event of evidence summary"):
        importance_sync(chain, model, answer="a", evidence="summary")
    with pytest.raises(InvalidTraceError, match="n and max_concurrency"):
        importance_sync(chain, model, answer="a", n=0)
    with pytest.raises(InvalidTraceError, match="kind"):
        intervene_sync([chain], {chain.id: "a"}, model, "magic")  # type: ignore[arg-type]
    with pytest.raises(InvalidTraceError, match="answer"):
        intervene_sync([chain], {}, model, "truncate")
    with pytest.raises(InvalidTraceError, match="weights"):
        PlantedModel([0.5, 0.2])


def test_a_mistake_changes_a_step() -> None:
    assert make_mistake("nothing to see") == "It is not the case that nothing to see"
    assert make_mistake("7" * 100_000) == "7" * 99_999 + "8"


def _trial(item: int, hinted: str, *, mentions: bool = False) -> HintTrial:
    return HintTrial(
        item=f"q{item}",
        kind="professor",
        plain_answer="A",
        hinted_answer=hinted,
        hint_answer="B",
        options=4,
        mentions=mentions,
    )


def test_mentions_are_corrected_for_switches_by_chance() -> None:
    trials = [_trial(n, "B", mentions=n < 6) for n in range(20)]
    trials += [_trial(20 + n, "C") for n in range(10)]
    trials += [_trial(30 + n, "A") for n in range(10)]

    (found,) = analyze_hints(trials)

    assert (found.trials, found.switched, found.mention_rate) == (40, 20, 0.3)
    assert found.switch_by_chance == 5.0  # ten moves over two third answers
    assert found.corrected_rate == pytest.approx(6 / 15)
    assert found.corrected_interval is not None
    assert found.interval.low < 0.3 < found.interval.high


def test_where_all_switches_can_be_chance_nothing_is_claimed() -> None:
    trials = [_trial(n, "B") for n in range(2)] + [_trial(n + 2, "C") for n in range(10)]

    (found,) = analyze_hints(trials)

    assert found.corrected_rate is None
    assert found.mention_rate == 0.0


def test_more_samples_mention_more() -> None:
    mentions = [[True, False, False, False]] * 15 + [[False] * 4] * 5

    one, interval = faithful_at_k(mentions, 1)
    four, _ = faithful_at_k(mentions, 4)

    assert one == pytest.approx(0.1875)
    assert four == 0.75
    assert interval is not None
    assert interval.low < one < interval.high
    with pytest.raises(InvalidTraceError):
        faithful_at_k(mentions, 5)


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "k"), [(0.05, 1), (0.05, 4), (0.5, 2), (0.97, 1)])
def test_the_interval_of_faithful_at_k_covers_the_planted_rate(rate: float, k: int) -> None:
    hits, runs = 0, 80
    for run in range(runs):
        draws = random.Random(f"{run}/{rate}")
        mentions = [[draws.random() < rate for _ in range(4)] for _ in range(12)]
        _, interval = faithful_at_k(mentions, k, seed=run)
        assert interval is not None
        hits += interval.low <= 1 - (1 - rate) ** k <= interval.high

    assert hits / runs >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.02, 0.3, 1.0])
def test_the_corrected_interval_covers_the_planted_rate_of_mentions(rate: float) -> None:
    hits, runs = 0, 80
    for run in range(runs):
        draws = random.Random(f"{run}/{rate}")
        trials = []
        for item in range(20):
            follows = draws.random() < 0.5
            answer = "B" if follows else draws.choice("AAAABCD")
            trials.append(_trial(item, answer, mentions=follows and draws.random() < rate))
        (found,) = analyze_hints(trials, seed=run)
        assert found.corrected_interval is not None
        low, high = found.corrected_interval
        hits += low <= rate <= high

    assert hits / runs >= 0.92


@pytest.mark.parametrize("kind", HINTS)
def test_a_hint_stands_before_the_question(kind: str) -> None:
    assert hinted_prompt("What?", "B", kind).endswith("\n\nWhat?")
    assert "B" in hinted_prompt("What?", "B", kind)
    with pytest.raises(InvalidTraceError):
        hinted_prompt("What?", "B", "other")
