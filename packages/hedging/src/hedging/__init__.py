"""Cut tail latency with backup requests.

A ``Hedger`` sends a request once more when its answer is late, takes the first acceptable result
and cancels the other attempt. ``analyze`` forecasts from recorded latencies whether that pays, and
``hedging.simulation`` runs it under simulated time.
"""

import typing as _typing

from ._core.deprecated import renamed_names as _renamed_names
from ._core.errors import (
    AllAttemptsFailedError,
    DataError,
    DelayStrategyNameTakenError,
    HedgeTimeoutError,
    HedgingError,
    MissingExtraError,
    NoEventLoopError,
    NotAcceptedError,
    PolicyError,
    RunningLoopError,
    SnapshotError,
    StalledError,
    StreamClosedError,
    UnknownDelayStrategyError,
    UnknownSettingError,
)
from ._core.events import EVENTS
from ._core.interval import Interval
from ._core.old_names import FACE as _FACE
from ._core.quantiles import Quantile
from ._core.result import REASONS, Attempt, Hedged
from ._delays.adaptive import Adaptive
from ._delays.backoff import ExponentialBackoff
from ._delays.multipliers import Multipliers, learned_multipliers
from ._delays.percentile import Percentile
from ._delays.registry import DelayStrategyName, delay_strategy_names, register_delay_strategy
from ._delays.strategy import DelayStrategy, Fixed, Off, SingleR
from ._delays.thompson import Thompson
from ._delays.workload import Workload, WorkloadAware
from ._hedger.decorator import hedged
from ._hedger.hedger import HedgedFunction, Hedger
from ._hedger.http_keys import by_model, by_path
from ._hedger.single_request import forget, request, request_sync
from ._hedger.tiers import Tier, Tiered, default_quality, multi_level, multi_level_sync
from ._hedger.transport import HedgedTransport
from ._learning.statistics import HedgingStatistics
from ._limits.breaker import Breaker
from ._limits.budget import Budget
from ._limits.policy import BALANCED, CAUTIOUS, EAGER, Policy
from ._limits.pushback import pushback_seconds
from ._offline.analysis import analyze, any_slow
from ._offline.copies import CopiesEvidence
from ._offline.forecast import Forecast, Prospect
from ._offline.tail_comparison import TailComparison, compare_tails
from ._offline.trace import Trace, read_trace, trace_of_events
from ._offline.tradeoff import (
    BreakEven,
    Option,
    break_even,
    delay_for_target,
    pareto_front,
    recommend,
    tradeoff,
)
from ._race.attempt_number import attempt_number
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
    "CopiesEvidence",
    "DataError",
    "DelayStrategy",
    "DelayStrategyName",
    "DelayStrategyNameTakenError",
    "ExponentialBackoff",
    "Fixed",
    "Forecast",
    "HedgeTimeoutError",
    "Hedged",
    "HedgedFunction",
    "HedgedTransport",
    "Hedger",
    "HedgingError",
    "HedgingStatistics",
    "Interval",
    "MissingExtraError",
    "Multipliers",
    "NoEventLoopError",
    "NotAcceptedError",
    "Off",
    "Option",
    "Percentile",
    "Policy",
    "PolicyError",
    "Prospect",
    "Quantile",
    "RunningLoopError",
    "SingleR",
    "SnapshotError",
    "StalledError",
    "Stream",
    "StreamClosedError",
    "TailComparison",
    "Thompson",
    "Tier",
    "Tiered",
    "Trace",
    "UnknownDelayStrategyError",
    "UnknownSettingError",
    "VirtualTimeLoop",
    "Workload",
    "WorkloadAware",
    "analyze",
    "any_slow",
    "attempt_number",
    "break_even",
    "by_model",
    "by_path",
    "compare_tails",
    "default_quality",
    "delay_for_target",
    "delay_strategy_names",
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
    "register_delay_strategy",
    "request",
    "request_sync",
    "run_virtual",
    "trace_of_events",
    "tradeoff",
]

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _renamed_names(__name__, _FACE)
