"""What a check needs of a model, and draws from it that cannot harm one another."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .._core.errors import InvalidTraceError
from .._core.json_values import Value
from .._model.chain import Chain
from .._model.event import TraceEvent
from .._model.evidence import EvidenceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation(Value):
    """How a model went on from the steps it was given.

    Attributes:
        answer: Its answer.
        steps: The steps that it added.
        cost_usd: The cost; None when not known.
    """

    answer: str
    steps: tuple[str, ...] = ()
    cost_usd: float | None = None


class ReasoningModel(Protocol):
    """A model that goes on from given steps of reasoning, such as an API with a prefilled answer.

    The draw must be on policy: the model writes what follows as it would have written it itself.
    """

    def __call__(
        self, item: str, steps: Sequence[str], sample: int
    ) -> Continuation | Awaitable[Continuation]:
        """Return one draw of the rest.

        Args:
            item: What was asked.
            steps: The steps that stand already.
            sample: The number of the draw; different numbers give independent draws.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws(Value):
    """Draws from one beginning.

    Attributes:
        done: The draws that came.
        failed: The number of draws whose call failed.
    """

    done: tuple[Continuation, ...]
    failed: int

    def changed(self, answer: str) -> int:
        """Return how many draws have another answer."""
        return sum(normal(each.answer) != normal(answer) for each in self.done)


def total_cost(drawn: Sequence[Draws]) -> float | None:
    """Return the cost of the calls that came; None where one of them states none."""
    costs = [each.cost_usd for draws in drawn for each in draws.done]
    return None if None in costs or not costs else sum(filter(None, costs))


async def draw(
    model: ReasoningModel,
    requests: Sequence[tuple[str, Sequence[str]]],
    n: int,
    *,
    first_sample: int,
    max_concurrency: int,
) -> list[Draws]:
    """Return ``n`` draws from each beginning. A call that fails is counted and harms no other.

    Args:
        model: The model.
        requests: For each beginning the item and the steps.
        n: The number of draws from each.
        first_sample: The number of the first draw.
        max_concurrency: The largest number of calls at a time.
    """
    import asyncio  # noqa: PLC0415  # slow to import
    import inspect  # noqa: PLC0415  # slow to import

    if n < 1 or max_concurrency < 1:
        raise InvalidTraceError("check", "n and max_concurrency must be at least 1")
    slots = asyncio.Semaphore(max_concurrency)

    async def one(item: str, steps: Sequence[str], sample: int) -> Continuation | None:
        async with slots:
            try:
                found = model(item, steps, sample)
                made: object = await found if inspect.isawaitable(found) else found
            except Exception:  # noqa: BLE001  # the model is not ours; the failure is counted
                return None
            return made if isinstance(made, Continuation) else None

    async with asyncio.TaskGroup() as group:
        tasks = [
            [
                group.create_task(one(item, steps, first_sample + number * n + sample))
                for sample in range(n)
            ]
            for number, (item, steps) in enumerate(requests)
        ]
    results = [[task.result() for task in each] for each in tasks]
    return [
        Draws(done=tuple(d for d in each if d is not None), failed=sum(d is None for d in each))
        for each in results
    ]


def steps_of(chain: Chain, evidence: EvidenceKind) -> tuple[TraceEvent, ...]:
    """Return the events of a kind of evidence that have text, in order.

    Raises:
        InvalidTraceError: There are none.
    """
    steps = tuple(event for event in chain.of_evidence(evidence) if step_text(event).strip())
    if not steps:
        raise InvalidTraceError("check", f"chain {chain.id} has no event of evidence {evidence}")
    return steps


def step_text(event: TraceEvent) -> str:
    """Return an event as the step that a model reads."""
    return "\n".join(filter(None, (event.decision, event.reasoning)))


def normal(answer: str) -> str:
    """Return an answer without differences of case and white space."""
    return " ".join(answer.split()).casefold()
