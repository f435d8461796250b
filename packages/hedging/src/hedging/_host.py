"""Who runs a race: is asked before each further attempt, and told of what happens."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._result import Status

if TYPE_CHECKING:
    from ._race import Race


@dataclass(slots=True)
class Running:
    """An attempt while it runs."""

    start_ms: float
    end_ms: float | None = None
    status: Status = "running"
    error: BaseException | None = None
    cost_usd: float | None = None


class Host:
    """Who runs a race, and is asked and told about it; this one allows all and notes nothing."""

    __slots__ = ()

    def refusal(
        self,
        race: "Race[Any]",  # noqa: ARG002  # for subclasses
        *,
        after_failure: bool,  # noqa: ARG002  # for subclasses
    ) -> str:
        """Why the next attempt may not be started; empty when it may."""
        return ""

    def late(self, race: "Race[Any]") -> None:
        """The first delay has passed, and the primary is still running."""

    def failed(self, race: "Race[Any]", failure: object) -> None:
        """An attempt gave this error, or this result that was not accepted."""

    def ended(self, race: "Race[Any]", index: int) -> None:
        """An attempt has ended, perhaps after its race."""
