"""Cut tail latency with backup requests."""

from ._errors import (
    AllAttemptsFailedError,
    HedgeTimeoutError,
    HedgingError,
    StalledError,
    UnknownStrategyError,
)
from ._events import EVENTS
from ._request import request, request_sync
from ._result import Attempt, Hedged
from ._strategies import Fixed, Off, Percentile, Strategy, forget
from .simulation import VirtualTimeLoop, is_virtual, run_virtual

__all__ = [
    "EVENTS",
    "AllAttemptsFailedError",
    "Attempt",
    "Fixed",
    "HedgeTimeoutError",
    "Hedged",
    "HedgingError",
    "Off",
    "Percentile",
    "StalledError",
    "Strategy",
    "UnknownStrategyError",
    "VirtualTimeLoop",
    "forget",
    "is_virtual",
    "request",
    "request_sync",
    "run_virtual",
]
