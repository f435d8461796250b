"""Each criterion of the experiment against the interval that was found."""

import dataclasses
import math
from collections.abc import Mapping, Sequence

from .._definition.criteria import Criterion
from .._plan.preparation import PreparedExperiment
from .._rows.columns import ConditionCounts
from .changes import change
from .describe import describe, interval_values
from .pairing import Pairing
from .schema import CriterionValues, IntervalValues, Number
from .vectors import MetricData


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A criterion with the values that it is about.

    Attributes:
        criterion: The criterion.
        data: The values of its metric.
        seed: For resampling.
        post_hoc: Whether it was stated after the first row.
    """

    criterion: Criterion
    data: MetricData
    seed: int
    post_hoc: bool = False

    def found(self, level: float) -> tuple[Number, IntervalValues | None]:
        """The estimate and its interval at a level.

        Args:
            level: The level of the interval.
        """
        criterion, data = self.criterion, self.data
        if not criterion.against:
            values = describe(
                data.metric,
                data.values[criterion.condition],
                level=level,
                clusters=data.clusters,
                bounds=data.bounds.get(criterion.condition),
                exact=True,  # with few items Wilson's ends are passed too often by chance
            )
            return values["value"], values["interval"]
        pair = Pairing(
            data=data,
            control=criterion.against,
            treatment=criterion.condition,
            seed=self.seed,
            measure=criterion.measure,
        )
        interval = change(pair, level=level).interval
        if interval is None:
            return None, None
        times = self._times()
        number = None if math.isnan(interval.estimate) else interval.estimate * times
        return number, interval_values(interval, times=times)

    def _times(self) -> int:
        """How many rows a difference of totals has for one of means."""
        if self.data.metric.summary != "total" or self.criterion.measure != "difference":
            return 1
        return sum(map(len, self.data.values[self.criterion.condition].values()))


def judge_all(claims: Sequence[Claim], *, level: float, withheld: str) -> list[CriterionValues]:
    """The verdicts on all claims, as one family.

    The claims stated before the run are a family of their own; those stated after its first row
    are judged in a family with all others.

    Args:
        claims: The claims.
        level: The level of the family: one minus the chance that any verdict is wrong.
        withheld: Why no claim may be judged; empty when they may.
    """
    before = [claim for claim in claims if not claim.post_hoc]
    alone = _holm(before, level=level, withheld=withheld)
    if len(before) == len(claims):
        return alone
    together = _holm(claims, level=level, withheld=withheld)
    first = iter(alone)
    return [
        found if claim.post_hoc else next(first)
        for claim, found in zip(claims, together, strict=True)
    ]


def _holm(claims: Sequence[Claim], *, level: float, withheld: str) -> list[CriterionValues]:
    """Holm's step-down by intervals.

    With m claims open, each is looked at by its interval of level 1 - alpha / m. Those that are
    decided leave, and the others are looked at again with the smaller m.
    """
    decided: dict[int, CriterionValues] = {}
    while len(decided) < len(claims):
        open_claims = [number for number in range(len(claims)) if number not in decided]
        own = 1 - (1 - level) / len(open_claims)
        found = {
            number: _judged(claims[number], own, len(claims), withheld) for number in open_claims
        }
        done = {
            number: values
            for number, values in found.items()
            if values["verdict"] in ("SUPPORTED", "NOT SUPPORTED")
        }
        decided.update(done or found)
    return [decided[number] for number in range(len(claims))]


def _judged(claim: Claim, level: float, family: int, withheld: str) -> CriterionValues:
    criterion, metric = claim.criterion, claim.data.metric
    value, interval = claim.found(level)
    low, high = _ends(interval)
    compared = bool(criterion.against)
    return {
        "metric": metric.name,
        "unit": "" if compared and criterion.measure != "difference" else metric.unit,
        "claim": criterion.claim,
        "holds_when": criterion.condition_text,
        "measure": criterion.measure if compared else "value",
        "estimate": value,
        "interval": interval,
        "verdict": "NO VERDICT" if withheld else criterion.judge(low, high),
        "family": family,
        "post_hoc": claim.post_hoc,
    }


def claims_of(
    prepared: PreparedExperiment, data: Mapping[str, MetricData], stated: Sequence[object] | None
) -> list[Claim]:
    """The claims of an experiment.

    Args:
        prepared: The experiment.
        data: The values of each metric.
        stated: The claims as they were stated before the first row; None when that is not known.
    """
    return [
        Claim(
            criterion=each,
            data=data[each.metric],
            seed=prepared.experiment.seed,
            post_hoc=stated is not None and key not in stated,
        )
        for each, key in zip(prepared.experiment.criteria, claim_keys(prepared), strict=True)
    ]


def claim_keys(prepared: PreparedExperiment) -> list[dict[str, object]]:
    """What each claim asserts, so that one which was changed or added later is recognized."""
    metrics = {each.name: each.to_dict() for each in prepared.metrics}
    return [
        {
            **{field.name: getattr(each, field.name) for field in dataclasses.fields(each)},
            "claim": "",  # its words may be improved
            "metric": metrics[each.metric],
            "alpha": prepared.experiment.alpha,
        }
        for each in prepared.experiment.criteria
    ]


def reason_against_verdicts(
    prepared: PreparedExperiment,
    counts: Mapping[str, ConditionCounts],
    *,
    stopped_early: bool = False,
) -> str:
    """Why no criterion may be judged; empty when they may.

    Args:
        prepared: The experiment.
        counts: The counts over the finished rows, by condition.
        stopped_early: Whether the other rows were left out by the rule of early stopping.
    """
    planned, there = len(prepared.plan), sum(each.rows for each in counts.values())
    if there != planned and not stopped_early:
        return f"{there:,} of {planned:,} rows are there"
    most = prepared.experiment.max_world_failures
    for name, own in counts.items():
        away = own.causes["world"]
        if own.rows and away / own.rows > most:
            return (
                f"{away:,} of {own.rows:,} rows of {name!r} failed because a service was"
                f" away, more than {most:.0%}; resume with retry_failed (--retry-failed)"
            )
    return ""


def _ends(interval: IntervalValues | None) -> tuple[float, float]:
    """The ends of an interval; NaN where one is unknown."""
    if interval is None:
        return math.nan, math.nan
    low, high = (interval[end] for end in ("low", "high"))
    return _end(low), _end(high)


def _end(value: Number) -> float:
    return math.nan if value is None else float(value)
