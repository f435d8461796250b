"""Rows of a replay: made from recorded answers, or not at all."""

from collections.abc import Awaitable, Callable, Iterator

from .._engine.runner import FinishedRow
from .._limits.limited import Answer, MakeRow
from .._plan.plan import Trial
from .model import ReplayedModel
from .recorded import RecordedRun


class ReplayedRows:
    """Makes the rows of a replay. They cost nothing, so they have no ceilings.

    Args:
        make_row: Runs one trial as its n-th attempt.
        recorded: The run that is replayed.
    """

    stopped = False

    def __init__(self, make_row: MakeRow, recorded: RecordedRun) -> None:
        self._make_row = make_row
        self._recorded = recorded
        self._first = ""
        self._refused = 0

    @property
    def reason(self) -> str:
        """Why rows are missing; empty while all that were asked for are recorded."""
        if not self._refused:
            return ""
        return (
            f"run {self._recorded.id!r} does not have the answers to {self._refused:,} rows; the"
            f" first is {self._first}"
        )

    def open_trials(self, trials: Iterator[Trial]) -> Iterator[Trial]:
        """All of them."""
        return trials

    async def row(self, trial: Trial, attempt: int) -> FinishedRow | None:
        """The row of a trial; None when it asked for what is not recorded."""
        import ensemble

        answers = self._recorded.answers_of(trial)

        def replayed(model: object) -> ensemble.Model:
            return ReplayedModel(model, answers)

        kept = self._recorded.attempts_of(trial)
        with ensemble.substituting_models(replayed):
            finished = await self._make_row(trial, max(attempt, kept))
        if not answers.missing:
            return finished
        if not self._refused:
            models = ", ".join(dict.fromkeys(answers.missing))
            condition = trial.condition.name
            self._first = f"condition {condition!r}, item {trial.item.id!r} (model {models})"
        self._refused += 1
        return None

    async def request(self, ask: Callable[[], Awaitable[Answer]]) -> Answer | None:  # noqa: ARG002  # nothing is asked
        """Nothing: a replay makes no request."""
        return None
