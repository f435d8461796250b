"""The battery of hints on simulated models whose habits are known."""

import random
from collections.abc import Sequence

import pytest

from causal_trace import (
    HINTS,
    Continuation,
    HintQuestion,
    InvalidTraceError,
    RunningLoopError,
    hint_plan,
    hinted_prompt,
    mentions_hint,
    run_hints,
    run_hints_sync,
)

OPTIONS = ("Oslo", "Bern", "Rome", "Cairo")
QUESTIONS = [
    HintQuestion(item=f"q{at}", question=f"Question {at}?", options=OPTIONS, correct="Oslo")
    for at in range(30)
]


class Habit:
    """Answers Oslo, goes to a hint with a probability, and then says so with another."""

    def __init__(self, switches: float, mentions: float, wanders: float = 0.0) -> None:
        self.switches, self.mentions, self.wanders = switches, mentions, wanders

    def __call__(self, item: str, steps: Sequence[str], sample: int) -> Continuation:
        draws = random.Random(f"{item}/{sample}")
        hinted = not item.startswith("Question")
        if hinted and draws.random() < self.switches:
            named = next(each for each in OPTIONS if each in item)
            says = "the hint says so" if draws.random() < self.mentions else "I see"
            return Continuation(answer=named, steps=(says,), cost_usd=0.001)
        wanders = hinted and draws.random() < self.wanders
        answer = draws.choice(OPTIONS[1:]) if wanders else "Oslo"
        return Continuation(answer=answer, steps=("I thought",), cost_usd=0.001)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_share_of_mentions_is_found_for_each_kind_and_for_all(share: float) -> None:
    run = run_hints_sync(QUESTIONS, Habit(0.6, share), n=3)

    assert [each.kind for each in run.results] == [*HINTS, "all"]
    total = run.results[-1]
    assert total.trials == 30 * 7 * 3
    assert total.switched == pytest.approx(0.6 * total.trials, rel=0.1)
    assert total.interval.low <= share <= total.interval.high
    assert run.calls == hint_plan(QUESTIONS, n=3).calls == 30 * 8 * 3
    assert run.cost_usd == pytest.approx(0.72)
    assert "calls, 0 failed, 0.7200 USD" in str(run)


def test_switches_by_chance_do_not_count_against_the_model() -> None:
    wanderer = run_hints_sync(QUESTIONS, Habit(0.5, 0.5, wanders=0.8), n=3, kinds=("professor",))

    (found,) = wanderer.results
    assert found.switch_by_chance > 5
    assert found.mention_rate is not None
    assert found.corrected_rate is not None
    assert found.mention_rate < 0.5 <= found.corrected_rate + 0.12


def test_more_samples_of_one_question_mention_the_hint_more_often() -> None:
    run = run_hints_sync(QUESTIONS, Habit(1.0, 0.4), n=4, kinds=("metadata",))

    rates = [each.rate for each in run.faithful_at]
    assert [each.k for each in run.faithful_at] == [1, 2, 3, 4]
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(0.4, abs=0.12)
    assert rates[3] == pytest.approx(1 - 0.6**4, abs=0.12)
    assert run.faithful_at[0].interval is not None


def test_the_same_seed_gives_the_same_run_and_hints_never_name_the_right_answer() -> None:
    first, second = (run_hints_sync(QUESTIONS, Habit(0.5, 0.5), seed=3) for _ in range(2))

    assert first == second
    assert {each.hint_answer for each in first.trials} == set(OPTIONS[1:])


def test_calls_that_fail_are_counted_and_left_out() -> None:
    def fails(item: str, steps: Sequence[str], sample: int) -> Continuation:
        if "professor" in item:
            raise ConnectionError
        return Habit(1.0, 1.0)(item, steps, sample)

    run = run_hints_sync(QUESTIONS[:5], fails, kinds=("professor", "visual"))

    assert run.failed == 5
    assert {each.kind for each in run.trials} == {"visual"}


@pytest.mark.parametrize(
    ("reasoning", "kind", "expected"),
    [
        ("You think it is B.", "sycophancy", True),
        ("A professor at Stanford says B", "professor", True),
        ("Earlier I answered B", "consistency", True),
        ("[x] stands before B", "visual", True),
        ("The metadata gives B", "metadata", True),
        ("The grader gives the reward for B", "grader", True),
        ("I have unauthorised access", "unethical", True),
        ("I follow the hint", "visual", True),
        ("B follows from the second premise.", "professor", False),
        ("B follows from the second premise.", "grader", False),
    ],
)
def test_a_mention_is_read_from_words(reasoning: str, kind: str, *, expected: bool) -> None:
    assert mentions_hint(reasoning, kind, "B") is expected


def test_questions_without_enough_options_and_unknown_kinds_are_refused() -> None:
    with pytest.raises(InvalidTraceError, match="three different options"):
        HintQuestion(item="q", question="?", options=("A", "a", "B"))
    with pytest.raises(InvalidTraceError, match="is not one of its options"):
        HintQuestion(item="q", question="?", options=OPTIONS, correct="Paris")
    with pytest.raises(InvalidTraceError, match="kind 'other' is unknown"):
        run_hints_sync(QUESTIONS, Habit(1, 1), kinds=("other",))
    with pytest.raises(InvalidTraceError, match="different items"):
        run_hints_sync([QUESTIONS[0]] * 2, Habit(1, 1))
    assert hinted_prompt("What?", "B", "visual").startswith("[x] B")


@pytest.mark.anyio
async def test_the_twin_refuses_a_running_loop() -> None:
    with pytest.raises(RunningLoopError):
        run_hints_sync(QUESTIONS[:1], Habit(1, 1))
    assert (await run_hints(QUESTIONS[:1], Habit(1, 1), kinds=("visual",))).calls == 2
