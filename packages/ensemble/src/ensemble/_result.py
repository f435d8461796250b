"""What an ensemble gives back: one answer, and everything it was made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._model import Response, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """What one model contributed.

    Attributes:
        model: Its name.
        response: What it answered; None when it failed.
        key: Its vote; None when it has none, because it failed or its answer says nothing.
        error: Why it failed; empty otherwise.
        error_type: The class of the error.
        latency_ms: How long it took, or was waited for until it failed; None when unknown.
        cost_usd: What it cost; None when unknown, as for one that failed.
    """

    model: str
    response: Response | None
    key: str | None
    error: str = ""
    error_type: str = ""
    latency_ms: float | None = None
    cost_usd: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The record as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["response"] = None if self.response is None else self.response.to_dict()
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleResult:
    """The answer of several models to one query.

    Attributes:
        answer: The answer as the first of its voters gave it; None when nobody had a vote.
        key: The answer in normalised form.
        consensus: The share of the votes that it got, in [0, 1]; 0 when there were none.
        agreement: The same among all models that were asked, failures included.
        votes: What each answer got, by its normalised form.
        tie: Whether several answers were equally good.
        tied: Which ones.
        latency_ms: From the question to the answer, recordings as long as they once took; None
            for recordings without times.
        cost_usd: The sum of what is known; None when nothing is.
        cost_complete: Whether every cost is known.
        confidence: The mean confidence of the winning voters; None when they stated none.
        responses: One record per model, in the order they were given.
        strategy: How votes were counted.
        execution: How models were asked.
        normalize: How answers were compared.
        source: ``live`` if any response is, else ``simulated`` if any is, else ``recorded``.
        prediction_id: Joins this result with its events.
    """

    answer: str | None
    key: str | None
    consensus: float
    agreement: float
    votes: Mapping[str, float]
    tie: bool
    tied: tuple[str, ...]
    latency_ms: float | None
    cost_usd: float | None
    cost_complete: bool
    confidence: float | None
    responses: tuple[ModelRecord, ...]
    strategy: str
    execution: str
    normalize: str
    source: Source
    prediction_id: str

    @property
    def models(self) -> tuple[str, ...]:
        """The models that were asked."""
        return tuple(record.model for record in self.responses)

    @property
    def successes(self) -> int:
        """How many answered."""
        return sum(record.response is not None for record in self.responses)

    @property
    def failures(self) -> int:
        """How many failed."""
        return len(self.responses) - self.successes

    def __str__(self) -> str:
        if self.answer is None:
            return f"no answer from {len(self.responses)} models"
        cost = "cost unknown" if self.cost_usd is None else f"${self.cost_usd:.6f}"
        tie = ", after a tie" if self.tie else ""
        return (
            f"{self.answer[:200]} ({self.consensus:.0%} of {sum(self.votes.values()):g} votes{tie},"
            f" {cost})"
        )

    def _repr_html_(self) -> str:
        import html  # noqa: PLC0415  # only a notebook shows it

        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
            for cells in map(_cells, self.responses)
        )
        return (
            f"<p>{html.escape(str(self))}</p><table><thead><tr><th>Model</th><th>Vote</th>"
            f"<th>Latency (ms)</th><th>Cost ($)</th></tr></thead><tbody>{rows}</tbody></table>"
        )

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            **values,
            "votes": dict(self.votes),
            "tied": list(self.tied),
            "responses": [record.to_dict() for record in self.responses],
            "successes": self.successes,
            "failures": self.failures,
        }


def _cells(record: ModelRecord) -> tuple[str, str, str, str]:
    vote = record.error if record.response is None else record.key
    latency = "" if record.latency_ms is None else f"{record.latency_ms:.1f}"
    cost = "" if record.cost_usd is None else f"{record.cost_usd:.6f}"
    return record.model, (vote or "no vote")[:200], latency, cost
