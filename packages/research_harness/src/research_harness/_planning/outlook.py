"""What a design finds, what other sizes of it find, and whether repeats or items help more."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .assumptions import DesignAssumptions, assumptions_of
from .finding import Design
from .power import DesignOption, Simulator, design_of, items_for, resized

_REPEATS = (1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPower:
    """What the design of an experiment finds, by simulating its runs.

    Attributes:
        metric: The metric of right and wrong answers.
        power: The wanted probability of finding a difference.
        level: The level of each interval: that of the experiment, shared out among its claims or
            pairs.
        runs: How many runs were simulated for each number.
        assumed: What was assumed of the answers.
        difference: The difference in accuracy that was asked about; None for none.
        options: The design as it is, then with twice the items, then with twice the repeats.
        needed: By number of repeats, how many items find the difference; None where a million do
            not. Empty without a difference.
    """

    metric: str
    power: float
    level: float
    runs: int
    assumed: DesignAssumptions
    difference: float | None
    options: tuple[DesignOption, ...]
    needed: Mapping[int, int | None]

    @property
    def advice(self) -> str:
        """Whether further calls go better into items or into repeats, in words."""
        _, items, repeats = (each.detectable for each in self.options)
        if items is None and repeats is None:
            return "more items or more repeats: neither twice as many finds a difference"
        if repeats is None or (items is not None and items < 0.97 * repeats):
            return (
                f"more items rather than repeats: for the same calls {_points(items)} are found"
                + ("" if repeats is None else f" instead of {_points(repeats)}")
            )
        return f"repeats find about as much as items do ({_points(repeats)}); items are never worse"

    def to_dict(self) -> dict[str, object]:
        """The power as plain values."""
        return {
            **asdict(self),
            "needed": {str(key): value for key, value in self.needed.items()},
            "options": [each.to_dict() for each in self.options],
            "assumed": self.assumed.to_dict(),
            "advice": self.advice,
        }

    def grid(self) -> list[list[str]]:
        """A table of the options, with a head."""
        head = ["design", "rows", f"found with {100 * self.power:g} % power"]
        if self.difference is not None:
            head.append(f"power at {_points(abs(self.difference))}")
        return [head, *(self._cells(each) for each in self.options)]

    def _cells(self, option: DesignOption) -> list[str]:
        size = f"{option.items:,} items x {option.repeats}"
        found = "no difference" if option.detectable is None else _points(option.detectable)
        cells = [size, f"{option.rows:,}", found]
        if self.difference is not None:
            power = option.power
            cells.append("unknown" if power is None else f"{100 * power:.0f} %")
        return cells

    def lines(self) -> list[str]:
        """What is below the table."""
        found = [
            f"assumed: {self.assumed}; {self.runs} simulated runs for each number",
            self.advice,
        ]
        for repeats, items in self.needed.items():
            count = "more than 1,000,000 items" if items is None else f"{items:,} items"
            times = "once" if repeats == 1 else f"{repeats} times"
            found.append(
                f"{_points(abs(self.difference or 0))} need {count}, each answered {times}"
            )
        return found


def design_power(
    prepared: PreparedExperiment,
    rows: Sequence[Row],
    *,
    difference: float | None,
    power: float,
    usd_per_row: float | None,
) -> DesignPower | None:
    """The power of an experiment's design; None with one condition or without right and wrong.

    Args:
        prepared: The experiment.
        rows: Rows of a pilot or of a run, which say how accurate the conditions are.
        difference: The difference in accuracy that is asked about.
        power: The wanted power.
        usd_per_row: What a row is expected to cost; None when unknown.
    """
    metric = next((each for each in prepared.metrics if each.column == "correct"), None)
    if metric is None or len(prepared.plan.conditions) < 2 or len(prepared.items) < 2:
        return None
    seed = prepared.experiment.seed
    design = design_of(prepared, metric)
    assumed = assumptions_of(rows, str(prepared.config["control"]))
    if difference is not None and assumed.rate + difference >= 1:
        difference = -difference  # as large a fall, where there is no room for the rise
    share = len(prepared.plan) / (len(prepared.items) * prepared.plan.repeat)
    sizes = ((1, 1), (2, 1), (1, 2))
    options = tuple(
        _option(
            resized(design, items=items, repeats=repeats),
            Simulator(resized(design, items=items, repeats=repeats), assumed, seed),
            difference=difference,
            power=power,
            rows_per_answer=share,
            usd_per_row=usd_per_row,
        )
        for items, repeats in sizes
    )
    needed = {
        repeats: items_for(
            design._replace(repeats=repeats), assumed, difference=difference, power=power, seed=seed
        )
        for repeats in _REPEATS
        if difference
    }
    return DesignPower(
        metric=metric.name,
        power=power,
        level=design.level,
        runs=Simulator(design, assumed, seed).runs,
        assumed=assumed,
        difference=difference,
        options=options,
        needed=needed,
    )


def _option(
    design: Design,
    simulator: Simulator,
    *,
    difference: float | None,
    power: float,
    rows_per_answer: float,
    usd_per_row: float | None,
) -> DesignOption:
    rows = round(design.items * design.repeats * rows_per_answer)
    found = None if difference is None else simulator.power(difference)
    return DesignOption(
        items=design.items,
        repeats=design.repeats,
        rows=rows,
        detectable=simulator.detectable(power),
        power=None if found is None or found != found else found,  # noqa: PLR0124  # not-a-number
        cost_usd=None if usd_per_row is None else usd_per_row * rows,
    )


def _points(share: float | None) -> str:
    return "no difference" if share is None else f"{100 * share:.1f} points"
