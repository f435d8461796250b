"""How much a step carries: the answer when it is drawn again (Thought Anchors, Branches)."""

from dataclasses import dataclass
from typing import TypedDict, Unpack

from .._comparison.similarity import Words
from .._core.errors import RunningLoopError
from .._core.intervals import Interval, difference_of_proportions
from .._core.json_values import Value
from .._core.shown import shown
from .._model.chain import Chain
from .._model.checks import check_level
from .._model.event import TraceEvent
from .._model.evidence import EvidenceKind
from .model import Draws, ReasoningModel, draw, step_text, steps_of, total_cost

# A drawn step with at least this likeness is the same step said again.
SAME_STEP = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class StepImportance(Value):
    """How much one step carries.

    Attributes:
        event_id: The id of its event.
        importance: How much more often the answer changes when the step is drawn again than when
            only what follows it is; None when all calls failed.
        interval: Newcombe's interval of this difference.
        change_redrawn: The share of other answers when the step is drawn again.
        change_kept: The share of other answers when the step stays and what follows is drawn again.
        resilience: The share of draws without the step at its place in which it comes back later;
            None when it was always drawn as it was.
        change_when_absent: The share of other answers among the draws in which the step never
            appears; None when there are none.
        n_redrawn: The number of draws of the step.
        n_kept: The number of draws of what follows.
        failed: The number of calls that failed.
    """

    event_id: str
    importance: float | None
    interval: Interval
    change_redrawn: float | None
    change_kept: float | None
    resilience: float | None
    change_when_absent: float | None
    n_redrawn: int
    n_kept: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportanceResult(Value):
    """How much each step of a chain carries.

    Attributes:
        chain_id: The id of the chain.
        answer: The answer of the chain.
        steps: The steps in order.
        calls: The number of calls.
        cost_usd: The cost of the calls that came; None when one of them states none.
    """

    chain_id: str
    answer: str
    steps: tuple[StepImportance, ...]
    calls: int
    cost_usd: float | None

    def bars(self) -> dict[str, dict[str, float]]:
        """Return what ``visualize(importance=)`` shows, without the steps that are not known."""
        return {
            step.event_id: {
                "value": max(0.0, step.importance),
                "low": max(0.0, step.interval.low),
                "high": max(0.0, step.interval.high),
            }
            for step in self.steps
            if step.importance is not None
        }

    @shown
    def __str__(self) -> list[str]:
        ranked = sorted(self.steps, key=lambda step: -(step.importance or 0))
        known = [step for step in ranked if step.importance is not None]
        shown = [f"{step.event_id}: {step.importance:.2f} {step.interval}" for step in known]
        return [f"{self.calls} calls, answer {self.answer!r:.60}", *shown]


async def importance(
    chain: Chain,
    model: ReasoningModel,
    *,
    answer: str,
    n: int = 50,
    item: str | None = None,
    evidence: EvidenceKind = "native_reasoning",
    max_concurrency: int = 8,
    level: float = 0.95,
    seed: int = 0,
) -> ImportanceResult:
    """Return how often the answer changes when each step is drawn again.

    From the steps before each step, the rest is drawn ``n`` times by the model itself. The same
    draws serve as the baseline of the step before, so that a chain of k steps takes (k + 1) n
    calls; ``importance_plan`` gives number and cost. An importance is a fact about this model and
    this chain. That a step is not important does not show that its reason was not used: the model
    can come to the same answer in another way (see ``resilience``).

    Args:
        chain: The chain.
        model: The model that made it.
        answer: The answer of the chain.
        n: The number of draws from each step.
        item: What was asked; None takes the item or else the name of the chain.
        evidence: The events that are steps.
        max_concurrency: The largest number of calls at a time.
        level: The level of the intervals.
        seed: The number of the first draw.

    Returns:
        One importance for each step, with its interval. Draws are independent given the chain;
        over many chains use ``mean_importance``.

    Raises:
        InvalidTraceError: The chain has no such steps, ``n`` is below 1, or ``level`` is not
            between 0 and 1.
    """
    check_level(level)
    steps = steps_of(chain, evidence)
    texts = [step_text(each) for each in steps]
    asked = item or chain.item or chain.name
    requests = [(asked, texts[:number]) for number in range(len(texts) + 1)]
    drawn = await draw(model, requests, n, first_sample=seed, max_concurrency=max_concurrency)
    return ImportanceResult(
        chain_id=chain.id,
        answer=answer,
        steps=tuple(
            _step(event, answer, drawn[number], drawn[number + 1], level)
            for number, event in enumerate(steps)
        ),
        calls=len(requests) * n,
        cost_usd=total_cost(drawn),
    )


class ImportanceOptions(TypedDict, total=False):
    """The options of ``importance``, for its twin."""

    n: int
    item: str | None
    evidence: EvidenceKind
    max_concurrency: int
    level: float
    seed: int


def importance_sync(
    chain: Chain, model: ReasoningModel, *, answer: str, **options: Unpack[ImportanceOptions]
) -> ImportanceResult:
    """Return what ``importance`` gives, from a program without an event loop.

    Args:
        chain: The chain.
        model: The model that made it.
        answer: The answer of the chain.
        **options: Those of ``importance``.

    Raises:
        RunningLoopError: An event loop is running.
    """
    import asyncio  # noqa: PLC0415  # slow to import

    RunningLoopError.check("importance")
    return asyncio.run(importance(chain, model, answer=answer, **options))


def _step(
    event: TraceEvent, answer: str, redrawn: Draws, kept: Draws, level: float
) -> StepImportance:
    changed = (redrawn.changed(answer), kept.changed(answer))
    sizes = (len(redrawn.done), len(kept.done))
    rates = [c / n if n else None for c, n in zip(changed, sizes, strict=True)]
    resilience, absent = _without(event, answer, redrawn)
    value = None if rates[0] is None or rates[1] is None else rates[0] - rates[1]
    return StepImportance(
        event_id=event.id,
        importance=value,
        interval=difference_of_proportions(changed[0], sizes[0], changed[1], sizes[1], level=level),
        change_redrawn=rates[0],
        change_kept=rates[1],
        resilience=resilience,
        change_when_absent=absent,
        n_redrawn=sizes[0],
        n_kept=sizes[1],
        failed=redrawn.failed + kept.failed,
    )


def _without(event: TraceEvent, answer: str, redrawn: Draws) -> tuple[float | None, float | None]:
    """Return how often the step comes back later, and the changes where it never appears."""
    own = _words(step_text(event))
    back, absent = 0, []
    for each in redrawn.done:
        alike = [own.similarity(_words(step)) >= SAME_STEP for step in each.steps]
        if alike and alike[0]:
            continue
        if any(alike):
            back += 1
        else:
            absent.append(each)
    without = back + len(absent)
    if not without:
        return None, None
    changed = Draws(done=tuple(absent), failed=0).changed(answer)
    return back / without, changed / len(absent) if absent else None


def _words(text: str) -> Words:
    return Words(TraceEvent(type="step", decision=text or "(empty)"))
