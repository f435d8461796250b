"""Observers of calls: each call to a model with its prompt, parameters and answer, in this process.

Events carry no texts, so that they can be stored and shared. An observer sees the texts.
"""

import asyncio
import contextvars
import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from types import TracebackType
from typing import Any, Literal

from .messages import content_text
from .models import Model, SamplingParameters
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
        queue_ms: How much of it the call waited in the queue of this client: for the limits of its
            model, for an open circuit, or for a batch job. None of it is the provider's latency.
        prediction_id: The prediction it was a part of; None for a call of its own.
        asked: The model, the item and the parameters as the caller gave them, before a ``Variant``
            changed them: the arguments of ``request_key``.
    """

    model: str
    item: Query
    sampling: SamplingParameters
    status: CallStatus
    response: Response | None
    error: BaseException | None
    started_ms: float
    duration_ms: float
    queue_ms: float
    prediction_id: str | None
    asked: tuple[Model, Query, SamplingParameters] | None = field(
        default=None, repr=False, compare=False
    )

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
            Each field but ``asked`` by its name.
        """
        return {
            **{
                each.name: getattr(self, each.name) for each in fields(self) if each.name != "asked"
            },
            "item": self.prompt,
            "sampling": {
                each.name: getattr(self.sampling, each.name) for each in fields(self.sampling)
            },
            "response": None if self.response is None else self.response.to_dict(),
            "error": None if self.error is None else f"{type(self.error).__name__}: {self.error}",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueWait:
    """A wait of a call in the queue of this client.

    Attributes:
        number: Its number in this process: the same when it begins and when it ends.
        model: The model's name.
        waited_ms: How long it waited; None when it begins.
        to_be_admitted: Whether it waited for a gate of ``admitting_calls``, and not for the
            limits of its model.
    """

    number: int
    model: str
    waited_ms: float | None
    to_be_admitted: bool = False

    def to_dict(self) -> dict[str, object]:
        """The wait as plain values.

        Returns:
            Each field by its name.
        """
        return {each.name: getattr(self, each.name) for each in fields(self)}


OnCall = Callable[[ModelCall], None]
OnWait = Callable[[QueueWait], None]
_numbers = itertools.count(1)
_wait_observers: contextvars.ContextVar[tuple[OnWait, ...]] = contextvars.ContextVar(
    "ensemble_wait_observers", default=()
)
_observers: contextvars.ContextVar[tuple[OnCall, ...]] = contextvars.ContextVar(
    "ensemble_observers", default=()
)
_open: contextvars.ContextVar["OpenCall | None"] = contextvars.ContextVar(
    "ensemble_open_call", default=None
)


class observing_calls:  # noqa: N801  # used as a function: `with observing_calls(...):`
    """Observe each call to a model that is made inside the block, with prompt and answer.

    It follows tasks and threads that are started inside the block.

    Args:
        on_call: Called with each call when it ends. An error that it raises ends the call.

    Example:
        >>> from ensemble import observing_calls, predict_sync
        >>> calls = []
        >>> with observing_calls(calls.append):
        ...     result = predict_sync("What is 1 + 1?", models=[lambda text: "2"])
        >>> calls[0].prompt, calls[0].response.text
        ('What is 1 + 1?', '2')
    """

    __slots__ = ("_on_call", "_token")

    def __init__(self, on_call: OnCall) -> None:
        self._on_call = on_call
        self._token: contextvars.Token[tuple[OnCall, ...]] | None = None

    def __enter__(self) -> None:
        self._token = _observers.set((*_observers.get(), self._on_call))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _observers.reset(self._token)


class observing_waits:  # noqa: N801  # used as a function: `with observing_waits(...):`
    """Observe the waits of calls in the queue of this client, so that a clock can be stopped.

    A call waits there for the limits of its model, for an open circuit, for its batch job, or to be
    admitted; it is not yet sent. It follows tasks that are started inside the block.

    Args:
        on_wait: Called when a wait begins, and again when it ends: the call is then sent, or has
            failed or was cancelled. An error that it raises ends the call.

    Example:
        >>> from ensemble import observing_waits, predict_sync
        >>> waits = []
        >>> with observing_waits(waits.append):
        ...     result = predict_sync("What is 1 + 1?", models=[lambda text: "2"])
        >>> waits  # a function has no queue
        []
    """

    __slots__ = ("_on_wait", "_token")

    def __init__(self, on_wait: OnWait) -> None:
        self._on_wait = on_wait
        self._token: contextvars.Token[tuple[OnWait, ...]] | None = None

    def __enter__(self) -> None:
        self._token = _wait_observers.set((*_wait_observers.get(), self._on_wait))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _wait_observers.reset(self._token)


_UNSEEN = nullcontext()


def waiting(model: str, *, to_be_admitted: bool = False) -> AbstractContextManager[None]:
    """A wait in the queue of this client, for those who observe it.

    Args:
        model: The model's name.
        to_be_admitted: Whether a gate is waited for, before the call begins.
    """
    call, observers = None if to_be_admitted else _open.get(), _wait_observers.get()
    if call is None and not observers:
        return _UNSEEN
    return _observed(model, call, observers, to_be_admitted=to_be_admitted)


@contextmanager
def _observed(
    model: str, call: "OpenCall | None", observers: tuple[OnWait, ...], *, to_be_admitted: bool
) -> Iterator[None]:
    clock = asyncio.get_running_loop().time
    began, number = clock(), next(_numbers)
    about: dict[str, Any] = {"number": number, "model": model, "to_be_admitted": to_be_admitted}
    for on_wait in observers:
        on_wait(QueueWait(**about, waited_ms=None))
    try:
        yield
    finally:
        waited_ms = round((clock() - began) * 1000, 3)
        if call is not None:
            call.queue_ms += waited_ms
        for on_wait in observers:
            on_wait(QueueWait(**about, waited_ms=waited_ms))


def is_observed() -> bool:
    """Whether a call that begins now has observers; one that has none hides those around it."""
    if _observers.get():
        return True
    if _open.get() is not None:
        _open.set(None)
    return False


class OpenCall:
    """A call that is under way, and who observes it.

    Attributes:
        queue_ms: How long it has waited in the queue of this client.
    """

    __slots__ = (
        "_asked",
        "_item",
        "_model",
        "_observers",
        "_prediction_id",
        "_sampling",
        "_started",
        "queue_ms",
    )

    def __init__(
        self,
        model: Model,
        item: Query,
        sampling: SamplingParameters,
        *,
        prediction_id: str | None,
        started: float,
    ) -> None:
        self._asked = model, item, sampling
        self._model, self._item, self._sampling = model.name, item, sampling
        self._prediction_id, self._started = prediction_id, started
        self._observers = _observers.get()
        self.queue_ms = 0.0
        _open.set(self)

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
            queue_ms=self.queue_ms,
            prediction_id=self._prediction_id,
            asked=self._asked,
        )
        for on_call in self._observers:
            on_call(call)


def note_sent(item: Query, sampling: SamplingParameters) -> None:
    """Note what is sent in place of the item of the call that is under way, if it is observed.

    For models that change what they are asked, such as with a prompt of their own.

    Args:
        item: What is sent.
        sampling: The parameters it is sent with.
    """
    call = _open.get()
    if call is not None:
        call.sent(item, sampling)
