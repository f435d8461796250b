"""Delays by the size of a request, learned for each size class."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Unpack

from .._core.errors import PolicyError
from .._core.plain import plain
from .adaptive import Adaptive, AdaptiveOptions
from .percentile import Percentile
from .saved import saved_mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The size and kind of a request, as known before it is sent.

    Attributes:
        prompt_length: The length of the prompt, always in characters or always in tokens.
        expected_output: Tokens that may come back, such as ``max_tokens``.
        model: ``simple``, ``medium`` or ``complex``.
        time: ``peak``, ``normal`` or ``off_peak``.
        priority: ``high``, ``normal`` or ``low``.
    """

    prompt_length: float = 0.0
    expected_output: float = 0.0
    model: Literal["simple", "medium", "complex"] = "medium"
    time: Literal["peak", "normal", "off_peak"] = "normal"
    priority: Literal["high", "normal", "low"] = "normal"

    def to_dict(self) -> dict[str, object]:
        """The workload as plain values."""
        return plain(self)

    def size_class(self) -> str:
        """The class of requests of about this size: one for each factor of 2 of the output."""
        output, prompt = (
            math.ceil(math.log2(size)) if size > 1 else 0
            for size in (self.expected_output, self.prompt_length)
        )
        # The prompt is read much faster than the output is written: coarser classes are enough.
        return f"output {2**output}, prompt {4 ** math.ceil(prompt / 2)}"


class WorkloadAware:
    """Learns a delay for each size class, so that long answers do not count as late ones.

    A class that has not seen enough requests uses the delay learned from all requests together.

    Args:
        make: Makes the strategy of one class.
        pool: Learns from all requests; when left out, the quantile of the latest that leaves the
            budget of the options.
        classify: Gives the class of a workload.
        max_classes: Further classes share what all classes have learned.
        **options: For ``Adaptive``, when ``make`` is not given.

    Raises:
        PolicyError: Both ``make`` and options are given.
    """

    def __init__(
        self,
        make: Callable[[], Any] | None = None,
        *,
        pool: Any = None,
        classify: Callable[[Workload], str] = Workload.size_class,
        max_classes: int = 64,
        **options: Unpack[AdaptiveOptions],
    ) -> None:
        if make is not None and options:
            raise PolicyError("make", make, "either make or the options of Adaptive, not both")
        self._make: Callable[[], Any] = make or (lambda: Adaptive(**options))
        self._classify: Callable[[Workload], str] = classify
        self._max_classes: int = max_classes
        # A window, since it learns from latencies alone: whether a request was late is evidence for
        # the delay of its class, not for this one.
        self._pool: Any = pool or Percentile(1 - options.get("budget", 0.05))
        self._bounds: tuple[float, float] | None = None
        self.classes: dict[str, Any] = {}

    def for_workload(self, workload: Workload | None) -> Any:
        """The strategy for a workload.

        Args:
            workload: The size of the request; None for an unknown one.
        """
        if workload is None:
            return self._pool
        name = self._classify(workload)
        if name not in self.classes:
            if len(self.classes) >= self._max_classes:
                return self._pool
            self.classes[name] = self._made()
        own = self.classes[name]
        return _Pooled(own, self._pool)

    def delay_ms(self) -> float | None:
        """The delay for a request of unknown size."""
        delay: float | None = self._pool.delay_ms()
        return delay

    def record(self, latency_ms: float) -> None:
        """Learn from a request of unknown size.

        Args:
            latency_ms: From the start of the request to its result.
        """
        self._pool.record(latency_ms)

    def snapshot(self) -> dict[str, Any]:
        """What was learned, as plain values."""
        return {
            "all": self._pool.snapshot(),
            "classes": {name: each.snapshot() for name, each in self.classes.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what ``snapshot`` gave.

        Args:
            state: The plain values.
        """
        classes = saved_mapping(state["classes"])
        made = {name: self._made() for name in classes}
        for name, learned in classes.items():
            made[name].restore(saved_mapping(learned))
        self._pool.restore(saved_mapping(state["all"]))
        self.classes.update(made)

    def keep_within(self, min_ms: float, max_ms: float) -> None:
        """Keep the delay of each class within the bounds of a policy.

        Args:
            min_ms: The least delay.
            max_ms: The greatest delay.
        """
        self._bounds = (min_ms, max_ms)
        for each in (self._pool, *self.classes.values()):
            self._bound(each)

    def _made(self) -> Any:
        return self._bound(self._make())

    def _bound(self, strategy: Any) -> Any:
        if self._bounds is not None and hasattr(strategy, "keep_within"):
            strategy.keep_within(*self._bounds)
        return strategy


class _Pooled:
    """A class of requests that falls back on all requests while it knows too little."""

    def __init__(self, own: Any, pool: Any) -> None:
        self._own: Any = own
        self._pool: Any = pool
        self._used: Any = own

    @property
    def probability(self) -> float:
        return float(getattr(self._used, "probability", 1.0))

    def delay_ms(self) -> float | None:
        delay: float | None = self._own.delay_ms()
        if delay is None:
            self._used = self._pool
            delay = self._pool.delay_ms()
        return delay

    def observe(self, delay_ms: float, late: bool) -> None:  # the protocol
        observe = getattr(self._used, "observe", None)
        if observe is not None:
            observe(delay_ms, late)

    def react(self, **outcome: Any) -> None:
        react = getattr(self._used, "react", None)
        if react is not None:
            react(**outcome)

    def record(self, latency_ms: float) -> None:
        self._own.record(latency_ms)
        self._pool.record(latency_ms)
