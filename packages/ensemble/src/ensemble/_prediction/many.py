"""Many questions at once, and one question watched while it is answered."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextvars import copy_context
from typing import Any

from .._core.errors import EnsembleError
from .._core.models import Model
from .._core.queries import Query
from .._core.sync import run
from .._core.values import Value
from .._voting.votes import tally
from .batch import CallBatch
from .calls import MemberCall
from .predict import predict, watching
from .result import EnsembleResult


class Progress(Value):
    """One step of a prediction.

    Attributes:
        asked: The answer or failure that has just come; None at the end.
        leading: The answer with the most votes so far, in normalised form; None without votes.
        consensus: Its share of the votes so far.
        agreement: Its share of all members, asked or not.
        result: The result; None until the end.
    """

    asked: MemberCall | None
    leading: Any
    consensus: float
    agreement: float
    result: EnsembleResult | None = None


async def predict_many(
    queries: Iterable[Query],
    *,
    models: Sequence[Model | Callable[..., Any] | str],
    concurrency: int = 32,
    **options: Any,
) -> list[EnsembleResult | EnsembleError]:
    """Ask the same panel many questions.

    A question that fails does not fail the others: its error stands in its place.

    Args:
        queries: The questions; taken as they are needed.
        models: The models.
        concurrency: How many questions are open at once.
        options: Those of ``predict``.

    Returns:
        A result or an error for each question, in their order.

    Raises:
        ValueError: ``concurrency`` is below 1, or an option is out of range.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency: {concurrency!r} is below 1")
    done: dict[int, EnsembleResult | EnsembleError] = {}
    left = iter(enumerate(queries))

    async def worker() -> None:
        for place, query in left:
            try:
                done[place] = await predict(query, models=models, **options)
            except EnsembleError as error:
                done[place] = error

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors.exceptions[0].__cause__
    return [done[place] for place in range(len(done))]


def predict_many_sync(
    queries: Iterable[Query], **options: Any
) -> list[EnsembleResult | EnsembleError]:
    """``predict_many`` for scripts: takes the same arguments and waits for the end."""
    return run("predict_many", lambda: predict_many(queries, **options))


async def predict_stream(
    query: Query, *, models: Sequence[Model | Callable[..., Any] | str], **options: Any
) -> AsyncGenerator[Progress, None]:
    """Watch a prediction: every answer as it comes, with the consensus so far, and the result.

    ``execution=Parallel(stop=Consensus(share=0.8))`` ends it early and cancels the rest. Leaving
    the loop before the end cancels the prediction when the iterator is closed: use
    ``contextlib.aclosing`` where you may leave.

    Args:
        query: The question.
        models: The models.
        options: Those of ``predict``.

    Yields:
        A ``Progress`` for each answer or failure, and one with the result at the end.
    """
    steps: asyncio.Queue[Progress | None] = asyncio.Queue()

    def report(batch: CallBatch, call: MemberCall) -> None:
        counts = tally([vote.key for vote in batch.votes()], [1.0] * len(batch.votes()))
        leading = max(counts, key=lambda key: counts[key], default=None)
        most = counts.get(leading, 0.0)
        total = sum(counts.values())
        steps.put_nowait(
            Progress(
                asked=call,
                leading=leading,
                consensus=most / total if total else 0.0,
                agreement=most / len(batch.members),
            )
        )

    context = copy_context()
    context.run(watching.set, report)  # in the context of this prediction alone
    running = asyncio.create_task(predict(query, models=models, **options), context=context)
    running.add_done_callback(lambda _: steps.put_nowait(None))
    try:
        while (step := await steps.get()) is not None:
            yield step
        result = await running
        yield Progress(
            asked=None,
            leading=result.key,
            consensus=result.vote_share,
            agreement=result.agreement,
            result=result,
        )
    finally:
        running.cancel()
        await asyncio.wait((running,))
