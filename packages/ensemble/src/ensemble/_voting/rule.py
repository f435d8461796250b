"""What a voting strategy is: a named rule, a function of the votes, or an object."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from .._core.queries import Query
from .._core.values import Value
from .votes import FIRST, Outcome, Ties, Vote

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


class NeedsAllVotes:
    """Rules whose outcome can change until the last answer has come."""

    __slots__ = ()

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        """Whether no call is pending."""
        return bool(votes) and not waiting


AnyStrategy = str | Strategy | Rule | Aggregator | type | tuple[Any, Mapping[str, Any]]


class FunctionRule:
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
