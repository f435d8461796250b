"""A comparison on the terminal: one table a task, then a sentence for each pair."""

from collections.abc import Iterator, Sequence

from .._core.text import on_lines
from .._report.wording import count_text, value_text
from .findings import Findings
from .results import PooledDifference, SystemScore
from .wording import bracket, pair_sentence, score_text

_MAX_SENTENCES = 12
_MAX_ITEMS = 5


def comparison_text(found: Findings) -> str:
    """The comparison as text of at most 100 columns where names allow it."""
    return on_lines(_lines(found))


def _lines(found: Findings) -> Iterator[str]:
    if found.simulated:
        yield "SIMULATED: some of these answers come from simulated models."
        yield ""
    for task in found.tasks:
        scores = [each for each in found.scores if each.task == task]
        yield f"{task}: {count_text(scores[0].items, 'item')} that all systems answered"
        yield ""
        yield from table(*_scores_table(scores, found.level))
        yield ""
        yield from _ties(found, task)
    yield from _sentences(found)
    yield from _pooled(found)
    yield from _subgroups(found)
    yield from _differing(found)
    for note in found.notes:
        yield f"note: {note}"


def _scores_table(
    scores: Sequence[SystemScore], level: float
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The columns that any system has a value for."""
    columns = ["system", f"score [{level:.0%} CI]", "SE"]
    cells = [
        [
            each.system,
            score_text(each),
            "-" if each.se is None else value_text(each.se, ""),
        ]
        for each in scores
    ]
    optional = {
        "repeats": [str(each.repeats) if each.repeats > 1 else None for each in scores],
        "consistent": [
            None if each.consistency is None else value_text(each.consistency, "")
            for each in scores
        ],
        "cost/answer": [
            None if each.cost_usd is None else value_text(each.cost_usd, "usd") for each in scores
        ],
        "P50": [
            None if each.latency_p50_ms is None else value_text(each.latency_p50_ms, "ms")
            for each in scores
        ],
        "P95": [
            None if each.latency_p95_ms is None else value_text(each.latency_p95_ms, "ms")
            for each in scores
        ],
    }
    for name, values in optional.items():
        if any(value is not None for value in values):
            columns.append(name)
            for row, value in zip(cells, values, strict=True):
                row.append(value or "-")
    return tuple(columns), [tuple(row) for row in cells]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns under their heads, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield ("  " + "  ".join(cells)).rstrip()


def _ties(found: Findings, task: str) -> Iterator[str]:
    groups = [group for group in found.tied.get(task, ()) if len(group) > 1]
    for group in groups:
        yield f"not distinguished: {', '.join(group)}"
    if groups:
        yield ""


def _sentences(found: Findings) -> Iterator[str]:
    several = len(found.tasks) > 1
    for pair, sentence in list(zip(found.pairs, found.verdicts, strict=True))[:_MAX_SENTENCES]:
        yield f"{pair.task}: {sentence}" if several else sentence
    left = len(found.pairs) - _MAX_SENTENCES
    if left > 0:
        yield f"... and {count_text(left, 'pair')} more: see the report (--output) or --json"
    yield ""


def _pooled(found: Findings) -> Iterator[str]:
    if not found.pooled:
        return
    yield f"over {count_text(len(found.tasks), 'task')}"
    rows = [
        (each.method, _subject(each), value_text(each.estimate, ""), bracket(each.low, each.high))
        for each in found.pooled
    ]
    yield from table(("mean", "of", "value", "interval"), rows)
    yield ""


def _subject(each: PooledDifference) -> str:
    return f"{each.treatment} minus {each.control}" if each.control else each.treatment


def _subgroups(found: Findings) -> Iterator[str]:
    if not found.subgroups:
        return
    yield "by subgroup"
    rows = [
        (each.task, each.group, each.system, str(each.items), score_text(each))
        for each in found.subgroups
    ]
    yield from table(("task", "subgroup", "system", "items", "score"), rows)
    for pair in found.subgroup_pairs:
        if pair.verdict in ("better", "worse"):
            yield pair_sentence(pair, level=found.level, margin=found.equivalence)
    yield ""


def _differing(found: Findings) -> Iterator[str]:
    if not found.differing:
        return
    yield "items on which they differ"
    rows = [
        (each.id[:24], each.question[:48], *(value_text(score, "") for score in each.scores))
        for each in found.differing[:_MAX_ITEMS]
    ]
    yield from table(("item", "question", *found.systems), rows)
    yield ""
