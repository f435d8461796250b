"""The data-quality report."""

from telemetry_research import (
    data_quality,
    record,
    recording,
    scope,
)


def test_the_quality_report_tells_what_is_missing() -> None:
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
