"""Votes on labelled questions, with every analysis of them."""

import warnings
from typing import TYPE_CHECKING

from .._core.deprecated import renamed_arguments
from .calibration import CalibrationMethod
from .votes import LabelledVotes

if TYPE_CHECKING:
    from .cascades import Tuned
    from .confidences import Calibration
    from .diversity import Analysis
    from .fitted import Fitted
    from .subsets import Choice


class VoteTable(LabelledVotes):
    """The votes of several models on labelled questions, with every analysis of them.

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

    def analyze(self, *, level: float = 0.95) -> "Analysis":
        """Measure how accurate the panel is, how alike its errors, and what a vote can gain.

        Args:
            level: The level of the intervals.

        Returns:
            The measurements; print them.
        """
        from .diversity import analyze  # noqa: PLC0415  # few programs analyse

        return analyze(self, level=level)

    def analyse(self) -> "Analysis":
        """``analyze`` under its old name; deprecated.

        Returns:
            The measurements.
        """
        warnings.warn("analyse() is now analyze()", DeprecationWarning, stacklevel=2)
        return self.analyze()

    def by_consensus(self) -> list[tuple[float, int, float]]:
        """The accuracy of the plurality at each level of agreement.

        Returns:
            The share of members behind the winner, how many questions had it, and the share of
            these that the plurality had right; the highest agreement first.
        """
        from .diversity import by_consensus  # noqa: PLC0415  # same

        return by_consensus(self)

    def probability(self, *, seed: int = 0) -> list[float]:
        """The probability that the plurality is right on each question; no model is asked.

        The share of the votes is calibrated (Platt 1999) by the labels of other questions.

        Args:
            seed: Draws the five folds.

        Returns:
            One for each question, for the answers of ``winners()``; 0 without votes.

        Raises:
            ValueError: There are fewer than five questions.
        """
        from .fit import probability  # noqa: PLC0415  # same

        return probability(self, seed=seed)

    def choices(self) -> list["Choice"]:
        """Every subset by plurality, and every two with a tie-breaker, with accuracy and cost.

        Ties of a plurality go to the more accurate model. The best of so many looks better on its
        own labels than it is: choose on some questions, measure on others (``fit`` does).

        Of more than 14 models, the subsets are those of the sizes that together are at most 2^14,
        from the smallest size up, and the best k by accuracy for each k.

        Returns:
            A choice for each panel.

        Raises:
            MissingExtraError: The extra ``fit`` is not installed.
        """
        from .subsets import choices  # noqa: PLC0415  # same

        return choices(self)

    def pareto(self) -> list["Choice"]:
        """The choices that no other beats in accuracy without costing more, the cheapest first.

        Returns:
            The choices, the cheapest first.

        Raises:
            MissingExtraError: The extra ``fit`` is not installed.
        """
        from .subsets import pareto  # noqa: PLC0415  # same

        return pareto(self.choices())

    def contributions(self) -> dict[str, tuple[float, float]]:
        """The contribution of each member to the plurality: leave-one-out and Shapley value.

        Returns:
            For each model, its leave-one-out and its Shapley value.

        Raises:
            ValueError: There are more than 14 models.
            MissingExtraError: The extra ``fit`` is not installed.
        """
        from .subsets import contributions  # noqa: PLC0415  # same

        return contributions(self)

    def fit(self, *, seed: int = 0) -> "Fitted":
        """Choose members and rule by these votes, and measure them on unseen questions.

        Args:
            seed: Draws the folds of the cross-validation.

        Returns:
            The members and the rule, with their accuracy on unseen questions.

        Raises:
            ValueError: There are fewer than five questions.
            MissingExtraError: The extra ``fit`` is not installed.
        """
        from .fit import fit_votes  # noqa: PLC0415  # same

        return fit_votes(self, seed=seed)

    def calibrations(
        self, *, method: CalibrationMethod = "platt", seed: int = 0
    ) -> dict[str, "Calibration"]:
        """The calibration of each model's confidence, and a function that corrects it.

        Args:
            method: ``temperature``, ``platt`` or ``isotonic``.
            seed: Draws the folds that measure.

        Returns:
            One for each model with at least 20 stated confidences, by its name.

        Raises:
            ValueError: No method has this name.
        """
        from .confidences import calibrations  # noqa: PLC0415  # same

        return calibrations(self, method=method, seed=seed)

    @renamed_arguments(**{"most_" + "usd": "max_cost_usd"})  # split: a search finds uses only
    def tune_cascade(self, *, max_cost_usd: float, seed: int = 0) -> "Tuned":
        """The thresholds of a cascade that are most accurate under a cost ceiling.

        Args:
            max_cost_usd: The maximum mean cost of a question.
            seed: Draws the half of the questions that tunes; the other half measures.

        Returns:
            The cascade, with its accuracy and cost on the questions that measure.

        Raises:
            ValueError: Confidences or costs are missing, or no cascade is cheap enough.
        """
        from .cascades import tune_cascade  # noqa: PLC0415  # same

        return tune_cascade(self, max_cost_usd=max_cost_usd, seed=seed)
