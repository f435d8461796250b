"""A log scored again, beside the scores that its own tool gave."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isclose
from typing import Any

from .._core.errors import NoScorerError
from .._core.shown import shown
from .._data.item import Item, fitting_answers
from .._readers.row import LogRow
from .._readers.rules import scored_by_rule
from .._scoring.scorers import score_all, scorer_names
from .._scoring.verdict import Score

_SHOWN = 5
LOGGED = "logged"  # the name that stands for the rules that the log itself names


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChange:
    """An answer whose score is another one than in the log, or cannot be compared with it.

    Attributes:
        id: The id of the item.
        epoch: Which repeat it is.
        model: The model that answered.
        variant: The prompt or filter.
        logged: The score in the log; None without one.
        rescored: The new score; None where the answer could not be scored.
        why: The reason, as far as it is known.
    """

    id: str
    epoch: int
    model: str
    variant: str
    logged: float | None
    rescored: float | None
    why: str

    def to_dict(self) -> dict[str, object]:
        """The change as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRescoring:
    """A log scored again.

    Attributes:
        name: The task.
        scorer: How it was scored.
        total: How many answers the log has.
        compared: How many have both scores.
        logged_mean: The mean of the log's scores over the compared answers; None without any.
        rescored_mean: The mean of the new ones over the same answers.
        changes: The answers whose score changed.
        left_out: The answers that have only one score, or neither.
    """

    name: str
    scorer: str
    total: int
    compared: int
    logged_mean: float | None
    rescored_mean: float | None
    changes: tuple[ScoreChange, ...] = field(repr=False)
    left_out: tuple[ScoreChange, ...] = field(repr=False)

    @property
    def agrees(self) -> bool:
        """Whether every answer was compared and has the score of the log."""
        return not self.changes and not self.left_out

    def to_dict(self) -> dict[str, object]:
        """The rescoring as plain values."""
        found: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        lists = {
            name: [each.to_dict() for each in getattr(self, name)]
            for name in ("changes", "left_out")
        }
        return {**found, **lists}

    @shown
    def __str__(self) -> list[str]:
        parts = [f"{self.name}, scored by {self.scorer}: {self.compared} of {self.total} compared"]
        if self.logged_mean is not None and self.rescored_mean is not None:
            parts.append(f"mean {self.logged_mean:.4f} in the log, {self.rescored_mean:.4f} now")
        parts.append(f"{len(self.changes)} changed, {len(self.left_out)} left out")
        listed = [*self.changes, *self.left_out][:_SHOWN]
        lines = [f"  {each.id!r}: {each.logged} -> {each.rescored}: {each.why}" for each in listed]
        more = len(self.changes) + len(self.left_out) - len(listed)
        return [", ".join(parts), *lines, *([f"  and {more} more"] if more else [])]


def rescored(rows: Sequence[LogRow], name: str, scorer: str | None) -> LogRescoring:
    """Score rows again.

    Raises:
        NoScorerError: They have no right answers.
    """
    if scorer == LOGGED:
        return _compared(rows, name, LOGGED, _by_rules(rows))
    usable = [row for row in rows if _not_scored(row) is None]
    if not usable:
        reason = _not_scored(rows[0]) if rows else "it has no answers"
        raise NoScorerError(name, scorer_names(), f"none of its answers can be scored: {reason}")
    named = scorer or fitting_answers((row.input, row.expected) for row in usable)
    return _compared(rows, name, named, _verdicts(usable, named))


def _compared(
    rows: Sequence[LogRow], name: str, scorer: str, verdicts: Mapping[int, Score]
) -> LogRescoring:
    pairs = [(row, verdicts.get(id(row))) for row in rows]
    both = [
        (row.score, found.value)
        for row, found in pairs
        if row.score is not None and found is not None
    ]
    ruled = scorer == LOGGED
    changes = [_change(row, found, ruled=ruled) for row, found in pairs]
    return LogRescoring(
        name=name,
        scorer=scorer,
        total=len(rows),
        compared=len(both),
        logged_mean=_mean([old for old, _ in both]),
        rescored_mean=_mean([new for _, new in both]),
        changes=tuple(
            each for each in changes if each and None not in (each.logged, each.rescored)
        ),
        left_out=tuple(each for each in changes if each and None in (each.logged, each.rescored)),
    )


def _by_rules(rows: Sequence[LogRow]) -> dict[int, Score]:
    """The scores by the rules that the log names, where they are computed here."""
    found = ((row, scored_by_rule(row)) for row in rows)
    return {
        id(row): Score(correct=value == 1.0, value=value, outcome="found", extracted=row.prediction)
        for row, value in found
        if value is not None
    }


def _verdicts(rows: Sequence[LogRow], scorer: str) -> dict[int, Score]:
    def answers() -> Iterator[tuple[Any, Item]]:
        return ((row.prediction, Item(row.id, row.input, row.expected)) for row in rows)

    scores = (verdict for _, _, verdict in score_all(scorer, answers()))
    return {id(row): verdict for row, verdict in zip(rows, scores, strict=True)}


def _not_scored(row: LogRow) -> str | None:
    """Why a row cannot be scored; None where it can."""
    if row.prediction is None:
        return f"the answer failed: {row.error}" if row.error else "the log has no answer"
    return "the log has no right answer" if row.expected in (None, "", []) else None


def _change(row: LogRow, verdict: Score | None, *, ruled: bool) -> ScoreChange | None:
    new = None if verdict is None else verdict.value
    if row.score is not None and new is not None and isclose(row.score, new, abs_tol=1e-9):
        return None
    if verdict is None:
        by = row.rule or "a rule that the log does not name"
        rule = f"the log's score is by {by}, which is not computed here"
        why = rule if ruled and row.prediction is not None else _not_scored(row) or rule
    elif row.score is None:
        why = "the log has no score"
    else:
        took = "" if row.extracted is None else f"; the log's scorer read {row.extracted!r}"
        found = "" if verdict.how is None else f", {verdict.how}"
        read = f"read {verdict.extracted!r} ({verdict.outcome}{found})"
        why = f"{read}, expected {row.expected!r}{took}{'' if ruled else _by_its_rule(row)}"
    return ScoreChange(
        id=row.id,
        epoch=row.epoch,
        model=row.model,
        variant=row.variant,
        logged=row.score,
        rescored=new,
        why=why,
    )


def _by_its_rule(row: LogRow) -> str:
    """What the rule of the log's own scorer gives, where it is known."""
    if not row.rule:
        return ""
    value = scored_by_rule(row)
    return f"; the log's score is by {row.rule}" + (
        "" if value is None else f", which gives {value:g}"
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
