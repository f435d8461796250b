"""Columns of files and of traces: each that is asked for is there, and as long as the others."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hedging import DataError, PolicyError, Trace, analyze, compare_tails, read_trace
from hedging.simulation import LogNormal, Regime, make_traffic

GOOD = tuple(1000 * random.Random(seed).lognormvariate(0, 0.8) for seed in range(400))
TABLE = {
    "a.csv": "model,latency_ms\nx,1\ny,2\n",
    "a.tsv": "model\tlatency_ms\nx\t1\ny\t2\n",
    "a.jsonl": '{"model": "x", "latency_ms": 1}\n{"model": "y", "latency_ms": 2}\n',
}
NAMES = [*TABLE, "a.parquet"]


def written(folder: Path, name: str) -> Path:
    path = folder / name
    if name.endswith(".parquet"):
        pa = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pa.table({"model": ["x", "y"], "latency_ms": [1, 2]}), path)
    else:
        path.write_text(TABLE[name])
    return path


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_of_one_text_are_read(tmp_path: Path, name: str) -> None:
    assert read_trace(written(tmp_path, name), where={"model": "y"}).latency_ms == (2.0,)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "asked",
    [
        {"where": {"modell": "x"}},
        {"where": {"modell": "None"}},
        {"where": {"model": "z", "modell": "x"}},
        {"latency": "duration"},
        {"ttft": "first"},
        {"ttft": ""},
        {"output_tokens": "tokens"},
        {"item": "id"},
    ],
)
def test_a_column_that_is_not_there_is_refused(
    tmp_path: Path, name: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(DataError, match="no column"):
        read_trace(written(tmp_path, name), **asked)


def test_a_table_without_rows_has_columns_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("latency_ms,model\n")

    assert read_trace(path).latency_ms == ()
    with pytest.raises(DataError, match="no column 'ms'"):
        read_trace(path, latency="ms")


def test_rows_of_json_may_lack_a_column_of_others(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"error": "slow"}\n{"model": "x", "latency_ms": 3}\n\n')

    assert read_trace(path, where={"model": "x"}).latency_ms == (3.0,)
    with pytest.raises(DataError, match="row 1: no column 'latency_ms'"):
        read_trace(path)


@pytest.mark.parametrize("row", ["5,", "5,,", '5," "'])
def test_separators_at_the_end_of_a_row_are_no_fields(tmp_path: Path, row: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"latency_ms\n7\n{row}\n")

    assert read_trace(path).latency_ms == (7.0, 5.0)


def test_faults_beyond_the_first_block_are_named_by_their_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"{each:.3f},q{number}" for number, each in enumerate(GOOD * 60)]
    path.write_text("\n".join(["latency_ms,id", *lines]))
    assert len(read_trace(path, item="id").latency_ms) == 24_000

    for bad, text in [("-1,q", "is not a time"), ("1_0,q", "is not a time"), ("1,null", "no 'id'")]:
        path.write_text("\n".join(["latency_ms,id", *lines, bad]))
        with pytest.raises(DataError, match=f"row 24001.*{text}"):
            read_trace(path, item="id")
    path.write_text("\n".join(["latency_ms,id", *lines, ",q", "null,", "7,q"]))
    assert read_trace(path, item="id").latency_ms[-1] == 7.0
    assert len(read_trace(path, item="id").items) == 24_001


@pytest.mark.parametrize("field", ["first_token_ms", "output_tokens", "items"])
def test_measurements_of_a_trace_are_there_for_all_requests(field: str) -> None:
    measured: dict[str, Any] = {field: (5.0,) * 399}
    trace = Trace(latency_ms=GOOD, **measured)

    with pytest.raises(DataError, match=f"{field} has 399 values and latency_ms 400"):
        analyze(trace)
    with pytest.raises(DataError, match=field):
        trace.parts()
    with pytest.raises(DataError, match=field):
        trace.repeats()


def test_traffic_has_two_latencies_for_each_request() -> None:
    traffic = make_traffic([Regime(distribution=LogNormal(), requests=20)])

    with pytest.raises(DataError, match="20, 20 and 19"):
        replace(traffic, backup_ms=traffic.backup_ms[1:])


@pytest.mark.parametrize("name", ["quantile", "level", "resamples"])
@pytest.mark.parametrize("bad", ["0.5", None, 0, -1, float("nan"), True])
def test_the_numbers_of_a_comparison_are_checked(name: str, bad: Any) -> None:
    with pytest.raises(PolicyError, match=name):
        compare_tails(GOOD * 3, GOOD * 3, extra_requests=0.1, **{"resamples": 5, name: bad})


def test_latencies_of_zero_can_be_compared() -> None:
    pytest.importorskip("numpy")
    some = [*GOOD * 3, *[0.0] * 1200]

    assert compare_tails(some, some, extra_requests=0.1, resamples=20).reduction == 0
    with pytest.raises(DataError, match="a higher one"):
        compare_tails(some, some, extra_requests=0.1, resamples=20, quantile=0.2)
