"""Spans join starts and stops."""

from telemetry_research import (
    record,
    recording,
)


def test_spans_join_start_and_stop_and_what_is_between() -> None:
    with recording("one") as experiment:
        record("ensemble.predict.start")
        record("ensemble.model.start")
        record("ensemble.model.stop")
        record("ensemble.vote.complete")
        record("ensemble.predict.stop")
        record("ensemble.predict.stop")

    outer, inner, ended, vote, done, other = experiment
    assert outer.span_id == vote.span_id == done.span_id
    assert inner.span_id == ended.span_id != outer.span_id
    assert inner.parent_id == outer.span_id
    assert other.span_id not in {outer.span_id, inner.span_id, None}
    assert (outer.parent_id, other.parent_id) == (None, None)
