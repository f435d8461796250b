"""The keys of ``analysis.json`` and ``RunResult.analysis``."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from .._canaries.drift import CanaryValues
from .._definition.criteria import Verdict
from .._definition.metrics import Unit
from .._outcome.outcome import Source
from .._scheduling.tries import TriesValues
from .._stopping.early import EarlyStopValues

# JSON has no infinities: they are written as words.
Number: TypeAlias = float | Literal["Infinity", "-Infinity"] | None


class IntervalValues(TypedDict):
    """A confidence interval.

    Attributes:
        low: The lower end.
        high: The upper end.
        level: The confidence level, in (0, 1).
        method: How it was computed.
        warnings: The ids of ``bench``'s warnings about it, if there are any.
    """

    low: Number
    high: Number
    level: float
    method: str
    warnings: NotRequired[list[str]]


class BoundValues(TypedDict):
    """The least and the greatest value that unknown costs allow.

    Attributes:
        low: The least value.
        high: The greatest value; None when nothing bounds it.
    """

    low: Number
    high: Number


class MetricValues(TypedDict):
    """One metric of one condition.

    Attributes:
        metric: The name of the metric.
        unit: ``share``, ``usd``, ``ms`` or empty.
        n: The number of rows with a known value.
        items: The number of items with a known value.
        unknown: The number of rows without one.
        value: The metric; None when it is unknown, as for a total with an unknown part.
        interval: Its confidence interval; None when there are too few values.
        known_total: For a total: the sum of the known values.
        bounds: For costs with an unknown part: the least and the greatest value.
        censored: For latencies: the number of rows without an answer. Each counts as taking at
            least the time limit.
        worst_case: For latencies: the value if these rows had never ended.
    """

    metric: str
    unit: Unit
    n: int
    items: int
    unknown: int
    value: Number
    interval: IntervalValues | None
    known_total: NotRequired[float]
    bounds: NotRequired[BoundValues]
    censored: NotRequired[int]
    worst_case: NotRequired[Number]


class AnswerValues(TypedDict):
    """Rows whose answers are not what the condition is meant to give.

    Attributes:
        reduced_votes: Rows of a vote in which a member failed or gave no vote.
        cut_off: Rows with an answer that ended at its token limit.
        unread: Rows in whose text no answer was found.
        ambiguous: Rows with several answers.
        empty: Rows with an empty text.
        refused: Rows in which the model declined.
    """

    reduced_votes: int
    cut_off: int
    unread: int
    ambiguous: int
    empty: int
    refused: int


class UnscoredValues(TypedDict):
    """Rows on which a further scorer failed; its metric leaves them out.

    Attributes:
        scorer: The name of the scorer.
        rows: The number of these rows.
        reason: The first error, in words.
    """

    scorer: str
    rows: int
    reason: str


class ConditionValues(TypedDict):
    """One condition.

    Attributes:
        name: Its name.
        rows: The number of finished rows.
        failures: How many of them failed.
        causes: The failed rows by why they failed: ``world``, ``time``, ``answer`` or ``score``.
        errors: The failed rows by the class of the error.
        extraction: The other rows by how the answer was found in the text.
        answers: Rows whose answers are not what the condition is meant to give.
        metrics: Its metrics, in the order of the experiment.
        tries: Rows that were asked again against the others, if there are such.
        unscored: The further scorers that failed on some rows, if there are such.
    """

    name: str
    rows: int
    failures: int
    causes: dict[str, int]
    errors: dict[str, int]
    extraction: dict[str, int]
    answers: AnswerValues
    metrics: list[MetricValues]
    tries: NotRequired[TriesValues]
    unscored: NotRequired[list[UnscoredValues]]


class PairValues(TypedDict):
    """Two conditions compared in one metric.

    Attributes:
        control: The condition that is subtracted.
        treatment: The condition it is subtracted from.
        dropped: The number of items (of rows, for a quantile) left out as unknown.
        result: What ``bench``'s comparison gives as a dictionary; None with too few values.
        sentence: The result in words.
        p_adjusted: The p-value adjusted for all pairs, with three or more conditions.
    """

    control: str
    treatment: str
    dropped: int
    result: dict[str, Any] | None
    sentence: str
    p_adjusted: NotRequired[float]


class ComparisonValues(TypedDict):
    """All comparisons of one metric.

    Attributes:
        metric: The name of the metric.
        unit: Its unit.
        omnibus: The test over all conditions as a dictionary of ``bench``, with its ``sentence``;
            None with two conditions.
        pairs: The pairs.
        correction: How the p-values were adjusted; None with two conditions.
    """

    metric: str
    unit: Unit
    omnibus: dict[str, Any] | None
    pairs: list[PairValues]
    correction: Literal["holm"] | None


class DetectableValues(TypedDict):
    """The smallest difference that the design detects.

    Attributes:
        metric: The name of the metric.
        unit: Its unit.
        control: The condition that is subtracted.
        treatment: The condition it is subtracted from.
        difference: The smallest true difference that is found with this power.
        power: The probability of finding it.
    """

    metric: str
    unit: Unit
    control: str
    treatment: str
    difference: Number
    power: float


class CriterionValues(TypedDict):
    """A claim, with its verdict.

    Attributes:
        metric: The name of the metric.
        unit: The unit of the estimate; empty for a ratio.
        claim: The claim in words.
        holds_when: The bounds in symbols.
        measure: What is estimated: ``value``, ``difference``, ``ratio`` or ``relative``.
        estimate: The value or the change.
        interval: Its confidence interval, adjusted for the family: by Holm's method, with m claims
            undecided its level is 1 - alpha / m.
        family: The number of claims that were judged together.
        post_hoc: Whether the claim was added or changed after the first row.
        verdict: ``SUPPORTED``, ``NOT SUPPORTED``, ``INCONCLUSIVE``, or ``NO VERDICT`` where
            ``Analysis.withheld`` says why.
    """

    metric: str
    unit: Unit
    claim: str
    holds_when: str
    measure: Literal["value", "difference", "ratio", "relative"]
    estimate: Number
    interval: IntervalValues | None
    verdict: Verdict
    family: int
    post_hoc: bool


class DesignCells(TypedDict):
    """The mean of a metric in one group of a design: a block, a stratum or a period.

    Attributes:
        metric: The name of the metric.
        unit: Its unit.
        group: The group.
        condition: The condition.
        n: The number of rows with a known value.
        value: Their mean.
    """

    metric: str
    unit: Unit
    group: str
    condition: str
    n: int
    value: float


class DesignFinding(TypedDict):
    """A test that belongs to the design, such as a main effect or a trend.

    Attributes:
        about: What is tested.
        metric: The name of the metric.
        unit: Its unit.
        estimate: The effect; None for a test of several groups at once.
        interval: Its confidence interval; None where the values show no spread.
        p_value: Its p-value; None where it is not defined.
        sentence: A test of several groups in words; empty for an effect.
        p_adjusted: The p-value adjusted for all effects of the metric, for factors within items.
    """

    about: str
    metric: str
    unit: Unit
    estimate: Number
    interval: IntervalValues | None
    p_value: float | None
    sentence: str
    p_adjusted: NotRequired[float]


class DesignValues(TypedDict):
    """A design other than ``Within``.

    Attributes:
        kind: Its name.
        text: The design in a sentence.
        paired: Whether every condition answered every item.
        groups: What the groups of ``cells`` are: the name of a field, or ``period``.
        cells: The means by group and condition.
        findings: The tests that belong to the design.
    """

    kind: str
    text: str
    paired: bool
    groups: str
    cells: list[DesignCells]
    findings: list[DesignFinding]


class Origin(TypedDict):
    """Where the numbers come from.

    Attributes:
        sources: ``live``, ``recorded``, ``simulated``: those that occur.
        synthetic_data: Whether the items were generated.
        virtual_time: Whether time was simulated.
        simulated: Whether models or data are simulated, so that no model is measured.
        reasons: Why, in words.
    """

    sources: list[Source]
    synthetic_data: bool
    virtual_time: bool
    simulated: bool
    reasons: list[str]


class Analysis(TypedDict):
    """The statistics of a run.

    Attributes:
        schema: The version of this form.
        name: The experiment's name.
        control: The condition the others are compared with.
        level: The level of every interval.
        direction: ``treatment minus control``.
        state: ``complete`` when every row of the plan is there, or those up to an early stop, else
            ``incomplete``.
        stopped: Why the run was stopped before its last row; empty when it was not.
        rows: The number of finished rows.
        planned_rows: The number of rows in the plan.
        items: The number of items.
        repeat: The number of repeats.
        failures: The number of failed rows.
        origin: Where the numbers come from.
        design: The design with its own tests; absent for ``Within``.
        conditions: The conditions with their metrics.
        comparisons: The comparisons, one for each metric that can be compared.
        detectable: The smallest differences that the design detects.
        criteria: The claims with their verdicts.
        withheld: Why no claim was judged; empty when they were.
        deviations: What had changed when the run was resumed.
        early_stop: What the rule of early stopping found, where the experiment has one.
        canaries: Whether models changed while the run went on, where fixed requests were asked.
        sensitivity: What the result rests on, as ``_sensitivity.schema`` describes it.
    """

    schema: int
    name: str
    control: str
    level: float
    direction: str
    state: Literal["complete", "incomplete"]
    stopped: str
    rows: int
    planned_rows: int
    items: int
    repeat: int
    failures: int
    origin: Origin
    design: NotRequired[DesignValues]
    conditions: list[ConditionValues]
    comparisons: list[ComparisonValues]
    detectable: list[DetectableValues]
    criteria: list[CriterionValues]
    withheld: str
    deviations: list[str]
    early_stop: NotRequired[EarlyStopValues]
    canaries: NotRequired[CanaryValues]
    sensitivity: NotRequired[Any]
