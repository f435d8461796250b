"""An answer is paid once, kept in a file, and given again."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    CachedModel,
    CacheFileError,
    Constant,
    FunctionModel,
    MissingRecordError,
    ReplayModel,
    Response,
    ResponseCache,
    SamplingParameters,
    ServerError,
    SimulatedModel,
    Variant,
    ask,
    ask_sync,
    predict,
    predict_many,
    request_key,
    sampling,
)


class Counting:
    """A model that says how often it was asked, and takes a moment."""

    def __init__(
        self, name: str = "m", *, fail: int = 0, wait: Callable[[], Any] | None = None
    ) -> None:
        self.name = name
        self.calls = 0
        self.fail = fail
        self.wait = wait or (lambda: asyncio.sleep(0))

    async def generate(self, query: Any, sampling: SamplingParameters) -> Response:
        self.calls += 1
        number = self.calls
        await self.wait()
        if number <= self.fail:
            raise ServerError("down", status=503)
        return Response(
            text=f"answer {number}", model=self.name, cost_usd=0.02, latency_ms=800.0, raw={"n": 1}
        )


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ResponseCache]:
    with ResponseCache(tmp_path / "answers.sqlite") as opened:
        yield opened


async def test_an_answer_is_given_again_for_nothing(cache: ResponseCache) -> None:
    inner = Counting()
    model = cache.wrap(inner)

    first, again = await ask("2+2?", model=model), await ask("2+2?", model=model)

    assert inner.calls == 1
    assert (first.text, first.cost_usd, first.source, first.cached) == (
        "answer 1", 0.02, "live", False
    )  # fmt: skip
    assert (again.text, again.latency_ms) == ("answer 1", 800.0)
    assert (again.cost_usd, again.original_cost_usd) == (0.0, 0.02)
    assert (again.source, again.cached, again.raw) == ("recorded", True, None)
    assert str(cache.statistics) == (
        "2 requests: 1 from the cache, 0 joined to others, 1 not there; $0.020000 saved"
    )


async def test_parameters_sample_prompt_and_name_are_in_the_key(cache: ResponseCache) -> None:
    inner = Counting()
    model = cache.wrap(inner)

    await ask("2+2?", model=model)
    await ask("2+2?", model=model, temperature=0.5)
    await ask("2+2?", model=model, max_tokens=10)
    await ask("2+2?", model=model, seed=1)
    with sampling(sample=1):
        await ask("2+2?", model=model)
    await ask("2+3?", model=model)
    await ask([{"role": "system", "content": "2+2?"}], model=model)
    await ask("2+2?", model=cache.wrap(inner, version="2"))
    await ask("2+2?", model=cache.wrap(Counting("other")))
    assert (inner.calls, len(cache)) == (8, 9)

    await ask([{"role": "user", "content": "2+2?"}], model=model)  # the same as the bare text
    assert inner.calls == 8


def test_what_is_not_given_changes_no_key() -> None:
    """A parameter that is added some day must not make every cache useless: a golden hash."""
    assert (
        request_key(Counting(), "2+2?", SamplingParameters()) == "fac935f62cf0b0568ce0d2aabc535993"
    )


async def test_a_model_that_reads_the_question_gets_a_key_for_each(
    cache: ResponseCache, make_item: Callable[..., Any]
) -> None:
    """Of a question a live model sees the prompt alone; a simulated one sees its id."""
    live = Counting()
    simulated = SimulatedModel("s", accuracy=0.5, latency=Constant(latency_ms=0))

    for number in range(3):
        await ask(make_item(number), model=cache.wrap(live))
        await ask(make_item(number), model=cache.wrap(simulated))
    await ask(
        make_item(0), model=cache.wrap(SimulatedModel("s", latency=Constant(latency_ms=0), seed=1))
    )

    assert live.calls == 1
    assert len(cache) == 5
    again = await ask(make_item(1), model=cache.wrap(simulated))
    assert (again.source, again.cached) == ("simulated", True)


async def test_another_cache_replays_and_never_asks(
    cache: ResponseCache, tmp_path: Path, make_item: Callable[..., Any]
) -> None:
    await ask(make_item(), model=cache.wrap(Counting()))
    inner = Counting()
    with ResponseCache(tmp_path / "answers.sqlite") as again:
        model = again.wrap(inner, mode="replay_or_fail")

        assert (await ask(make_item(), model=model)).text == "answer 1"
        with pytest.raises(MissingRecordError, match="no answer to 'i0', sample 0, is in") as error:
            await ask(make_item(), model=model, temperature=1)
        result = await predict("new", models=[model, Counting("other")])

    assert inner.calls == 0
    assert (error.value.model, error.value.question) == ("m", "i0")
    assert (result.successes, result.failures) == (1, 1)


async def test_recording_replaces_what_is_there(cache: ResponseCache) -> None:
    inner = Counting()
    model = cache.wrap(inner, mode="record")

    texts = [(await ask("2+2?", model=model)).text for _ in range(2)]

    assert texts == ["answer 1", "answer 2"]
    assert (await ask("2+2?", model=cache.wrap(inner))).text == "answer 2"


async def test_the_same_request_at_once_is_made_once(cache: ResponseCache) -> None:
    inner = Counting()
    model = cache.wrap(inner)

    answers = await asyncio.gather(*(ask("2+2?", model=model) for _ in range(100)))

    assert inner.calls == 1
    assert {each.text for each in answers} == {"answer 1"}
    assert sum(each.cost_usd or 0 for each in answers) == pytest.approx(0.02)
    assert (cache.statistics.joined, cache.statistics.misses) == (99, 1)
    assert cache.statistics.saved_usd == pytest.approx(99 * 0.02)


async def test_a_failure_is_shared_and_not_kept(cache: ResponseCache) -> None:
    inner = Counting(fail=1)
    model = cache.wrap(inner)

    failures = await asyncio.gather(
        *(ask("2+2?", model=model) for _ in range(10)), return_exceptions=True
    )

    assert all(isinstance(each, ServerError) for each in failures)
    assert (inner.calls, len(cache)) == (1, 0)
    assert (await ask("2+2?", model=model)).text == "answer 2"


async def test_when_the_first_is_cancelled_the_next_one_asks(cache: ResponseCache) -> None:
    go = asyncio.Event()
    inner = Counting(wait=go.wait)
    model = cache.wrap(inner)
    first, *others = [asyncio.create_task(ask("2+2?", model=model)) for _ in range(3)]
    for _ in range(5):
        await asyncio.sleep(0)

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    go.set()
    answers = await asyncio.gather(*others)

    assert first.cancelled()
    assert inner.calls == 2
    assert {each.text for each in answers} == {"answer 2"}


async def test_a_cancelled_waiter_cancels_no_other_request(cache: ResponseCache) -> None:
    go = asyncio.Event()
    model = cache.wrap(Counting(wait=go.wait))
    first, second = [asyncio.create_task(ask("2+2?", model=model)) for _ in range(2)]
    for _ in range(5):
        await asyncio.sleep(0)

    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    go.set()

    assert (await first).text == "answer 1"


async def test_hits_may_be_charged_as_the_first_time(cache: ResponseCache) -> None:
    inner = Counting()
    await ask("2+2?", model=cache.wrap(inner))

    again = await ask("2+2?", model=cache.wrap(inner, charge_hits=True))

    assert (again.cost_usd, again.original_cost_usd) == (0.02, 0.02)


async def test_a_vote_from_the_cache_is_the_vote_again(
    cache: ResponseCache, make_item: Callable[..., Any]
) -> None:
    models = [
        cache.wrap(SimulatedModel(name, accuracy=0.7, latency=Constant(latency_ms=0)))
        for name in "abc"
    ]
    items = [make_item(number) for number in range(50)]

    first = await predict_many(items, models=models, normalize="number")
    again = await predict_many(items, models=models, normalize="number")

    assert [each.votes for each in first] == [each.votes for each in again]  # type: ignore[union-attr]  # none failed
    assert {each.cost_usd for each in again} == {0.0}
    assert (cache.statistics.hits, cache.statistics.misses) == (150, 150)


async def test_a_variant_around_the_cache_is_another_request(cache: ResponseCache) -> None:
    inner = Counting()
    poet = Variant(cache.wrap(inner), "poet", prompt=lambda text: f"in verse: {text}")

    await ask("2+2?", model=cache.wrap(inner))
    await ask("2+2?", model=poet)
    await ask("2+2?", model=poet)

    assert inner.calls == 2
    assert [record.prompt for record in cache] == ["2+2?", "in verse: 2+2?"] or len(cache) == 2


async def test_answers_go_to_json_lines_and_back(
    cache: ResponseCache, tmp_path: Path, make_item: Callable[..., Any]
) -> None:
    model = cache.wrap(Counting())
    for sample in range(2):
        with sampling(sample=sample):
            await ask(make_item(question="half \ud83d of a pair"), model=model, temperature=0.5)
    path = tmp_path / "answers.jsonl"

    assert cache.export_jsonl(path) == 2
    with ResponseCache(tmp_path / "other" / "copy.sqlite") as copy:
        assert (copy.import_jsonl(path), copy.import_jsonl(path)) == (2, 0)
        assert list(copy) == list(cache)
    replayed = ReplayModel.panel_from_jsonl(path)["m"]
    with sampling(sample=1):
        again = await ask(make_item(), model=replayed)
    assert (again.text, again.latency_ms, again.source) == ("answer 2", 800.0, "recorded")

    path.write_text(path.read_text() + '{"key": 1}\n')
    with pytest.raises(CacheFileError, match=r"answers\.jsonl: line 3 is not an exported answer"):
        cache.import_jsonl(path)


async def test_old_answers_can_be_forgotten(tmp_path: Path) -> None:
    now = [1000.0]
    with ResponseCache(tmp_path / "a.sqlite", clock=lambda: now[0]) as cache:
        for name in ("a", "b"):
            await ask("old", model=cache.wrap(Counting(name)))
        now[0] = 5000.0
        for name in ("a", "b"):
            await ask("new", model=cache.wrap(Counting(name)))

        assert cache.forget(model="a", older_than_ms=3_600_000) == 1
        assert [(each.model, each.prompt) for each in cache if each.prompt == "old"] == [
            ("b", "old")
        ]
        assert cache.forget() == 3
        assert len(cache) == 0


def test_an_unknown_mode_is_refused(cache: ResponseCache) -> None:
    with pytest.raises(ValueError, match="not one of record, replay, replay_or_fail"):
        CachedModel(Counting(), cache, mode="play")  # type: ignore[arg-type]  # the point of it


def test_a_record_shows_what_was_asked(cache: ResponseCache, make_item: Callable[..., Any]) -> None:
    asyncio.run(ask(make_item(3), model=cache.wrap(Counting()), temperature=0.2))

    (record,) = cache
    assert (record.model, record.question, record.prompt) == ("m", "i3", "2+2?")
    assert record.settings == {"temperature": 0.2}
    assert replace(record.response, raw=None) == record.response
    assert json.dumps(record.to_dict())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 5),
        ("text", None),
        ("latency_ms", "fast"),
        ("cost_usd", float("nan")),
        ("input_tokens", 2**70),
        ("source", "elsewhere"),
        ("confidence", 7),
        ("tool_calls", [{"no": "name"}]),
        ("price", {"input_per_million": "cheap"}),
        ("logprobs", [["a"]]),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_an_answer_of_others_with_a_value_of_another_type_is_refused(
    field: str, value: object, tmp_path: Path
) -> None:
    with ResponseCache(tmp_path / "a.sqlite") as cache:
        ask_sync("2+2?", model=cache.wrap(FunctionModel("m", lambda _: "4")))
        cache.export_jsonl(tmp_path / "a.jsonl")
    record = json.loads((tmp_path / "a.jsonl").read_text())
    record["response"][field] = value
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    connection.execute("UPDATE responses SET response = ?", (json.dumps(record["response"]),))
    connection.commit()
    connection.close()

    with ResponseCache(tmp_path / "b.sqlite") as other:
        with pytest.raises(CacheFileError, match="not an exported answer"):
            other.import_jsonl(tmp_path / "a.jsonl")
        assert len(other) == 0
    with (
        ResponseCache(tmp_path / "a.sqlite") as cache,
        pytest.raises(CacheFileError, match="row is damaged"),
    ):
        ask_sync("2+2?", model=cache.wrap(FunctionModel("m", lambda _: "4")))


def test_text_in_a_cache_that_is_not_utf_8_gives_our_error(tmp_path: Path) -> None:
    with ResponseCache(tmp_path / "a.sqlite") as cache:
        ask_sync("2+2?", model=cache.wrap(FunctionModel("m", lambda _: "4")))
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    connection.execute("UPDATE responses SET response = CAST(x'ff22fe' AS TEXT)")
    connection.commit()
    connection.close()

    with ResponseCache(tmp_path / "a.sqlite") as cache, pytest.raises(CacheFileError):
        cache.export_jsonl(tmp_path / "a.jsonl")


def test_an_export_replaces_a_link_and_leaves_what_it_names(tmp_path: Path) -> None:
    theirs, path = tmp_path / "theirs", tmp_path / "a.jsonl"
    theirs.write_text("kept")
    path.symlink_to(theirs)
    with ResponseCache(tmp_path / "a.sqlite") as cache:
        assert cache.export_jsonl(path) == 0

    assert theirs.read_text() == "kept"
    assert not path.is_symlink()
