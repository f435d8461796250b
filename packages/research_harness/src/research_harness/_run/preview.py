"""What a run would do, without asking any model: rows, conditions, ceilings, detectable effects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from .._core.text import on_lines
from .._definition.experiment import Experiment
from .._plan.preparation import prepare
from .._plan.selection import Selection
from .._report.wording import count_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a run would do.

    Attributes:
        experiment: The experiment's name.
        rows: How many rows it has.
        items: How many items.
        dataset: The data set in words.
        conditions: The names of the conditions.
        repeat: How many times each answers each item.
        seed: The seed.
        metrics: The names of the metrics.
        ceilings: What the run may spend at most.
        detectable: The difference in accuracy that is found with 80 % power, where one of two
            conditions alone is right in half of the items; with fewer such items a smaller one is
            found. None with one condition, or with too few items for any difference.
    """

    experiment: str
    rows: int
    items: int
    dataset: str
    conditions: tuple[str, ...]
    repeat: int
    seed: int
    metrics: tuple[str, ...]
    ceilings: Mapping[str, object]
    detectable: float | None

    def to_dict(self) -> dict[str, object]:
        """The preview as plain values."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    def __str__(self) -> str:
        limits = {name: value for name, value in self.ceilings.items() if value not in (None, {})}
        names = ", ".join(self.conditions)
        lines = [
            f"{self.experiment}: {count_text(self.rows, 'row')}",
            f"  data set: {self.dataset}",
            f"  conditions: {names}; repeats: {self.repeat}; seed: {self.seed}",
            f"  metrics: {', '.join(self.metrics)}",
            "  ceilings: " + (", ".join(f"{key} {each}" for key, each in limits.items()) or "none"),
        ]
        if self.detectable is not None:
            points = 100 * self.detectable
            lines.append(f"  detectable with 80 % power: {points:.1f} points of accuracy or more")
        return on_lines(lines)


_POWER, _APART = 0.8, 0.5


def preview(
    experiment: Experiment | type[Experiment],
    *,
    limit: int | None = None,
    items: Sequence[str] = (),
    conditions: Sequence[str] = (),
    **options: Any,
) -> Preview:
    """Prepare an experiment as a run would, and say what the run would do.

    Args:
        experiment: The class, or an instance.
        limit: Only the first items.
        items: Only these items.
        conditions: Only these conditions.
        **options: Values for attributes of the experiment.

    Raises:
        ExperimentError: The experiment is not runnable.
    """
    part = Selection(limit=limit, items=tuple(items), conditions=tuple(conditions))
    prepared = prepare(experiment, selection=part, **options)
    made = prepared.experiment
    names = tuple(each.name for each in prepared.plan.conditions)
    unset = ("warn_at", "unknown_cost_usd")
    limits = {key: each for key, each in made.ceilings.to_dict().items() if key not in unset}
    return Preview(
        experiment=made.name,
        rows=len(prepared.plan),
        items=len(prepared.items),
        dataset=str(prepared.items),
        conditions=names,
        repeat=made.repeat,
        seed=made.seed,
        metrics=tuple(each.name for each in prepared.metrics),
        ceilings=limits,
        detectable=_detectable(len(prepared.items), made.alpha) if len(names) > 1 else None,
    )


def _detectable(items: int, alpha: float) -> float | None:
    """The difference that is found with 80 % power when half of the items are answered apart."""
    import bench

    try:
        return bench.power("mcnemar", n=items, power=_POWER, alpha=alpha, discordance=_APART).effect
    except bench.BenchError:
        return None  # no difference is large enough for so few items


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
