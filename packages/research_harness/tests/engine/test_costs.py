"""The known part of a row's cost does not depend on the order in which its calls end."""

from functools import reduce
from itertools import permutations
from operator import add
from types import SimpleNamespace
from typing import Any

from research_harness._engine.costs import with_known_cost
from research_harness._outcome.row import Row

_COSTS = (0.1, 0.2, 0.3, 0.7)


def test_the_known_cost_is_the_same_in_every_order_of_the_calls() -> None:
    answered: list[Any] = [
        SimpleNamespace(response=SimpleNamespace(cost_usd=cost)) for cost in _COSTS
    ]
    cancelled: Any = SimpleNamespace(response=None)
    row = Row(index=0, item_id="1", condition="hedged", repeat=0)
    orders = list(permutations([*answered, cancelled]))
    found = {with_known_cost(row, calls).known_cost_usd for calls in orders}

    assert found == {1.3}
    # Added one by one they depend on it; ``sum`` of Python 3.12 compensates.
    assert len({reduce(add, each) for each in permutations(_COSTS)}) > 1
