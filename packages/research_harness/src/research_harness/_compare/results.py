"""What a comparison of systems found."""

from dataclasses import dataclass, fields
from typing import Any, Literal

PairVerdict = Literal["better", "worse", "equivalent", "undecided"]


class _Record:
    """A value that becomes a plain dictionary."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The value as plain values."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}  # type: ignore[arg-type]  # only dataclasses derive from it


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemScore(_Record):
    """The score of one system on one task.

    Attributes:
        system: The name of the system.
        task: The name of the task.
        group: The subgroup of items; empty for all.
        source: The run or log.
        tool: The tool that wrote it.
        items: The number of items that all systems have.
        repeats: The largest number of answers to one item.
        score: The mean score over items.
        se: Its standard error; None without spread.
        low: The lower end of its interval.
        high: The upper end.
        unscored: The number of common items without a score in this log, left out for all.
        unmatched: The number of its items that another log lacks.
        consistency: The share of items whose repeats all have one score; None without repeats.
        cost_usd: The mean cost of an answer in US dollars; None when any is unknown.
        latency_p50_ms: The median latency of an answer in milliseconds; None when unknown.
        latency_p95_ms: The 95th percentile of the latency in milliseconds.
    """

    system: str
    task: str
    group: str
    source: str
    tool: str
    items: int
    repeats: int
    score: float
    se: float | None
    low: float
    high: float
    unscored: int = 0
    unmatched: int = 0
    consistency: float | None = None
    cost_usd: float | None = None
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult(_Record):
    """Two systems on the same items: treatment minus control.

    Attributes:
        task: The name of the task.
        group: The subgroup of items; empty for all.
        control: The system that is subtracted.
        treatment: The system it is subtracted from.
        items: The number of items.
        difference: The mean difference of the scores.
        low: The lower end of its interval.
        high: The upper end.
        simultaneous_low: The lower end at the level at which all intervals hold together
            (Bonferroni over all pairs and tasks).
        simultaneous_high: The upper end of that interval.
        test: The test of no difference.
        p_value: Its p-value.
        p_adjusted: The p-value by Holm over all pairs and tasks.
        effect: The effect size; None when it is not defined.
        effect_name: Its name.
        detectable: The smallest true difference found with 80 % power; None without spread.
        items_needed: How many such items find a true difference of this size with 80 % power;
            None for no difference.
        equivalent: Whether the difference lies within the stated margin (two one-sided tests);
            None when no margin was stated.
        verdict: ``better`` or ``worse``: the treatment, by the adjusted p-value; ``equivalent``
            within the margin; ``undecided`` otherwise.
    """

    task: str
    group: str
    control: str
    treatment: str
    items: int
    difference: float
    low: float
    high: float
    simultaneous_low: float
    simultaneous_high: float
    test: str
    p_value: float
    p_adjusted: float
    effect: float | None
    effect_name: str
    detectable: float | None
    items_needed: int | None
    equivalent: bool | None
    verdict: PairVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledDifference(_Record):
    """A mean over tasks: of one system's score, or of the difference of two.

    Attributes:
        method: ``macro`` weighs tasks equally, ``micro`` by their items.
        control: The system that is subtracted; empty for the score of ``treatment`` itself.
        treatment: The system.
        estimate: The mean.
        low: The lower end of its interval; for differences at the simultaneous level.
        high: The upper end.
        tasks: The number of tasks.
    """

    method: Literal["macro", "micro"]
    control: str
    treatment: str
    estimate: float
    low: float
    high: float
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingItem(_Record):
    """An item on which systems differ.

    Attributes:
        task: The name of the task.
        id: The id of the item in the first log.
        question: The beginning of the question.
        scores: The mean score of each system, in the order of the systems.
        answers: The beginning of each system's first answer.
    """

    task: str
    id: str
    question: str
    scores: tuple[float, ...]
    answers: tuple[str, ...]
