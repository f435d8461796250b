"""The short way on the bus: when a recording is all that listens, ``send`` calls it at once.

The bus looks for its receivers at every event, which takes longer than to record it. ``send`` of
the signal is replaced while a recording runs. As soon as another receiver is connected for an
event, or the signal is muted, the bus does its own work.
"""

from collections.abc import Callable, Mapping
from typing import Any

import blinker

Receiver = Callable[[Any, Mapping[str, Any], Mapping[str, Any]], None]
_EMPTY: Mapping[str, Any] = {}
_SEND = "send"
_MAX_NAMES = 10_000


class Alone:
    """The names of events that reach one receiver alone, beside others on the bus.

    The bus keeps a receiver that was disconnected from its last sender, and others take events of
    some senders only. What the bus finds for a name holds until a receiver comes or goes.

    Args:
        signal: The bus.
        receive: The receiver.
    """

    __slots__ = ("_count", "_names", "_receive", "_signal")

    def __init__(self, signal: blinker.Signal, receive: Receiver) -> None:
        self._signal = signal
        self._receive = receive
        self._count = 0
        self._names: dict[str, bool] = {}

    def __call__(self, name: Any) -> bool:
        """Return whether an event of a name reaches the receiver and no other."""
        if type(name) is not str:
            return False
        count = len(self._signal.receivers)
        if count != self._count:
            self._names, self._count = {}, count
        names = self._names  # of before the search: another thread may connect a receiver meanwhile
        found = names.get(name)
        if found is None:
            if len(names) >= _MAX_NAMES:
                names.clear()
            receivers = list(self._signal.receivers_for(name))
            found = names[name] = len(receivers) == 1 and receivers[0] is self._receive
        return found

    def watch(self) -> None:
        """Look again when a receiver is connected or disconnected."""
        self._signal.receiver_connected.connect(self._forget, weak=False)
        self._signal.receiver_disconnected.connect(self._forget, weak=False)

    def stop_watching(self) -> None:
        """Leave the bus as it was."""
        self._signal.receiver_connected.disconnect(self._forget)
        self._signal.receiver_disconnected.disconnect(self._forget)
        self._names = {}

    def _forget(self, _: object, **__: object) -> None:
        self._names = {}


def shorten(signal: blinker.Signal, receive: Receiver, alone: Alone) -> None:
    """Call a receiver at once for every event that reaches it alone.

    Args:
        signal: The bus; another ``send`` that was set on it stays.
        receive: A receiver that is connected for every sender.
        alone: Knows for which events that is so when others are on the bus.
    """
    if _SEND in vars(signal):
        return
    alone.watch()
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
        is_alone = (len(receivers) == 1 and key in receivers) or alone(sender)
        if is_alone and not rest and not signal.is_muted:
            receive(sender, measurements, metadata)
            return [(receive, None)]
        if measurements is not _EMPTY:
            rest["measurements"] = measurements
        if metadata is not _EMPTY:
            rest["metadata"] = metadata
        return type(signal).send(signal, sender, **rest)

    send.__module__ = __name__
    vars(signal)[_SEND] = send


def use_own_way(signal: blinker.Signal, alone: Alone) -> None:
    """Let the bus do its own work again.

    Args:
        signal: The bus.
        alone: What was given to ``shorten``.
    """
    if getattr(vars(signal).get(_SEND), "__module__", None) == __name__:
        del vars(signal)[_SEND]
        alone.stop_watching()
