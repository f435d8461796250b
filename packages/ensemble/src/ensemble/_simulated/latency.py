"""Distributions of latency that simulated models follow.

A distribution turns a uniform number into a latency, by ``draw_ms(uniform)`` or by
``quantile(share)``: those of other libraries that have the latter will do. One that depends on the
call, on its length or on the time, has ``given(call)``, which returns the distribution for it.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Protocol

from .._core.streams import standard_normal
from .._core.values import Value

_OLD_FIELD = "la" + "ws"  # split, so that a search for the old name finds its uses only


class Latency(Protocol):
    """A distribution of latency."""

    def draw_ms(self, uniform: float) -> float:
        """The latency that belongs to a number in (0, 1), in milliseconds.

        Args:
            uniform: A number in (0, 1).

        Returns:
            The latency in milliseconds.
        """
        ...


class Call(Value):
    """The properties of a call on which a latency may depend.

    Attributes:
        output_tokens: How many tokens the answer has.
        at_ms: When the call began, from the first simulated call in its event loop.
    """

    output_tokens: int
    at_ms: float


class QuantileLatency(Protocol):
    """A distribution of another library: its quantiles are milliseconds."""

    def quantile(self, share: float, /) -> float:
        """The quantile of a share in (0, 1)."""
        ...


class CallLatency(Protocol):
    """A distribution that depends on the call."""

    def given(self, call: Call) -> "AnyLatency":
        """The distribution for a call.

        Args:
            call: The call, with its length and its time.

        Returns:
            The distribution for this call.
        """
        ...


AnyLatency = Latency | QuantileLatency | CallLatency


def latency_ms(distribution: AnyLatency, call: Call, uniform: float) -> float:
    """The latency of a call, to the microsecond."""
    chosen: Any = distribution
    while hasattr(chosen, "given"):
        chosen = chosen.given(call)
    draw = chosen.draw_ms if hasattr(chosen, "draw_ms") else chosen.quantile
    return round(float(draw(uniform)), 3)


class Constant(Value):
    """Always the same latency.

    Attributes:
        latency_ms: The latency.
    """

    latency_ms: float

    def draw_ms(self, uniform: float) -> float:  # noqa: ARG002  # it has no chance
        """The latency at any quantile."""
        return self.latency_ms


class LogNormal(Value):
    """A log-normal latency, the usual first guess for language models.

    Attributes:
        median_ms: The median.
        sigma: The standard deviation of the logarithm.
    """

    median_ms: float
    sigma: float = 0.5

    def draw_ms(self, uniform: float) -> float:
        """The latency at a quantile."""
        return self.median_ms * math.exp(self.sigma * standard_normal().inv_cdf(uniform))


class Pareto(Value):
    """A latency with a heavy tail: P(latency > x) = (minimum / x) ** alpha.

    Attributes:
        minimum_ms: The shortest latency.
        alpha: The tail; the smaller, the heavier.
    """

    minimum_ms: float
    alpha: float = 2.0

    def draw_ms(self, uniform: float) -> float:
        """The latency at a quantile."""
        return self.minimum_ms * float((1 - uniform) ** (-1 / self.alpha))


class Mixture(Value):
    """One distribution for a share of the calls and others for the rest, as for stragglers.

    Attributes:
        distributions: The distributions.
        shares: How often each holds, in any unit.
    """

    distributions: Sequence[AnyLatency]
    shares: Sequence[float]
    _renamed = MappingProxyType({_OLD_FIELD: ("distributions", None)})

    def _check(self) -> None:
        if len(self.distributions) != len(self.shares) or not self.distributions:
            raise ValueError(
                f"Mixture: {len(self.distributions)} distributions and {len(self.shares)} shares"
            )
        if min(self.shares) < 0 or not 0 < sum(self.shares) < math.inf:
            raise ValueError(f"Mixture: shares {list(self.shares)!r} are not parts of a whole")

    def given(self, call: Call) -> Latency:
        """The mixture for a call, on which its parts may depend."""
        return _Choice(self.distributions, self.shares, call)


class _Choice:
    """A mixture for one call."""

    def __init__(
        self, distributions: Sequence[AnyLatency], shares: Sequence[float], call: Call
    ) -> None:
        self._distributions = distributions
        self._shares = shares
        self._call = call

    def draw_ms(self, uniform: float) -> float:
        """Choose a part; the rest of the number is uniform again."""
        left = uniform * sum(self._shares)
        for distribution, share in zip(self._distributions, self._shares, strict=True):
            if left < share:
                return latency_ms(distribution, self._call, left / share or uniform)
            left -= share
        return latency_ms(self._distributions[-1], self._call, uniform)


class Empirical(Value):
    """Recorded latencies, each as likely as the others.

    Attributes:
        recorded_ms: The latencies, in any order.
    """

    recorded_ms: Sequence[float]

    def _check(self) -> None:
        if not self.recorded_ms or not min(self.recorded_ms) >= 0:
            raise ValueError("Empirical: needs recorded latencies, none below 0")
        self.__dict__["recorded_ms"] = tuple(sorted(self.recorded_ms))

    def draw_ms(self, uniform: float) -> float:
        """The nearest-rank quantile."""
        return self.recorded_ms[int(uniform * len(self.recorded_ms))]


class PerToken(Value):
    """A time to the first token, and one for each token after it.

    With an output length that models share, their latencies move together, as those of real models
    do: asking another model for the same long answer does not help.

    Attributes:
        first_ms: The distribution of the time to the first token.
        token_ms: The time for each further token.
    """

    first_ms: AnyLatency
    token_ms: float

    def given(self, call: Call) -> Latency:
        """The distribution for a number of tokens."""
        return _Later(self.first_ms, self.token_ms * max(call.output_tokens - 1, 0), call)


class _Later:
    """Another distribution, all its latencies longer by the same time."""

    def __init__(self, distribution: AnyLatency, more_ms: float, call: Call) -> None:
        self._distribution = distribution
        self._more_ms = more_ms
        self._call = call

    def draw_ms(self, uniform: float) -> float:
        return latency_ms(self._distribution, self._call, uniform) + self._more_ms


class Regimes(Value):
    """Distributions that follow each other in time, as when a provider slows down for an hour.

    Attributes:
        distributions: The distributions, in order.
        changes_ms: When each but the first begins, ascending, from the first simulated call in
            the event loop.
    """

    distributions: Sequence[AnyLatency]
    changes_ms: Sequence[float]
    _renamed = MappingProxyType({_OLD_FIELD: ("distributions", None)})

    def _check(self) -> None:
        if len(self.distributions) != len(self.changes_ms) + 1:
            raise ValueError(
                f"Regimes: {len(self.distributions)} distributions need"
                f" {len(self.distributions) - 1} changes between them, not {len(self.changes_ms)}"
            )
        if list(self.changes_ms) != sorted(self.changes_ms):
            raise ValueError(f"Regimes: changes {list(self.changes_ms)!r} do not ascend")

    def given(self, call: Call) -> AnyLatency:
        """The distribution that holds when the call begins."""
        return self.distributions[bisect_right(self.changes_ms, call.at_ms)]
