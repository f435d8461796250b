"""Attributes that others have damaged are an error of this library wherever they are read."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from telemetry_research import (
    Anonymize,
    DamagedFileError,
    Recording,
    archive_experiment,
    data_quality,
    prometheus_text,
    record,
    recording,
    restore_experiment,
)

DAMAGED = (
    "{",
    "",
    "[1]",
    "5",
    "{},{}",
    '{"a":' * 5_000,
    '{"a":1}x',
    "null",
    '{"malformed":',
    "{} null {}",
    '{"a":1} null',
)
USES: dict[str, Callable[[Recording, Path], object]] = {
    "events": lambda experiment, _: list(experiment),
    "csv": lambda experiment, path: experiment.export(path, "csv"),
    "columns": lambda experiment, path: experiment.export(path, "csv", columns=["attributes.a"]),
    "hidden": lambda experiment, path: experiment.export(
        path, "parquet", anonymize=Anonymize(drop=["a"], key="k")
    ),
    "frame": lambda experiment, _: experiment.frame(),
    "transform": lambda experiment, path: experiment.export(
        path, "jsonl", transform=[lambda row: row]
    ),
}


def archived(text: str, folder: Path) -> Recording:
    """An archive of two events; the attributes of the first were changed."""
    with recording("x") as experiment:
        for number in (1, 2):
            record("a.stop", {"duration_ns": 5}, {"a": number})
    path = archive_experiment(experiment, folder / "a.parquet")
    table = pq.read_table(path)
    number = table.schema.names.index("attributes")
    field = table.schema.field(number)
    texts = [text, *table.column(number).to_pylist()[1:]]
    table = table.set_column(number, field, pa.array(texts, pa.string()).cast(field.type))
    pq.write_table(table, path)
    return restore_experiment(path)


@pytest.mark.slow
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("text", DAMAGED)
def test_damaged_attributes_are_an_error_of_this_library(
    use: str, text: str, tmp_path: Path
) -> None:
    if use == "frame":
        pytest.importorskip("pandas", reason="the extra pandas is not installed")
    experiment = archived(text, tmp_path)

    with pytest.raises(DamagedFileError, match="attributes of an event cannot be read"):
        USES[use](experiment, tmp_path / "out")


@pytest.mark.parametrize("text", DAMAGED)
def test_the_quality_of_damaged_attributes_is_told_or_refused(text: str, tmp_path: Path) -> None:
    experiment = archived(text, tmp_path)
    try:
        found = str(data_quality(experiment))
    except DamagedFileError:
        return
    assert "quality" in found


def test_an_id_is_escaped_in_the_metrics() -> None:
    with recording("n", experiment_id='x"} 1\nforged_total{a="b') as experiment:
        record("a.stop", {"duration_ns": 5})
        text = prometheus_text([experiment])

    assert not [line for line in text.splitlines() if line.startswith("forged")]
    assert 'id="x\\"} 1\\nforged_total{a=\\"b"' in text


def test_an_id_that_no_file_can_hold_is_escaped() -> None:
    with recording("n", experiment_id="\ud800") as experiment:
        pass
    assert experiment.id == "\\ud800"
