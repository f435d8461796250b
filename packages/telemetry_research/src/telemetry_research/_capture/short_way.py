"""The short way on the bus: when a recording is all that listens, ``send`` calls it at once.

The bus looks for its receivers at every event, which takes longer than to record it. ``send`` of
the signal is replaced while a recording runs. As soon as another receiver is connected, or the
signal is muted, the bus does its own work.
"""

from collections.abc import Callable, Mapping
from typing import Any

import blinker

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

    def send(
        sender: Any = None,
        /,
        *,
        measurements: Mapping[str, Any] = _EMPTY,
        metadata: Mapping[str, Any] = _EMPTY,
        **rest: Any,
    ) -> list[tuple[Callable[..., Any], Any]]:
        receivers = signal.receivers
        if len(receivers) == 1 and key in receivers and not rest and not signal.is_muted:
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
