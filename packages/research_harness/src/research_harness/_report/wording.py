"""The numbers of a run in words, by reporter's rules, for the terminal and every report."""

from collections.abc import Sequence

from .._analysis.schema import (
    Analysis,
    ConditionValues,
    CriterionValues,
    IntervalValues,
    MetricValues,
    Number,
    Origin,
)
from .._definition.metrics import Unit

BANNER = "SIMULATED"


def value_text(value: Number, unit: Unit, *, difference: bool = False) -> str:
    """One number with its unit, as the report prints it; None reads as unknown.

    Args:
        value: The number.
        unit: Its unit; a share is printed in percent.
        difference: Whether it is a difference; one of shares is printed in percentage points.
    """
    import reporter

    number = float(value) if isinstance(value, str) else value
    if unit == "share":
        text = reporter.percent_text(number, signed=difference)
        return text.replace(" %", " pp") if difference else text
    if unit == "usd":
        return reporter.money_text(number)
    if unit == "ms":
        return reporter.milliseconds_text(number)
    return reporter.number_text(number)


def interval_text(interval: IntervalValues | None, unit: Unit, *, difference: bool = False) -> str:
    """An interval in brackets, such as "[82.1 %, 93.4 %]"; a dash for None."""
    if interval is None:
        return "-"
    low, high = (
        value_text(each, unit, difference=difference)
        for each in (interval["low"], interval["high"])
    )
    return f"[{low}, {high}]"


def estimate_text(value: Number, interval: IntervalValues | None, unit: Unit) -> str:
    """A value with its interval, if it has one."""
    text = value_text(value, unit)
    return text if interval is None else f"{text} {interval_text(interval, unit)}"


def metric_text(found: MetricValues) -> str:
    """A metric of a condition with its interval, and how many of its rows are unknown."""
    text = f"{metric_value_text(found)} {interval_text(found['interval'], found['unit'])}"
    text = text.removesuffix(" -")
    notes = []
    if found["unknown"]:
        notes.append(f"{found['unknown']} of {found['n'] + found['unknown']} unknown")
    if found.get("censored"):
        note = f"{found['censored']} of {found['n']} without an answer"
        if found.get("worst_case") is not None:
            note += f", worst case {value_text(found['worst_case'], found['unit'])}"
        notes.append(note)
    return f"{text} ({'; '.join(notes)})" if notes else text


def metric_value_text(found: MetricValues) -> str:
    """The value of a metric; of an unknown one what it is at least, or its bounds."""
    unit, bounds = found["unit"], found.get("bounds")
    if bounds is not None:
        low = value_text(bounds["low"], unit)
        if bounds["high"] is None:
            return f"at least {low}"
        return f"between {low} and {value_text(bounds['high'], unit)}"
    if found["value"] is None and found.get("known_total") and found["n"]:
        return f"at least {value_text(found['known_total'], unit)}"
    text = value_text(found["value"], unit)
    mean_of_bounds = found.get("censored") and found.get("worst_case") == "Infinity"
    return f"at least {text}" if mean_of_bounds and found["value"] != "Infinity" else text


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
        f" ({errors}); they count as wrong, their cost is unknown, and in latencies they count as"
        " taking at least the time limit"
    )


ANSWER_COLUMNS = (
    ("reduced_votes", "fewer votes"),
    ("cut_off", "cut off"),
    ("unread", "unread"),
    ("ambiguous", "ambiguous"),
    ("empty", "empty"),
    ("refused", "refused"),
)
_ANSWERS = {
    "reduced_votes": "fewer votes than members",
    "cut_off": "an answer cut off at its token limit",
    "unread": "no answer found in the text",
    "ambiguous": "more than one answer",
    "empty": "an empty text",
    "refused": "a refusal",
}


def count_of(condition: ConditionValues, name: str) -> int:
    """One of a condition's counts of answers; 0 in a run of before 0.2."""
    counts: dict[str, int] = dict(condition.get("answers", {}))  # type: ignore[arg-type]  # counts
    return counts.get(name, 0)


def answer_lines(analysis: Analysis) -> list[str]:
    """For each condition how many answers are not what it is meant to give."""
    lines = []
    for each in analysis["conditions"]:
        counts = [(count_of(each, name), text) for name, text in _ANSWERS.items()]
        parts = [f"{count:,} with {text}" for count, text in counts if count]
        if parts:
            lines.append(
                f"{each['name']}, of {count_text(each['rows'], 'row')}: {'; '.join(parts)}"
            )
    return lines


