"""One static HTML page of an experiment: no script, no network, bounded in size."""

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from .._core import tables
from .._core.event import Event
from .._core.safe import printable
from .._experiment.recording import Recording
from .._export.replacing import replacing
from .._metrics.metrics import LevelMetrics, Metrics, cost_text, tokens_text
from .._tracing.spans import spans_of
from .span_tree import text, tree

_MAX_EVENTS = 20_000
_MAX_FAILURES = 1_000
_LEVELS = ("level", "requests", "success", "interval", "cost", "tokens in", "tokens out")
_LATENCY = ("level", "mean ms", "p50", "p90", "p95", "p99", "p99.9", "max")
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:75em;margin:2em auto;padding:0 1em;
color:#1b1b1b;background:#fff}
h1{font-size:1.5em;margin-bottom:0;overflow-wrap:anywhere}p,summary{overflow-wrap:anywhere}
h2{font-size:1.15em;margin-top:2em}
table{border-collapse:collapse;margin:.5em 0}.wide{overflow-x:auto}
th,td{padding:.2em .7em;text-align:right;
border-bottom:1px solid #ddd}th:first-child,td:first-child{text-align:left}
details{margin-left:1.1em}summary{cursor:pointer}.leaf{margin-left:2.2em}
.bad{color:#a40000}.quiet{color:#606060}pre{white-space:pre-wrap;overflow-wrap:anywhere;
background:#f4f4f4;padding:.5em;margin:.2em 0 .2em 1.1em;max-height:30em;overflow:auto}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}th,td{border-color:#444}
.bad{color:#ff8a80}.quiet{color:#a8a8a8}pre{background:#262626}}
"""
# No script, no address and no form: the page cannot do anything but be read.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_page(experiment: Recording, path: str | os.PathLike[str]) -> Path:
    """Write one static HTML page: metrics with intervals, failures, and the tree of spans.

    Prompts and answers are folded. The page has no script and loads nothing. It is at most 2 MB:
    long texts are cut, and spans beyond that are counted. Of more than 20,000 events, the page
    shows the first 20,000 and up to 1,000 failures of the others; the metrics are those of all.

    Args:
        experiment: A running or stopped experiment.
        path: The file; an existing one is replaced.

    Returns:
        The path that was written.

    Raises:
        OSError: The file cannot be written.

    Example:
        >>> with recording("pilot") as experiment, span("tool"):
        ...     pass
        >>> write_page(experiment, "pilot.html").name
        'pilot.html'
    """
    target = Path(path)
    with replacing(target) as temporary:
        temporary.write_text(page(experiment), encoding="utf-8")
    return target


def page(experiment: Recording) -> str:
    """The page as text.

    Args:
        experiment: A running or stopped experiment.
    """
    metrics = experiment.metrics()
    events, left_out = _shown_events(experiment)
    spans = spans_of(events, experiment.id)
    failed = [span for span in spans if span.success is False]
    parts = [
        _head(experiment.name),
        f"<h1>{text(experiment.name)}</h1>",
        f'<p class="quiet">{text(str(experiment))}</p>',
        _about(experiment),
        "<h2>Requests</h2>",
        _measures(metrics),
        f"<h2>Failures ({len(failed)})</h2>" if failed else "",
        _failures(metrics),
        f"<h2>Spans ({len(spans)})</h2>",
        f'<p class="quiet">{left_out} more events are not shown.</p>' if left_out else "",
    ]
    start = "\n".join(part for part in parts if part)
    end = "\n</body></html>\n"
    return f"{start}\n{tree(spans, len((start + end).encode()))}{end}"


def _head(name: str) -> str:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    view = '<meta name="viewport" content="width=device-width,initial-scale=1">'
    start = f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{policy}{view}'
    return f"{start}<title>{text(name)}</title><style>{_STYLE}</style></head><body>"


def _shown_events(experiment: Recording) -> tuple[list[Event], int]:
    """The first events and failures of the others; the number of events that are left out."""
    events = list(islice(experiment, _MAX_EVENTS))
    total = len(experiment)
    if total > len(events):
        known = {event.event_id for event in events}
        failures = (e for e in experiment.events(success=False) if e.event_id not in known)
        events += islice(failures, _MAX_FAILURES)
    return events, total - len(events)


def _about(experiment: Recording) -> str:
    shown = {
        "hypothesis": experiment.hypothesis,
        "condition": experiment.condition,
        "tags": ", ".join(experiment.tags),
        "started": experiment.started_at.isoformat(timespec="seconds"),
        "duration": f"{experiment.duration_ms / 1000:.3f} s",
        **{str(key): value for key, value in experiment.metadata.items()},
    }
    rows = [(name, str(value)[:500]) for name, value in shown.items() if value]
    return f"<details><summary>About</summary>{_table(('field', 'value'), rows)}</details>"


def _measures(metrics: Metrics) -> str:
    if not metrics.levels:
        return "<p>No request has finished.</p>"
    rows = [_requests(each) for each in metrics.levels]
    timed = [_latency(each) for each in metrics.levels if each.latency_ms]
    latency = f"<h2>Latency</h2>{_table(_LATENCY, timed)}" if timed else ""
    return f"{_table(_LEVELS, rows)}{latency}"


def _requests(each: LevelMetrics) -> Sequence[str]:
    rate = "-" if each.success_rate is None else f"{each.success_rate:.2%}"
    interval = each.success_interval
    within = "-" if interval is None else f"{interval.low:.2%} to {interval.high:.2%}"
    tokens = (
        tokens_text(each.input_tokens, each.input_tokens_known, each.requests),
        tokens_text(each.output_tokens, each.output_tokens_known, each.requests),
    )
    return (each.level, f"{each.requests:.10g}", rate, within, cost_text(each), *tokens)


def _latency(each: LevelMetrics) -> Sequence[str]:
    def shown(name: str) -> str:
        interval = each.latency_intervals.get(name)
        within = "" if interval is None else f" ({interval.low:.4g} to {interval.high:.4g})"
        return f"{each.latency_ms[name]:.4g}{within}"

    return (each.level, *map(shown, ("mean", "p50", "p90", "p95", "p99", "p99_9", "max")))


def _failures(metrics: Metrics) -> str:
    rows = [
        (level.level, name[:200], f"{count:.10g}")
        for level in metrics.levels
        for name, count in islice(sorted(level.error_types.items(), key=lambda e: -e[1]), 50)
    ]
    return _table(("level", "error", "number"), rows) if rows else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    shown = ([printable(cell) for cell in row] for row in rows)
    return tables.html(head, shown, 'class="wide"')
