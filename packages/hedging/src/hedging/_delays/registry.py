"""The names of strategies, for policies and calls."""

from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import UnknownStrategyError
from .adaptive import Adaptive
from .backoff import ExponentialBackoff
from .multipliers import Multipliers
from .percentile import Percentile
from .strategy import Fixed, Off, SingleR, Strategy
from .thompson import Thompson
from .workload import WorkloadAware


def _fixed(delay_ms: float | None = None) -> Fixed:
    if delay_ms is None:
        raise ValueError("strategy 'fixed' needs delay_ms, the wait before a backup")
    return Fixed(delay_ms)


STRATEGIES: dict[str, Callable[..., Strategy]] = {
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


def register_strategy(name: str, make: Callable[..., Strategy]) -> None:
    """Give a strategy of one's own a name that policies can use.

    Args:
        name: The name.
        make: Makes the strategy from the policy's options.
    """
    STRATEGIES[name] = make


def named_strategy(name: str, options: Mapping[str, Any] = {}) -> Strategy:  # only read
    """A strategy by its name.

    Args:
        name: One of those in ``STRATEGIES``.
        options: The arguments of the strategy.

    Raises:
        UnknownStrategyError: There is no strategy of this name.
        ValueError: An option is missing, unknown or out of its range.
    """
    if name not in STRATEGIES:
        raise UnknownStrategyError(name, STRATEGIES)
    try:
        return STRATEGIES[name](**options)
    except TypeError as error:
        raise ValueError(f"options of strategy {name!r}: {error}") from error
