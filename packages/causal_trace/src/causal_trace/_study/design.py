"""Who does which task under which condition, balanced, and how many people are needed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from .._core.errors import InvalidTraceError
from .._core.intervals import Interval, t_quantile, wilson
from .._core.json_values import Value
from .._core.shown import shown
from .._model.checks import check_at_least, check_level

Design = Literal["within", "between"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Value):
    """One task of one participant.

    Attributes:
        participant: The anonymous id.
        position: The place of the task in the participant's order, from 1.
        task: The id of the task.
        condition: The condition.
    """

    participant: str
    position: int
    task: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPower(Value):
    """How often a study finds an effect, by simulation.

    Attributes:
        participants: The number of participants.
        effect: The true difference in standard deviations of participants.
        power: The share of simulated studies with p below alpha.
        interval: Wilson's interval of the power.
    """

    participants: int
    effect: float
    power: float
    interval: Interval

    @shown
    def __str__(self) -> str:
        return f"SIMULATED: power {self.power:.2f} {self.interval} with {self.participants} people"


def assign_tasks(
    participants: int,
    tasks: Sequence[str],
    conditions: Sequence[str] = ("with trace", "without trace"),
    *,
    design: Design = "within",
    seed: int = 0,
) -> tuple[Assignment, ...]:
    """Return a balanced assignment of tasks and conditions.

    Tasks are rotated from participant to participant, so that each comes in each place about
    equally often (a Latin square). Within: conditions alternate over a participant's tasks, and
    begin differently within and between rounds, so that each task meets each condition equally
    often where the participants are a multiple of the tasks times the conditions. Between: each
    participant has one condition, and groups differ by at most one participant.

    Args:
        participants: The number of participants.
        tasks: The ids of the tasks.
        conditions: The conditions.
        design: Whether a participant meets all conditions or one.
        seed: Of the anonymous ids and of the order of participants.

    Returns:
        One entry for each participant and task. Ids say nothing about the order or the condition.

    Raises:
        InvalidTraceError: There are too few participants, tasks or conditions, or ids are repeated.
    """
    _check(participants, tasks, conditions, design)
    import random  # noqa: PLC0415  # slow to import

    rng = random.Random(f"{seed}/assignment")
    ids = [f"p-{each:06x}" for each in rng.sample(range(0x100000, 0x1000000), participants)]
    order = list(range(participants))
    rng.shuffle(order)
    found: list[Assignment] = []
    for participant, number in zip(ids, order, strict=True):
        start, turn = number % len(tasks), number // len(tasks)
        for position in range(len(tasks)):
            place = (start + position) % len(tasks)
            # Half of the starts of a round begin with the other condition, and the next round
            # changes all: neither a task nor a place goes with one condition.
            alternating = position + start * len(conditions) // len(tasks) + turn
            shift = alternating if design == "within" else number
            found.append(
                Assignment(
                    participant=participant,
                    position=position + 1,
                    task=tasks[place],
                    condition=conditions[shift % len(conditions)],
                )
            )
    return tuple(found)


def study_power(
    participants: int,
    effect: float,
    *,
    design: Design = "within",
    correlation: float = 0.5,
    alpha: float = 0.05,
    simulations: int = 2000,
    seed: int = 0,
) -> StudyPower:
    """Return the power of a study with two conditions, by simulation.

    Each participant has one mean in each condition, with a standard deviation of 1. The test is
    Student's t, paired in a within design.

    Args:
        participants: The number of participants.
        effect: The true difference of the conditions in these standard deviations.
        design: Within or between participants.
        correlation: The correlation of a participant's two means, within.
        alpha: The level of the test.
        simulations: The number of simulated studies.
        seed: Of the simulation.

    Raises:
        InvalidTraceError: There are fewer than four participants, the design is unknown, or a
            number is not one that it can be.
    """
    check_level(1 - alpha)
    check_at_least("simulations", simulations, 1)
    if not -1 < correlation < 1 or not math.isfinite(effect):
        raise InvalidTraceError("study", "effect must be finite, and correlation between -1 and 1")
    if participants < 4:  # two in each group
        raise InvalidTraceError("study", f"{participants} participants are too few; use at least 4")
    _check(participants, ["t", "u"], ["a", "b"], design)
    import random  # noqa: PLC0415  # slow to import

    rng = random.Random(f"{seed}/power")
    found = 0
    for _ in range(simulations):
        if design == "within":
            spread = math.sqrt(2 * (1 - correlation))
            statistic, df = _one_sample([rng.gauss(effect, spread) for _ in range(participants)])
        else:
            half = participants // 2
            groups = [
                [rng.gauss(mean, 1) for _ in range(n)]
                for mean, n in ((0.0, half), (effect, participants - half))
            ]
            statistic, df = _two_samples(*groups)
        found += abs(statistic) > t_quantile(1 - alpha / 2, df)
    return StudyPower(
        participants=participants,
        effect=effect,
        power=found / simulations,
        interval=wilson(found, simulations),
    )


def _one_sample(values: Sequence[float]) -> tuple[float, int]:
    n = len(values)
    return _mean(values) / math.sqrt(_variance(values) / n), n - 1


def _two_samples(first: Sequence[float], second: Sequence[float]) -> tuple[float, int]:
    sizes = (len(first), len(second))
    pooled = (_variance(first) * (sizes[0] - 1) + _variance(second) * (sizes[1] - 1)) / (
        sum(sizes) - 2
    )
    error = math.sqrt(pooled * (1 / sizes[0] + 1 / sizes[1]))
    return (_mean(second) - _mean(first)) / error, sum(sizes) - 2


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    mean = _mean(values)
    return sum((each - mean) ** 2 for each in values) / (len(values) - 1)


def _check(participants: int, tasks: Sequence[str], conditions: Sequence[str], design: str) -> None:
    if design not in get_args(Design):
        raise InvalidTraceError("study", f"design {design!r} is not within or between")
    if participants < 1 or not tasks or len(conditions) < 2:
        raise InvalidTraceError("study", "a study needs participants, tasks and two conditions")
    for name, values in (("tasks", tasks), ("conditions", conditions)):
        if len(set(values)) != len(values):
            raise InvalidTraceError("study", f"{name} hold an id twice")
