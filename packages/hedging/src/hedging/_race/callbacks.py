"""Callbacks of a race: may the next attempt start, and what has happened."""

from typing import Any

from .state import RaceState


class RaceCallbacks:
    """Allows every attempt and records nothing; a request overrides what it needs."""

    __slots__ = ()

    def refusal(
        self,
        race: RaceState[Any],  # noqa: ARG002  # for subclasses
        *,
        after_failure: bool,  # noqa: ARG002  # for subclasses
    ) -> str:
        """Why the next attempt may not be started; empty when it may."""
        return ""

    def late(self, race: RaceState[Any]) -> None:
        """The first delay has passed, and the primary is still running."""

    def failed(self, race: RaceState[Any], failure: object) -> None:
        """An attempt gave this error, or this result that was not accepted."""

    def ended(self, race: RaceState[Any], index: int) -> None:
        """An attempt has ended, perhaps after its race."""

    def stream_ended(self, race: RaceState[Any], index: int) -> None:
        """The stream of an attempt has ended, and what it cost is noted."""
