"""Cut tail latency with backup requests."""

from ._adaptive import Adaptive
from ._backoff import ExponentialBackoff
from ._breaker import Breaker
from ._budget import Budget
from ._errors import (
    AllAttemptsFailedError,
    DataError,
    HedgeTimeoutError,
    HedgingError,
    PolicyError,
    SnapshotError,
    StalledError,
    UnknownStrategyError,
)
from ._events import EVENTS
from ._hedger import Hedger, hedged
from ._percentile import Percentile
from ._policy import BALANCED, CAUTIOUS, EAGER, Policy
from ._pushback import pushback_seconds
from ._reaper import lingering
from ._request import forget, request, request_sync
from ._result import REASONS, Attempt, Hedged
from ._statistics import Quantile, Statistics
from ._strategies import Fixed, Off, SingleR, Strategy, register_strategy
from ._thompson import Thompson
from ._threads import in_thread
from ._workload import Multipliers, Workload, WorkloadAware, learned_multipliers
from .simulation import VirtualTimeLoop, is_virtual, run_virtual

__all__ = [
    "BALANCED",
    "CAUTIOUS",
    "EAGER",
    "EVENTS",
    "REASONS",
    "Adaptive",
    "AllAttemptsFailedError",
    "Attempt",
    "Breaker",
    "Budget",
    "DataError",
    "ExponentialBackoff",
    "Fixed",
    "HedgeTimeoutError",
    "Hedged",
    "Hedger",
    "HedgingError",
    "Multipliers",
    "Off",
    "Percentile",
    "Policy",
    "PolicyError",
    "Quantile",
    "SingleR",
    "SnapshotError",
    "StalledError",
    "Statistics",
    "Strategy",
    "Thompson",
    "UnknownStrategyError",
    "VirtualTimeLoop",
    "Workload",
    "WorkloadAware",
    "forget",
    "hedged",
    "in_thread",
    "is_virtual",
    "learned_multipliers",
    "lingering",
    "pushback_seconds",
    "register_strategy",
    "request",
    "request_sync",
    "run_virtual",
]
