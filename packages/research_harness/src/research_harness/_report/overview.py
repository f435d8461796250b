"""The summary block, the cost-benefit table and the conclusions of a run."""

from collections.abc import Iterator, Mapping
from typing import Any

from .._analysis.answers import IN_BATCHES
from .._analysis.schema import Analysis, ComparisonValues, CriterionValues, PairValues
from .numbers import as_float, claim_number, difference_number, metric_number, price_metrics

_MAX_CONDITIONS = 6
_EFFECTS = ("d_z", "odds_ratio")  # those that bench's sentence has


def summary_block(config: Mapping[str, Any], analysis: Analysis) -> Any:
    """The main metric of each condition, what it gains, and what that costs.

    Returns:
        Names with values; None for more than six conditions, which a matrix shows.
    """
    import reporter

    if len(analysis["conditions"]) > _MAX_CONDITIONS:
        return None
    metric = _main_metric(analysis)
    at = [each["metric"] for each in analysis["conditions"][0]["metrics"]].index(metric)
    prices = price_metrics(config)
    pairs: list[tuple[str, Any]] = [
        (
            f"{metric} of {each['name']}",
            metric_number(each["metrics"][at], per_query=metric in prices).as_full,
        )
        for each in analysis["conditions"]
    ]
    for family in analysis["comparisons"]:
        if family["metric"] == metric:
            for pair in _against_control(family, analysis):
                pairs += _gain(family, pair, several=bool(family["correction"]))
    pairs += _price_lines(config, analysis, metric)
    return reporter.KeyValues(pairs)


def _gain(
    family: ComparisonValues, pair: PairValues, *, several: bool
) -> Iterator[tuple[str, Any]]:
    text = f"{pair['treatment']} minus {pair['control']}"
    number = difference_number(pair, family["unit"])
    yield f"Difference in {family['metric']}, {text}", number.as_full
    if pair["result"] is not None:
        adjusted = ", adjusted after Holm" if several else ""
        shown = f"{number.as_p.text}{adjusted}{_effect_text(pair['result'])}"
        yield f"Significance, {text}", shown


def _effect_text(result: Mapping[str, Any]) -> str:
    import reporter

    effects = result.get("effect_sizes") or {}
    name = next((each for each in _EFFECTS if each in effects), next(iter(effects), ""))
    if not name:
        return ""
    effect = effects[name]
    shown = reporter.Number(value=as_float(effect.get("value")), digits=3).text
    return f"; {effect.get('symbol') or name} = {shown}"


def _price_lines(
    config: Mapping[str, Any], analysis: Analysis, metric: str
) -> Iterator[tuple[str, Any]]:
    """How many times the control's price each condition costs, and the price of a point."""
    import reporter

    for row in cost_rows(config, analysis, metric):
        if row.ratio is not None:
            ratio = reporter.Number(value=row.ratio, digits=3, suffix="times")
            yield f"Cost of {row.condition} in that of {analysis['control']}", ratio
        if row.per_point is not None:
            yield f"Cost of a percentage point, {row.condition}", row.per_point


class CostRow:
    """What a condition costs and gains against the control.

    Attributes:
        condition: Its name.
        cost: The price of a query.
        errors: The wrong answers in 1,000.
        ratio: Its price over the control's; None where it is not known or for the control.
        per_point: The price of a percentage point of gain; None where nothing is gained.
        per_error: The price of one avoided error; None likewise.
    """

    __slots__ = ("condition", "cost", "errors", "per_error", "per_point", "ratio", "share")

    def __init__(self, condition: str, share: Any, cost: Any) -> None:
        import reporter

        self.condition, self.share, self.cost = condition, share, cost
        wrong = None if share.value is None else 1000 * (1 - share.value)
        self.errors = reporter.Number(value=wrong, unit="count", digits=1)
        self.ratio: float | None = None
        self.per_point: Any = None
        self.per_error: Any = None

    def compare(self, control: "CostRow") -> None:
        """Fill what is relative to the control."""
        import reporter

        cost, base = self.cost.value, control.cost.value
        if cost is None or base is None:
            return
        self.ratio = cost / base if base > 0 else None
        gain = (self.share.value or 0.0) - (control.share.value or 0.0)
        if gain <= 0 or None in (self.share.value, control.share.value):
            return
        extra = reporter.Number(value=cost - base, unit="usd_per_query")
        self.per_point = reporter.cost_per_point(extra, reporter.Number(value=gain, unit="points"))
        self.per_error = reporter.Number(value=(cost - base) / gain, unit="usd")


def cost_rows(config: Mapping[str, Any], analysis: Analysis, metric: str) -> list[CostRow]:
    """The cost-benefit of each condition; empty without a share and a price of a query."""
    prices = price_metrics(config)
    rows, control = [], None
    for each in analysis["conditions"]:
        found = {value["metric"]: value for value in each["metrics"]}
        price = next((value for name, value in found.items() if name in prices), None)
        if price is None or found[metric]["unit"] != "share":
            return []
        row = CostRow(
            each["name"], metric_number(found[metric]), metric_number(price, per_query=True)
        )
        rows.append(row)
        control = row if each["name"] == analysis["control"] else control
    for row in rows:
        if control is not None and row is not control:
            row.compare(control)
    return rows


