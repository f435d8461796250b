"""Errors say what was wrong, where and what to do; results have one form."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dataset_manager
from dataset_manager import (
    DatasetFileNotFoundError,
    Item,
    MissingExtraError,
    RunningLoopError,
    UnknownDatasetError,
    UnknownOptionError,
    UnknownScorerError,
    arithmetic,
    confidence_calibration,
    dataset_info,
    evaluate,
    evaluate_batch,
    find_leaks,
    group_table,
    k_fold,
    leaderboard,
    load,
    load_sync,
    preload_sync,
    run_tests_sync,
    score,
    stream_file,
)
from dataset_manager._core.extras import optional
from dataset_manager._core.intervals import wilson


@pytest.mark.parametrize(
    ("successes", "n", "level", "low", "high"),
    [
        # scipy.stats.binomtest(successes, n).proportion_ci(level, "wilson"), scipy 1.17
        (8, 10, 0.95, 0.4901624715366418, 0.9433178485456248),
        (0, 10, 0.95, 0.0, 0.27753279986288926),
        (81, 263, 0.95, 0.2552885198782742, 0.36620957698280004),
        (15, 148, 0.99, 0.05364486961396485, 0.18326735011315254),
    ],
)
def test_intervals_are_those_of_scipy(
    successes: int, n: int, level: float, low: float, high: float
) -> None:
    found = wilson(successes, n, level=level)

    assert found.low == pytest.approx(low, abs=1e-12)
    assert found.high == pytest.approx(high, abs=1e-12)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_higher_level_gives_a_wider_interval_around_the_share(counts: tuple[int, int]) -> None:
    successes, n = counts
    narrow, wide = wilson(successes, n, level=0.5), wilson(successes, n, level=0.99)

    assert 0 <= wide.low <= narrow.low <= successes / n <= narrow.high <= wide.high <= 1


def test_an_interval_unpacks_into_its_ends() -> None:
    found = evaluate(["1"] * 4, dataset=arithmetic(4)).interval

    low, high = found
    assert (found[0], found[1]) == (low, high) == (found.low, found.high)
    assert found.to_dict() == {"low": low, "high": high, "level": 0.95, "method": "wilson"}
    assert str(found) == f"[{low:.4f}, {high:.4f}]"


def test_every_table_takes_a_level() -> None:
    data = arithmetic(20)
    result = evaluate(["1"] * 20, dataset=data)
    wide = result.interval_at(0.99)

    groups = group_table(result, data, by="steps", level=0.99)

    assert wide.high > result.interval.high
    assert groups.groups[0].interval.level == 0.99
    assert "99 % CI" in str(groups)
    assert "99 % CI" in leaderboard([result], level=0.99).head
    assert str(wide) in leaderboard([result], level=0.99).to_markdown().replace("\\", "")
    assert "99 % interval" in leaderboard([result], level=0.99).to_html()
    with pytest.raises(ValueError, match=r"level: 95 is not between 0 and 1; 0\.95 is"):
        result.interval_at(95)


def test_an_unknown_name_comes_with_the_nearest_and_all_known_ones() -> None:
    with pytest.raises(UnknownDatasetError, match=r"did you mean 'gsm8k'\?\); known: arc") as data:
        load_sync("gsmk8")
    with pytest.raises(UnknownScorerError, match=r"did you mean 'number'\?\); known: boo") as name:
        score("4", Item("a", "?", 4), scorer="numbr")
    with pytest.raises(UnknownOptionError, match=r"did you mean 'test'\?\); known: ") as split:
        load_sync("gsm8k", split="tset")

    assert "gsm8k" in data.value.known
    assert name.value.name == "numbr"
    assert (split.value.dataset, split.value.option, split.value.name) == ("gsm8k", "split", "tset")
    assert split.value.value == "tset"


def test_a_missing_file_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"q\.csv: no such file; check the path") as caught:
        load_sync(tmp_path / "q.csv")
    assert isinstance(caught.value, DatasetFileNotFoundError)
    with pytest.raises(FileNotFoundError):
        next(stream_file(tmp_path / "q.jsonl"))


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install \"crucible-.*\[text\]\"") as caught:
        optional("no_such_package.part", extra="text", purpose="BLEU")

    assert isinstance(caught.value, ImportError)
    assert (caught.value.package, caught.value.extra) == ("no_such_package", "text")


async def test_a_running_loop_is_not_blocked() -> None:
    calls: dict[str, Callable[[], object]] = {
        "load": lambda: load_sync("arithmetic"),
        "preload": lambda: preload_sync("gsm8k"),
        "run_tests": lambda: run_tests_sync({}, dataset=arithmetic(1)),
    }
    for name, call in calls.items():
        with pytest.raises(RunningLoopError, match=rf"await {name}\(") as caught:
            call()
        assert caught.value.__context__ is None
    assert len(await load("arithmetic", sample_size=3)) == 3


def test_every_result_becomes_json() -> None:
    data = arithmetic(4)
    given = [{"predicted": "1", "confidence": 0.5}] * 4
    result = evaluate(given, dataset=data, model_name="m")
    results: list[Any] = [
        result,
        result.items[0],
        result.interval,
        result.items[0].score,
        dataset_manager.extract_number("4"),
        group_table(result, data, by="steps"),
        confidence_calibration(result),
        leaderboard([result]),
        find_leaks(data, data),
        k_fold(data, 2)[0],
        data.card(),
        data[0],
        dataset_info("gsm8k"),
        dataset_info("gsm8k").pins[0],
    ]

    for each in results:
        assert json.loads(json.dumps(each.to_dict())), each
    assert json.loads(result.to_json())["model_name"] == "m"
    assert json.loads(leaderboard([result]).to_json())["title"] == "Results"
    assert json.loads(group_table(result, data, by="steps").to_json())["by"] == "steps"


def test_progress_is_counted_over_items_and_models() -> None:
    seen: list[tuple[int, int]] = []

    evaluate(["1"] * 3, dataset=arithmetic(3), on_progress=lambda *each: seen.append(each))

    assert seen == [(1, 3), (2, 3), (3, 3)]
    seen.clear()
    models = {"a": ["1"] * 2, "b": ["1"] * 2}
    evaluate_batch(models, dataset=arithmetic(2), on_progress=lambda *each: seen.append(each))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_items_that_are_omitted_count_as_done() -> None:
    data, seen = arithmetic(4), list[tuple[int, int]]()

    evaluate(
        {data.ids()[2]: "1"},
        dataset=data,
        missing="omit",
        on_progress=lambda *each: seen.append(each),
    )

    assert seen == [(4, 4)]
