"""Answers and times of participants, in files; synthetic ones are marked everywhere."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .._core.errors import InvalidTraceError
from .._core.json_values import Value
from .._core.plain_files import read_plain
from .._model.checks import check_time, is_finite
from .design import Assignment

SYNTHETIC = "SYNTHETIC-"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResponse(Value):
    """The answers of one participant to one task.

    Attributes:
        participant: The anonymous id; those of synthetic participants begin with ``SYNTHETIC-``.
        task: The id of the task.
        condition: The condition.
        answers: The answer to each question.
        duration_ms: The time from showing the task to sending the answers.
        consent: Whether the participant consented; answers without consent are refused.
        synthetic: Whether it was made by a program.
        started_at: When the participant began, by the clock of the device; ISO 8601, UTC. None in a
            file without it.
        finished_at: When the answers were sent.
        resumed: How often the page was loaded again before that. The time between is not counted.

    Raises:
        InvalidTraceError: There is no consent, the time is negative, a time stamp cannot be read,
            or a synthetic response does not carry the mark.
    """

    participant: str
    task: str
    condition: str
    answers: Mapping[str, str] = field(default_factory=dict)
    duration_ms: float
    consent: bool
    synthetic: bool = False
    started_at: str | None = None
    finished_at: str | None = None
    resumed: int = 0

    def __post_init__(self) -> None:
        for name in ("participant", "task", "condition"):
            found: object = getattr(self, name)
            if not isinstance(found, str):
                raise InvalidTraceError("response", f"{name} is {found!r:.20}, not a text")
        if self.consent is not True:
            raise InvalidTraceError("response", f"{self.participant} has not consented")
        if not is_finite(self.duration_ms) or self.duration_ms < 0:
            raise InvalidTraceError("response", f"duration_ms is {self.duration_ms!r:.20}")
        for name in ("started_at", "finished_at"):
            stamp = getattr(self, name)
            if stamp is not None:
                check_time("response", name, stamp if isinstance(stamp, str) else repr(stamp))
        if not is_finite(self.resumed) or self.resumed < 0:
            raise InvalidTraceError("response", f"resumed is {self.resumed!r:.20}, not a count")
        if self.synthetic != self.participant.startswith(SYNTHETIC):
            raise InvalidTraceError("response", f"{self.participant}: mark and id do not agree")


def read_study_responses(folder: str | Path) -> tuple[StudyResponse, ...]:
    """Return the responses that task pages saved as files in a folder, by participant and task.

    Args:
        folder: The folder with ``*.response.json`` files. A browser that saves one again may call
            it ``*.response (1).json``; equal files count once.

    Raises:
        InvalidTraceError: A file is damaged, has no consent, or answers a task a second time.
    """
    found: dict[tuple[str, str], StudyResponse] = {}
    for path in sorted(Path(folder).glob("*.response*.json")):
        response = _read(path)
        key = (response.participant, response.task)
        if found.get(key, response) != response:
            raise InvalidTraceError("response", f"{path}: {key[0]} answered task {key[1]} before")
        found[key] = response
    return tuple(found[key] for key in sorted(found))


def missing_responses(
    assignments: Iterable[Assignment], responses: Iterable[StudyResponse]
) -> tuple[Assignment, ...]:
    """Return the assignments without a response under their condition.

    Args:
        assignments: The assignments.
        responses: The responses.
    """
    done = {
        (each.participant.removeprefix(SYNTHETIC), each.task, each.condition) for each in responses
    }
    return tuple(a for a in assignments if (a.participant, a.task, a.condition) not in done)


def simulate_responses(
    assignments: Sequence[Assignment],
    *,
    speed_up: Mapping[str, float],
    correct_rate: Mapping[str, float],
    seed: int = 0,
) -> tuple[StudyResponse, ...]:
    """Return responses of synthetic participants with known effects, to try an analysis.

    Args:
        assignments: The assignments.
        speed_up: For each condition the share of time saved.
        correct_rate: For each condition the probability of the answer ``correct``.
        seed: Of the simulation.

    Raises:
        InvalidTraceError: A condition is missing.
    """
    import random  # noqa: PLC0415  # slow to import

    found = []
    for each in assignments:
        if each.condition not in speed_up or each.condition not in correct_rate:
            raise InvalidTraceError("study", f"no effect is given for condition {each.condition!r}")
        own = random.Random(f"{seed}/{each.participant}").gauss(0, 0.3)
        task = random.Random(f"{seed}/task/{each.task}").gauss(0, 0.2)
        rng = random.Random(f"{seed}/{each.participant}/{each.task}")
        time = (
            60_000
            * (1 - speed_up[each.condition])
            * 2.718281828 ** (own + task + rng.gauss(0, 0.25))
        )
        correct = rng.random() < correct_rate[each.condition]
        found.append(
            StudyResponse(
                participant=SYNTHETIC + each.participant,
                task=each.task,
                condition=each.condition,
                answers={"answer": "correct" if correct else "wrong"},
                duration_ms=time,
                consent=True,
                synthetic=True,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedAnswers(Value):
    """Free answers for raters, without participant and condition.

    Attributes:
        sheet: For each code the task, the question and the answer, in random order.
        key: For each code the index of its response; keep it from the raters.
    """

    sheet: tuple[dict[str, str], ...]
    key: dict[str, int]

    def scores(self, rated: Mapping[str, float]) -> dict[int, float]:
        """Return the scores of raters by the index of the response.

        Args:
            rated: The score for each code.

        Raises:
            InvalidTraceError: A code is unknown.
        """
        unknown = rated.keys() - self.key.keys()
        if unknown:
            raise InvalidTraceError("rubric", f"unknown codes: {', '.join(sorted(unknown))}")
        return {self.key[code]: score for code, score in rated.items()}


def blind_answers(
    responses: Sequence[StudyResponse], question: str, *, seed: int
) -> BlindedAnswers:
    """Return the answers to a question for raters who must not know the condition.

    Args:
        responses: The responses.
        question: The id of the question.
        seed: Of the codes and the order.
    """
    import random  # noqa: PLC0415  # slow to import

    rng = random.Random(f"{seed}/blind")
    order = list(range(len(responses)))
    rng.shuffle(order)
    codes = [f"a-{each:05x}" for each in rng.sample(range(0x10000, 0x100000), len(order))]
    sheet = tuple(
        {
            "code": code,
            "task": responses[index].task,
            "question": question,
            "answer": responses[index].answers.get(question, ""),
        }
        for code, index in zip(codes, order, strict=True)
    )
    return BlindedAnswers(sheet=sheet, key=dict(zip(codes, order, strict=True)))


def _read(path: Path) -> StudyResponse:
    names = [each.name for each in fields(StudyResponse)]
    try:
        values: Any = json.loads(read_plain(path))
        known = {name: values[name] for name in names if name in values}
        return StudyResponse(**known)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidTraceError("response", f"{path}: {error}") from None
