"""The leaderboard as a self-contained page of HTML; all text from outside is escaped."""

from collections.abc import Iterable, Sequence

from .._core.markup import html_table, html_text
from .result import EvaluationResult, ItemResult

_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.3em .8em;text-align:left;vertical-align:top;border-bottom:1px solid #8886}
td{overflow-wrap:anywhere;white-space:pre-wrap}
svg{display:block}
details{margin-top:1rem}
summary{cursor:pointer}
"""
_ITEM_HEAD = ("id", "verdict", "extracted", "expected", "prediction")


def page(
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    results: Sequence[EvaluationResult],
    *,
    items: bool,
    level: float,
) -> str:
    """The page: the table with the intervals drawn, then how the answers of each model came out.

    Args:
        title: Above the table.
        head: The names of its columns.
        rows: Its cells, one row for each result.
        results: The results in the order of the rows.
        items: Whether every item is shown as well.
        level: The level of the intervals.
    """
    drawn = (
        [*map(html_text, row), _interval(result, level)]
        for row, result in zip(rows, results, strict=True)
    )
    parts = "\n".join(_details(result, items=items) for result in results)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html_text(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{html_text(title)}</h1>\n{html_table([*head, '0 to 1'], drawn)}\n{parts}\n"
        "</body></html>\n"
    )


def _interval(result: EvaluationResult, level: float) -> str:
    low, high = (100 * end for end in result.interval_at(level))
    middle = 100 * result.accuracy
    ends = f"{low / 100:.4f} to {high / 100:.4f}"
    label = f"accuracy {result.accuracy:.4f}, {100 * level:g} % interval {ends}"
    return (
        f'<svg role="img" aria-label="{label}" width="160" height="18" viewBox="-2 0 104 12"'
        ' preserveAspectRatio="none" stroke="currentColor">'
        '<line x1="0" x2="100" y1="6" y2="6" stroke-opacity=".25"/>'
        f'<line x1="{low:.2f}" x2="{high:.2f}" y1="6" y2="6" stroke-width="4" stroke-opacity=".5"/>'
        f'<line x1="{middle:.2f}" x2="{middle:.2f}" y1="1" y2="11" stroke-width="1.5"/></svg>'
    )


def _details(result: EvaluationResult, *, items: bool) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in result.outcomes.items())
    about = (
        f"scored by {result.scorer}, version {result.dataset_version}, SHA-256 of the items"
        f" {result.dataset_hash}; answers: {counts}, left out: {result.left_out}"
    )
    rows = ([html_text(cell) for cell in _cells(item)] for item in result.items) if items else ()
    title = html_text(f"{result.model_name} on {result.dataset_name}")
    return (
        f"<details><summary>{title}</summary>"
        f"<p>{html_text(about)}</p>{html_table(_ITEM_HEAD, rows) if items else ''}</details>"
    )


def _cells(item: ItemResult) -> tuple[str, ...]:
    verdict = "right" if item.score.correct else "wrong"
    if item.missing or not item.score.answered:
        verdict += f": {'missing' if item.missing else item.score.outcome}"
    values = (item.score.extracted, item.expected, item.prediction)
    return item.id, verdict, *("" if value is None else str(value) for value in values)
