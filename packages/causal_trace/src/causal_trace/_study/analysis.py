"""The comparison of two conditions of a study, through bench."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._core.errors import InvalidTraceError, MissingExtraError
from .._core.intervals import fmean
from .._core.json_values import Value
from .._core.shown import shown
from .responses import StudyResponse

if TYPE_CHECKING:
    import bench


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResult(Value):
    """Two conditions of a study compared.

    Attributes:
        control: The condition that the other is compared with.
        treatment: The other condition.
        participants: The number of participants.
        paired: Whether each participant met both conditions.
        synthetic: Whether the participants are synthetic; their results are no findings.
        result: What bench found, treatment minus control, with one mean for each participant.
    """

    control: str
    treatment: str
    participants: int
    paired: bool
    synthetic: bool
    result: "bench.Comparison"

    @shown
    def __str__(self) -> str:
        mark = "SYNTHETIC PARTICIPANTS, not a finding: " if self.synthetic else ""
        return f"{mark}{self.treatment} against {self.control}: {self.result}"


def analyze_study(
    responses: Sequence[StudyResponse],
    outcome: Callable[[StudyResponse], float],
    *,
    control: str,
    treatment: str,
) -> StudyResult:
    """Return how an outcome differs between two conditions.

    The participant is the unit: outcomes are averaged for each participant and condition first.
    Participants who met both conditions are compared with themselves.

    Args:
        responses: The responses.
        outcome: Returns the number to compare, such as the time, or 1 for a correct answer.
        control: The condition that the other is compared with.
        treatment: The other condition.

    Raises:
        InvalidTraceError: Synthetic and real participants are mixed, or a condition has no
            participants.
        MissingExtraError: The extra ``study`` is not installed.
    """
    try:
        import bench  # noqa: PLC0415  # an extra
    except ImportError:
        raise MissingExtraError("study", "bench") from None
    if len({each.synthetic for each in responses}) > 1:
        raise InvalidTraceError("study", "synthetic and real participants are mixed")
    values: dict[str, dict[str, list[float]]] = {
        control: defaultdict(list),
        treatment: defaultdict(list),
    }
    for each in responses:
        if each.condition in values:
            values[each.condition][each.participant].append(float(outcome(each)))
    means = {name: {p: fmean(v) for p, v in by.items()} for name, by in values.items()}
    both = sorted(means[control].keys() & means[treatment].keys())
    everyone = means[control].keys() | means[treatment].keys()
    if not means[control] or not means[treatment]:
        raise InvalidTraceError("study", "a condition has no participants")
    paired = len(both) == len(everyone)
    if paired:
        sides = [[means[name][p] for p in both] for name in (control, treatment)]
    else:
        sides = [list(means[name].values()) for name in (control, treatment)]
    return StudyResult(
        control=control,
        treatment=treatment,
        participants=len(everyone),
        paired=paired,
        synthetic=responses[0].synthetic,
        result=(bench.compare_paired if paired else bench.compare)(*sides),
    )
