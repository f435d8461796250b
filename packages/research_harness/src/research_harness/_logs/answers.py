"""One system's scored answers to one task, in columns: what a comparison needs of a log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._core.text import safe_text
from .questions import prompt_digest, question_digest, question_text

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SHOWN_QUESTION = 160
SHOWN_ANSWER = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredAnswer:
    """One answer of a log.

    Attributes:
        id: The id of the item.
        question: The question: a text, or a mapping with ``question`` and ``choices``.
        answer: What the model gave.
        score: Its score; None when the answer failed or was not scored.
        cost_usd: The cost in US dollars.
        latency_ms: The latency in milliseconds.
        labels: Other fields of the item, for groups and clusters.
        prompt: What was sent, with examples and instructions; empty where the log has none.
    """

    id: str
    question: Any
    answer: Any
    score: float | None
    cost_usd: float | None = None
    latency_ms: float | None = None
    labels: Mapping[str, Any] = field(default_factory=dict)
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers of one system to one task, an entry per item.

    Attributes:
        system: The name of the system.
        task: The name of the task.
        source: The file or folder that they were read from.
        tool: The tool that wrote it.
        ids: The ids of the items, each once.
        digests: A hash of each question's text; 0 without a text.
        prompts: A hash of what was sent for each item; 0 where it is not known.
        starts: Where the scores of each item begin in ``scores``, and the end of the last.
        scores: The scores of all answers, item by item; NaN for an answer without a score.
        costs: The cost of each answer in US dollars; NaN when unknown.
        latencies: The latency of each answer in milliseconds; NaN when unknown.
        questions: The beginning of each question.
        answers: The beginning of the first answer to each item.
        labels: The other fields of the items by name.
        facts: What the log says about how it was made, such as its scorer.
    """

    system: str
    task: str
    source: str
    tool: str
    ids: tuple[str, ...]
    digests: IntArray
    prompts: IntArray
    starts: IntArray
    scores: FloatArray
    costs: FloatArray
    latencies: FloatArray
    questions: Sequence[str]
    answers: Sequence[str]
    labels: Mapping[str, tuple[Any, ...]]
    facts: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def repeats(self) -> int:
        """The largest number of answers to one item."""
        return int(np.diff(self.starts).max(initial=0))

    def rows(self, order: Sequence[int]) -> list[list[float]]:
        """The scores of these items, one list an item."""
        ends = self.starts.tolist()
        scores = self.scores.tolist()
        return [scores[ends[index] : ends[index + 1]] for index in order]

    def means(self) -> FloatArray:
        """The mean score of each item over its scored answers; NaN without one."""
        known = ~np.isnan(self.scores)
        sums = np.add.reduceat(np.where(known, self.scores, 0.0), self.starts[:-1])
        counts = np.add.reduceat(known.astype(np.int64), self.starts[:-1])
        means: FloatArray = np.full(len(self), np.nan)
        np.divide(sums, counts, out=means, where=counts > 0)
        return means


def collect(
    rows: Iterable[ScoredAnswer],
    *,
    system: str,
    task: str,
    source: str,
    tool: str,
    facts: Mapping[str, str],
    wanted_labels: Iterable[str] = (),
) -> Answers:
    """Put answers into columns; several answers to an item are its repeats.

    Args:
        rows: The answers, in any order.
        system: The name of the system.
        task: The name of the task.
        source: Where they were read.
        tool: The tool that wrote them.
        facts: What the log says about how it was made.
        wanted_labels: The fields of the items to keep, for groups and clusters.
    """
    found: dict[str, list[ScoredAnswer]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    every = [row for group in found.values() for row in group]
    firsts = [group[0] for group in found.values()]
    sizes = [len(group) for group in found.values()]
    return Answers(
        system=system,
        task=task,
        source=source,
        tool=tool,
        ids=tuple(found),
        digests=np.array([question_digest(row.question) for row in firsts], dtype=np.int64),
        prompts=np.array([prompt_digest(row.prompt) for row in firsts], dtype=np.int64),
        starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        scores=_column(row.score for row in every),
        costs=_column(row.cost_usd for row in every),
        latencies=_column(row.latency_ms for row in every),
        questions=tuple(shown(question_text(row.question), SHOWN_QUESTION) for row in firsts),
        answers=tuple(shown(row.answer, SHOWN_ANSWER) for row in firsts),
        labels={name: tuple(row.labels.get(name) for row in firsts) for name in wanted_labels},
        facts=dict(facts),
    )


def _column(values: Iterable[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def shown(value: Any, limit: int) -> str:
    """The beginning of a text, safe to be shown."""
    if value is None:
        return ""
    if type(value) is str and len(value) <= limit and value.isascii():
        return value
    text = safe_text(value, limit=None)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
