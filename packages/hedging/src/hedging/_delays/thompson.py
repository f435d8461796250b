"""Thompson sampling over a set of delays, with a stated objective and a memory that fades.

The loss of a request is the time beyond an anchor, a quantile of the latest latencies, in units of
their mean, plus a price for its backups. Averaged over requests the first part is the shortfall
that makes up the conditional value at risk (Rockafellar and Uryasev 2000), so arms differ by what
they do to the tail. The posterior of an arm's mean loss is normal around its discounted mean (Russo
and others, A Tutorial on Thompson Sampling, 2018; discounting after Garivier and Moulines, 2011).

For comparison with ``Adaptive``: a delay is an ordered quantity whose share of late requests can be
read off directly, and a bandit knows neither.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .._core.conversions import converted_arguments, quantiles_of, renamed_attribute
from .._core.errors import PolicyError
from .._core.plain import is_number, require_numbers
from .._core.seeding import stream
from .percentile import Percentile
from .saved import saved_mapping, saved_number, saved_numbers


class Thompson:
    """Chooses among delays by discounted Thompson sampling.

    Args:
        delays_ms: The delays to choose from; None takes the quantiles ``quantiles`` of the first
            ``warm_up`` requests.
        quantiles: The quantiles that the delays are taken from.
        quantile: Time beyond this quantile of the latest 1,000 latencies counts.
        price: The loss of one backup, in units of the mean latency.
        discount: The weight of old requests after each new one; 0.999 remembers about 1,000.
        warm_up: The number of requests before the first delay is chosen.
        objective: The loss of a request from its latency and the number of its backups; None
            takes ``loss``.
        seed: For the draws.

    Raises:
        PolicyError: An argument is out of its range.
    """

    @converted_arguments(percentiles=("quantiles", quantiles_of))
    def __init__(
        self,
        delays_ms: Sequence[float] | None = None,
        *,
        quantiles: Sequence[float] = (0.8, 0.9, 0.95, 0.98, 0.995),
        quantile: float = 0.9,
        price: float = 0.5,
        discount: float = 0.9995,
        warm_up: int = 100,
        objective: Callable[[float, int], float] | None = None,
        seed: int = 0,
    ) -> None:
        require_numbers(quantile=quantile, price=price, discount=discount, warm_up=warm_up)
        given: dict[str, object] = {"delays_ms": delays_ms or (), "quantiles": quantiles}
        for name, values in given.items():
            if not isinstance(values, Iterable) or not all(map(is_number, values)):
                raise PolicyError(name, values, "a sequence of finite numbers from 0")
        if delays_ms is not None and len(delays_ms) < 2:
            raise PolicyError("delays_ms", delays_ms, "at least two delays to choose from, or None")
        checks = (
            ("quantile", quantile, 0 < quantile < 1, "a number between 0 and 1"),
            ("discount", discount, 0 < discount <= 1, "a number above 0, at most 1"),
            ("price", price, price >= 0, "a number from 0"),
        )
        for name, value, good, wanted in checks:
            if not good:
                raise PolicyError(name, value, wanted)
        self.delays_ms: tuple[float, ...] = tuple(delays_ms or ())
        self.quantiles: tuple[float, ...] = tuple(quantiles)
        self.quantile: float = quantile
        self.price: float = price
        self.discount: float = discount
        self.warm_up: int = warm_up
        self.objective: Callable[[float, int], float] = objective or self.loss
        self._random = stream(seed, "thompson")
        self._seen = Percentile(quantile, window=1000, min_samples=warm_up)
        self._mean = 0.0
        self._arms: dict[float, list[float]] = {}

    if not TYPE_CHECKING:
        percentiles = renamed_attribute(
            "percentiles", "quantiles", lambda it: tuple(each * 100 for each in it.quantiles)
        )

    def delay_ms(self) -> float | None:
        """The delay of the arm whose drawn loss is least; None while warming up."""
        if self._seen.samples < self.warm_up:
            return None
        if not self._arms:
            self._begin()
        return min(self._arms, key=self._draw)

    def record(self, latency_ms: float) -> None:
        """Learn the scale of the latencies.

        Args:
            latency_ms: From the start of the request to its result.
        """
        self._seen.record(latency_ms)
        self._mean += (latency_ms - self._mean) / min(self._seen.samples, 1000)

    def react(
        self,
        *,
        delay_ms: float | None,
        latency_ms: float,
        hedges: int,
        won: bool,  # noqa: ARG002  # the protocol
        failed: bool,
    ) -> None:
        """Record the loss of a request on the arm that chose its delay.

        Args:
            delay_ms: The delay of the request.
            latency_ms: Its latency.
            hedges: The backups that were sent.
            won: Whether a backup gave the result.
            failed: Whether the request failed; then nothing is learned.
        """
        arm = None if delay_ms is None or failed else self._arms.get(delay_ms)
        if arm is None:
            return
        for each in self._arms.values():
            each[:] = [value * self.discount for value in each]
        loss = self.objective(latency_ms, hedges)
        for index, value in enumerate((1.0, loss, loss * loss)):
            arm[index] += value

    def loss(self, latency_ms: float, hedges: int) -> float:
        """The default objective: time beyond the anchor, plus the price of the backups.

        Args:
            latency_ms: The latency of a request.
            hedges: Its backups.
        """
        anchor_ms = self._seen.delay_ms() or 0.0
        return max(0.0, latency_ms - anchor_ms) / (self._mean or 1.0) + self.price * hedges

    @property
    def arms(self) -> dict[float, tuple[float, float]]:
        """For each delay how often it was chosen, discounted, and its mean loss."""
        return {
            delay: (pulls, total / pulls if pulls else math.nan)
            for delay, (pulls, total, _) in self._arms.items()
        }

    def _begin(self) -> None:
        delays = self.delays_ms or {self._seen.quantile_ms(p) for p in self.quantiles}
        self._arms = {delay: [0.0, 0.0, 0.0] for delay in sorted(delays)}

    def _draw(self, delay_ms: float) -> float:
        """A draw from the posterior of the arm's mean loss; an untried arm comes first."""
        pulls, total, squares = self._arms[delay_ms]
        if pulls < 1:
            return -math.inf
        mean = total / pulls
        # One pseudo-observation of the mean's own size: some equal losses are not a certainty.
        variance = (max(squares - total * mean, 0.0) + mean * mean) / pulls
        return self._random.gauss(mean, math.sqrt(variance / pulls))

    def snapshot(self) -> dict[str, Any]:
        """What was learned, as plain values."""
        arms = [[delay, *arm] for delay, arm in self._arms.items()]
        return {"arms": arms, "mean": self._mean, "seen": self._seen.snapshot()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what ``snapshot`` gave.

        Args:
            state: The plain values.
        """
        arms = [saved_numbers(arm) for arm in state["arms"]]
        if any(len(arm) != 4 for arm in arms):
            raise ValueError("an arm has a delay and three sums")
        mean = saved_number(state["mean"])
        self._seen.restore(saved_mapping(state["seen"]))
        self._arms, self._mean = {delay: sums for delay, *sums in arms}, mean
