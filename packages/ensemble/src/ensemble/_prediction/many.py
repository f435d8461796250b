"""Many items at once, and one item watched while it is answered."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence, Sized
from contextvars import copy_context
from types import MappingProxyType
from typing import Any, Unpack

from .._core.deprecated import renamed_arguments
from .._core.errors import EnsembleError
from .._core.queries import Query
from .._core.sync import run
from .._core.values import Value
from .._models.conversion import ModelLike
from .._voting.votes import tally
from .batch import CallBatch
from .calls import MemberCall
from .options import PredictOptions
from .predict import predict, watching
from .result import EnsembleResult


class Progress(Value):
    """One step of a prediction.

    Attributes:
        asked: The answer or failure that has just come; None at the end.
        leading: The answer with the most votes so far, in normalised form; None without votes.
        vote_share: Its share of the votes so far; at the end as in the result.
        agreement: Its share of all members, asked or not.
        result: The result; None until the end.
    """

    asked: MemberCall | None
    leading: Any
    vote_share: float
    agreement: float
    result: EnsembleResult | None = None
    _renamed = MappingProxyType({"consensus": ("vote_share", None)})


@renamed_arguments(queries="items")
async def predict_many(
    items: Iterable[Query],
    *,
    models: Sequence[ModelLike],
    concurrency: int = 32,
    on_progress: Callable[[int, int], None] | None = None,
    **options: Unpack[PredictOptions],
) -> list[EnsembleResult | EnsembleError]:
    """Ask the same panel many items.

    An item that fails does not fail the others: its error stands at its index.

    Args:
        items: Texts, chat messages or questions; an iterator is read as items are needed, or at
            once where ``on_progress`` is given.
        models: The models.
        concurrency: The maximum number of items in flight.
        on_progress: Called after each item with the number done and the number of all.
        **options: Those of ``predict``.

    Returns:
        A result or an error for each item, in their order.

    Raises:
        ValueError: ``concurrency`` is below 1, or an option is out of range.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency: {concurrency!r} is below 1")
    if on_progress is not None:
        items = list(items)
    total = len(items) if isinstance(items, Sized) else 0
    done: dict[int, EnsembleResult | EnsembleError] = {}
    left = iter(enumerate(items))

    async def worker() -> None:
        for index, item in left:
            try:
                done[index] = await predict(item, models=models, **options)
            except EnsembleError as error:
                done[index] = error
            if on_progress is not None:
                on_progress(len(done), total)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors.exceptions[0].__cause__
    return [done[index] for index in range(len(done))]


class ManyOptions(PredictOptions, total=False):
    """The options of ``predict_many``."""

    concurrency: int
    on_progress: Callable[[int, int], None] | None


@renamed_arguments(queries="items")
def predict_many_sync(
    items: Iterable[Query], *, models: Sequence[ModelLike], **options: Unpack[ManyOptions]
) -> list[EnsembleResult | EnsembleError]:
    """Ask the same panel many items, from a script: ``predict_many``, run to its end.

    Args:
        items: Texts, chat messages or questions.
        models: The models.
        **options: Those of ``predict_many``.

    Returns:
        A result or an error for each item, in their order.

    Raises:
        RunningLoopError: An event loop is running: use ``await predict_many(...)``.
        ValueError: ``concurrency`` is below 1, or an option is out of range.

    Example:
        >>> from ensemble import predict_many_sync
        >>> models = [str.upper, str.upper, str.title]
        >>> [result.answer for result in predict_many_sync(["yes", "no"], models=models)]
        ['YES', 'NO']
    """
    return run("predict_many", lambda: predict_many(items, models=models, **options))


@renamed_arguments(query="item")
async def predict_stream(
    item: Query, *, models: Sequence[ModelLike], **options: Unpack[PredictOptions]
) -> AsyncGenerator[Progress, None]:
    """Watch a prediction: every answer as it comes, the share of the votes, and the result.

    ``execution=Parallel(stop=Consensus(share=0.8))`` ends it early and cancels the rest. Leaving
    the loop before the end cancels the prediction when the iterator is closed: use
    ``contextlib.aclosing`` where you may leave.

    Args:
        item: A text, chat messages, or a question.
        models: The models.
        **options: Those of ``predict``.

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
                vote_share=most / total if total else 0.0,
                agreement=most / len(batch.members),
            )
        )

    context = copy_context()
    context.run(watching.set, report)  # in the context of this prediction alone
    running = asyncio.create_task(predict(item, models=models, **options), context=context)
    running.add_done_callback(lambda _: steps.put_nowait(None))
    try:
        while (step := await steps.get()) is not None:
            yield step
        result = await running
        yield Progress(
            asked=None,
            leading=result.key,
            vote_share=result.vote_share,
            agreement=result.agreement,
            result=result,
        )
    finally:
        running.cancel()
        await asyncio.wait((running,))
