"""Models compared on what their chains state: coverage, alternatives, calibration, length, cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .._core.intervals import (
    Interval,
    clustered_proportion,
    fmean,
    grouped,
    mean_interval,
)
from .._core.json_values import Value
from .._core.shown import shown
from .._model.chain import Chain
from .._model.checks import check_level
from .._model.markdown_text import escape
from .calibration import StatedCalibration, stated_calibration
from .success import check_outcomes, item_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOfItems(Value):
    """A mean over items, each of which counts once.

    Attributes:
        mean: The mean; None where no chain has a value.
        interval: Student's interval over items; None with fewer than two.
        items: The number of items with a value.
        chains: The number of chains with a value; chains without one are not counted as 0.
    """

    mean: float | None
    interval: Interval | None
    items: int
    chains: int

    @shown
    def __str__(self) -> str:
        if self.mean is None:
            return "-"
        return f"{self.mean:.4g}" + ("" if self.interval is None else f" {_ends(self.interval)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReasoning(Value):
    """What the chains of one model state.

    Attributes:
        model: The model.
        chains: The number of chains.
        items: The number of items, which are the clusters of the intervals.
        coverage: The share of chains with at least one self-reported event.
        coverage_interval: Its interval.
        alternatives: The alternatives for each self-reported event.
        calibration: Stated confidence against correctness; None without outcomes.
        reasoning_characters: The characters of native reasoning, in chains that show some.
        reasoning_tokens: The output tokens of native, summarized and redacted reasoning, in chains
            that state them.
        cost_usd: The cost of the events, in chains that state it.
    """

    model: str
    chains: int
    items: int
    coverage: float
    coverage_interval: Interval
    alternatives: MeanOfItems
    calibration: StatedCalibration | None
    reasoning_characters: MeanOfItems
    reasoning_tokens: MeanOfItems
    cost_usd: MeanOfItems


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelComparison(Value):
    """Models side by side.

    Attributes:
        models: One row for each model, in the order of first appearance.
        shared_items: The number of items that every model has. Models with other items differ in
            their items too.
    """

    models: tuple[ModelReasoning, ...]
    shared_items: int

    def to_markdown(self) -> str:
        """Return the table as Markdown, with an interval after each estimate."""
        head = (
            "model", "chains", "items", "coverage", "alternatives per decision", "overconfidence",
            "reasoning characters", "reasoning tokens", "cost in USD",
        )  # fmt: skip
        lines = [head, ("---",) * len(head), *map(_cells, self.models)]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    @shown
    def __str__(self) -> list[str]:
        shared = f"{self.shared_items} items shared by all models"
        return [*self.to_markdown().split("\n"), shared]


def compare_models(
    chains: Sequence[Chain],
    correct: Sequence[bool] | None = None,
    *,
    model_of: Callable[[Chain], str] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> ModelComparison:
    """Return models compared on coverage, alternatives, calibration, length and cost of reasoning.

    Kinds of evidence are kept apart: coverage, alternatives and calibration are of self-reported
    events, length is of reasoning. Longer reasoning is not better or more faithful reasoning.

    Args:
        chains: The chains of all models; those with the same item form a cluster.
        correct: Whether the answer of each chain is correct; None leaves calibration out.
        model_of: Returns the model of a chain; None takes ``model`` of its metadata, or else its
            condition.
        level: The level of the intervals.
        seed: Of the bootstrap of the calibration.

    Returns:
        A row for each model.

    Raises:
        InvalidTraceError: ``chains`` and ``correct`` differ in length, an outcome is neither true
            nor false, or ``level`` is not between 0 and 1.

    Example:
        >>> from causal_trace import TraceEvent
        >>> event = TraceEvent(type="decision_made", decision="go", alternatives=("stay", "wait"))
        >>> compared = compare_models([Chain(name="a", events=(event,), metadata={"model": "m"})])
        >>> compared.models[0].coverage, compared.models[0].alternatives.mean
        (1.0, 2.0)
    """
    check_level(level)
    if correct is not None:
        check_outcomes(chains, correct)
    rows = grouped([(model_of or _model_of)(chain) for chain in chains])
    models = tuple(
        _row(
            model,
            [chains[i] for i in indices],
            None if correct is None else [correct[i] for i in indices],
            level,
            seed,
        )
        for model, indices in rows.items()
    )
    items = [{item_of(chains[i]) for i in indices} for indices in rows.values()]
    return ModelComparison(
        models=models, shared_items=len(set.intersection(*items)) if items else 0
    )


def _model_of(chain: Chain) -> str:
    return str(chain.metadata.get("model") or chain.condition or "unknown")


def _row(
    model: str, chains: Sequence[Chain], correct: Sequence[bool] | None, level: float, seed: int
) -> ModelReasoning:
    clusters = list(grouped([item_of(chain) for chain in chains]).values())
    covered = [bool(chain.self_reported()) for chain in chains]

    def mean(measure: Callable[[Chain], float | None]) -> MeanOfItems:
        return _mean([[measure(chains[i]) for i in each] for each in clusters], level)

    return ModelReasoning(
        model=model,
        chains=len(chains),
        items=len(clusters),
        coverage=sum(covered) / len(covered),
        coverage_interval=clustered_proportion(
            [sum(covered[i] for i in each) for each in clusters],
            [len(each) for each in clusters],
            level=level,
        ),
        alternatives=mean(_alternatives),
        calibration=None
        if correct is None
        else stated_calibration(chains, correct, level=level, seed=seed),
        reasoning_characters=mean(_characters),
        reasoning_tokens=mean(_tokens),
        cost_usd=mean(_cost),
    )


def _mean(clusters: Sequence[Sequence[float | None]], level: float) -> MeanOfItems:
    known = [[value for value in each if value is not None] for each in clusters]
    means = [fmean(each) for each in known if each]
    return MeanOfItems(
        mean=fmean(means) if means else None,
        interval=mean_interval(means, level=level),
        items=len(means),
        chains=sum(map(len, known)),
    )


def _alternatives(chain: Chain) -> float | None:
    counts = [len(event.alternatives) for event in chain.self_reported()]
    return fmean(counts) if counts else None


def _characters(chain: Chain) -> float | None:
    return sum(len(event.reasoning) for event in chain.of_evidence("native_reasoning")) or None


def _tokens(chain: Chain) -> float | None:
    kinds = ("native_reasoning", "summary", "redacted")
    return _sum([event.output_tokens for event in chain if event.evidence in kinds])


def _cost(chain: Chain) -> float | None:
    return _sum([event.cost_usd for event in chain])


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _cells(row: ModelReasoning) -> tuple[str, ...]:
    over = row.calibration and row.calibration.overconfidence
    ends = row.calibration and row.calibration.overconfidence_interval
    return (
        escape(row.model),
        str(row.chains),
        str(row.items),
        f"{row.coverage:.2f} {row.coverage_interval}",
        str(row.alternatives),
        "-" if over is None else f"{over:+.2f} {ends or ''}".strip(),
        str(row.reasoning_characters),
        str(row.reasoning_tokens),
        str(row.cost_usd),
    )


def _ends(interval: Interval) -> str:
    return f"[{interval.low:.4g}, {interval.high:.4g}]"
