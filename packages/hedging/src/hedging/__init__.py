"""Cut tail latency with backup requests."""

from ._adaptive import Adaptive
from ._backoff import ExponentialBackoff
from ._bootstrap import TailComparison, compare_tails
from ._breaker import Breaker
from ._budget import Budget
from ._decorator import hedged
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
from ._forecast import Forecast, Prospect, analyze, any_slow
from ._hedger import Hedger
from ._percentile import Percentile
from ._policy import BALANCED, CAUTIOUS, EAGER, Policy
from ._pushback import pushback_seconds
from ._reaper import lingering
from ._request import forget, request, request_sync
from ._result import REASONS, Attempt, Hedged
from ._statistics import Quantile, Statistics
from ._strategies import Fixed, Off, SingleR, Strategy, register_strategy
from ._stream import Stream
from ._thompson import Thompson
from ._threads import in_thread
from ._tiers import Tier, Tiered, default_quality, multi_level, multi_level_sync
from ._trace import Trace, read_trace, trace_of_events
from ._tradeoff import (
    BreakEven,
    Option,
    break_even,
    calibrate,
    pareto_front,
    recommend,
    tradeoff,
)
from ._transport import HedgedTransport, by_model, by_path
from ._virtual import VirtualTimeLoop, is_virtual, run_virtual
from ._workload import Multipliers, Workload, WorkloadAware, learned_multipliers

__all__ = [
    "BALANCED",
    "CAUTIOUS",
    "EAGER",
    "EVENTS",
    "REASONS",
    "Adaptive",
    "AllAttemptsFailedError",
    "Attempt",
    "BreakEven",
    "Breaker",
    "Budget",
    "DataError",
    "ExponentialBackoff",
    "Fixed",
    "Forecast",
    "HedgeTimeoutError",
    "Hedged",
    "HedgedTransport",
    "Hedger",
    "HedgingError",
    "Multipliers",
    "Off",
    "Option",
    "Percentile",
    "Policy",
    "PolicyError",
    "Prospect",
    "Quantile",
    "SingleR",
    "SnapshotError",
    "StalledError",
    "Statistics",
    "Strategy",
    "Stream",
    "TailComparison",
    "Thompson",
    "Tier",
    "Tiered",
    "Trace",
    "UnknownStrategyError",
    "VirtualTimeLoop",
    "Workload",
    "WorkloadAware",
    "analyze",
    "any_slow",
    "break_even",
    "by_model",
    "by_path",
    "calibrate",
    "compare_tails",
    "default_quality",
    "forget",
    "hedged",
    "in_thread",
    "is_virtual",
    "learned_multipliers",
    "lingering",
    "multi_level",
    "multi_level_sync",
    "pareto_front",
    "pushback_seconds",
    "read_trace",
    "recommend",
    "register_strategy",
    "request",
    "request_sync",
    "run_virtual",
    "trace_of_events",
    "tradeoff",
]
