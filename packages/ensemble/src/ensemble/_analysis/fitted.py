"""The members and the rule that labels chose, with their accuracy on unseen questions."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Unpack

from .._core.deprecated import renamed_arguments
from .._core.queries import Query
from .._core.rendering import counted, html_table, markdown_table, marked
from .._core.responses import Source
from .._core.values import Value
from .._models.conversion import ModelLike, as_model
from .._prediction.options import PredictOptions
from .._prediction.predict import predict
from .._prediction.result import EnsembleResult
from .._voting.counting import Learned, Majority
from .._voting.votes import Ties
from .calibration import Calibrator
from .confidences import Calibration
from .diversity import Pair
from .paired import Paired
from .votes import LabelledVotes

_HEAD = ("Candidate", "Cross-validated accuracy")


class Fitted(Value):
    """Members and rule chosen by labels, with their accuracy on unseen questions.

    Attributes:
        members: The models that are worth asking, the best first.
        rule: ``single``, ``plurality`` or ``learned``.
        strategy: The rule, for ``predict(strategy=...)``.
        accuracies: The accuracy of each model on the labels; they break ties.
        accuracy: Of the whole procedure, choice included, on questions it did not see (nested
            cross-validation).
        best_single: The model that was best on the labels.
        best_accuracy: Its accuracy on these same labels, which favours it a little.
        gain: The procedure, on questions it did not see, against the best single model.
        scores: The cross-validated accuracy of each candidate.
        probability: Turns the support of an answer into the probability that it is right.
        calibration_error: Of these probabilities, on unseen questions.
        calibrations: How far each model's own confidence can be trusted, where it states one.
        labels: How many labelled questions there were.
        source: Where the votes come from, as of ``VoteTable``.
        near_duplicates: The pairs of all models, chosen or not, whose errors have a correlation
            above 0.95.
    """

    members: Sequence[str]
    rule: str
    strategy: Majority | Learned
    accuracies: dict[str, float]
    accuracy: float
    best_single: str
    best_accuracy: float
    gain: Paired
    scores: dict[str, float]
    probability: Calibrator
    calibration_error: float
    calibrations: dict[str, Calibration]
    labels: int
    source: Source | None = None
    near_duplicates: Sequence[Pair] = ()

    @property
    def warning(self) -> str:
        """Why one model is enough; empty when the panel is better beyond chance."""
        if self.rule == "single":
            return f"no vote does better than {self.best_single} alone: ask only that model"
        if self.gain.interval[0] <= 0:
            return (
                f"the panel is not better than {self.best_single} alone beyond chance: {self.gain}"
            )
        return ""

    def __str__(self) -> str:
        text = (
            f"{self.rule} of {', '.join(self.members)}: {self.accuracy:.3f} on unseen questions,"
            f" {self.best_single} alone {self.best_accuracy:.3f} ({self.gain};"
            f" {counted(self.labels, 'label')}, ECE {self.calibration_error:.3f})"
        )
        warning = [f"Warning: {self.warning}"] if self.warning else []
        alike = [pair.duplicate_text() for pair in self.near_duplicates]
        return marked([text, *warning, *alike], self.source)

    def _repr_html_(self) -> str:
        return html_table(str(self), _HEAD, self._cells())

    def to_markdown(self) -> str:
        """Return the choice, and the accuracy of each candidate as a Markdown table."""
        return f"{self}\n\n{markdown_table(_HEAD, self._cells())}"

    def _cells(self) -> list[tuple[str, str]]:
        return [(name, f"{share:.4f}") for name, share in self.scores.items()]

    def answers(self, table: LabelledVotes) -> list[Hashable]:
        """Apply the chosen members and rule to other recorded votes, such as a test set.

        Raises:
            ValueError: A chosen member is not in the table.
        """
        ties = Ties(policy="accuracy", accuracies=self.accuracies)
        return table.only(self.members).decide(self.strategy, ties=ties)

    @renamed_arguments(query="item")
    async def predict(
        self, item: Query, *, models: Iterable[ModelLike], **options: Unpack[PredictOptions]
    ) -> EnsembleResult:
        """Ask the chosen members; the result has the calibrated probability that it is right.

        Args:
            item: The question.
            models: The panel; members that were not chosen are not asked.
            **options: Those of ``predict``, without the strategy.

        Raises:
            ValueError: A chosen member is not among the models.
        """
        panel = {model.name: model for model in map(as_model, models)}
        missing = [name for name in self.members if name not in panel]
        if missing:
            raise ValueError(f"models: {missing[0]!r} was chosen and is not there")
        options.setdefault("tie_break", "accuracy")
        options.setdefault("accuracies", self.accuracies)
        options["strategy"] = self.strategy
        chosen = [panel[name] for name in self.members]
        result = await predict(item, models=chosen, **options)
        if result.key is None:
            return result
        total = sum(result.votes.values())
        support = result.probability
        if support is None:
            support = smoothed(result.vote_share * total, total)
        return replace(result, probability=self.probability(support))


def smoothed(votes: float, total: float) -> float:
    """The share of the votes as if there were half a vote more for and half a vote against."""
    return (votes + 0.5) / (total + 1)
