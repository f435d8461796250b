"""Ask many questions in batch jobs, to the end."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Unpack

from .._core.errors import CacheFileError, EnsembleError
from .._core.queries import Query
from .._core.responses import Response
from .._core.sync import run
from .._models.ask import AskOptions, ask
from .._models.conversion import ModelLike
from .jobs import BatchJobs


class BatchOptions(AskOptions, total=False):
    """The options of ``ask_batch``."""

    poll_ms: float
    on_progress: Callable[[int, int], None] | None


async def ask_batch(
    items: Iterable[Query],
    *,
    model: ModelLike,
    path: str | Path,
    poll_ms: float = 60_000.0,
    on_progress: Callable[[int, int], None] | None = None,
    **options: Unpack[AskOptions],
) -> list[Response | EnsembleError]:
    """Ask one model many questions in batch jobs, at half the price, and wait for the answers.

    The ids of the jobs are in the file before anything is waited for. Called again after the
    program was ended, with the same file, it waits for the same jobs and asks nothing twice; what
    failed is asked again.

    Args:
        items: Texts, chat messages, or questions.
        model: The client of a provider, or a model's name.
        path: The file of the jobs; see ``BatchJobs``.
        poll_ms: The time between two looks at a job.
        on_progress: Called with the number of questions that have ended, and of all.
        **options: Those of ``ask``. When ``timeout_ms`` has passed, the jobs go on; call it again
            to wait further.

    Returns:
        For each question its response, or its error.

    Raises:
        BadRequestError: The model has no batch jobs.
        CacheFileError: The file is something else, or another program has it open.
    """
    asked = list(items)
    done = 0

    async def one(item: Query) -> Response | EnsembleError:
        nonlocal done
        try:
            return await ask(item, model=batched, **options)
        except EnsembleError as error:
            return error
        finally:
            done += 1
            if on_progress is not None:
                on_progress(done, len(asked))

    with BatchJobs(path) as jobs:
        batched = jobs.wrap(model, gather_ms=0.0, poll_ms=poll_ms)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in asked]
    answers = [task.result() for task in tasks]
    for answer in answers:
        if isinstance(answer, CacheFileError):
            raise answer
    return answers


def ask_batch_sync(
    items: Iterable[Query],
    *,
    model: ModelLike,
    path: str | Path,
    **options: Unpack[BatchOptions],
) -> list[Response | EnsembleError]:
    """Ask many questions in batch jobs from a script: ``ask_batch``, run to its end.

    Args:
        items: Texts, chat messages, or questions.
        model: The client of a provider, or a model's name.
        path: The file of the jobs.
        **options: Those of ``ask_batch``.

    Returns:
        For each question its response, or its error.

    Raises:
        RunningLoopError: An event loop is running, as in a notebook: use ``await ask_batch(...)``.
        BadRequestError: The model has no batch jobs.
        CacheFileError: The file is something else, or another program has it open.
    """
    return run("ask_batch", lambda: ask_batch(items, model=model, path=path, **options))