def _batched_text(config: Mapping[str, Any]) -> str:
    """Which conditions were asked in batch jobs, in words; empty where none was."""
    calls = config.get("calls") or []
    names = dict.fromkeys(
        each["condition"] for each in calls if IN_BATCHES in each.get("asked", ())
    )
    return f" Asked {IN_BATCHES}: {', '.join(names)}." if names else ""


def cost_section(config: Mapping[str, Any], analysis: Analysis) -> Any:
    """The cost-benefit section; None without a share and a price of a query."""
    import reporter

    metric = _main_metric(analysis)
    rows = cost_rows(config, analysis, metric)
    if len(rows) < 2 or all(row.cost.value is None for row in rows):
        return None
    table = reporter.Table(
        columns=(
            "Condition",
            metric,
            "Cost",
            "Times the control",
            "Errors in 1,000",
            "Cost of one point",
            "Cost of one avoided error",
        ),
        rows=[
            (
                row.condition,
                row.share,
                row.cost,
                "-" if row.ratio is None else reporter.Number(value=row.ratio, digits=3),
                row.errors,
                row.per_point or "-",
                row.per_error or "-",
            )
            for row in rows
        ],
        caption="Cost and benefit by condition",
        notes=(
            f"Against {analysis['control']}. One point is one percentage point of {metric}."
            " A condition that does not gain has no cost of a point."
            f"{_batched_text(config)}"
        ),
    )
    blocks: list[Any] = [table]
    dots = [
        reporter.Dot(label=row.condition, x=1000 * row.cost.value, y=100 * row.share.value)
        for row in rows
        if row.cost.value is not None and row.share.value is not None
    ]
    if 2 <= len(dots) <= _MAX_DOTS:
        blocks.append(
            reporter.ScatterFigure(
                dots=dots,
                caption=f"Cost against {metric}, with the conditions that no other beats",
                x_axis="Cost of 1,000 queries ($)",
                y_axis=f"{metric} (%)",
                front=True,
            )
        )
    return reporter.Section("Cost and benefit", blocks)


_MAX_DOTS = 60


def conclusions_section(config: Mapping[str, Any], analysis: Analysis) -> Any:
    """A sentence for each claim by its verdict, and what the gain costs."""
    import reporter

    blocks: list[Any] = [_verdict(each, analysis) for each in analysis["criteria"]]
    if not analysis["criteria"]:
        blocks.append(
            reporter.Paragraph(
                "No claim was stated before the run, so there is no verdict. The differences"
                " above are exploratory."
            )
        )
    else:
        counts = {
            name: sum(block.verdict == name for block in blocks)
            for name in ("SUPPORTED", "NOT SUPPORTED", "INCONCLUSIVE", "INCOMPLETE")
        }
        listed = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        blocks.insert(0, reporter.Paragraph(f"{_hypothesis_text(config)}Claims: {listed}."))
    metric = _main_metric(analysis)
    blocks += [
        _price_sentence(row, analysis["control"], metric)
        for row in cost_rows(config, analysis, metric)
        if row.per_point is not None and row.ratio is not None
    ]
    return reporter.Section("Conclusions", blocks)


def _hypothesis_text(config: Mapping[str, Any]) -> str:
    text = str(config.get("hypothesis") or "").strip()
    return f"Hypothesis: {text.rstrip('.')}. " if text else ""


def _price_sentence(row: CostRow, control: str, metric: str) -> Any:
    import reporter

    ratio = reporter.Number(value=row.ratio, digits=3)
    text: list[Any] = [f"{row.condition} costs ", ratio, f" times as much as {control}: "]
    return reporter.Paragraph([*text, row.per_point, f" of {metric}."])


def _verdict(found: CriterionValues, analysis: Analysis) -> Any:
    import reporter

    verdict: str = found["verdict"]
    reason: list[Any] = [f"{found['holds_when']}; measured ", claim_number(found).as_full, "."]
    if verdict == "NO VERDICT":
        reason = [f"{found['holds_when']}. Not judged: {analysis['withheld']}."]
    made: Any = reporter.Verdict  # the verdict is a Literal there
    late = " (post hoc)" if found.get("post_hoc") else ""
    return made(
        claim=f"{found['claim']}{late}",
        verdict="INCOMPLETE" if verdict == "NO VERDICT" else verdict,
        reason=reason,
    )


def _main_metric(analysis: Analysis) -> str:
    """The first metric that is a share, else the first."""
    metrics = analysis["conditions"][0]["metrics"]
    return next(
        (each["metric"] for each in metrics if each["unit"] == "share"), metrics[0]["metric"]
    )


def _against_control(family: ComparisonValues, analysis: Analysis) -> list[PairValues]:
    return [pair for pair in family["pairs"] if pair["control"] == analysis["control"]]
