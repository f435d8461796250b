"""The voting rules by their names, and those of one's own."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from .._core.errors import UnknownStrategyError
from .counting import BestConfidence, Last, Learned, LogOdds, Majority, Unanimous, Weighted
from .rule import Aggregator, FunctionRule, Rule, Strategy


def _best_of_n(**options: Any) -> Rule:
    from .judging import BestOf  # noqa: PLC0415  # few need it

    return BestOf(**options)


def _borda(**options: Any) -> Rule:
    from .rankings import Borda  # noqa: PLC0415  # few need it

    return Borda(**options)


def _clusters(**options: Any) -> Rule:
    from .clusters import Clusters  # noqa: PLC0415  # few need it

    return Clusters(**options)


def _judge(**options: Any) -> Rule:
    from .judging import Judge  # noqa: PLC0415  # few need it

    return Judge(**options)


def _mean(**options: Any) -> Rule:
    from .numeric import Mean  # noqa: PLC0415  # few need it

    return Mean(**options)


def _median(**options: Any) -> Rule:
    from .numeric import Median  # noqa: PLC0415  # few need it

    return Median(**options)


def _ranked_choice(**options: Any) -> Rule:
    from .rankings import RankedChoice  # noqa: PLC0415  # few need it

    return RankedChoice(**options)


def _trimmed_mean(**options: Any) -> Rule:
    from .numeric import TrimmedMean  # noqa: PLC0415  # few need it

    return TrimmedMean(**options)


StrategyName = Literal[
    "best_confidence",
    "best_of_n",
    "borda",
    "clusters",
    "judge",
    "last",
    "learned",
    "log_odds",
    "majority",
    "mean",
    "median",
    "ranked_choice",
    "trimmed_mean",
    "unanimous",
    "weighted",
]
OneStrategy = StrategyName | Strategy | Rule | Aggregator | type[Rule] | type[Aggregator]
AnyStrategy = OneStrategy | tuple[str | Callable[..., Any], Mapping[str, Any]]
RULES: dict[str, Callable[..., Any]] = {
    "majority": Majority,
    "weighted": Weighted,
    "best_confidence": BestConfidence,
    "unanimous": Unanimous,
    "last": Last,
    "log_odds": LogOdds,
    "learned": Learned,
    "best_of_n": _best_of_n,
    "borda": _borda,
    "clusters": _clusters,
    "judge": _judge,
    "mean": _mean,
    "median": _median,
    "ranked_choice": _ranked_choice,
    "trimmed_mean": _trimmed_mean,
}
_registered: dict[str, Callable[..., Any]] = {}


def register_strategy(name: str, make: Callable[..., Any], *, replace: bool = False) -> None:
    """Make a strategy known by a name.

    Args:
        name: The name; ``predict(strategy=name)`` finds it then.
        make: Gives the strategy: a class or function whose keyword arguments are its options.
        replace: Whether the name may be one that was registered before. Built-in names stay.

    Raises:
        ValueError: The name is taken.
    """
    if name in RULES:
        raise ValueError(f"name: {name!r} is a built-in strategy; choose another name")
    if name in _registered and not replace:
        raise ValueError(f"name: the strategy {name!r} is taken; pass replace=True to replace it")
    _registered[name] = make


def strategy_names() -> tuple[str, ...]:
    """Return the names of the voting strategies, built-in and registered, sorted."""
    return tuple(sorted({**RULES, **_registered}))


def find_strategy(name: str, **options: object) -> Rule:
    """Return the voting strategy with a name, such as one that was registered.

    Args:
        name: Its name, one of ``strategy_names()``.
        **options: Its options.

    Returns:
        The rule, for ``predict(strategy=...)``.

    Raises:
        UnknownStrategyError: No strategy has this name.
    """
    return find_rule((name, options))


def find_rule(wanted: Any) -> Rule:
    """A rule by its name, with its options as ``(name, options)``, or made of what was passed.

    Raises:
        UnknownStrategyError: No strategy has this name.
        TypeError: The argument is not a strategy.
    """
    options: Mapping[str, Any] = {}
    if isinstance(wanted, tuple):
        wanted, options = wanted
    if isinstance(wanted, str):
        makers = {**RULES, **_registered}
        if wanted not in makers:
            raise UnknownStrategyError(wanted, makers)
        wanted, name = makers[wanted](**options), wanted
    elif isinstance(wanted, type):
        wanted, name = wanted(**options), wanted.__name__
    else:
        name = getattr(wanted, "__name__", type(wanted).__name__)
        if options:
            function, given = wanted, dict(options)
            return FunctionRule(name, lambda votes: function(votes, **given))
    if isinstance(wanted, Rule):
        return wanted
    if not callable(wanted):
        wanted = getattr(wanted, "aggregate", None)
    if not callable(wanted):
        raise TypeError(
            "strategy: pass a name, a function of the votes, or an object with aggregate(votes)"
        )
    return FunctionRule(name, wanted)
