"""The sample size and power that a budget pays for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Unpack

from .._core.errors import InvalidOptionError
from .._core.options import Alternative, check_number, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.shown import shown
from .._core.wording import number, percent
from .designs import PowerMethod, PowerSettings, PowerTest
from .power import Power, power


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPlan(Result):
    """The sample a budget buys, its power, and what full power would cost."""

    status: str
    affordable: Power
    needed: Power
    budget_usd: float
    cost_per_item_usd: float
    needed_usd: float

    @shown
    def __str__(self) -> str:
        return (
            f"{self.budget_usd:g} USD buy n = {self.affordable.n} {self.affordable.unit} with power"
            f" {self.affordable.power:.3f} ({self.status}); {self.needed.n} are needed for"
            f" {percent(round(self.needed.power, 3))}, at {number(self.needed_usd)} USD."
        )

    def table(self) -> ResultTable:
        rows = (
            ("affordable", str(self.affordable.n), f"{self.affordable.power:.3f}"),
            ("needed", str(self.needed.n), f"{self.needed.power:.3f}"),
        )
        return ResultTable(
            title="Budget", columns=("Plan", "n", "Power"), rows=rows, notes=(str(self),)
        )


@checked_options
def plan_budget(
    effect: float,
    *,
    budget_usd: float,
    cost_per_item_usd: float,
    test: PowerTest = "t",
    goal: float = 0.8,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    method: PowerMethod = "exact",
    **settings: Unpack[PowerSettings],
) -> BudgetPlan:
    """Whether a budget pays for the sample a design needs.

    Args:
        effect: On the scale of ``power``.
        budget_usd: What may be spent.
        cost_per_item_usd: Per value; a design of two groups pays it for each group.
        test: As in ``power``.
        goal: The power wanted.
        alpha: The error rate.
        alternative: ``two-sided``, ``less`` or ``greater``.
        method: As in ``power``.
        settings: As in ``power``.

    Returns:
        ``status`` is ``fully_powered``, ``underpowered`` or ``insufficient_budget`` (no test at
        all).

    Raises:
        InvalidOptionError: A cost that is not above 0, or as ``power``.

    Example:
        >>> plan = bench.plan_budget(0.5, budget_usd=10, cost_per_item_usd=0.1)
        >>> plan.status, plan.needed_usd
        ('underpowered', 12.8)
    """
    cost_per_item_usd = check_number("cost_per_item_usd", cost_per_item_usd)
    budget_usd = check_number("budget_usd", budget_usd)
    if cost_per_item_usd <= 0 or budget_usd < 0:
        given = (budget_usd, cost_per_item_usd)
        raise InvalidOptionError("budget_usd, cost_per_item_usd", given, "from 0 up, and above 0")
    check_share("goal", goal)
    needed = power(
        test,
        power=goal,
        effect=effect,
        alpha=alpha,
        alternative=alternative,
        method=method,
        **settings,
    )
    per_n = needed.n_total / needed.n
    n = math.floor(budget_usd / (cost_per_item_usd * per_n) + 1e-9)
    min_n = 2
    affordable = power(
        test,
        n=max(n, min_n),
        effect=effect,
        alpha=alpha,
        alternative=alternative,
        method=method,
        **settings,
    )
    status = "fully_powered" if n >= needed.n else "underpowered"
    return BudgetPlan(
        status="insufficient_budget" if n < min_n else status,
        affordable=affordable,
        needed=needed,
        budget_usd=budget_usd,
        cost_per_item_usd=cost_per_item_usd,
        needed_usd=needed.n_total * cost_per_item_usd,
    )
