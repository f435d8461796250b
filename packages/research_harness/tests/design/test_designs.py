"""Designs assign every row once, evenly, in phases, and refuse what they do not support."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research_harness import (
    Between,
    Blocks,
    Ceilings,
    Condition,
    DoseResponse,
    Experiment,
    ExperimentDesign,
    ExperimentError,
    Factorial,
    LatinSquare,
    Plan,
    TimeSeries,
    Within,
    grid,
)
from research_harness._design.stored import design_of


@dataclass(frozen=True)
class Item:
    id: str
    metadata: Mapping[str, object] = field(default_factory=dict)


def plan_of(
    design: ExperimentDesign,
    *,
    conditions: int = 2,
    subjects: Sequence[str] = ("a",) * 8,
    repeat: int = 1,
    seed: int = 1,
) -> Plan:
    return Plan(
        [Condition(name=f"c{number}", function=str) for number in range(conditions)],
        [Item(f"i{n}", {"subject": each}) for n, each in enumerate(subjects)],
        repeat=repeat,
        seed=seed,
        design=design,
    )


SUBJECTS = st.lists(st.sampled_from("abc"), min_size=8, max_size=40)


@settings(deadline=None)
@given(
    design=st.sampled_from([Within(), Blocks(by="subject"), LatinSquare(), TimeSeries()]),
    conditions=st.integers(2, 4),
    subjects=SUBJECTS,
    repeat=st.integers(1, 3),
    seed=st.integers(0, 50),
)
def test_designs_within_items_hold_every_combination_once_and_their_phases_every_row(
    design: ExperimentDesign, conditions: int, subjects: list[str], repeat: int, seed: int
) -> None:
    plan = plan_of(design, conditions=conditions, subjects=subjects, repeat=repeat, seed=seed)

    trials = {(each.condition.name, each.item.id, each.repeat) for each in plan}

    assert len(trials) == len(plan) == conditions * len(subjects) * repeat
    assert [row for rows in plan.phases for row in rows] == list(range(len(plan)))


@settings(deadline=None)
@given(conditions=st.integers(2, 4), subjects=SUBJECTS, seed=st.integers(0, 50))
def test_between_gives_each_item_one_condition_in_equal_shares_of_each_stratum(
    conditions: int, subjects: list[str], seed: int
) -> None:
    plan = plan_of(
        Between(stratify_by="subject"),
        conditions=conditions,
        subjects=subjects,
        repeat=2,
        seed=seed,
    )

    arms = {(each.item.id, each.arm, each.condition.name, each.block) for each in plan}

    assert len(plan) == 2 * len(subjects)
    assert len(arms) == len(subjects)
    assert all(arm == name for _, arm, name, _ in arms)
    for stratum in {None, *subjects}:
        sizes = Counter(arm for _, arm, _, block in arms if stratum in (None, block))
        counts = [sizes[f"c{number}"] for number in range(conditions)]
        assert max(counts) - min(counts) <= 1


def test_between_assigns_by_the_seed_and_at_random() -> None:
    def arms(seed: int) -> list[str]:
        plan = plan_of(Between(), subjects=["a"] * 40, seed=seed)
        return [arm for _, arm in sorted((each.item.id, each.arm) for each in plan)]

    assert arms(1) == arms(1)
    assert arms(1) != arms(2)
    firsts = Counter(arms(seed)[0] for seed in range(60))
    assert min(firsts.values()) > 12


@pytest.mark.parametrize("conditions", [2, 3, 4, 5])
def test_a_latin_square_balances_periods_and_what_follows_what(conditions: int) -> None:
    sequences = conditions if conditions % 2 == 0 else 2 * conditions
    plan = plan_of(LatinSquare(), conditions=conditions, subjects=["a"] * (3 * sequences))

    order: dict[str, list[str]] = {}
    for trial in plan:  # phase by phase, so that an item's rows are in order
        order.setdefault(trial.item.id, []).append(trial.condition.name)
        assert trial.period == len(order[trial.item.id]) - 1
    periods = Counter((p, name) for row in order.values() for p, name in enumerate(row))
    follows = Counter(pair for row in order.values() for pair in pairwise(row))

    assert len(set(periods.values())) == 1
    assert len(follows) == conditions * (conditions - 1)
    assert len(set(follows.values())) == 1
    assert len(plan.phases) == conditions


def test_a_block_ends_before_the_next_begins() -> None:
    plan = plan_of(Blocks(size=3), subjects=["a"] * 7, repeat=2)

    for rows in plan.phases:
        assert len({plan[row].block for row in rows}) == 1
    assert sorted(len(rows) for rows in plan.phases) == [4, 12, 12]


def test_the_repeats_of_a_time_series_are_its_periods() -> None:
    plan = plan_of(TimeSeries(), repeat=3)

    assert all(trial.period == trial.repeat for trial in plan)
    assert [len(rows) for rows in plan.phases] == [16, 16, 16]


DESIGNS = [
    Within(),
    Between(stratify_by="subject"),
    Blocks(size=5),
    LatinSquare(),
    TimeSeries(every_ms=1000.0),
    Factorial(assignment=Between()),
    DoseResponse(),
]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda each: each.kind)
def test_a_design_is_the_same_after_its_settings_were_stored(design: ExperimentDesign) -> None:
    assert design_of(design.to_dict()) == design


@pytest.mark.parametrize("stored", [{"kind": "round"}, {"kind": "blocks", "sise": 2}, 3, "within"])
def test_a_stored_design_that_is_damaged_is_refused(stored: object) -> None:
    with pytest.raises(ValueError, match="not a design"):
        design_of(stored)


class TestRefusedAtClassCreation:
    """What a design does not support is an error before anything is asked."""

    def refused(self, design: object, conditions: Sequence[object], **attributes: object) -> str:
        body = {"design": design, "conditions": tuple(conditions), "name": "x", **attributes}
        with pytest.raises(ExperimentError) as caught:
            type("Refused", (Experiment,), body)
        return str(caught.value)

    def one(self) -> list[object]:
        return [Condition(name="a", function=str)]

    def two(self) -> list[object]:
        return [*self.one(), Condition(name="b", function=str)]

    def test_one_condition_cannot_be_compared(self) -> None:
        for design in (Between(), LatinSquare(), Blocks(size=2)):
            assert "two conditions" in self.refused(design, self.one())

    def test_a_class_in_place_of_a_design(self) -> None:
        assert "parentheses" in self.refused(Between, self.two())

    def test_blocks_need_one_way_of_making_them(self) -> None:
        assert "not both" in self.refused(Blocks(), self.two())
        assert "not both" in self.refused(Blocks(by="subject", size=3), self.two())

    def test_a_latin_square_needs_random_order(self) -> None:
        assert "randomize" in self.refused(LatinSquare(), self.two(), randomize=False)

    def test_a_time_series_needs_three_periods(self) -> None:
        assert "repeat" in self.refused(TimeSeries(), self.one(), repeat=2)

    def test_a_series_does_not_wait_for_longer_than_the_run_may_be_idle(self) -> None:
        series, ceilings = TimeSeries(every_ms=60_000), Ceilings(max_idle_ms=30_000)

        found = self.refused(series, self.one(), repeat=3, ceilings=ceilings)

        assert "max_idle_ms" in found

    def test_a_factorial_needs_levels_and_every_combination(self) -> None:
        cells = list(grid(a=(1, 2), b=(1, 2))(_answer))

        assert "no levels" in self.refused(Factorial(), self.two())
        assert "4 combinations" in self.refused(Factorial(), cells[:3])
        assert "two factors" in self.refused(Factorial(), list(grid(a=(1, 2))(_answer)))

    def test_doses_are_three_different_numbers_of_one_parameter(self) -> None:
        assert "three" in self.refused(DoseResponse(), list(grid(a=(1, 2))(_answer)))
        assert "not a number" in self.refused(
            DoseResponse(), list(grid(a=("x", "y", "z"))(_answer))
        )
        assert "one parameter" in self.refused(
            DoseResponse(), list(grid(a=(1, 2, 3), b=(1, 2))(_answer))
        )

    def test_an_assignment_that_is_a_grid_itself(self) -> None:
        cells = list(grid(a=(1, 2, 3))(_answer))

        assert "assignment" in self.refused(DoseResponse(assignment=DoseResponse()), cells)

    def test_a_base_class_without_conditions_may_name_the_design_of_its_subclasses(self) -> None:
        class Base(Experiment):
            design = Between()

        assert Base.design == Between()


def _answer(item: object, **levels: object) -> str:
    return f"{item} {levels}"


def test_a_grid_marks_a_method_and_hands_it_its_levels() -> None:
    class Grid(Experiment):
        name = "grid"
        design = Factorial()

        @grid(temperature=(0.0, 1.0), votes=(1, 3))
        def ask(self, item: str, *, temperature: float, votes: int) -> str:
            """Asks with each setting."""
            return f"{self.name} {item} {temperature} {votes}"

    made = Grid().all_conditions()

    assert [each.name for each in made][1] == "temperature=0.0, votes=3"
    assert made[1].function("2+2") == "grid 2+2 0.0 3"
    assert made[1].levels == {"temperature": 0.0, "votes": 3}
    assert made[1].description == "Asks with each setting."
