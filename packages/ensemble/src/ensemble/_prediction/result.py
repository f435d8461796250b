"""The result of a prediction, and the record of each call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .._core.costs.ledger import Try, known_cost_usd
from .._core.rendering import counted, html_table, markdown_table, marked, money
from .._core.responses import Response, Source
from .._core.values import Value
from .calls import Status


class PredictionSpec(Value):
    """How a prediction is made, as its record states it."""

    prediction_id: str
    strategy: str
    execution: str
    normalize: str
    tie_break: str
    panel: tuple[str, ...]
    prompt_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """The record of one call.

    Attributes:
        model: Its name.
        response: What it answered; None when it failed.
        key: Its vote; None when it has none, because it failed or its answer says nothing.
        reading: Where in the answer the vote was found, such as ``boxed`` or ``last``.
        status: ``answered``, ``failed``, or ``cancelled`` when it was no longer needed.
        role: ``member``, or ``judge`` for a call that was made to decide.
        error: Why it failed; empty otherwise.
        error_type: The class of the error.
        sample: The number of the sample it was asked for.
        started_ms: When it was asked, from the begin of the prediction; None for a judge.
        latency_ms: How long it took, or was waited for until it failed; None when unknown.
        cost_usd: What it cost; None when unknown, as for one that timed out.
        tries: The requests that were sent to a provider for it, as ``Ledger`` books them.
    """

    model: str
    response: Response | None
    key: str | None
    reading: str = ""
    status: Status = "answered"
    role: Literal["member", "judge"] = "member"
    error: str = ""
    error_type: str = ""
    sample: int = 0
    started_ms: float | None = None
    latency_ms: float | None = None
    cost_usd: float | None = None
    tries: tuple[Try, ...] = field(default=(), repr=False)

    @property
    def known_cost_usd(self) -> float | None:
        """The cost as far as it is known: of several tries, the sum of those with a known one."""
        if self.cost_usd is None and any(each.cost_usd is not None for each in self.tries):
            return known_cost_usd(self.tries)
        return self.cost_usd

    def to_dict(self) -> dict[str, Any]:
        """The record as plain values, without ``tries``.

        Returns:
            Each field by its name.
        """
        values = {name: getattr(self, name) for name in self.__slots__ if name != "tries"}
        values["response"] = None if self.response is None else self.response.to_dict()
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleResult:
    """The answer of several models to one query.

    Attributes:
        answer: The answer as the first of its voters gave it; None without one.
        key: The answer in normalised form.
        consensus: Its share of what the strategy counts, in [0, 1]; 0 when there were no votes.
        vote_share: Its share of the votes, one for each voter.
        agreement: Its voters among all members of the panel, asked or not, failures included.
        margin: The lead of the most frequent answer over the next, as a share of the votes.
        entropy: How the votes are spread: 0 for one answer, 1 when all differ.
        votes: How many voted for each answer, by its normalised form.
        scores: What the strategy counts for each answer.
        tie: Whether several answers were equally good.
        tied: Which ones.
        tie_break: How ties were to be settled.
        reason: Why the result has no answer; empty otherwise.
        latency_ms: From the question to the answer, recordings as long as they once took; None
            for recordings without times.
        cost_usd: The sum of what is known; None when nothing is.
        cost_complete: Whether every cost is known.
        confidence: The mean confidence of the winning voters; None when they stated none.
        probability: The probability that the answer is right, by a model of the voters; None where
            the strategy has none.
        responses: One record per call that was made, in the order of the panel.
        panel: All members, asked or not.
        prompt_hash: The BLAKE2b hash of the prompt.
        strategy: How votes were counted.
        execution: How models were asked.
        normalize: How answers were compared.
        source: ``simulated`` if any response is, else ``live`` if any is, else ``recorded``.
        prediction_id: Joins this result with its events.
        warnings: What a reader should know, such as that no model gave a confidence.
    """

    answer: str | None
    key: str | None
    consensus: float
    vote_share: float
    agreement: float
    margin: float
    entropy: float
    votes: Mapping[str, float]
    scores: Mapping[str, float]
    tie: bool
    tied: tuple[str, ...]
    tie_break: str
    reason: str
    latency_ms: float | None
    cost_usd: float | None
    cost_complete: bool
    confidence: float | None
    probability: float | None
    responses: tuple[ModelRecord, ...]
    panel: tuple[str, ...]
    prompt_hash: str
    strategy: str
    execution: str
    normalize: str
    source: Source
    prediction_id: str
    warnings: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """The models that were asked."""
        return tuple(record.model for record in self.responses if record.role == "member")

    @property
    def successes(self) -> int:
        """How many members answered."""
        return self._count("answered")

    @property
    def failures(self) -> int:
        """How many failed."""
        return self._count("failed")

    @property
    def cancelled(self) -> int:
        """How many were no longer needed when they were cancelled."""
        return self._count("cancelled")

    @property
    def cost_breakdown(self) -> dict[str, float | None]:
        """What each model cost, samples and judging included; None when one call's is unknown."""
        costs: dict[str, float | None] = {}
        for record in self.responses:
            before = costs.get(record.model, 0.0)
            known = before is not None and record.cost_usd is not None
            costs[record.model] = before + record.cost_usd if known else None  # type: ignore[operator]  # both known
        return costs

    def _count(self, status: Status) -> int:
        return sum(record.role == "member" and record.status == status for record in self.responses)

    def __str__(self) -> str:
        if self.answer is None:
            reason = self.reason and f": {self.reason}"
            asked = counted(len(self.models), "model")
            return marked(f"no answer from {asked}{reason}", self.source)
        at_least = "" if self.cost_complete or self.cost_usd is None else "at least "
        cost = at_least + money(self.cost_usd)
        tie = ", after a tie" if self.tie else ""
        cast = sum(self.votes.values())
        votes = f"{self.consensus:.0%} of {cast:g} {'vote' if cast == 1 else 'votes'}{tie}"
        return marked(f"{self.answer[:200]} ({votes}, {cost})", self.source)

    def _repr_html_(self) -> str:
        return html_table(str(self), _HEAD, map(_cells, self.responses))

    def to_markdown(self) -> str:
        """Return the answer and the record of every call as a Markdown table."""
        return f"{self}\n\n{markdown_table(_HEAD, map(_cells, self.responses))}"

    def to_json(self) -> str:
        """Return the result as JSON."""
        import json  # noqa: PLC0415  # few need it

        return json.dumps(self.to_dict(), ensure_ascii=False)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values.

        Returns:
            Each field by its name.
        """
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            **values,
            "votes": dict(self.votes),
            "scores": dict(self.scores),
            "tied": list(self.tied),
            "panel": list(self.panel),
            "warnings": list(self.warnings),
            "responses": [record.to_dict() for record in self.responses],
            "successes": self.successes,
            "failures": self.failures,
            "cancelled": self.cancelled,
        }


_HEAD = ("Model", "Vote", "Latency (ms)", "Cost")


def _cells(record: ModelRecord) -> tuple[str, str, str, str]:
    vote = (record.error or record.status) if record.response is None else record.key
    latency = "" if record.latency_ms is None else f"{record.latency_ms:.1f}"
    cost = "unknown" if record.cost_usd is None else money(record.cost_usd)
    return record.model, (vote or "no vote")[:200], latency, cost
