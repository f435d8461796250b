"""Simulated time and simulated services, for experiments about hedging.

``run_virtual`` runs any asyncio code under a clock that jumps. ``make_traffic`` draws requests from
laws of latency; ``simulate`` runs a strategy over them as an event simulation, ``replay`` runs the
real ``Hedger`` over them under simulated time, and the two agree. ``simulate_queue`` adds servers
whose load grows with the backups.
"""

from ._events_simulator import Simulated, simulate
from ._laws import (
    Bimodal,
    Empirical,
    Law,
    LogNormal,
    Pareto,
    Scaled,
    ShiftedExponential,
    midpoints,
    pairs,
)
from ._oracle import Rule, Sample
from ._queue import Queued, simulate_queue
from ._replay import replay
from ._traffic import Bursts, Regime, Traffic, make_traffic
from ._virtual import VirtualTimeLoop, is_virtual, run_virtual

__all__ = [
    "Bimodal",
    "Bursts",
    "Empirical",
    "Law",
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
