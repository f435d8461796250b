"""A study with people, tried with synthetic participants."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from causal_trace import (
    Assignment,
    InvalidTraceError,
    StudyResponse,
    analyze_study,
    assign_tasks,
    blind_answers,
    missing_responses,
    read_study_responses,
    simulate_responses,
    study_power,
)

TASKS = ("t1", "t2", "t3", "t4")
WITH, WITHOUT = "with trace", "without trace"


@pytest.mark.parametrize("design", ["within", "between"])
def test_forty_participants_are_balanced(design: Any) -> None:
    made = assign_tasks(40, TASKS, design=design)

    assert len({each.participant for each in made}) == 40
    assert set(Counter((each.task, each.condition) for each in made).values()) == {20}
    assert set(Counter((each.task, each.position) for each in made).values()) == {10}
    conditions = Counter((each.participant, each.condition) for each in made)
    assert set(conditions.values()) == ({2} if design == "within" else {4})
    assert made == assign_tasks(40, TASKS, design=design)
    assert made != assign_tasks(40, TASKS, design=design, seed=1)


@pytest.mark.parametrize("participants", [4, 12, 20])
def test_a_round_of_participants_is_balanced_by_itself(participants: int) -> None:
    made = assign_tasks(participants, TASKS)

    half = {participants // 2}
    assert set(Counter((each.task, each.condition) for each in made).values()) == half
    assert set(Counter((each.position, each.condition) for each in made).values()) == half


@pytest.mark.parametrize("tasks", [("a", "b", "c"), ("a", "b"), TASKS, tuple("abcdef")])
def test_conditions_alternate_and_meet_each_task_and_place_equally(tasks: tuple[str, ...]) -> None:
    made = assign_tasks(6 * 2 * len(tasks), tasks)

    for first, second in pairwise(made):
        if first.participant == second.participant:
            assert first.condition != second.condition
    for seen in ("task", "position"):
        pairs = Counter((getattr(each, seen), each.condition) for each in made)
        assert len(set(pairs.values())) == 1


@pytest.mark.parametrize(
    ("participants", "tasks", "conditions", "design"),
    [
        (0, TASKS, ("a", "b"), "within"),
        (4, (), ("a", "b"), "within"),
        (4, TASKS, ("a",), "within"),
        (4, ("t", "t"), ("a", "b"), "within"),
        (4, TASKS, ("a", "b"), "crossed"),
    ],
)
def test_a_design_that_cannot_be_is_refused(
    participants: int, tasks: Any, conditions: Any, design: Any
) -> None:
    with pytest.raises(InvalidTraceError):
        assign_tasks(participants, tasks, conditions, design=design)


def test_power_is_alpha_without_effect_and_that_of_tables_with_one() -> None:
    none = study_power(40, 0.0)
    assert none.interval.low <= 0.05 <= none.interval.high
    # Paired t, n = 34, d = 0.5 of the differences: power 0.808 (Cohen 1988, by noncentral t).
    assert study_power(34, 0.5, correlation=0.5).power == pytest.approx(0.808, abs=0.03)
    # Two groups of 64, d = 0.5: power 0.801.
    assert study_power(128, 0.5, design="between").power == pytest.approx(0.801, abs=0.03)
    assert str(none).startswith("SIMULATED")
    with pytest.raises(InvalidTraceError):
        study_power(3, 0.5)


def _simulated(speed_up: float) -> tuple[StudyResponse, ...]:
    return simulate_responses(
        assign_tasks(40, TASKS),
        speed_up={WITH: speed_up, WITHOUT: 0.0},
        correct_rate={WITH: 0.9, WITHOUT: 0.5},
    )


def test_known_effects_of_synthetic_participants_are_found_and_marked() -> None:
    pytest.importorskip("bench")
    responses = _simulated(0.3)

    time = analyze_study(responses, lambda r: r.duration_ms, control=WITHOUT, treatment=WITH)
    correct = analyze_study(
        responses, lambda r: r.answers["answer"] == "correct", control=WITHOUT, treatment=WITH
    )

    assert time.paired
    assert time.participants == 40
    assert time.result.p_value < 0.01
    assert correct.result.p_value < 0.01
    assert str(time).startswith("SYNTHETIC PARTICIPANTS, not a finding")
    assert all(each.participant.startswith("SYNTHETIC-") for each in responses)


def test_synthetic_and_real_participants_are_never_mixed() -> None:
    pytest.importorskip("bench")
    real = StudyResponse(participant="p", task="t1", condition=WITH, duration_ms=1, consent=True)

    with pytest.raises(InvalidTraceError, match="mixed"):
        analyze_study(
            [*_simulated(0.1), real], lambda r: r.duration_ms, control=WITHOUT, treatment=WITH
        )
    with pytest.raises(InvalidTraceError, match="mark"):
        StudyResponse(
            participant="p", task="t", condition="c", duration_ms=1, consent=True, synthetic=True
        )


def _save(folder: Path, name: str, **changes: Any) -> None:
    values = {
        "participant": "p1",
        "task": "t1",
        "condition": WITH,
        "answers": {"q": "a"},
        "duration_ms": 12.5,
        "consent": True,
        "synthetic": False,
    }
    (folder / f"{name}.response.json").write_text(json.dumps(values | changes), encoding="utf-8")


def test_files_of_answers_are_read_and_missing_ones_named(tmp_path: Path) -> None:
    _save(tmp_path, "a")
    _save(tmp_path, "b", task="t2")

    responses = read_study_responses(tmp_path)

    assert [each.task for each in responses] == ["t1", "t2"]
    wanted = [
        Assignment(participant="p1", position=1, task="t1", condition=WITH),
        Assignment(participant="p1", position=2, task="t2", condition=WITHOUT),
    ]
    assert missing_responses(wanted, responses) == (wanted[1],)


@pytest.mark.parametrize(
    "changes",
    [
        *({"consent": False}, {"duration_ms": -1}, {"duration_ms": "x"}),
        *({"task": "t0", "answers": {"q": "b"}}, {"started_at": "noon"}, {"resumed": -1}),
    ],
)
def test_a_file_without_consent_or_with_damage_is_refused(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    _save(tmp_path, "a", task="t0")
    _save(tmp_path, "b", **changes)

    with pytest.raises(InvalidTraceError, match="response"):
        read_study_responses(tmp_path)


def test_a_file_that_a_browser_saved_twice_counts_once(tmp_path: Path) -> None:
    _save(tmp_path, "p1-t1")
    (tmp_path / "p1-t1.response (1).json").write_bytes(
        (tmp_path / "p1-t1.response.json").read_bytes()
    )

    assert len(read_study_responses(tmp_path)) == 1


def test_raters_see_neither_participant_nor_condition() -> None:
    responses = _simulated(0.1)
    blinded = blind_answers(responses, "answer", seed=1)

    text = json.dumps(blinded.sheet)
    assert "trace" not in text
    assert not any(each.participant in text for each in responses)
    rated = {row["code"]: float(row["answer"] == "correct") for row in blinded.sheet}
    scores = blinded.scores(rated)
    assert all(
        scores[number] == (each.answers["answer"] == "correct")
        for number, each in enumerate(responses)
    )
    with pytest.raises(InvalidTraceError):
        blinded.scores({"a-none": 1.0})


def test_a_response_whose_task_is_no_text_is_refused(tmp_path: Path) -> None:
    values = {"participant": "p", "task": [None], "condition": "c", "duration_ms": 1.0,
              "consent": True}  # fmt: skip
    (tmp_path / "a.response.json").write_text(json.dumps(values))

    with pytest.raises(InvalidTraceError, match="task is"):
        read_study_responses(tmp_path)
