"""A delay that keeps the share of late requests at the budget, whatever the latencies do.

The delay d = exp(l) is a stochastic approximation of the quantile Q(1 - q) that needs no values,
only whether each primary was late (Robbins and Monro 1951), so the cancelled ones do not bias it:
a late one moves l up by eta (1 - q), one in time moves it down by eta q. For any sequence of T
requests between restarts, |late - q T| = |l_T - l_0| / eta.

Downwards such steps are slow: eta q each. A cumulative sum (Page 1954) watches for it: a request in
time counts 1, and a late one takes back its weight as evidence that only a quarter of the late
requests are left. When the sum reaches the length of a run without any late request that
has the probability 0.0001, the delay restarts from the quantile of the latest latencies.
"""

import math
from collections import deque
from typing import Any, TypedDict

from .._core.errors import PolicyError
from .._core.plain import require_numbers
from .saved import saved_number, saved_numbers

# A run without any late request that has this probability when the delay is right.
_UNLIKELY = 1e-4
_TAIL = 0.01
# A level that has fallen leaves at most this part of the late requests.
_FEWER = 4
# A microsecond, and 30 years: a service that is dead for long makes every request late.
_LOWEST, _HIGHEST = math.log(1e-3), math.log(1e12)


class AdaptiveOptions(TypedDict, total=False):
    """The arguments of ``Adaptive``."""

    budget: float
    step: float
    warm_up: int


class Adaptive:
    """Learns the delay whose late requests just use up the budget.

    It aims a little below: at the delay that a share q = budget + m of the requests passes, and
    hedges budget / q of those. Where the slow requests are a mode of their own and about as many as
    the budget allows, the delay then rests at the fast side of the gap, while everywhere else the
    difference is lost in the noise. m is half of what the slowest 1 % can spare when a share
    ``budget`` of primaries and as many of their backups are slow: m = (0.01 - budget^2) / 2.

    Args:
        budget: Backups per request, between 0 and 1.
        step: How far one request moves the logarithm of the delay; more reacts faster and
            fluctuates more.
        warm_up: The number of requests before the first backup is sent.

    Raises:
        PolicyError: An argument is out of its range.
    """

    def __init__(self, budget: float = 0.05, *, step: float = 0.02, warm_up: int = 30) -> None:
        require_numbers(budget=budget, step=step, warm_up=warm_up)
        if not 0 < budget < 1:
            raise PolicyError("budget", budget, "a number between 0 and 1, such as 0.05 for 5 %")
        if not 0 < step <= 1:
            raise PolicyError("step", step, "a number above 0, at most 1")
        if warm_up < 1:
            raise PolicyError("warm_up", warm_up, "a number of requests from 1")
        share = min(budget + max(0.0, (_TAIL - budget**2) / 2), (1 + budget) / 2)
        self.budget: float = budget
        self.probability: float = budget / share
        self.step: float = step
        self.warm_up: int = warm_up
        self.restarts: int = 0
        self._up = step * (1 - share)
        self._down = step * share
        self._share = share
        self._max_in_time = math.ceil(math.log(_UNLIKELY) / math.log1p(-share))
        fewer = share / _FEWER
        self._setback = math.log(_FEWER) / (math.log1p(-fewer) - math.log1p(-share))
        self._recent: deque[float] = deque(maxlen=max(self._max_in_time, warm_up))
        self._in_time = 0.0
        self._floor = _LOWEST
        self._limit = _HIGHEST
        self._log_delay: float | None = None

    def delay_ms(self) -> float | None:
        """The delay; None while warming up."""
        return None if self._log_delay is None else math.exp(self._log_delay)

    def observe(self, delay_ms: float, late: bool) -> None:  # noqa: ARG002  # the protocol
        """Move the delay by whether a primary was late.

        Args:
            delay_ms: The delay of the request.
            late: Whether its primary was still running then.
        """
        if self._log_delay is None:
            return
        if late:
            self._log_delay = min(self._log_delay + self._up, self._limit)
            self._in_time = max(0.0, self._in_time - self._setback)
            return
        self._log_delay = max(self._log_delay - self._down, self._floor)
        self._in_time += 1
        if self._in_time >= self._max_in_time:
            self.restarts += 1
            self._restart()

    def record(self, latency_ms: float) -> None:
        """Remember a request's latency for a restart.

        Args:
            latency_ms: From the start of the request to its result.
        """
        self._recent.append(latency_ms)
        if self._log_delay is None and len(self._recent) >= self.warm_up:
            self._restart()

    def _restart(self) -> None:
        values = sorted(self._recent)
        rank = math.ceil(len(values) * (1 - self._share))
        # A microsecond stands for a latency of 0, which has no logarithm.
        found = math.log(max(values[max(rank, 1) - 1], 1e-3))
        # A restart answers to too few late requests: it never lengthens the delay.
        found = found if self._log_delay is None else min(found, self._log_delay)
        self._log_delay = max(min(found, self._limit), self._floor)
        self._in_time = 0.0

    def keep_within(self, min_ms: float, max_ms: float) -> None:
        """Keep the delay within the bounds of a policy: it learns nothing beyond them.

        Args:
            min_ms: The least delay.
            max_ms: The greatest delay.
        """
        self._floor = math.log(max(min_ms, 1e-3))
        self._limit = min(_HIGHEST, max(math.log(max(max_ms, 1e-3)), self._floor))
        if self._log_delay is not None:
            self._log_delay = max(min(self._log_delay, self._limit), self._floor)

    def snapshot(self) -> dict[str, Any]:
        """What was learned, as plain values."""
        return {"log_delay": self._log_delay, "recent": list(self._recent)}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what ``snapshot`` gave.

        Args:
            state: The plain values.
        """
        log_delay, recent = state["log_delay"], saved_numbers(state["recent"])
        if log_delay is not None:
            log_delay = saved_number(log_delay, least=-math.inf)
        self._log_delay = log_delay
        self._recent.extend(recent)
        if self._log_delay is not None:
            self._log_delay = max(min(self._log_delay, self._limit), self._floor)
