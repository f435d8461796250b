"""A forecast of what hedging would do to recorded latencies, before it is turned on."""

from collections.abc import Mapping
from dataclasses import dataclass

from .._core.plain import json_text, plain
from .._core.quantiles import Quantile
from .._core.shown import html_table, markdown_table, on_one_line, printable, shown, signed_percent
from .copies import CopiesEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """The forecast at one budget.

    Attributes:
        budget: Backups per request that are allowed.
        delay_ms: The best delay.
        probability: The share of late requests to hedge.
        p50_ms: The median with hedging.
        p95_ms: The 95th percentile with hedging.
        p99_ms: The 99th percentile with hedging.
        reduction: By how much the 99th percentile falls, 0 to 1.
        bound_ms: No policy with this budget gets the 99th percentile below this.
        extra_requests: Backups per request.
        extra_work: Additional time of the service; negative when hedging saves time.
    """

    budget: float
    delay_ms: float
    probability: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    reduction: float
    bound_ms: float
    extra_requests: float
    extra_work: float

    def to_dict(self) -> dict[str, object]:
        """The forecast at this budget as plain values."""
        return plain(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What hedging can do for recorded latencies.

    Attributes:
        count: The number of latencies.
        p50_ms: Their median.
        p95_ms: Their 95th percentile.
        p99: Their 99th percentile with its interval.
        tail_ratio: P99 / P95: hedging at P95 halves the P99 only when it is above 2.
        prospects: One for each budget, when copies are independent.
        correlated: Correlation of the copies to the reduction of the P99, at the middle budget.
        shared_length: The reduction when both copies write the same number of tokens; None
            without token counts and times to the first token.
        first_token: The reduction of the P99 to the first token; None without such times.
        fan_out: Number of parallel calls to the reduction of the P99 of the slowest, when each is
            hedged at the middle budget.
        pays: Whether hedging is worth it; None when that depends on how alike copies are, and no
            copies were given.
        reason: Why, in a sentence.
        evidence: What pairs of copies show at the middle budget; None without them.
        warning: A doubt about the unit of the latencies; empty without one.
    """

    count: int
    p50_ms: float
    p95_ms: float
    p99: Quantile
    tail_ratio: float
    prospects: tuple[Prospect, ...]
    correlated: Mapping[float, float]
    shared_length: float | None
    first_token: float | None
    fan_out: Mapping[int, float]
    pays: bool | None
    reason: str
    evidence: CopiesEvidence | None = None
    warning: str = ""

    @shown
    def __str__(self) -> list[str]:
        titles = "budget  delay ms     p    P95 ms    P99 ms  change  bound ms   extra   work"
        widths = (6, 9, 5, 9, 9, 7, 9, 7, 6)
        rows = [
            " ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
            for row in self._rows()
        ]
        return [self._head(), titles, *rows, *self._notes()]

    def _repr_html_(self) -> str:
        from html import escape  # noqa: PLC0415  # only notebooks need it

        notes = "".join(f"<p>{escape(printable(note))}</p>" for note in self._notes())
        return html_table(self._head(), _HEADERS, self._rows()) + notes

    def to_markdown(self) -> str:
        """The forecast as a Markdown table with its notes."""
        table = markdown_table(_HEADERS, self._rows())
        notes = map(on_one_line, self._notes())
        return "\n\n".join([on_one_line(self._head()), table, *notes]) + "\n"

    def to_json(self) -> str:
        """The forecast as JSON."""
        return json_text(self.to_dict())

    def to_dict(self) -> dict[str, object]:
        """The forecast as plain values; ``p99`` as its value and the two ends of its interval."""
        return {**plain(self), "p99": [self.p99.value_ms, *self.p99.interval.to_ends()]}

    def _head(self) -> str:
        return (
            f"{self.count} latencies: P50 {self.p50_ms:.0f}, P95 {self.p95_ms:.0f}, {self.p99};"
            f" P99/P95 {self.tail_ratio:.2f}"
        )

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                f"{row.budget:.0%}",
                f"{row.delay_ms:.0f}",
                f"{row.probability:.2f}",
                f"{row.p95_ms:.0f}",
                f"{row.p99_ms:.0f}",
                signed_percent(-row.reduction),
                f"{row.bound_ms:.0f}",
                f"{row.extra_requests:.1%}",
                signed_percent(row.extra_work, 1),
            )
            for row in self.prospects
        ]

    def _notes(self) -> list[str]:
        alike = ", ".join(f"{r:g} {signed_percent(-value)}" for r, value in self.correlated.items())
        notes = [f"copies alike by r: {alike}"]
        if self.shared_length is not None:
            change = signed_percent(-self.shared_length)
            notes.append(f"with the same number of tokens in both copies: {change}")
        if self.first_token is not None:
            notes.append(f"to the first token: {signed_percent(-self.first_token)}")
        if self.evidence is not None:
            found = signed_percent(-self.evidence.reduction)
            few = (
                "; with fewer than 600 the interval is too narrow" if self.evidence.warnings else ""
            )
            notes.append(f"on {self.evidence.pairs} pairs of copies: {found}{few}")
        if self.warning:
            notes.append(f"Check the unit: {self.warning}")
        return [*notes, self._verdict() + self.reason]

    def _verdict(self) -> str:
        if self.pays is None:
            return "It depends on the copies: "
        if self.pays:
            return "It pays: "
        return "Hedging cannot pay: " if self.evidence is None else "Hedging does not pay: "


_HEADERS = ("budget", "delay ms", "p", "P95 ms", "P99 ms", "change", "bound ms", "extra", "work")
