"""The voting rules by their names, and those of one's own."""

from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import UnknownNameError
from .counting import BestConfidence, Last, Learned, LogOdds, Majority, Unanimous, Weighted
from .rule import FunctionRule, Rule


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


def register_strategy(name: str, make: Callable[..., Any]) -> None:
    """Make a strategy known by a name.

    Args:
        name: The name; ``predict(strategy=name)`` finds it then.
        make: Gives the strategy: a class or function whose keyword arguments are its options.

    Raises:
        ValueError: The name is taken.
    """
    if name in RULES or name in _registered:
        raise ValueError(f"a strategy {name!r} is there already; choose another name")
    _registered[name] = make


def find_rule(wanted: Any) -> Rule:
    """A rule by its name, with its options as ``(name, options)``, or made of what was passed.

    Raises:
        UnknownNameError: There is none of this name.
        TypeError: What was passed is no strategy.
    """
    options: Mapping[str, Any] = {}
    if isinstance(wanted, tuple):
        wanted, options = wanted
    if isinstance(wanted, str):
        makers = {**RULES, **_registered}
        if wanted not in makers:
            remedy = "pass a function of the votes that gives an Outcome, or register_strategy()"
            raise UnknownNameError("voting strategy", wanted, makers, remedy)
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
