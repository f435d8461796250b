"""The catalogue of events."""

from telemetry_research import (
    CATALOGUE,
    LEVELS,
    event_info,
)


def test_every_catalogued_event_has_a_level_and_a_description() -> None:
    for name, info in CATALOGUE.items():
        assert info.level in LEVELS, name
        assert info.description

    assert event_info("no.such.event").level == "custom"
    assert event_info("mine.stop").counts
    assert not event_info("mine.start").counts
