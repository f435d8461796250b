"""Recorded votes of several models on labelled questions, and their winners by any rule."""

import math
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from .._core.responses import Source, check_confidence
from .._core.values import Value
from .._voting.rule import VoteContext
from .._voting.strategies import find_rule
from .._voting.votes import Ties, Vote, VoteOutcome, leader, tally


class LabelledVotes(Value):
    """The votes of several models on labelled questions, and what follows from counting them.

    Attributes:
        models: The names of the models.
        votes: One row a question, one key a model; None where it has no vote.
        gold: The right answer to each question, in normalised form.
        confidences: The confidence of each vote, in rows like ``votes``; None without one.
        costs: What each call cost, in rows like ``votes``; None where it is unknown.
        failures: Why each call failed, the class of its error, in rows like ``votes``; None where
            it answered.
        source: ``simulated`` if any vote is, else ``live`` or ``recorded``; None when unknown.

    Raises:
        ValueError: Rows and columns do not fit, there are none, two models have one name, or a
            confidence is not a number from 0 to 1.
    """

    models: Sequence[str]
    votes: Sequence[Sequence[Hashable]]
    gold: Sequence[Hashable]
    confidences: Sequence[Sequence[float | None]] | None = None
    costs: Sequence[Sequence[float | None]] | None = None
    failures: Sequence[Sequence[str | None]] | None = None
    source: Source | None = None

    def _check(self) -> None:
        if isinstance(self.models, str):
            raise TypeError(f"models: {self.models!r} is one text; give a list of names")
        models = tuple(self.models)
        read: dict[str, Any] = {
            name: _rows(name, getattr(self, name), models)
            for name in ("votes", "confidences", "costs", "failures")
        }
        self.__dict__.update(read, models=models, gold=_listed(self.gold))
        if not models or not self.votes:
            raise ValueError("a table needs at least one model and one question")
        if len(set(self.models)) < len(self.models):
            raise ValueError(f"models: two have the same name among {', '.join(self.models)}")
        for name in ("votes", "confidences", "costs", "failures"):
            rows = getattr(self, name)
            if rows is None:
                continue
            if len(rows) != len(self.gold):
                raise ValueError(f"{name}: {len(rows)} rows for {len(self.gold)} right answers")
            wrong = next((row for row in rows if len(row) != len(self.models)), None)
            if wrong is not None:
                raise ValueError(f"{name}: {len(wrong)} cells for {len(self.models)} models")
        self._check_confidences()
        self._check_costs()

    def _check_confidences(self) -> None:
        for index, row in enumerate(self.confidences or ()):
            for column, (model, sure) in enumerate(zip(self.models, row, strict=True)):
                if sure is not None:
                    check_confidence(sure, f"{model} at confidences[{index}][{column}]")

    def _check_costs(self) -> None:
        for index, row in enumerate(self.costs or ()):
            for column, cost in enumerate(row):
                fits = isinstance(cost, int | float) and 0 <= cost < math.inf
                if cost is not None and not fits:
                    where = f"{self.models[column]} at costs[{index}][{column}]"
                    raise ValueError(f"cost of {where}: {cost!r} is not a number from 0 on")

    def __len__(self) -> int:
        return len(self.gold)

    def right(self, model: str) -> list[bool]:
        """Whether a model was right on each question; without a vote it was not."""
        index = self._index(model)
        return [
            row[index] is not None and row[index] == gold
            for row, gold in zip(self.votes, self.gold, strict=True)
        ]

    def accuracies(self) -> dict[str, float]:
        """The share of questions that each model had right."""
        return {model: sum(self.right(model)) / len(self) for model in self.models}

    def cost(self, model: str) -> float | None:
        """The mean cost of a call to a model; None when one cost is unknown."""
        index = self._index(model)
        costs = [None] if self.costs is None else [row[index] for row in self.costs]
        known = [cost for cost in costs if cost is not None]
        return sum(known) / len(known) if len(known) == len(costs) else None

    def failed(self) -> dict[str, dict[str, int]]:
        """Count the failed calls by model and class of the error; models without are left out."""
        found: dict[str, dict[str, int]] = {}
        for row in self.failures or ():
            for model, kind in zip(self.models, row, strict=True):
                if kind is not None:
                    kinds = found.setdefault(model, {})
                    kinds[kind] = kinds.get(kind, 0) + 1
        return found

    def only(self, models: Sequence[str]) -> Self:
        """The same questions with some of the models, in the order given."""
        indices = [self._index(model) for model in models]

        def cut(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
            return [[row[index] for index in indices] for row in rows]

        return replace(
            self,
            models=tuple(models),
            votes=cut(self.votes),
            confidences=None if self.confidences is None else cut(self.confidences),
            costs=None if self.costs is None else cut(self.costs),
            failures=None if self.failures is None else cut(self.failures),
        )

    def take(self, indices: Iterable[int]) -> Self:
        """Return some of the questions, by their indices."""
        chosen = list(indices)

        def cut(rows: Sequence[Any]) -> list[Any]:
            return [rows[index] for index in chosen]

        return replace(
            self,
            votes=cut(self.votes),
            gold=cut(self.gold),
            confidences=None if self.confidences is None else cut(self.confidences),
            costs=None if self.costs is None else cut(self.costs),
            failures=None if self.failures is None else cut(self.failures),
        )

    def ballots(self, index: int) -> list[Vote]:
        """The votes on one question."""
        row = self.votes[index]
        sure = None if self.confidences is None else self.confidences[index]
        return [
            Vote(
                model=model,
                key=row[column],
                text=str(row[column]),
                confidence=None if sure is None else sure[column],
            )
            for column, model in enumerate(self.models)
            if row[column] is not None
        ]

    def winners(
        self, *, weights: dict[str, float] | None = None, ties: Ties | None = None
    ) -> list[Hashable]:
        """The answer with the most votes, or the most weight, to each question.

        Args:
            weights: The weight of each model, by its name; 1 for all when left out.
            ties: How ties are settled; the first model's answer when left out.
        """
        weighed = [1.0 if weights is None else weights.get(model, 0.0) for model in self.models]
        found: list[Hashable] = []
        for index, row in enumerate(self.votes):
            if weights is None:
                scores = _counts(row)
            else:
                pairs = [pair for pair in zip(row, weighed, strict=True) if pair[0] is not None]
                scores = tally([key for key, _ in pairs], [weight for _, weight in pairs])
            most = max(scores.values(), default=0.0)
            tied = [key for key, score in scores.items() if score == most]
            if len(tied) > 1 and ties is not None:
                found.append(leader(scores, self.ballots(index), ties).key)
            else:
                found.append(tied[0] if tied else None)
        return found

    def decide(self, strategy: Any, *, ties: Ties | None = None) -> list[Hashable]:
        """The winner of each question by any rule that does not have to wait.

        Args:
            strategy: As in ``predict``.
            ties: How ties are settled; the first model's answer when left out.

        Raises:
            TypeError: The rule is asynchronous, such as a judge.
        """
        rule = find_rule(strategy)
        context = VoteContext() if ties is None else VoteContext(ties=ties)
        found: list[Hashable] = []
        for index in range(len(self)):
            outcome = rule.decide(self.ballots(index), context)
            if not isinstance(outcome, VoteOutcome):
                if isinstance(outcome, Coroutine):
                    outcome.close()
                raise TypeError(f"{rule.name!r} has to wait for its verdict: use predict() for it")
            found.append(outcome.key)
        return found

    def accuracy(self, answers: Sequence[Hashable]) -> float:
        """The share of some answers that are right."""
        pairs = zip(answers, self.gold, strict=True)
        return sum(key is not None and key == gold for key, gold in pairs) / len(self)

    def recalibrated(self, functions: Mapping[str, Callable[[float], float]]) -> Self:
        """The same votes with confidences that went through a function of each model."""
        same = dict.fromkeys(self.models, float)
        mend = [{**same, **functions}[model] for model in self.models]
        mended = [
            [None if sure is None else f(sure) for f, sure in zip(mend, row, strict=True)]
            for row in self.confidences or ()
        ]
        return replace(self, confidences=mended or None)

    def _index(self, model: str) -> int:
        if model not in self.models:
            raise ValueError(f"no model {model!r}; there are {', '.join(self.models)}")
        return list(self.models).index(model)


def _counts(row: Sequence[Hashable]) -> dict[Hashable, float]:
    counts: dict[Hashable, float] = {}
    for key in row:
        if key is not None:
            counts[key] = counts.get(key, 0.0) + 1.0
    return counts


def _listed(rows: Any) -> Any:
    """Rows of an array or of a data frame as lists; others as they are."""
    if hasattr(rows, "columns"):
        return rows.to_dict("records")
    return rows.tolist() if hasattr(rows, "tolist") else rows


def _rows(name: str, given: Any, models: Sequence[str]) -> Any:
    """Rows with one cell a model; those by name are put in order, and no vote is None.

    Raises:
        ValueError: A row names other models.
    """
    if given is None:
        return None
    rows = []
    for number, row in enumerate(_listed(given)):
        cells = row
        if isinstance(row, Mapping):
            if row.keys() != set(models):
                other = ", ".join(map(str, sorted(row.keys() ^ set(models), key=str)))
                raise ValueError(f"{name}[{number}]: it names other models than models= ({other})")
            cells = [row[model] for model in models]
        rows.append([_present(each) for each in cells] if name == "votes" else cells)
    return rows


def _present(vote: Any) -> Any:
    """A vote, or None for one that is marked as missing."""
    # NaN is not itself, and pandas' NA does not say whether it is.
    return None if type(vote).__name__ == "NAType" or vote != vote else vote  # noqa: PLR0124
