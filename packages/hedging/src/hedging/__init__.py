"""Cut tail latency with backup requests."""

from ._core.errors import (
    AllAttemptsFailedError,
    DataError,
    HedgeTimeoutError,
    HedgingError,
    PolicyError,
    SnapshotError,
    StalledError,
    UnknownStrategyError,
)
from ._core.events import EVENTS
from ._core.result import REASONS, Attempt, Hedged
from ._delays.adaptive import Adaptive
from ._delays.backoff import ExponentialBackoff
from ._delays.multipliers import Multipliers, learned_multipliers
from ._delays.percentile import Percentile
from ._delays.registry import register_strategy
from ._delays.strategy import Fixed, Off, SingleR, Strategy
from ._delays.thompson import Thompson
from ._delays.workload import Workload, WorkloadAware
from ._hedger.decorator import hedged
from ._hedger.hedger import Hedger
from ._hedger.single_request import forget, request, request_sync
from ._hedger.tiers import Tier, Tiered, default_quality, multi_level, multi_level_sync
from ._hedger.transport import HedgedTransport, by_model, by_path
from ._learning.statistics import Quantile, Statistics
from ._limits.breaker import Breaker
from ._limits.budget import Budget
from ._limits.policy import BALANCED, CAUTIOUS, EAGER, Policy
from ._limits.pushback import pushback_seconds
from ._offline.forecast import Forecast, Prospect, analyze, any_slow
from ._offline.tail_comparison import TailComparison, compare_tails
from ._offline.trace import Trace, read_trace, trace_of_events
from ._offline.tradeoff import (
    BreakEven,
    Option,
    break_even,
    calibrate,
    pareto_front,
    recommend,
    tradeoff,
)
from ._race.first_token import Stream
from ._race.lingering import lingering
from ._race.threads import in_thread
from ._simulation.virtual_time import VirtualTimeLoop, is_virtual, run_virtual

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
