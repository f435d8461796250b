"""The events on the bus, with their measurements and metadata."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import blinker
import pytest

from ensemble import (
    EVENTS,
    Agreement,
    AllModelsFailedError,
    Consensus,
    InsufficientResponsesError,
    Sequential,
    ServerError,
    ask,
    predict,
)

Seen = list[tuple[str, dict[str, Any], dict[str, Any]]]


@pytest.fixture
def seen() -> Iterator[Seen]:
    """All events of a test."""
    events: Seen = []

    def receive(name: str, *, measurements: dict[str, Any], metadata: dict[str, Any]) -> None:
        events.append((name, measurements, metadata))

    with blinker.signal("crucible").connected_to(receive):
        yield events


def test_the_readme_lists_the_events() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")

    assert set(re.findall(r"^\| `(ensemble\.\S+)` \|", readme, re.MULTILINE)) == set(EVENTS)


async def test_every_event_is_in_the_list_and_joined_by_the_prediction(
    seen: Seen, panel: Callable[..., list[Any]]
) -> None:
    await predict("?", models=panel("4", ValueError("x")))
    await predict("?", models=panel("4", "5", "6"), strategy="unanimous")
    ids = {metadata["prediction_id"] for _, _, metadata in seen}
    with pytest.raises(AllModelsFailedError):
        await predict("?", models=panel(ValueError("x")))

    assert {name for name, _, _ in seen} == set(EVENTS)
    assert len(ids) == 2


async def test_the_events_of_a_prediction_hold_all_that_was_counted(
    seen: Seen, panel: Callable[..., list[Any]]
) -> None:
    result = await predict("2+2", models=panel("4", ValueError("x"), "4", "5"), normalize="number")

    sent = {name: (measurements, metadata) for name, measurements, metadata in seen}
    assert sent["ensemble.predict.start"] == (
        {"query_length": 3},
        {
            "prediction_id": result.prediction_id,
            "models": ["m0", "m1", "m2", "m3"],
            "strategy": "majority",
            "execution": "parallel",
            "normalization": "number",
        },
    )
    measurements, metadata = sent["ensemble.predict.stop"]
    assert measurements["cost_usd"] == pytest.approx(0.03)
    assert measurements["duration_ns"] == round((result.latency_ms or 0) * 1e6)
    assert metadata.pop("answer_hash") not in (None, "4")
    assert metadata == {
        "prediction_id": result.prediction_id,
        "consensus": pytest.approx(2 / 3),
        "votes": {"4": 2, "5": 1},
        "successes": 3,
        "failures": 1,
        "models_called": ["m0", "m1", "m2", "m3"],
        "tie": False,
        "source": "live",
    }
    assert sent["ensemble.vote.complete"][0] == {"n_votes": 3}
    assert sent["ensemble.vote.complete"][1]["scores"] == {"4": 2, "5": 1}


async def test_the_executor_events_name_the_models_called(
    seen: Seen, panel: Callable[..., list[Any]]
) -> None:
    models = panel("4", ValueError("x"), "4", "4")

    await predict("?", models=models, execution=Sequential(stop=Agreement(votes=2)))

    names = [name for name, _, _ in seen if not name.startswith("ensemble.model")]
    sent = {name: (measurements, metadata) for name, measurements, metadata in seen}
    assert names == [
        "ensemble.predict.start",
        "ensemble.executor.start",
        "ensemble.executor.stop",
        "ensemble.vote.complete",
        "ensemble.consensus.reached",
        "ensemble.predict.stop",
    ]
    measurements, metadata = sent["ensemble.executor.stop"]
    assert measurements["duration_ns"] >= 0
    assert metadata["models_called"] == ["m0", "m1", "m2"]
    assert (metadata["results_count"], metadata["successes"], metadata["failures"]) == (3, 2, 1)


@pytest.mark.parametrize(
    ("share", "consensus", "name"), [(0.7, 2 / 3, "failed"), (0.6, 2 / 3, "reached")]
)
async def test_a_consensus_is_measured_by_what_was_wanted(
    share: float, consensus: float, name: str, seen: Seen, panel: Callable[..., list[Any]]
) -> None:
    order = Sequential(stop=Consensus(share=share, min_votes=3))

    await predict("?", models=panel("4", "4", "5"), execution=order)

    (sent,) = [each for each in seen if "consensus." in each[0]]
    assert sent[0] == f"ensemble.consensus.{name}"
    assert sent[1]["consensus"] == pytest.approx(consensus)
    assert sent[2]["threshold"] == share


async def test_the_event_of_a_model_holds_its_latency_in_nanoseconds(
    seen: Seen, panel: Callable[..., list[Any]]
) -> None:
    await ask("?", model=panel("4")[0])

    name, measurements, metadata = seen[-1]
    assert (name, measurements["duration_ns"]) == ("ensemble.model.stop", 5_000_000)
    assert (metadata["model"], metadata["source"]) == ("m0", "live")
    assert metadata["prediction_id"] is None


async def test_the_event_of_a_failure_says_whether_to_retry(
    seen: Seen, panel: Callable[..., list[Any]]
) -> None:
    with pytest.raises(InsufficientResponsesError):
        await predict("?", models=panel(ServerError("busy", status=503), "4"), min_responses=2)

    sent = {name: (measurements, metadata) for name, measurements, metadata in seen}
    failed = sent["ensemble.model.exception"][1]
    assert (failed["model"], failed["retryable"], failed["http_status"]) == ("m0", True, 503)
    # What did answer is paid for, although there is no result.
    assert sent["ensemble.predict.exception"][0]["cost_usd"] == 0.01
    assert sent["ensemble.predict.exception"][1]["error_type"] == "InsufficientResponsesError"


async def test_a_listener_that_fails_breaks_nothing(
    panel: Callable[..., list[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(name: str, **_: Any) -> None:
        raise ValueError(name)

    with blinker.signal("crucible").connected_to(broken):
        result = await predict("?", models=panel("4"))

    assert result.answer == "4"
    assert "a receiver of ensemble.predict.stop failed" in caplog.text
