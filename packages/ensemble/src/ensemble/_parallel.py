"""Ask all models at once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ._ask import ask_settled
from ._model import Model, Query, Response, Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking one model.

    Attributes:
        model: Its name.
        response: Its answer; None when it failed.
        error: Why it failed; None otherwise.
        waited_ms: How long it was waited for.
    """

    model: str
    response: Response | None = None
    error: Exception | None = None
    waited_ms: float


async def ask_all(
    panel: Sequence[Model],
    query: Query,
    settings: Sampling,
    *,
    timeout_ms: float | None,
    prediction_id: str,
    on_response: Callable[[Response], None] | None,
) -> list[Asked]:
    """All answers and failures, each in its model's place, whichever came first."""
    asked: dict[int, Asked] = {}
    clock = asyncio.get_running_loop().time
    start = clock()

    async def one(place: int, model: Model) -> None:
        response, failure = None, None
        try:
            response = await ask_settled(
                model, query, settings, timeout_ms=timeout_ms, prediction_id=prediction_id
            )
        except Exception as error:  # noqa: BLE001  # a failed model has no vote, and is recorded
            failure = error
        waited_ms = round((clock() - start) * 1000, 3)
        asked[place] = Asked(
            model=model.name, response=response, error=failure, waited_ms=waited_ms
        )
        if response is not None and on_response is not None:
            on_response(response)

    try:
        async with asyncio.TaskGroup() as group:
            for place, model in enumerate(panel):
                group.create_task(one(place, model))
    except ExceptionGroup as errors:
        # Only the caller's own on_response can raise here; its error is given back as it is.
        raise errors.exceptions[0] from errors.exceptions[0].__cause__
    return [asked[place] for place in range(len(panel))]
