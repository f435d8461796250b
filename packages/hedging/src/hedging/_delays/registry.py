"""The names of delay strategies, for policies and calls."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from .._core.errors import (
    DelayStrategyNameTakenError,
    PolicyError,
    UnknownDelayStrategyError,
)
from .adaptive import Adaptive
from .backoff import ExponentialBackoff
from .multipliers import Multipliers
from .percentile import Percentile
from .strategy import DelayStrategy, Fixed, Off, SingleR
from .thompson import Thompson
from .workload import WorkloadAware

DelayStrategyName = Literal[
    "adaptive",
    "backoff",
    "fixed",
    "multipliers",
    "off",
    "percentile",
    "single_r",
    "thompson",
    "workload",
]


def _fixed(delay_ms: float | None = None) -> Fixed:
    if delay_ms is None:
        raise PolicyError("delay_ms", None, "the delay in milliseconds that 'fixed' waits")
    return Fixed(delay_ms)


_STRATEGIES: dict[str, Callable[..., DelayStrategy]] = {
    "adaptive": Adaptive,
    "backoff": ExponentialBackoff,
    "fixed": _fixed,
    "multipliers": Multipliers,
    "off": Off,
    "percentile": Percentile,
    "single_r": SingleR,
    "thompson": Thompson,
    "workload": WorkloadAware,
}


def register_delay_strategy(
    name: str, make: Callable[..., DelayStrategy], *, replace: bool = False
) -> None:
    """Give a strategy of your own a name that policies can use.

    Args:
        name: The name.
        make: Makes the strategy; takes the policy's ``options`` as keywords.
        replace: Whether a strategy that has this name already is replaced.

    Raises:
        DelayStrategyNameTakenError: The name is taken, and ``replace`` is False.

    Example:
        >>> class Half:
        ...     def delay_ms(self):
        ...         return 500.0
        ...
        ...     def record(self, latency_ms):
        ...         pass
        >>> register_delay_strategy("half a second", Half, replace=True)
        >>> "half a second" in delay_strategy_names()
        True
    """
    if name in _STRATEGIES and not replace:
        raise DelayStrategyNameTakenError(name)
    _STRATEGIES[name] = make


def delay_strategy_names() -> tuple[str, ...]:
    """The names of all delay strategies.

    Returns:
        Those of this library and those that were registered, sorted.
    """
    return tuple(sorted(_STRATEGIES))


def named_strategy(name: str, options: Mapping[str, Any] = {}) -> DelayStrategy:  # only read
    """A strategy by its name.

    Args:
        name: One of ``delay_strategy_names()``.
        options: The arguments of the strategy.

    Raises:
        UnknownDelayStrategyError: No strategy has this name.
        PolicyError: An option is missing, unknown or out of its range.
    """
    if name not in _STRATEGIES:
        raise UnknownDelayStrategyError(name, _STRATEGIES)
    try:
        return _STRATEGIES[name](**options)
    except TypeError as error:
        raise PolicyError(
            "options", dict(options), f"the arguments of strategy {name!r} ({error})"
        ) from error
