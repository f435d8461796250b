"""Windows select events."""

import pytest

from telemetry_research import (
    Window,
)

from ..support import MINUTE, event


def test_a_window_is_the_last_events_or_a_span_of_time() -> None:
    events = [event(number) for number in range(20)]

    assert [each.sequence for each in Window.last_n(3).of(events)] == [17, 18, 19]
    assert len(Window.last(5, "minutes").of(events)) == 6
    assert len(Window.last(5, "minutes", now_us=10 * MINUTE).of(events)) == 6
    assert [e.sequence for e in Window.between(MINUTE, 3 * MINUTE).of(events)] == [1, 2, 3]
    with pytest.raises(ValueError, match="fortnights"):
        Window.last(1, "fortnights")  # type: ignore[arg-type]  # unknown
    with pytest.raises(ValueError, match="at least one"):
        Window.last_n(0)
