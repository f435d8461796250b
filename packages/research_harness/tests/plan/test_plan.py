"""The plan covers every condition, item and repeat once, in a seeded and paired order."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from research_harness import Condition, Plan


@dataclass(frozen=True)
class Item:
    id: str


def make_plan(
    *, conditions: int = 2, items: int = 5, repeat: int = 3, seed: int = 1, randomize: bool = True
) -> Plan:
    return Plan(
        [Condition(name=f"c{number}", function=str) for number in range(conditions)],
        [Item(f"i{number}") for number in range(items)],
        repeat=repeat,
        seed=seed,
        randomize=randomize,
    )


@given(
    conditions=st.integers(1, 4),
    items=st.integers(1, 20),
    repeat=st.integers(1, 3),
    seed=st.integers(0, 1000),
    randomize=st.booleans(),
)
def test_every_combination_comes_exactly_once(
    conditions: int, items: int, repeat: int, seed: int, randomize: bool
) -> None:
    plan = make_plan(
        conditions=conditions, items=items, repeat=repeat, seed=seed, randomize=randomize
    )

    trials = [(trial.condition.name, trial.item.id, trial.repeat) for trial in plan]

    assert len(trials) == len(plan) == conditions * items * repeat
    assert len(set(trials)) == len(trials)


def test_the_rows_of_one_item_stand_next_to_each_other() -> None:
    plan = make_plan(conditions=3)

    for start in range(0, len(plan), 3):
        block = [plan[start + offset] for offset in range(3)]
        assert len({(trial.item.id, trial.repeat) for trial in block}) == 1


def test_the_same_seed_gives_the_same_order_and_another_seed_another() -> None:
    def order(seed: int) -> list[tuple[str, str]]:
        return [(trial.condition.name, trial.item.id) for trial in make_plan(items=30, seed=seed)]

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_repeats_have_their_own_order_and_their_own_seed() -> None:
    plan = make_plan(conditions=1, items=30, repeat=2, seed=42)

    first = [trial.item.id for trial in plan if trial.repeat == 0]
    second = [trial.item.id for trial in plan if trial.repeat == 1]

    assert first != second
    assert {trial.seed for trial in plan} == {42, 43}


def test_without_randomizing_the_order_is_that_of_the_data() -> None:
    plan = make_plan(conditions=1, repeat=1, randomize=False)

    assert [trial.item.id for trial in plan] == ["i0", "i1", "i2", "i3", "i4"]


def test_only_what_is_not_done_is_pending() -> None:
    plan = make_plan()
    done = bytearray(len(plan))
    done[3] = done[7] = 1

    pending = [trial.index for trial in plan.pending(done)]

    assert pending == [index for index in range(30) if index not in (3, 7)]