def unscored_lines(analysis: Analysis) -> list[str]:
    """For each condition which further scorers failed on how many of its answers, and why."""
    return [
        f"{each['name']}: {found['rows']:,} of {count_text(each['rows'], 'row')} have no mark of"
        f" {found['scorer']}, whose metric leaves them out: {found['reason']}"
        for each in analysis["conditions"]
        for found in each.get("unscored", ())
    ]


def tries_lines(analysis: Analysis) -> list[str]:
    """For each condition with rows that were asked again, how often these are right."""
    lines = []
    for each in analysis["conditions"]:
        tries = each.get("tries")
        if tries is not None:
            lines.append(
                f"{each['name']}: {count_text(tries['again_rows'], 'row')} were asked again,"
                f" {tries['again_right']:,} of them right; of {tries['first_rows']:,} that were"
                f" not, {tries['first_right']:,} (Fisher's exact test,"
                f" {p_text(tries['p_value'], name=True)})"
            )
    return lines


def incomplete_text(analysis: Analysis) -> str | None:
    """The warning above a run whose rows are not all there."""
    if analysis["state"] == "complete":
        return None
    text = f"INCOMPLETE: {analysis['rows']:,} of {count_text(analysis['planned_rows'], 'row')}"
    return f"{text}; {analysis['stopped']}" if analysis["stopped"] else text


def early_text(analysis: Analysis) -> str | None:
    """When and why a run stopped early, and what it saved; None without a rule."""
    early = analysis.get("early_stop")
    if early is None:
        return None
    parts = []
    for each in early["pairs"]:
        low, high = (float(each["interval"][end] or 0.0) for end in ("low", "high"))
        level = 100 * each["interval"]["level"]
        parts.append(
            f"{each['treatment']} minus {early['control']}: {each['estimate']:.3g}"
            f" [{low:.3g}, {high:.3g}] ({level:.3g} % at every look;"
            f" {each['clear'] or 'not'} clear)"
        )
    where = f"{early['items']:,} of {count_text(early['planned_items'], 'item')}"
    when = f"Not clear after {where}"
    if early["stopped"]:
        share = early["saved_rows"] / analysis["planned_rows"]
        when = f"Clear after {where}; {early['saved_rows']:,} rows ({share:.0%}) were not asked"
    return f"{when}. {early['metric']}, {early['method']}: {'; '.join(parts)}."


def banner_text(origin: Origin) -> str | None:
    """The warning that stands above everything that was not measured on real models."""
    if not origin["simulated"]:
        return None
    return (
        f"{BANNER}: {', '.join(origin['reasons'])}. These numbers show how the experiment works,"
        " not how good any model is."
    )


def claim_text(found: CriterionValues) -> str:
    """The claim, marked when it was stated after the first row."""
    return f"{found['claim']} (post hoc)" if found["post_hoc"] else found["claim"]


def change_text(value: Number, found: CriterionValues) -> str:
    """A value, a difference or a ratio with its unit; a relative change as a percentage."""
    if found["measure"] == "relative" and value is not None:
        number = float(value)
        return f"{100 * number:+.3g} %"
    return value_text(value, found["unit"], difference=found["measure"] == "difference")


def interval_of_claim(found: CriterionValues) -> str:
    """The interval that the verdict comes from; a dash without one."""
    interval = found["interval"]
    if interval is None:
        return "-"
    low, high = (change_text(interval[end], found) for end in ("low", "high"))
    return f"[{low}, {high}]"


def line_of_claim(found: CriterionValues) -> str:
    """The verdict on a claim in one line of the terminal."""
    shown = change_text(found["estimate"], found)
    if found["interval"] is not None:
        level = f"{100 * found['interval']['level']:.4g} %"
        shown = f"{shown}, {level} {interval_of_claim(found)}"
    return f"{found['verdict']}: {claim_text(found)} ({found['holds_when']}; {shown})"


def family_text(criteria: Sequence[CriterionValues]) -> str:
    """How the verdicts are adjusted for their number."""
    before = [each for each in criteria if not each["post_hoc"]]
    texts = []
    if len(criteria) > 1:
        texts.append(
            "The intervals are adjusted by Holm's method: with m claims undecided, their level is"
            " 1 - alpha / m."
        )
    if len(before) < len(criteria):
        texts.append(
            "Post hoc: added or changed after the first row; such claims are judged in one family"
            " with all others."
        )
    return " ".join(texts)
