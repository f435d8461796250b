"""The data-quality report."""

import json

from telemetry_research import (
    data_quality,
    record,
    recording,
    scope,
)


def test_the_quality_report_counts_what_is_missing() -> None:
    with recording("one") as experiment:
        with scope(item_id="i"):
            record("ensemble.model.start")
            record("ensemble.model.stop", {"duration_ns": 5})
        record("ensemble.model.start")
        record("unlisted.stop", {"duration_ns": "soon"})

    found = data_quality(experiment)

    assert (found.events, found.requests, found.unfinished, found.malformed) == (4, 2, 1, 1)
    assert (found.without_cost, found.without_duration, found.without_item) == (1, 1, 1)
    assert found.unknown_names == {"unlisted.stop": 1}
    assert found.score == 0.5
    assert "malformed 1" in str(found)


def test_a_report_is_a_table_and_json() -> None:
    with recording("one") as experiment:
        record("unlisted.stop", {"duration_ns": 5})

    found = data_quality(experiment)

    assert "| unknown names | unlisted.stop: 1 |" in found.to_markdown()
    assert "<td>unlisted.stop: 1</td>" in found._repr_html_()
    assert json.loads(found.to_json())["events"] == 1
