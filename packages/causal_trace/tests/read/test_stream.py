"""Answers that arrive in pieces."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from causal_trace import TraceStream, parse

TEXT = (
    "<think>weigh</think><event type='synthesis'><decision>a</decision></event>\n"
    "<event type='synthesis'><decision>b</decision></event>"
)


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 1, 31, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@given(st.lists(st.integers(0, len(TEXT)), max_size=12))
def test_the_pieces_do_not_change_what_is_read(cuts: list[int]) -> None:
    stream = TraceStream("c", id="x", clock=Clock())
    places = [0, *sorted(cuts), len(TEXT)]
    for begin, end in itertools.pairwise(places):
        stream.feed(TEXT[begin:end])

    chain = stream.finish()

    whole = parse(TEXT, "c", id="x")
    assert [(e.decision, e.reasoning, e.span, e.id) for e in chain] == [
        (e.decision, e.reasoning, e.span, e.id) for e in whole
    ]
    times = [event.timestamp for event in chain]
    assert times == sorted(times)


def test_an_event_has_the_time_of_its_last_piece() -> None:
    stream = TraceStream("c", clock=Clock())
    for character in TEXT:
        stream.feed(character)

    native, first, second = stream.finish()

    assert native.timestamp < first.timestamp < second.timestamp
    assert native.latency_ms == 1000.0 * (len("<think>weigh</think>") - 1)


def test_a_stream_without_pieces_is_an_empty_chain() -> None:
    assert TraceStream("c").finish().events == ()
