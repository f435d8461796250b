"""The call of one member of a panel, and its result."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from .._core.costs.ledger import Try
from .._core.models import Model
from .._core.responses import Response
from .._normalization.reading import Reading
from .._voting.votes import Vote

Status = Literal["answered", "failed", "cancelled"]


class Member(NamedTuple):
    """A model with the number of the sample it is asked for."""

    model: Model
    sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCall:
    """The result of one call to a member.

    Attributes:
        model: Its name.
        sample: The number of the sample it was asked for.
        response: Its answer; None without one.
        error: Why it failed; None otherwise.
        reading: What the answer says; None without an answer.
        wave: Which wave it was asked in, from 0.
        started_ms: When it was asked, from the begin of the prediction.
        waited_ms: How long it was waited for.
        cost_usd: What the call cost; None when unknown.
        tries: The requests that were sent to a provider for it.
    """

    model: str
    sample: int
    response: Response | None = None
    error: Exception | None = None
    reading: Reading | None = None
    wave: int = 0
    started_ms: float
    waited_ms: float
    cost_usd: float | None = None
    tries: tuple[Try, ...] = ()

    @property
    def status(self) -> Status:
        """Whether it answered, failed, or was no longer needed."""
        if self.response is not None:
            return "answered"
        return "cancelled" if self.error is None else "failed"

    @property
    def vote(self) -> Vote | None:
        """Its vote; None when it has none."""
        if self.response is None or self.reading is None or self.reading.key is None:
            return None
        return Vote(
            model=self.model,
            key=self.reading.key,
            text=self.response.text,
            confidence=self.response.confidence,
        )
