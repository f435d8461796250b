"""The numbers of a run in words, by reporter's rules, for the terminal and every report."""

from .._analysis.schema import (
    Analysis,
    ConditionValues,
    IntervalValues,
    MetricValues,
    Number,
    Origin,
)
from .._definition.metrics import Unit

BANNER = "SIMULATED"


def value_text(value: Number, unit: Unit) -> str:
    """One number with its unit; None reads as unknown."""
    import reporter

    number = float(value) if isinstance(value, str) else value
    if unit == "usd":
        return reporter.money_text(number)
    if unit == "ms":
        return reporter.milliseconds_text(number)
    return reporter.number_text(number)


def interval_text(interval: IntervalValues | None, unit: Unit) -> str:
    """An interval in brackets; a dash for None."""
    if interval is None:
        return "-"
    return f"[{value_text(interval['low'], unit)}, {value_text(interval['high'], unit)}]"


def estimate_text(value: Number, interval: IntervalValues | None, unit: Unit) -> str:
    """A value with its interval, if it has one."""
    text = value_text(value, unit)
    return text if interval is None else f"{text} {interval_text(interval, unit)}"


def metric_text(found: MetricValues) -> str:
    """A metric of a condition with its interval, and how many of its rows are unknown."""
    text = estimate_text(found["value"], found["interval"], found["unit"])
    if not found["unknown"]:
        return text
    if "known_total" in found and found["n"]:
        text = f"at least {value_text(found['known_total'], found['unit'])}"
    return f"{text} ({found['unknown']} of {found['n'] + found['unknown']} unknown)"


def p_text(p_value: float | None, *, name: bool = False) -> str:
    """A p-value as APA prints it; with its name, for a sentence: "p = .012"."""
    import reporter

    return reporter.p_text(p_value, name=name)


def count_text(count: int, thing: str) -> str:
    """A number of things: "1 row", "2,000 rows"."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def failures_text(found: ConditionValues) -> str:
    """How many rows of a condition failed, and of what."""
    errors = ", ".join(f"{name}: {count:,}" for name, count in found["errors"].items())
    return (
        f"{found['name']}: {found['failures']:,} of {count_text(found['rows'], 'row')} failed"
        f" ({errors}); they count as wrong and have no latency or cost"
    )


def incomplete_text(analysis: Analysis) -> str | None:
    """The warning above a run whose rows are not all there."""
    if analysis["state"] == "complete":
        return None
    text = f"INCOMPLETE: {analysis['rows']:,} of {count_text(analysis['planned_rows'], 'row')}"
    return f"{text}; {analysis['stopped']}" if analysis["stopped"] else text


def banner_text(origin: Origin) -> str | None:
    """The warning that stands above everything that was not measured on real models."""
    if not origin["simulated"]:
        return None
    return (
        f"{BANNER}: {', '.join(origin['reasons'])}. These numbers show how the experiment works,"
        " not how good any model is."
    )
