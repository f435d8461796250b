"""A comparison as a report that reporter renders in every format."""

from collections.abc import Sequence
from typing import Any

from .._report.wording import count_text, p_text, value_text
from .findings import Findings
from .results import PairResult, SystemScore
from .wording import bracket

_MAX_SYSTEMS_AS_ROWS = 12


def comparison_report(found: Findings) -> Any:
    """The report: verdicts first, then scores, pairs, subgroups, items and notes."""
    import reporter

    sections = [
        _summary(found),
        *(_task(found, task) for task in found.tasks),
        *([_over_tasks(found)] if found.pooled else []),
        *([_subgroups(found)] if found.subgroups else []),
        *([_differing(found)] if found.differing else []),
        _methods(found),
    ]
    return reporter.Report(
        title=_title(found),
        banner="SIMULATED: some answers come from simulated models" if found.simulated else None,
        sections=tuple(sections),
    )


def _title(found: Findings) -> str:
    if len(found.systems) <= 3:
        return f"Comparison of {', '.join(found.systems)}"
    return f"Comparison of {len(found.systems)} systems"


def _summary(found: Findings) -> Any:
    import reporter

    blocks: list[Any] = []
    shown = found.verdicts[:_MAX_SYSTEMS_AS_ROWS]
    blocks.append(reporter.Bullets(shown))
    if len(found.verdicts) > len(shown):
        left = count_text(len(found.verdicts) - len(shown), "pair")
        blocks.append(reporter.Paragraph(f"{left} more stand in the tables below."))
    blocks += [reporter.Callout(kind="warning", text=note) for note in found.notes]
    return reporter.Section(title="Verdicts", blocks=tuple(blocks))


def _task(found: Findings, task: str) -> Any:
    import reporter

    scores = [each for each in found.scores if each.task == task]
    pairs = [each for each in found.pairs if each.task == task]
    blocks: list[Any] = [
        _scores_table(found, scores, caption=f"Scores on {task}"),
        reporter.IntervalFigure(
            points=[
                reporter.Point(label=each.system, value=each.score, low=each.low, high=each.high)
                for each in scores
            ],
            axis=f"score with its {found.level:.0%} interval",
        ),
    ]
    groups = [group for group in found.tied.get(task, ()) if len(group) > 1]
    if groups:
        listed = "; ".join(", ".join(group) for group in groups)
        blocks.append(reporter.Paragraph(f"Not distinguished by the data: {listed}."))
    blocks.append(_pairs_table(found, pairs, caption=f"Differences on {task}"))
    return reporter.Section(title=task, blocks=tuple(blocks))


def _scores_table(found: Findings, scores: Sequence[SystemScore], *, caption: str) -> Any:
    import reporter

    return reporter.Table(
        columns=(
            *("System", "Items", "Repeats", "Score", f"{found.level:.0%} interval", "SE"),
            *("Cost per answer", "Median latency", "P95 latency"),
        ),
        rows=tuple(
            (
                f"{each.system}, {each.group}" if each.group else each.system,
                f"{each.items:,}",
                str(each.repeats),
                value_text(each.score, ""),
                bracket(each.low, each.high),
                "-" if each.se is None else value_text(each.se, ""),
                "-" if each.cost_usd is None else value_text(each.cost_usd, "usd"),
                "-" if each.latency_p50_ms is None else value_text(each.latency_p50_ms, "ms"),
                "-" if each.latency_p95_ms is None else value_text(each.latency_p95_ms, "ms"),
            )
            for each in scores
        ),
        caption=caption,
    )


def _pairs_table(found: Findings, pairs: Sequence[PairResult], *, caption: str) -> Any:
    import reporter

    return reporter.Table(
        columns=(
            *("Treatment", "Control", "Difference", f"{found.level:.0%} interval"),
            *("Simultaneous interval", "p", "p (Holm)", "Effect", "Detectable", "Items needed"),
            "Verdict",
        ),
        rows=tuple(_pair_row(each) for each in pairs),
        caption=caption,
        notes=(
            "Treatment minus control. Detectable: the smallest true difference found with 80 %"
            " power. Items needed: to find a true difference of this size with 80 % power."
        ),
    )


def _pair_row(pair: PairResult) -> tuple[str, ...]:
    return (
        f"{pair.treatment}, {pair.group}" if pair.group else pair.treatment,
        pair.control,
        value_text(pair.difference, ""),
        bracket(pair.low, pair.high),
        bracket(pair.simultaneous_low, pair.simultaneous_high),
        p_text(pair.p_value),
        p_text(pair.p_adjusted),
        "-" if pair.effect is None else f"{value_text(pair.effect, '')} ({pair.effect_name})",
        "-" if pair.detectable is None else value_text(pair.detectable, ""),
        "-" if pair.items_needed is None else f"{pair.items_needed:,}",
        pair.verdict,
    )


def _over_tasks(found: Findings) -> Any:
    import reporter

    table = reporter.Table(
        columns=("Mean", "Of", "Value", "Interval", "Tasks"),
        rows=tuple(
            (
                each.method,
                f"{each.treatment} minus {each.control}" if each.control else each.treatment,
                value_text(each.estimate, ""),
                bracket(each.low, each.high),
                str(each.tasks),
            )
            for each in found.pooled
        ),
        caption="Means over tasks",
        notes=(
            "Macro: tasks weigh equally. Micro: items weigh equally. Intervals of differences hold"
            " together (Bonferroni)."
        ),
    )
    return reporter.Section(title="Over all tasks", blocks=(table,))


def _subgroups(found: Findings) -> Any:
    import reporter

    blocks = (
        _scores_table(found, found.subgroups, caption="Scores by subgroup"),
        _pairs_table(found, found.subgroup_pairs, caption="Differences by subgroup"),
        reporter.Paragraph("The p-values are adjusted by Holm over all pairs of all subgroups."),
    )
    return reporter.Section(title="Subgroups", blocks=blocks)


def _differing(found: Findings) -> Any:
    import reporter

    shown = found.systems[:_MAX_SYSTEMS_AS_ROWS]
    table = reporter.Table(
        columns=("Task", "Item", "Question", *shown),
        rows=tuple(
            (
                each.task,
                each.id,
                each.question,
                *(
                    f"{score:g}: {answer}"
                    for score, answer in zip(each.scores[: len(shown)], each.answers, strict=False)
                ),
            )
            for each in found.differing
        ),
        caption="Items on which the systems differ, the largest difference first",
    )
    return reporter.Section(title="Where they differ", blocks=(table,))


def _methods(found: Findings) -> Any:
    import reporter

    tests = ", ".join(dict.fromkeys(pair.test for pair in found.pairs))
    asked = (
        "All systems are compared on the items that each of them has a score for. Repeats of an"
        " item are averaged; intervals are by item, or by cluster where one is named."
    )
    tested = (
        f"Tests: {tests}. p-values are adjusted by Holm over"
        f" {count_text(len(found.pairs), 'pair')} of systems and tasks; simultaneous intervals by"
        " Bonferroni."
    )
    blocks = [reporter.Paragraph(text) for text in (asked, tested)]
    sources = dict.fromkeys((each.system, each.tool, each.source) for each in found.scores)
    table = reporter.Table(
        columns=("System", "Written by", "File"), rows=tuple(sources), caption="Sources"
    )
    return reporter.Section(title="Methods", blocks=(*blocks, table))
