"""Simulated time and simulated services, for experiments about hedging.

``run_virtual`` runs any asyncio code under a clock that jumps. ``make_traffic`` draws requests from
distributions of latency. ``simulate`` runs a strategy over them as an event simulation, ``replay``
runs a ``Hedger`` over them under simulated time, and the two agree. ``simulate_queue`` adds servers
whose load grows with the backups.
"""

import typing as _typing

from ._core.deprecated import renamed_names as _renamed_names
from ._core.old_names import SIMULATION as _OLD_NAMES
from ._offline.distributions import (
    Bimodal,
    Distribution,
    Empirical,
    LogNormal,
    Pareto,
    Scaled,
    ShiftedExponential,
    midpoints,
    pairs,
)
from ._offline.oracle import Rule, Sample
from ._simulation.event_simulation import Simulated, simulate
from ._simulation.queue_simulation import Queued, simulate_queue
from ._simulation.replay import replay
from ._simulation.traffic import Bursts, Regime, Traffic, make_traffic
from ._simulation.virtual_time import VirtualTimeLoop, is_virtual, run_virtual

__all__ = [
    "Bimodal",
    "Bursts",
    "Distribution",
    "Empirical",
    "LogNormal",
    "Pareto",
    "Queued",
    "Regime",
    "Rule",
    "Sample",
    "Scaled",
    "ShiftedExponential",
    "Simulated",
    "Traffic",
    "VirtualTimeLoop",
    "is_virtual",
    "make_traffic",
    "midpoints",
    "pairs",
    "replay",
    "run_virtual",
    "simulate",
    "simulate_queue",
]

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _renamed_names(__name__, _OLD_NAMES)
