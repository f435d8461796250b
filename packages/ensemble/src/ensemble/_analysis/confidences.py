"""Calibration of the confidence of each member of a panel, on labelled votes."""

import random

from .._core.rendering import marked
from .._core.responses import Source
from .._core.values import Value
from .calibration import CalibrationMethod, Calibrator, calibrate, calibration_error
from .votes import LabelledVotes

_FOLDS = 5
_LEAST = 20


class Calibration(Value):
    """The calibration of one model's confidence.

    Attributes:
        model: The model.
        before: The expected calibration error of what it states.
        after: The same of the calibrated confidence, on answers it was not fitted to.
        function: Turns a stated confidence into a probability; for ``Recalibrated``.
        answers: How many answers with a confidence there were.
        source: Where the votes come from, as of ``VoteTable``.
    """

    model: str
    before: float
    after: float
    function: Calibrator
    answers: int
    source: Source | None = None

    def __str__(self) -> str:
        text = f"{self.model}: calibration error {self.before:.3f}, calibrated {self.after:.3f}"
        return marked(text, self.source)


def calibrations(
    table: LabelledVotes, *, method: CalibrationMethod, seed: int
) -> dict[str, Calibration]:
    """A calibration of each model that states confidences, measured by cross-validation."""
    found = {}
    for index, model in enumerate(table.models):
        pairs = [
            (stated, good)
            for row, stated_row, good in zip(
                table.votes, table.confidences or (), table.right(model), strict=False
            )
            if row[index] is not None and (stated := stated_row[index]) is not None
        ]
        if len(pairs) < _LEAST:
            continue
        random.Random(f"{seed}/calibrate/{model}").shuffle(pairs)
        calibrated: list[float] = []
        known: list[bool] = []
        for fold in range(_FOLDS):
            train = [pair for number, pair in enumerate(pairs) if number % _FOLDS != fold]
            learned = calibrate(*_columns(train), method=method)
            for stated, good in pairs[fold::_FOLDS]:
                calibrated.append(learned(stated))
                known.append(good)
        found[model] = Calibration(
            model=model,
            before=calibration_error(*_columns(pairs)),
            after=calibration_error(calibrated, known),
            function=calibrate(*_columns(pairs), method=method),
            answers=len(pairs),
            source=table.source,
        )
    return found


def _columns(pairs: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [stated for stated, _ in pairs], [good for _, good in pairs]
