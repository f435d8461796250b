"""Recorded votes of several models on labelled questions."""

from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._model import Source
from ._rule import Poll, find_rule
from ._values import Value
from ._vote import Outcome, Ties, Vote, leader, tally

if TYPE_CHECKING:
    from ._analysis import Analysis
    from ._cascading import Tuned
    from ._confidences import Calibration
    from ._fit import Fitted
    from ._subsets import Choice


class VoteTable(Value):
    """What several models answered to labelled questions, ready to be counted in many ways.

    Attributes:
        models: The names of the models.
        votes: One row a question, one key a model; None where it has no vote.
        gold: The right answer to each question, in normalised form.
        confidences: The confidence of each vote, in rows like ``votes``; None where there is none.
        costs: What each call cost, in rows like ``votes``; None where it is unknown.
        source: ``simulated`` if any vote is, else ``live`` or ``recorded``; None when unknown.

    Raises:
        ValueError: Rows and columns do not fit, there are none, or two models have one name.
    """

    models: Sequence[str]
    votes: Sequence[Sequence[Hashable]]
    gold: Sequence[Hashable]
    confidences: Sequence[Sequence[float | None]] | None = None
    costs: Sequence[Sequence[float | None]] | None = None
    source: Source | None = None

    def _check(self) -> None:
        if not self.models or not self.votes:
            raise ValueError("a table needs at least one model and one question")
        if len(set(self.models)) < len(self.models):
            raise ValueError(f"models: two have the same name among {', '.join(self.models)}")
        for name in ("votes", "confidences", "costs"):
            rows = getattr(self, name)
            if rows is None:
                continue
            if len(rows) != len(self.gold):
                raise ValueError(f"{name}: {len(rows)} rows for {len(self.gold)} right answers")
            wrong = next((row for row in rows if len(row) != len(self.models)), None)
            if wrong is not None:
                raise ValueError(f"{name}: {len(wrong)} cells for {len(self.models)} models")

    def __len__(self) -> int:
        return len(self.gold)

    def right(self, model: str) -> list[bool]:
        """Whether a model was right on each question; without a vote it was not."""
        place = self._place(model)
        return [
            row[place] is not None and row[place] == gold
            for row, gold in zip(self.votes, self.gold, strict=True)
        ]

    def accuracies(self) -> dict[str, float]:
        """The share of questions that each model had right."""
        return {model: sum(self.right(model)) / len(self) for model in self.models}

    def cost(self, model: str) -> float | None:
        """What a call to a model cost on average; None when one cost is unknown."""
        place = self._place(model)
        costs = [None] if self.costs is None else [row[place] for row in self.costs]
        known = [cost for cost in costs if cost is not None]
        return sum(known) / len(known) if len(known) == len(costs) else None

    def only(self, models: Sequence[str]) -> "VoteTable":
        """The same questions with some of the models, in the order given."""
        places = [self._place(model) for model in models]

        def cut(rows: Sequence[Sequence[Any]] | None) -> list[list[Any]] | None:
            return None if rows is None else [[row[place] for place in places] for row in rows]

        return self.changed(
            models=tuple(models),
            votes=cut(self.votes),
            confidences=cut(self.confidences),
            costs=cut(self.costs),
        )

    def take(self, places: Iterable[int]) -> "VoteTable":
        """Some of the questions, by their places."""
        chosen = list(places)

        def cut(rows: Sequence[Any] | None) -> list[Any] | None:
            return None if rows is None else [rows[place] for place in chosen]

        return self.changed(
            votes=cut(self.votes),
            gold=cut(self.gold),
            confidences=cut(self.confidences),
            costs=cut(self.costs),
        )

    def ballots(self, place: int) -> list[Vote]:
        """The votes on one question."""
        row = self.votes[place]
        sure = None if self.confidences is None else self.confidences[place]
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
        for place, row in enumerate(self.votes):
            if weights is None:
                scores = _counts(row)
            else:
                pairs = [pair for pair in zip(row, weighed, strict=True) if pair[0] is not None]
                scores = tally([key for key, _ in pairs], [weight for _, weight in pairs])
            most = max(scores.values(), default=0.0)
            tied = [key for key, score in scores.items() if score == most]
            if len(tied) > 1 and ties is not None:
                found.append(leader(scores, self.ballots(place), ties).key)
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
        poll = Poll() if ties is None else Poll(ties=ties)
        found: list[Hashable] = []
        for place in range(len(self)):
            outcome = rule.decide(self.ballots(place), poll)
            if not isinstance(outcome, Outcome):
                if isinstance(outcome, Coroutine):
                    outcome.close()
                raise TypeError(f"{rule.name!r} has to wait for its verdict: use predict() for it")
            found.append(outcome.key)
        return found

    def accuracy(self, answers: Sequence[Hashable]) -> float:
        """The share of some answers that are right."""
        pairs = zip(answers, self.gold, strict=True)
        return sum(key is not None and key == gold for key, gold in pairs) / len(self)

    def analyse(self) -> "Analysis":
        """How accurate the panel is, how alike its errors, and what a vote can gain."""
        from ._analysis import analyse  # noqa: PLC0415  # few programs analyse

        return analyse(self)

    def by_consensus(self) -> list[tuple[float, int, float]]:
        """How right the plurality is at each level of agreement.

        Returns:
            The share of members behind the winner, how many questions had it, and the share of
            these that the plurality had right; the highest agreement first.
        """
        from ._analysis import by_consensus  # noqa: PLC0415  # same

        return by_consensus(self)

    def choices(self) -> list["Choice"]:
        """Every subset by plurality, and every two with a tie-breaker, with accuracy and cost.

        Ties of a plurality go to the more accurate model. The best of so many looks better on its
        own labels than it is: choose on some questions, measure on others (``fit`` does).

        Raises:
            ValueError: There are more than 14 models.
            ImportError: The extra ``fit`` is not installed.
        """
        from ._subsets import choices  # noqa: PLC0415  # same

        return choices(self)

    def pareto(self) -> list["Choice"]:
        """The choices that no other beats in accuracy without costing more, the cheapest first.

        Raises:
            ValueError: There are more than 14 models.
            ImportError: The extra ``fit`` is not installed.
        """
        from ._subsets import pareto  # noqa: PLC0415  # same

        return pareto(self.choices())

    def contributions(self) -> dict[str, tuple[float, float]]:
        """What each member adds to the plurality of all: leave-one-out and Shapley value.

        Raises:
            ValueError: There are more than 14 models.
            ImportError: The extra ``fit`` is not installed.
        """
        from ._subsets import contributions  # noqa: PLC0415  # same

        return contributions(self)

    def fit(self, *, seed: int = 0) -> "Fitted":
        """Choose members and rule by these votes, and tell what that reaches on unseen questions.

        Args:
            seed: Draws the folds of the cross-validation.

        Raises:
            ValueError: There are fewer than five questions.
            ImportError: The extra ``fit`` is not installed.
        """
        from ._fit import fit_votes  # noqa: PLC0415  # same

        return fit_votes(self, seed=seed)

    def calibrations(self, *, method: str = "platt", seed: int = 0) -> dict[str, "Calibration"]:
        """How far each model's confidence can be trusted, and a function that mends it.

        Args:
            method: ``temperature``, ``platt`` or ``isotonic``.
            seed: Draws the folds that measure.

        Returns:
            One for each model with at least 20 stated confidences, by its name.

        Raises:
            ValueError: There is no method of this name.
        """
        from ._confidences import calibrations  # noqa: PLC0415  # same

        return calibrations(self, method=method, seed=seed)

    def recalibrated(self, functions: Mapping[str, Callable[[float], float]]) -> "VoteTable":
        """The same votes with confidences that went through a function of each model."""
        same = dict.fromkeys(self.models, float)
        mend = [{**same, **functions}[model] for model in self.models]
        mended = [
            [None if sure is None else f(sure) for f, sure in zip(mend, row, strict=True)]
            for row in self.confidences or ()
        ]
        return self.changed(confidences=mended or None)

    def tune_cascade(self, *, most_usd: float, seed: int = 0) -> "Tuned":
        """The thresholds of a cascade that are most accurate under a cost ceiling.

        Args:
            most_usd: The most that a question may cost on average.
            seed: Draws the half of the questions that tunes; the other half measures.

        Raises:
            ValueError: Confidences or costs are missing, or no cascade is cheap enough.
        """
        from ._cascading import tune_cascade  # noqa: PLC0415  # same

        return tune_cascade(self, most_usd=most_usd, seed=seed)

    def _place(self, model: str) -> int:
        if model not in self.models:
            raise ValueError(f"no model {model!r}; there are {', '.join(self.models)}")
        return list(self.models).index(model)


def _counts(row: Sequence[Hashable]) -> dict[Hashable, float]:
    counts: dict[Hashable, float] = {}
    for key in row:
        if key is not None:
            counts[key] = counts.get(key, 0.0) + 1.0
    return counts
