"""A secret is in no export: not in columns, attributes, their names, or nested values."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from telemetry_research import Anonymize, Recording, record, recording, scope
from telemetry_research._export.hidden_columns import anonymized
from telemetry_research._export.transform import rows_of

PRIVATE = "My question is about the very private illness of Alice Example, born 1970."


def private() -> Recording:
    class Shown:
        def __repr__(self) -> str:
            return PRIVATE

    with recording("one") as experiment, scope(item_id=PRIVATE, condition=PRIVATE):
        record(
            "a.stop",
            {},
            {
                "user_id": "alice", "answer": PRIVATE, "model": PRIVATE, "error_type": PRIVATE,
                "nested": {"user_id": "alice", "deep": [PRIVATE, {"user_id": "alice"}]},
                PRIVATE: 1, "shown": Shown(),
            },
        )  # fmt: skip
    return experiment


def text_of(path: Path) -> str:
    if path.suffix == ".parquet":
        table: Any = pq.read_table(path)
        return str(table.to_pylist())
    return path.read_text()


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_free_text_and_named_fields_are_in_no_export(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"events.{format}"

    private().export(path, anonymize=Anonymize(hash=["user_id"], key="k"))

    found = text_of(path)
    assert "illness" not in found
    assert "alice" not in found


@pytest.mark.parametrize("name", ["user_id", "attributes.nested.user_id", "nested.user_id"])
@pytest.mark.parametrize("how", ["hash", "drop"])
def test_a_field_is_named_alone_or_by_its_path(name: str, how: str, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"

    private().export(path, anonymize=Anonymize(**{how: [name]}, key="k"))  # type: ignore[arg-type]  # hash or drop

    kept = path.read_text().count("alice")
    assert kept == (0 if name == "user_id" else 2)


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("partition", [False, True])
def test_a_name_that_fits_nothing_is_an_error_and_nothing_is_written(
    format: str, partition: bool, tmp_path: Path
) -> None:
    if partition and format != "parquet":
        return

    with pytest.raises(ValueError, match="'userid'"):
        private().export(
            tmp_path / f"events.{format}",
            "parquet" if partition else None,
            anonymize=Anonymize(hash=["userid", "model"], key="k"),
            partition=partition,
        )

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "hide",
    [
        Anonymize(hash=["model", "span_id", "cost_usd", "user_id"], drop=["thread"], key="k"),
        Anonymize(hash=["condition", "b"], drop=["item_id", "a.b"], key="k"),
        Anonymize(hash=["attributes.list.user_id"], free_text=False, key="k"),
    ],
)
def test_columns_are_anonymised_as_rows_are(hide: Anonymize) -> None:
    with recording("mixed") as experiment:
        for number in range(40):
            with scope(item_id=number % 3, condition=PRIVATE * (number % 2)):
                name = f"m{number % 4}" if number % 5 else None
                about = {"user_id": number % 7, "a": {"b": PRIVATE, "c": None}, "b": [True]}
                listed = {"list": [{"user_id": 1}, PRIVATE, 1.5], "model": name}
                costs = {"cost_usd": 0.5 * number} if number % 3 else {}
                record("x.stop", costs, {**about, **listed} if number % 2 else {})

    for batch in experiment.batches():
        found = [*rows_of(anonymized(batch, hide))]
        assert found == [hide(row) for row in rows_of(batch)]


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_a_transformer_is_called_once_for_each_event(format: str, tmp_path: Path) -> None:
    seen: list[int] = []

    def note(row: dict[str, Any]) -> dict[str, Any] | None:
        seen.append(row["sequence"])
        return {**row, "place": len(seen)} if row["sequence"] % 2 else None

    with recording("counted") as experiment:
        for number in range(1200):
            record("a.stop", {}, {"n": number})
    path = experiment.export(tmp_path / f"e.{format}", transform=[note])

    assert seen == [*range(1200)]
    assert text_of(path).count("a.stop") == 600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
