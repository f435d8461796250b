"""The values that analyses return. They print as the sentence of a paper."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

from .rendering import Result, ResultTable, Value
from .shown import shown
from .wording import bracket, df_text, number, p_text, percent, printed, statistic_text

DIRECTION = "treatment minus control"


def as_floats(result: object, *names: str) -> None:
    """Make these fields Python's floats, so that no number of numpy leaves a result."""
    for name in names:
        value = getattr(result, name)
        if type(value) is not float:
            object.__setattr__(result, name, float(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Value):
    """A warning for the reader, with an id that stays the same between versions."""

    id: str
    text: str

    @shown
    def __str__(self) -> str:
        return f"{self.id}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(Result):
    """A confidence interval: its ends, level and method."""

    low: float
    high: float
    level: float
    method: str
    estimate: float = math.nan
    coverage: float | None = None
    warnings: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        as_floats(self, "low", "high", "level", "estimate")

    @property
    def width(self) -> float:
        """The upper end minus the lower one."""
        return self.high - self.low

    def __iter__(self) -> Iterator[float]:
        """The two ends, so that ``low, high = interval`` works."""
        yield self.low
        yield self.high

    def __getitem__(self, index: int) -> float:
        """The lower end at 0, the upper end at 1."""
        return (self.low, self.high)[index]

    def __contains__(self, value: float) -> bool:
        """Whether a value lies between the ends, ends included."""
        return self.low <= value <= self.high

    @shown
    def __str__(self) -> str:
        return f"{percent(self.level)} CI {bracket(self.low, self.high)}"

    def table(self) -> ResultTable:
        return ResultTable(
            title=f"{percent(self.level)} confidence interval ({printed(self.method)})",
            columns=("Estimate", "Low", "High"),
            rows=((number(self.estimate), number(self.low), number(self.high)),),
            notes=tuple(map(str, self.warnings)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSize(Result):
    """An effect size with its interval and Cohen's word for it."""

    name: str
    value: float
    interval: Interval | None = None
    magnitude: str | None = None
    convention: str | None = None
    symbol: str = ""
    warnings: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        as_floats(self, "value")

    @shown
    def __str__(self) -> str:
        text = f"{self.symbol or self.name} = {number(self.value)}"
        if self.interval is not None and not math.isnan(self.interval.low + self.interval.high):
            text += f" {bracket(self.interval.low, self.interval.high)}"
        if self.magnitude is not None:
            text += f" ({self.magnitude}, {self.convention})"
        return text

    def table(self) -> ResultTable:
        low = "" if self.interval is None else number(self.interval.low)
        high = "" if self.interval is None else number(self.interval.high)
        return ResultTable(
            title=self.name,
            columns=("Effect size", "Value", "Low", "High", "Magnitude"),
            rows=((self.name, number(self.value), low, high, self.magnitude or ""),),
            notes=tuple(map(str, self.warnings)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Value):
    """One assumption that was checked. It is reported; no test is chosen by it."""

    name: str
    statistic: float | None = None
    p_value: float | None = None
    note: str = ""

    @shown
    def __str__(self) -> str:
        text = self.name
        if self.statistic is not None:
            text += f" = {number(self.statistic)}"
        if self.p_value is not None:
            text += f", {p_text(self.p_value)}"
        return f"{text} ({self.note})" if self.note else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Value):
    """Descriptive statistics of one group."""

    name: str
    n: int
    mean: float
    sd: float
    median: float
    low: float
    high: float
    successes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection(Value):
    """Why a test was chosen: the rule, the reason, and the tests that were not chosen."""

    rule: str
    reason: str
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Result):
    """The result of one test.

    ``ids`` are those of the items that were compared, where they had some.
    ``statistic``, ``estimate``, ``interval`` and effect sizes all have the sign of ``direction``:
    treatment minus control. Undefined numbers are NaN, and ``warnings`` says why.
    """

    test: str
    title: str
    method: str
    statistic: float
    statistic_name: str
    p_value: float
    log_p: float
    alternative: str
    estimate: float
    estimate_name: str
    se: float
    interval: Interval
    df: tuple[float, ...] = ()
    null_value: float = 0.0
    direction: str = DIRECTION
    effect_sizes: Mapping[str, EffectSize] = field(default_factory=dict)
    n: Mapping[str, int] = field(default_factory=dict)
    n_dropped: int = 0
    groups: tuple[Group, ...] = ()
    assumptions: tuple[Check, ...] = ()
    selection: Selection | None = None
    sensitivity: tuple[Comparison, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[Note, ...] = ()
    seed: int | None = None
    resamples: int | None = None
    data_hash: str = ""
    ids: tuple[Hashable, ...] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        as_floats(self, "statistic", "p_value", "log_p", "estimate", "se", "null_value")

    @shown
    def __str__(self) -> str:
        groups = " and ".join(_group_text(group) for group in self.groups)
        clusters = self.details.get("clusters")
        if groups and clusters is not None:
            groups += f", {clusters} clusters"
        lead = f"{groups}: " if groups else ""
        sizes = list(self.effect_sizes.values())
        same = [size for size in sizes if size.name == self.estimate_name]
        parts = []
        if not math.isnan(self.estimate):
            parts.append(f"{self.estimate_name} = {number(self.estimate)}")
            if not math.isnan(self.interval.low):
                parts.append(str(self.interval))
            if same and same[0].magnitude is not None:
                parts[-1] += f" ({same[0].magnitude}, {same[0].convention})"
        statistic = ""
        if not math.isnan(self.statistic):
            statistic = f"{self.statistic_name}{df_text(self.df)} = "
            statistic += f"{statistic_text(self.statistic_name, self.statistic)}, "
        parts.append(f"{self.title} {statistic}{p_text(self.p_value, self.log_p)}".strip())
        # An estimate that is itself an effect size is printed already.
        parts.extend(str(size) for size in sizes[:1] if not same)
        return lead + ", ".join(parts) + "."

    def significant(self, alpha: float = 0.05) -> bool:
        """Whether p is at or below ``alpha``; an undefined p never is."""
        return self.p_value <= alpha

    def table(self) -> ResultTable:
        rows = [
            (self.estimate_name, number(self.estimate)),
            (f"{percent(self.interval.level)} CI", bracket(self.interval.low, self.interval.high)),
            ("Standard error", number(self.se)),
            (
                f"{self.statistic_name}{df_text(self.df)}",
                statistic_text(self.statistic_name, self.statistic),
            ),
            (
                f"p ({self.alternative})",
                p_text(self.p_value, self.log_p).removeprefix("p ").removeprefix("= "),
            ),
        ]
        rows += [(size.name, str(size).partition(" = ")[2]) for size in self.effect_sizes.values()]
        rows += [(f"n, {name}", str(count)) for name, count in self.n.items()]
        notes = [self.direction]
        if self.selection is not None:
            notes.append(f"Chosen because: {self.selection.reason}")
        notes += [str(note) for note in self.warnings]
        return ResultTable(
            title=self.title,
            columns=("Quantity", "Value"),
            rows=tuple(rows),
            notes=tuple(notes),
        )


def _group_text(group: Group) -> str:
    if group.successes is not None:
        share = 100 * group.successes / group.n
        return f"{group.name} ({group.successes}/{group.n} = {share:.1f}%)"
    return f"{group.name} (n = {group.n}, M = {number(group.mean)}, SD = {number(group.sd)})"


ANY_DIFFERENCE = "any difference between the groups"
