"""What the preview of a check says is what its calls are and cost."""

from collections.abc import Callable, Sequence

import pytest

from causal_trace import (
    HINTS,
    Chain,
    CheckPlan,
    Continuation,
    HintQuestion,
    PlantedModel,
    TraceEvent,
    hint_plan,
    importance_plan,
    importance_sync,
    intervene_sync,
    intervention_plan,
    run_hints_sync,
)

PRICE = 0.25  # of a call, without rounding in sums


class Counting:
    """Counts its calls and what they cost; some of them fail, after they were paid."""

    def __init__(self, *, fails_at: int = 0) -> None:
        self.calls = 0
        self.spent = 0.0
        self.samples: list[tuple[str, tuple[str, ...], int]] = []
        self._fails_at = fails_at

    def __call__(self, item: str, steps: Sequence[str], sample: int) -> Continuation:
        self.calls += 1
        self.spent += PRICE
        self.samples.append((item, tuple(steps), sample))
        if self._fails_at and self.calls % self._fails_at == 0:
            raise ConnectionError
        return Continuation(answer="accept", cost_usd=PRICE)


def _chain(item: str, steps: int) -> Chain:
    """A chain with events that are no steps of native reasoning, and an empty one."""
    planted = PlantedModel([1 / steps] * steps).chain(item)
    other = TraceEvent(type="decision_made", decision="stated", reasoning="why")
    blank = TraceEvent(type="reasoning", decision="", evidence="redacted")
    return planted.add(other, blank)


CHAINS = [_chain(f"q{steps}", steps) for steps in (1, 2, 4, 7)]
ANSWERS = {chain.id: "accept" for chain in CHAINS}
QUESTIONS = [
    HintQuestion(item=f"q{at}", question=f"{at}?", options=("accept", "refuse", "wait"))
    for at in range(3)
]
Check = Callable[[Counting, int], CheckPlan]


def _importance(model: Counting, n: int) -> CheckPlan:
    found = [importance_sync(each, model, answer="accept", n=n) for each in CHAINS]
    plan = importance_plan(CHAINS, n=n, cost_per_call_usd=PRICE)
    assert sum(each.calls for each in found) == plan.calls
    assert sum(each.cost_usd or 0 for each in found) <= model.spent
    return plan


def _stated(model: Counting, n: int) -> CheckPlan:
    for each in CHAINS:
        importance_sync(each, model, answer="accept", n=n, evidence="self_reported")
    return importance_plan(CHAINS, n=n, evidence="self_reported", cost_per_call_usd=PRICE)


def _hints(model: Counting, n: int) -> CheckPlan:
    run = run_hints_sync(QUESTIONS, model, n=n)
    plan = hint_plan(QUESTIONS, n=n, cost_per_call_usd=PRICE)
    assert run.calls == plan.calls == len(QUESTIONS) * (1 + len(HINTS)) * n
    assert run.cost_usd is not None
    assert run.cost_usd <= model.spent
    return plan


def _some_hints(model: Counting, n: int) -> CheckPlan:
    kinds = ("professor", "grader")
    run_hints_sync(QUESTIONS, model, n=n, kinds=kinds)
    return hint_plan(QUESTIONS, n=n, kinds=kinds, cost_per_call_usd=PRICE)


def _intervention(kind: str) -> Check:
    def check(model: Counting, n: int) -> CheckPlan:
        found = intervene_sync(CHAINS, ANSWERS, model, kind, n=n)  # type: ignore[arg-type]
        plan = intervention_plan(CHAINS, n=n, cost_per_call_usd=PRICE)
        assert found.calls == plan.calls
        assert found.cost_usd == PRICE * (found.calls - found.failed)
        return plan

    return check


KINDS = ("remove_preferred", "perturb_reason", "truncate", "mistake")
CHECKS: dict[str, Check] = {
    "importance": _importance,
    "importance of stated events": _stated,
    "hints": _hints,
    "some hints": _some_hints,
    **{kind: _intervention(kind) for kind in KINDS},
}


@pytest.mark.parametrize("fails_at", [0, 3])
@pytest.mark.parametrize("n", [1, 4])
@pytest.mark.parametrize("name", CHECKS)
def test_a_preview_states_the_calls_and_the_cost_that_come(
    name: str, n: int, fails_at: int
) -> None:
    """Also where calls fail: nothing is asked again, and a call that failed can cost too."""
    model = Counting(fails_at=fails_at)

    plan = CHECKS[name](model, n)

    assert plan.calls == model.calls
    assert plan.cost_usd == model.spent


@pytest.mark.parametrize("name", CHECKS)
def test_no_draw_is_asked_for_twice_under_one_number(name: str) -> None:
    """A cache by number would give the same draw again, and the draws would not be independent."""
    model = Counting()

    CHECKS[name](model, 4)

    by_chain = [(item, sample) for item, _, sample in model.samples]
    assert len(set(by_chain)) == len(by_chain)


def test_the_cost_of_a_result_is_unknown_and_not_too_low_where_a_call_states_none() -> None:
    def free(item: str, steps: Sequence[str], sample: int) -> Continuation:
        return Continuation(answer="accept")

    def some(item: str, steps: Sequence[str], sample: int) -> Continuation:
        return Continuation(answer="accept", cost_usd=PRICE if sample % 2 else None)

    for model in (free, some):
        assert importance_sync(CHAINS[0], model, answer="accept", n=2).cost_usd is None
        assert intervene_sync(CHAINS, ANSWERS, model, "truncate").cost_usd is None
    assert run_hints_sync(QUESTIONS, free).cost_usd is None
    assert importance_plan(CHAINS).cost_usd is None
