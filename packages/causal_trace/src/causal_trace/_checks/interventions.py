"""Change a piece of the reasoning and look at the answer, over many chains (Lanham 2023)."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, Unpack, get_args

from .._core.errors import InvalidTraceError, RunningLoopError
from .._core.intervals import Interval, clustered_difference, grouped
from .._core.json_values import Value
from .._core.shown import shown
from .._model.chain import Chain
from .._model.checks import check_at_least, check_level
from .._model.event import TraceEvent
from .._model.evidence import EvidenceKind
from .model import Draws, ReasoningModel, draw, step_text, steps_of, total_cost

InterventionKind = Literal["remove_preferred", "perturb_reason", "truncate", "mistake"]

_NUMBER = re.compile(r"\d+")
_SMALL_USD = 0.1
_MOST_DIGITS = 4000  # Python converts no more than 4,300
_IS = re.compile(r"\b(is|are|was|were|can|will|should|must)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan(Value):
    """What a check would take.

    Attributes:
        calls: The number of calls.
        cost_usd: Their cost; None when the cost of a call is not known.
    """

    calls: int
    cost_usd: float | None

    @shown
    def __str__(self) -> str:
        if self.cost_usd is None:
            return f"{self.calls} calls, cost unknown"
        # Small amounts keep two digits: a price is never rounded to nothing.
        small = 0 < self.cost_usd < _SMALL_USD
        digits = 1 - math.floor(math.log10(self.cost_usd)) if small else 2
        return f"{self.calls} calls, about {self.cost_usd:.{digits}f} USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionResult(Value):
    """How often the answer changes after an intervention.

    Attributes:
        kind: The intervention.
        chains: The number of chains.
        items: The number of items, which are the clusters of the interval.
        change_rate: The share of other answers after the intervention.
        baseline_rate: The share of other answers when nothing is changed and the rest is drawn
            again.
        effect: The first minus the second; None when all calls of one failed.
        interval: The interval of the effect, with items as clusters.
        calls: The number of calls.
        failed: The number of calls that failed.
        cost_usd: The cost of the calls that came; None when one of them states none.
    """

    kind: str
    chains: int
    items: int
    change_rate: float | None
    baseline_rate: float | None
    effect: float | None
    interval: Interval
    calls: int
    failed: int
    cost_usd: float | None = None

    @shown
    def __str__(self) -> str:
        if self.effect is None:
            return f"{self.kind}: unknown, {self.failed} of {self.calls} calls failed"
        return (
            f"{self.kind}: {self.effect:+.2f} {self.interval} more changed answers than without it,"
            f" {self.chains} chains of {self.items} items"
        )


def importance_plan(
    chains: Sequence[Chain],
    *,
    n: int = 50,
    evidence: EvidenceKind = "native_reasoning",
    cost_per_call_usd: float | None = None,
) -> CheckPlan:
    """Return the calls that ``importance`` would make.

    Args:
        chains: The chains.
        n: The number of draws from each step.
        evidence: The events that are steps.
        cost_per_call_usd: The cost of a call; None when not known.

    Raises:
        InvalidTraceError: ``n`` is not a whole number of at least 1, or the cost is negative.
    """
    calls = sum(len(steps_of(each, evidence)) + 1 for each in chains)
    return plan_of(calls, n, cost_per_call_usd)


def intervention_plan(
    chains: Sequence[Chain], *, n: int = 5, cost_per_call_usd: float | None = None
) -> CheckPlan:
    """Return the calls that ``intervene`` would make: each chain with and without the change.

    Args:
        chains: The chains.
        n: The number of draws of each.
        cost_per_call_usd: The cost of a call; None when not known.

    Raises:
        InvalidTraceError: ``n`` is not a whole number of at least 1, or the cost is negative.
    """
    return plan_of(2 * len(chains), n, cost_per_call_usd)


class InterventionOptions(TypedDict, total=False):
    """The options of ``intervene``, for its twin."""

    n: int
    evidence: EvidenceKind
    at: float
    mistake: Callable[[str], str]
    max_concurrency: int
    level: float
    seed: int


async def intervene(
    chains: Sequence[Chain],
    answers: Mapping[str, str],
    model: ReasoningModel,
    kind: InterventionKind,
    *,
    n: int = 5,
    evidence: EvidenceKind = "native_reasoning",
    at: float = 0.5,
    mistake: Callable[[str], str] | None = None,
    max_concurrency: int = 8,
    level: float = 0.95,
    seed: int = 0,
) -> InterventionResult:
    """Return how often the answer changes after an intervention, over many chains.

    Each chain is continued ``n`` times from its reasoning as it is and ``n`` times from its
    changed reasoning. Edited reasoning is off policy: the model would not have written it, and
    effects of such edits are smaller and less stable than those of ``importance`` (Thought
    Branches, arXiv:2510.27484).

    Args:
        chains: The chains; those with the same item form a cluster.
        answers: For the id of each chain, its answer.
        model: The model.
        kind: ``remove_preferred`` (an event's decision is ruled out), ``perturb_reason`` (the
            reason of a step is negated), ``truncate`` (the steps after ``at`` are removed
            and the model answers) or ``mistake`` (a step gets a mistake).
        n: The number of draws of each.
        evidence: The events that are steps.
        at: Where in the reasoning, from 0 to 1.
        mistake: Returns a step with a mistake; None changes its first number, or else negates it.
        max_concurrency: The largest number of calls at a time.
        level: The level of the interval.
        seed: The number of the first draw.

    Returns:
        The effect over the baseline, with its interval.

    Raises:
        InvalidTraceError: The kind is unknown, ``at`` or ``level`` is outside 0 to 1, or a chain
            has no answer or no steps.
    """
    check_level(level)
    _check(chains, answers, kind, at)
    change = mistake or make_mistake
    requests: list[tuple[str, Sequence[str]]] = []
    for chain in chains:
        steps = steps_of(chain, evidence)
        asked = chain.item or chain.name
        place = min(len(steps) - 1, int(at * len(steps)))
        texts = [step_text(each) for each in steps]
        requests.append((asked, texts if kind == "truncate" else texts[: place + 1]))
        requests.append((asked, _changed(kind, steps, texts, place, change)))
    drawn = await draw(model, requests, n, first_sample=seed, max_concurrency=max_concurrency)
    return _result(kind, chains, answers, drawn, level=level)


def intervene_sync(
    chains: Sequence[Chain],
    answers: Mapping[str, str],
    model: ReasoningModel,
    kind: InterventionKind,
    **options: Unpack[InterventionOptions],
) -> InterventionResult:
    """Return what ``intervene`` gives, from a program without an event loop.

    Args:
        chains: The chains.
        answers: For the id of each chain, its answer.
        model: The model.
        kind: The intervention.
        **options: Those of ``intervene``.

    Raises:
        RunningLoopError: An event loop is running.
    """
    import asyncio  # noqa: PLC0415  # slow to import

    RunningLoopError.check("intervene")
    return asyncio.run(intervene(chains, answers, model, kind, **options))


def make_mistake(step: str) -> str:
    """Return a step with its first number changed by one, or else negated.

    Args:
        step: The step.

    Example:
        >>> make_mistake("7 times 6 is 42"), make_mistake("the sky is blue")
        ('8 times 6 is 42', 'the sky is not blue')
    """
    if _NUMBER.search(step):
        return _NUMBER.sub(lambda found: _one_more(found[0]), step, count=1)
    if _IS.search(step):
        return _IS.sub(lambda found: f"{found[0]} not", step, count=1)
    return f"It is not the case that {step}"


def _one_more(digits: str) -> str:
    """The next whole number; of one without an end, its last digits changed."""
    kept = max(0, len(digits) - _MOST_DIGITS)
    return digits[:kept] + str(int(digits[kept:]) + 1)


def _changed(
    kind: str,
    steps: Sequence[TraceEvent],
    texts: Sequence[str],
    place: int,
    change: Callable[[str], str],
) -> list[str]:
    event, before = steps[place], list(texts[:place])
    if kind == "truncate":
        return before
    if kind == "mistake":
        return [*before, change(texts[place])]
    if kind == "remove_preferred":
        left = "; ".join(event.alternatives) or "something else"
        return [*before, f"Not possible here: {event.decision or texts[place]}\nLeft are: {left}"]
    reason = event.reasoning or event.decision
    return [*before, "\n".join(filter(None, (event.decision, f"It is not the case that {reason}")))]


def _result(
    kind: str,
    chains: Sequence[Chain],
    answers: Mapping[str, str],
    drawn: Sequence[Draws],
    *,
    level: float,
) -> InterventionResult:
    pairs = list(zip(drawn[1::2], drawn[0::2], strict=True))
    counts = [
        (new.changed(answers[c.id]), len(new.done), old.changed(answers[c.id]), len(old.done))
        for c, (new, old) in zip(chains, pairs, strict=True)
    ]
    clusters = grouped([chain.item or chain.id for chain in chains]).values()
    sums = [tuple(sum(counts[i][k] for i in each) for k in range(4)) for each in clusters]
    rates = [_rate(sum(s[k] for s in sums), sum(s[k + 1] for s in sums)) for k in (0, 2)]
    effect = None if rates[0] is None or rates[1] is None else rates[0] - rates[1]
    return InterventionResult(
        kind=kind,
        chains=len(chains),
        items=len(sums),
        change_rate=rates[0],
        baseline_rate=rates[1],
        effect=effect,
        interval=clustered_difference(sums, level=level),
        calls=sum(len(each.done) + each.failed for each in drawn),
        failed=sum(each.failed for each in drawn),
        cost_usd=total_cost(drawn),
    )


def _rate(changed: int, n: int) -> float | None:
    return changed / n if n else None


def _check(chains: Sequence[Chain], answers: Mapping[str, str], kind: str, at: float) -> None:
    if kind not in get_args(InterventionKind):
        known = ", ".join(get_args(InterventionKind))
        raise InvalidTraceError("check", f"kind {kind!r} is unknown; use one of {known}")
    if not 0 <= at <= 1:
        raise InvalidTraceError("check", f"at is {at!r:.20}, not between 0 and 1")
    missing = [chain.id for chain in chains if chain.id not in answers]
    if missing or not chains:
        raise InvalidTraceError("check", f"no answer for chains {', '.join(missing[:3]) or 'none'}")


def plan_of(calls_for_one: int, n: int, cost: float | None) -> CheckPlan:
    """Return the plan of a check that draws each of its samples a number of times.

    Args:
        calls_for_one: The number of calls for one draw of each sample.
        n: The number of draws.
        cost: The cost of a call; None when not known.

    Raises:
        InvalidTraceError: ``n`` is not a whole number of at least 1, or the cost is negative.
    """
    check_at_least("n", n, 1)
    if cost is not None and not 0 <= cost < math.inf:
        raise InvalidTraceError("check", f"cost_per_call_usd is {cost!r:.20}, not at least 0")
    calls = calls_for_one * n
    return CheckPlan(calls=calls, cost_usd=None if cost is None else calls * cost)
