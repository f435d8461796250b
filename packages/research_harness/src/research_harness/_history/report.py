"""A history as a report: for each task a chart of intervals, the scores, and the changes."""

from datetime import UTC, datetime
from typing import Any

from .._compare.wording import bracket
from .._report.wording import p_text, value_text
from .records import HistoryEntry
from .scores import DatedScores

_MAX_CURVES = 8
_DAY_SECONDS = 86_400


def history_report(found: DatedScores) -> Any:
    """The history as a ``reporter.Report``.

    Args:
        found: The history.
    """
    import reporter

    sections = [_gate(found), *(_task(found, task) for task in found.tasks)]
    return reporter.Report(
        title="History of scores",
        banner="SIMULATED: some scores come from simulated models" if found.simulated else None,
        sections=tuple(sections),
    )


def _gate(found: DatedScores) -> Any:
    import reporter

    texts = [found.sentence(each) for each in found.changes]
    texts = texts or ["No system has an earlier run or log to be compared with."]
    rows = [
        (
            each.task,
            each.system,
            each.before,
            each.after,
            value_text(each.pair.difference, ""),
            bracket(each.pair.low, each.pair.high),
            p_text(each.pair.p_adjusted),
            "passed" if each.passed else "FAILED",
        )
        for each in found.changes
    ]
    blocks: list[Any] = [reporter.Bullets(texts)]
    if rows:
        names = (
            "Task",
            "System",
            "Baseline",
            "Newest",
            "Difference",
            f"{found.level:.0%} interval",
        )
        table = reporter.Table(
            columns=(*names, "p (Holm)", "Gate"),
            rows=rows,
            caption=f"The newest against the baseline ({found.baseline})",
        )
        blocks.append(table)
    blocks += [reporter.Callout(kind="warning", text=note) for note in found.notes]
    return reporter.Section(title="Changes", blocks=tuple(blocks))


def _task(found: DatedScores, task: str) -> Any:
    import reporter

    entries = [each for each in found.entries if each.task == task]
    first = min(map(_seconds, entries))
    curves = [_curve(name, group, first) for name, group in found.systems_of(task)]
    figures = [
        reporter.LineFigure(
            curves=curves[start : start + _MAX_CURVES],
            caption=f"Scores on {task} over time, with {found.level:.0%} intervals",
            x_axis=_axis(entries),
            y_axis="score",
        )
        for start in range(0, len(curves), _MAX_CURVES)
    ]
    table = reporter.Table(
        columns=("System", "Begun", "Run or log", "Items", "Score", f"{found.level:.0%} interval"),
        rows=[
            (
                each.system,
                each.at,
                each.label if each.complete else f"{each.label} (incomplete)",
                f"{each.items:,}",
                value_text(each.score, ""),
                bracket(each.low, each.high),
            )
            for each in entries
        ],
        caption=f"Scores on {task}",
    )
    return reporter.Section(title=task, blocks=(*figures, table))


def _curve(name: str, group: list[HistoryEntry], first: float) -> Any:
    import reporter

    dated = _is_dated(group)
    return reporter.Curve(
        label=name,
        x=[
            (_seconds(each) - first) / _DAY_SECONDS if dated else float(number)
            for number, each in enumerate(group, start=1)
        ],
        y=[each.score for each in group],
        low=[min(each.low, each.score) for each in group],
        high=[max(each.high, each.score) for each in group],
    )


def _axis(entries: list[HistoryEntry]) -> str:
    if not _is_dated(entries):
        return "run or log, in order"
    return f"days since {min(each.at for each in entries)[:10]}"


def _is_dated(group: list[HistoryEntry]) -> bool:
    return all(_seconds(each) for each in group)


def _seconds(entry: HistoryEntry) -> float:
    try:
        found = datetime.fromisoformat(entry.at)
    except ValueError:
        return 0.0
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
