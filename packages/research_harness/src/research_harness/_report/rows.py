"""The sections that single rows fill: consensus, items that differ, and topics."""

from typing import Any

from .._analysis.schema import Analysis
from .records import RowRecords, Tally
from .wording import count_text

_MAX_ITEMS, _MAX_TOPICS, _MAX_CONDITIONS = 40, 60, 8


def consensus_section(records: RowRecords) -> Any:
    """How often the voters agreed, and how right they then were; None without votes."""
    import reporter

    if not records.consensus:
        return None
    totals: dict[str, int] = {}
    for (condition, _), tally in records.consensus.items():
        totals[condition] = totals.get(condition, 0) + tally.rows
    rows = [
        (
            condition,
            agreement,
            reporter.Number(value=tally.rows, unit="count"),
            reporter.Number(value=tally.rows / totals[condition], unit="share"),
            _share(tally),
        )
        for condition in totals
        for agreement in ("unanimous", "majority", "no majority")
        for tally in [records.consensus.get((condition, agreement))]
        if tally is not None
    ]
    table = reporter.Table(
        columns=("Condition", "Agreement", "Rows", "Share", "Accuracy"),
        rows=rows,
        caption="Agreement of the voters and accuracy",
        notes=(
            "Majority: more than half of the votes. Failed rows have no vote and are left out here."
        ),
    )
    return reporter.Section("Consensus", [table])


def detail_section(analysis: Analysis, records: RowRecords) -> Any:
    """The items on which conditions differ, and the accuracy by topic; None without either."""
    import reporter

    names = [each["name"] for each in analysis["conditions"]]
    if not 1 < len(names) <= _MAX_CONDITIONS:
        return None
    blocks = [*_item_blocks(names, records), *_topic_blocks(names, records)]
    return reporter.Section("Detailed results", blocks) if blocks else None


def _item_blocks(names: list[str], records: RowRecords) -> list[Any]:
    import reporter

    shares = {
        item: [_value(by_condition.get(name)) for name in names]
        for item, by_condition in records.items.items()
    }
    differing = [
        item
        for item, values in shares.items()
        if len({value for value in values if value is not None}) > 1
    ]
    if records.too_many_items:
        return [reporter.Paragraph("There are too many items to list; results.parquet has all.")]
    if not differing:
        return []
    differing.sort(key=lambda item: -_spread(shares[item]))
    shown = differing[:_MAX_ITEMS]
    voted = any((item, name) in records.votes for item in shown for name in names)
    rows = []
    for item in shown:
        cells = [_right(records.items[item].get(name)) for name in names]
        votes = [
            f"{name}: {records.votes[item, name]}"
            for name in names
            if (item, name) in records.votes
        ]
        rows.append((item, *cells, *(["; ".join(votes) or "-"] if voted else [])))
    never = sum(all(value == 0 for value in values) for values in shares.values())
    return [
        reporter.Table(
            columns=("Item", *names, *(["Votes (last repeat)"] if voted else [])),
            rows=rows,
            caption="Items on which the conditions differ: right answers of all answers",
            notes=(
                f"{count_text(len(differing), 'item')} of {len(shares):,} differ; the"
                f" {len(shown):,} with the largest difference are shown, results.csv has all."
                f" No condition was ever right on {never:,}."
            ),
        )
    ]


def _topic_blocks(names: list[str], records: RowRecords) -> list[Any]:
    import reporter

    if not 1 < len(records.topics) <= _MAX_TOPICS:
        return []
    rows = [
        (
            topic,
            reporter.Number(value=max(tally.rows for tally in found.values()), unit="count"),
            *(_share(found.get(name)) for name in names),
        )
        for topic, found in sorted(records.topics.items())
    ]
    return [
        reporter.Table(
            columns=(records.topic_name, "Rows", *names),
            rows=rows,
            caption=f"Accuracy by {records.topic_name}",
            notes="Described only: no test was planned for parts of the data.",
        )
    ]


def _value(tally: Tally | None) -> float | None:
    return None if tally is None else tally.correct / tally.rows


def _spread(values: list[float | None]) -> float:
    known = [value for value in values if value is not None]
    return max(known) - min(known)


def _share(tally: Tally | None) -> Any:
    import reporter

    return reporter.Number(value=_value(tally), unit="share")


def _right(tally: Tally | None) -> str:
    return "-" if tally is None else f"{tally.correct}/{tally.rows}"
