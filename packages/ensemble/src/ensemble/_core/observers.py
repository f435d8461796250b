"""Observers of calls: each call to a model with its prompt, parameters and answer, in this process.

Events carry no texts, so that they can be stored and shared. An observer sees the texts.
"""

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Literal

from .messages import content_text
from .models import SamplingParameters
from .queries import Query, prompt_messages
from .responses import Response

CallStatus = Literal["answered", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call to a model that has ended.

    Attributes:
        model: The model's name.
        item: What it was asked, as a ``Variant`` of it may have changed it.
        sampling: The parameters it was asked with.
        status: ``answered``, ``failed`` or ``cancelled``.
        response: Its answer; None when it failed or was cancelled.
        error: Why it failed.
        started_ms: When the call began, in milliseconds of the event loop's clock.
        duration_ms: How long it took by that clock.
        prediction_id: The prediction it was a part of; None for a call of its own.
    """

    model: str
    item: Query
    sampling: SamplingParameters
    status: CallStatus
    response: Response | None
    error: BaseException | None
    started_ms: float
    duration_ms: float
    prediction_id: str | None

    @property
    def prompt(self) -> str:
        """The prompt as text; of chat messages, each behind its role."""
        if isinstance(self.item, list | tuple):
            return "\n".join(
                f"{each['role']}: {content_text(each['content'])}"
                for each in prompt_messages(self.item)
            )
        return str(self.item)

    def to_dict(self) -> dict[str, object]:
        """The call as plain values.

        Returns:
            Each field by its name.
        """
        return {
            **{each.name: getattr(self, each.name) for each in fields(self)},
            "item": self.prompt,
            "sampling": {
                each.name: getattr(self.sampling, each.name) for each in fields(self.sampling)
            },
            "response": None if self.response is None else self.response.to_dict(),
            "error": None if self.error is None else f"{type(self.error).__name__}: {self.error}",
        }


OnCall = Callable[[ModelCall], None]
_observers: contextvars.ContextVar[tuple[OnCall, ...]] = contextvars.ContextVar(
    "ensemble_observers", default=()
)
_open: contextvars.ContextVar["OpenCall | None"] = contextvars.ContextVar(
    "ensemble_open_call", default=None
)


@contextmanager
def observing_calls(on_call: OnCall) -> Iterator[None]:
    """Observe each call to a model that is made inside the block, with prompt and answer.

    It follows tasks and threads that are started inside the block.

    Args:
        on_call: Called with each call when it ends. An error that it raises ends the call.

    Yields:
        Nothing; the block runs.

    Example:
        >>> from ensemble import observing_calls, predict_sync
        >>> calls = []
        >>> with observing_calls(calls.append):
        ...     result = predict_sync("What is 1 + 1?", models=[lambda text: "2"])
        >>> calls[0].prompt, calls[0].response.text
        ('What is 1 + 1?', '2')
    """
    token = _observers.set((*_observers.get(), on_call))
    try:
        yield
    finally:
        _observers.reset(token)


class OpenCall:
    """A call that is under way, and who observes it."""

    __slots__ = ("_item", "_model", "_observers", "_prediction_id", "_sampling", "_started")

    def __init__(
        self,
        model: str,
        item: Query,
        sampling: SamplingParameters,
        *,
        prediction_id: str | None,
        started: float,
    ) -> None:
        self._model, self._item, self._sampling = model, item, sampling
        self._prediction_id, self._started = prediction_id, started
        self._observers = _observers.get()
        _open.set(self if self._observers else None)

    def sent(self, item: Query, sampling: SamplingParameters) -> None:
        """Note what a member made of the item and the parameters."""
        self._item, self._sampling = item, sampling

    def ended(
        self, ended: float, *, response: Response | None = None, error: BaseException | None = None
    ) -> None:
        """Report the call to its observers; with neither answer nor error it was cancelled."""
        if not self._observers:
            return
        status: CallStatus = "cancelled"
        if response is not None or error is not None:
            status = "failed" if response is None else "answered"
        call = ModelCall(
            model=self._model,
            item=self._item,
            sampling=self._sampling,
            status=status,
            response=response,
            error=error,
            started_ms=round(self._started * 1000, 3),
            duration_ms=round((ended - self._started) * 1000, 3),
            prediction_id=self._prediction_id,
        )
        for on_call in self._observers:
            on_call(call)


def note_sent(item: Query, sampling: SamplingParameters) -> None:
    """Note what is sent in place of the item of the call that is under way, if it is observed."""
    call = _open.get()
    if call is not None:
        call.sent(item, sampling)
