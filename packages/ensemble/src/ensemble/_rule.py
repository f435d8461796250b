"""What a voting strategy is: a named rule, a function of the votes, or an object."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from ._errors import UnknownNameError
from ._model import Query
from ._values import Value
from ._vote import FIRST, Outcome, Ties, Vote

Strategy = Callable[[Sequence[Vote]], Outcome | Awaitable[Outcome]]


class Poll(Value):
    """What a rule may look at beside the votes.

    Attributes:
        query: What was asked.
        ties: How to settle ties.
        prediction_id: Joins the calls of a judge with the prediction.
    """

    query: Query = ""
    ties: Ties = FIRST
    prediction_id: str | None = None


class Aggregator(Protocol):
    """A voting strategy as an object."""

    def aggregate(self, votes: Sequence[Vote]) -> Outcome | Awaitable[Outcome]:
        """What comes of the votes."""
        ...


@runtime_checkable
class Rule(Protocol):
    """A voting strategy that can look at the question and say when it is decided."""

    @property
    def name(self) -> str:
        """The name that results show."""
        ...

    def decide(self, votes: Sequence[Vote], poll: Poll) -> Outcome | Awaitable[Outcome]:
        """What comes of the votes."""
        ...

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        """Whether no answer of the models still waited for can change the winner."""
        ...


AnyStrategy = str | Strategy | Rule | Aggregator | type | tuple[Any, Mapping[str, Any]]


class _Function:
    """A function of the votes as a rule."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self._function = function

    def decide(self, votes: Sequence[Vote], poll: Poll) -> Outcome | Awaitable[Outcome]:  # noqa: ARG002  # a function sees the votes alone
        outcome = self._function(votes)
        return self._wait(outcome) if inspect.isawaitable(outcome) else self._checked(outcome)

    async def _wait(self, outcome: Awaitable[Any]) -> Outcome:
        return self._checked(await outcome)

    def _checked(self, outcome: Any) -> Outcome:
        if not isinstance(outcome, Outcome):
            raise TypeError(
                f"strategy {self.name!r} gave {outcome!r}, not an Outcome(key=..., scores=...)"
            )
        return outcome

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:  # noqa: ARG002  # nothing is known of it
        return False


_registered: dict[str, Callable[..., Any]] = {}


def register_strategy(name: str, make: Callable[..., Any]) -> None:
    """Make a strategy known by a name.

    Args:
        name: The name; ``predict(strategy=name)`` finds it then.
        make: Gives the strategy: a class or function whose keyword arguments are its options.

    Raises:
        ValueError: The name is taken.
    """
    if name in _builtin() or name in _registered:
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
        makers = {**_builtin(), **_registered}
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
            return _Function(name, lambda votes: function(votes, **given))
    if isinstance(wanted, Rule):
        return wanted
    if not callable(wanted):
        wanted = getattr(wanted, "aggregate", None)
    if not callable(wanted):
        raise TypeError(
            "strategy: pass a name, a function of the votes, or an object with aggregate(votes)"
        )
    return _Function(name, wanted)


def _builtin() -> Mapping[str, Callable[..., Any]]:
    from ._rules import RULES  # noqa: PLC0415  # they are built on what is here

    return RULES
