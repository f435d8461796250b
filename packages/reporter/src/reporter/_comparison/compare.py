"""A report of what changed between two reports."""

from collections import Counter
from collections.abc import Iterator

from .._model.blocks import Bullets, Paragraph
from .._model.document import Section
from .._model.evidence import Verdict
from .._model.tables import Table
from .._numbers.number import Number
from .._numbers.units import Unit
from .._report.report import Report

_DIFFERENCE_UNITS: dict[Unit, Unit] = {"share": "points", "count": "number", "p": "number"}


def compare_reports(old: Report, new: Report) -> Report:
    """Return a report with the named numbers of two reports side by side, and what else changed.

    Numbers with one name are compared. A number is better or worse by its ``direction``, and the
    table says whether the new value lies in the old interval. That is a description of two runs,
    not a test of their difference.

    Args:
        old: The earlier report.
        new: The later report.

    Returns:
        A report, which renders in every format.
    """
    return Report(
        title=f"Comparison: {old.title}" if old.title == new.title else "Comparison of reports",
        subtitle=None if old.title == new.title else f"{old.title} and {new.title}",
        date=new.date,
        banner=new.banner or old.banner,
        sections=[
            Section("Numbers", list(_numbers(old, new))),
            Section("Verdicts", list(_verdicts(old, new))),
            Section("Sections", list(_sections(old, new))),
        ],
    )


def _numbers(old: Report, new: Report) -> Iterator[Paragraph | Table | Bullets]:
    before, after = old.named_numbers, new.named_numbers
    both = [name for name in before if name in after]
    changed = [name for name in both if before[name] != after[name]]
    yield Paragraph(f"{len(both):,} numbers are in both reports; {len(changed):,} of them changed.")
    if both:
        yield Table(
            columns=("Number", "Before", "After", "Change", ""),
            rows=[_row(name, before[name], after[name]) for name in both],
            caption="Numbers of both reports",
            align=("left", "right", "right", "right", "left"),
        )
    gone = [f"only before: {name}" for name in before if name not in after]
    yield from _listed([*gone, *(f"only after: {name}" for name in after if name not in before)])


def _row(name: str, before: Number, after: Number) -> tuple[str | Number, ...]:
    shown = [_unnamed(before, "full"), _unnamed(after, "full")]
    if before.unit != after.unit:
        return (name, *shown, "-", "the unit changed")
    if before.value is None or after.value is None:
        return (name, *shown, "-", "same" if before.value == after.value else "")
    if before.value == after.value:
        return (name, *shown, "0", "same")
    unit = _DIFFERENCE_UNITS.get(before.unit, before.unit)
    change = Number(value=after.value - before.value, unit=unit, signed=True, suffix=before.suffix)
    return (name, *shown, change, _remark(before, after))


def _remark(before: Number, after: Number) -> str:
    assert before.value is not None and after.value is not None  # noqa: S101, PT018  # seen by _row
    words = []
    if after.direction != "none":
        higher = after.value > before.value
        words.append("better" if higher == (after.direction == "higher") else "worse")
    if before.interval is not None:
        inside = before.interval.low <= after.value <= before.interval.high
        words.append("within the old interval" if inside else "outside of the old interval")
    return ", ".join(words)


def _unnamed(number: Number, show: str) -> Number:
    values = {key: getattr(number, key) for key in Number.__slots__}
    return Number(**values | {"name": "", "show": show})


def _verdicts(old: Report, new: Report) -> Iterator[Paragraph | Bullets | Table]:
    before, after = _claims(old), _claims(new)
    claims = list(dict.fromkeys([*before, *after]))
    if not claims:
        yield Paragraph("Neither report has a verdict.")
        return
    yield Table(
        columns=("Claim", "Before", "After"),
        rows=[(claim, before.get(claim, "-"), after.get(claim, "-")) for claim in claims],
        caption="Verdicts",
    )


def _claims(report: Report) -> dict[str, str]:
    return {each.claim: each.verdict for each in report.blocks(Verdict)}


def _sections(old: Report, new: Report) -> Iterator[Paragraph | Bullets]:
    before, after = (Counter(_titles(each.sections)) for each in (old, new))
    changes = [f"only before: {title}" for title in before - after]
    changes += [f"only after: {title}" for title in after - before]
    if changes:
        yield from _listed(changes)
    else:
        yield Paragraph("Both reports have the same sections.")


def _listed(items: list[str]) -> Iterator[Bullets]:
    if items:
        yield Bullets(items)


def _titles(parts: object) -> Iterator[str]:
    for part in parts if isinstance(parts, tuple) else ():
        if isinstance(part, Section):
            yield part.title
            yield from _titles(part.blocks)
