"""The short way on the bus: when a recording is all that listens, ``send`` calls it at once.

The bus looks for its receivers at every event, which takes longer than to record it. ``send`` of
the signal is replaced while a recording runs. As soon as another receiver is connected for every
sender or for that of the event, or the signal is muted, the bus does its own work.
"""

from collections.abc import Callable, Mapping
from typing import Any

import blinker
from blinker._utilities import make_id

Receiver = Callable[[Any, Mapping[str, Any], Mapping[str, Any]], None]
_EMPTY: Mapping[str, Any] = {}
_SEND = "send"


def shorten(signal: blinker.Signal, receive: Receiver) -> None:
    """Call a receiver at once as long as it is the only one.

    Args:
        signal: The bus; another ``send`` that was set on it stays.
        receive: A receiver that is connected for every sender.
    """
    if _SEND in vars(signal):
        return
    (key,) = (key for key, each in signal.receivers.items() if each is receive)
    own = {key}
    by_sender: Mapping[Any, set[Any]] = getattr(signal, "_by_sender", {})
    any_sender = next((sender for sender, keys in by_sender.items() if key in keys), None)

    def is_heard_by_others(sender: Any) -> bool:
        """Whether another receiver may take what a sender emits."""
        receivers = signal.receivers
        if key not in receivers:
            return True
        if len(receivers) == 1:
            return False
        return by_sender.get(any_sender) != own or bool(by_sender.get(make_id(sender)))

    def send(
        sender: Any = None,
        /,
        *,
        measurements: Mapping[str, Any] = _EMPTY,
        metadata: Mapping[str, Any] = _EMPTY,
        **rest: Any,
    ) -> list[tuple[Callable[..., Any], Any]]:
        if not (rest or signal.is_muted or is_heard_by_others(sender)):
            receive(sender, measurements, metadata)
            return [(receive, None)]
        if measurements is not _EMPTY:
            rest["measurements"] = measurements
        if metadata is not _EMPTY:
            rest["metadata"] = metadata
        return type(signal).send(signal, sender, **rest)

    send.__module__ = __name__
    vars(signal)[_SEND] = send


def use_own_way(signal: blinker.Signal) -> None:
    """Let the bus do its own work again.

    Args:
        signal: The bus.
    """
    if getattr(vars(signal).get(_SEND), "__module__", None) == __name__:
        del vars(signal)[_SEND]
