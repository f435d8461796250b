"""Events on the shared bus."""

from pathlib import Path
from typing import Any

import pytest

from causal_trace import (
    EVENTS,
    TraceEvent,
    load_chain,
    parse,
    save_chain,
)

blinker = pytest.importorskip("blinker", reason="the extra events")


def test_every_event_on_the_bus_is_in_the_list(tmp_path: Path) -> None:
    seen: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def receive(name: str, *, measurements: dict[str, Any], metadata: dict[str, Any]) -> None:
        seen.append((name, measurements, metadata))

    text = '<event type="synthesis"><decision>d</decision><confidence>0.4</confidence></event>'
    with blinker.signal("crucible").connected_to(receive):
        made = parse(text, "c")
        longer = made.add(TraceEvent(type="decision_made", decision="d"))
        save_chain(longer, tmp_path)
        load_chain(made.id, tmp_path)

    names = [name for name, _, _ in seen]
    first, second = longer.events
    assert names == [
        "trace.chain.created",
        "trace.event.created",
        "trace.event.created",
        "trace.chain.saved",
        "trace.chain.loaded",
    ]
    assert set(names) == set(EVENTS)
    assert [measured for _, measured, _ in seen[1:3]] == [{"confidence": 0.4}, {"confidence": None}]
    assert seen[1][2] == {"chain_id": made.id, "event_id": first.id, "type": "synthesis"}
    assert seen[2][2] == {"chain_id": made.id, "event_id": second.id, "type": "decision_made"}


def test_a_receiver_that_fails_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(name: str, **_: object) -> None:
        raise RuntimeError(name)

    with blinker.signal("crucible").connected_to(fail):
        made = parse("nothing", "c")

    assert made.name == "c"
    assert "a receiver of trace.chain.created failed" in caplog.text
