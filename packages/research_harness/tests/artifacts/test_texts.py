"""What strangers write is shown as text, and keys are in no file."""

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dataset_manager import Dataset, Item
from research_harness import Difference, Experiment, OutputError, RunResult, condition, run_sync

ESCAPES = "\x1b]52;c;ZXZpbA==\x07 \x1b[2J \u202egnp"
KEY = "sk-SECRETKEY1234567890abcdef"


class Hostile(Experiment):
    """Every text of it comes from a stranger."""

    name = f"hostile {ESCAPES}"
    dataset = Dataset(
        [Item(f"={number}+1", "q", "@SUM(1)") for number in range(4)],
        name=ESCAPES,
        scorer="exact_match",
    )
    metrics = ("accuracy",)

    @condition(f"one {ESCAPES}")
    async def one(self, item: Item) -> str:
        """Answers with a formula."""
        return "=HYPERLINK(1)"

    @condition("two")
    async def two(self, item: Item) -> str:
        """Fails with a key."""
        raise RuntimeError(f"{ESCAPES} refused {KEY}")

    @condition("three")
    async def three(self, item: Item) -> str:
        """Answers with a number."""
        return "-1.5"


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunResult:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return run_sync(Hostile, output_dir=tmp_path, run_id="r")


def test_no_display_of_a_result_holds_what_a_terminal_acts_on(result: RunResult) -> None:
    shown = (str(result), result._repr_html_(), result.to_markdown())

    assert all("\x1b" not in each and "\u202e" not in each for each in shown)


def test_formulas_are_texts_in_csv_and_as_they_are_in_parquet(result: RunResult) -> None:
    with (result.folder / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    exact = pq.read_table(result.folder / "results.parquet").to_pylist()

    assert {row["expected"] for row in rows} == {"'@SUM(1)"}
    assert {row["prediction"] for row in rows} == {"'=HYPERLINK(1)", "", "-1.5"}
    assert {row["prediction"] for row in exact} == {"=HYPERLINK(1)", None, "-1.5"}
    assert "\x1b" not in (result.folder / "results.csv").read_text(encoding="utf-8")


def test_a_key_is_in_no_file(result: RunResult) -> None:
    files = [path for path in result.folder.parent.rglob("*") if path.is_file()]
    texts = [path.read_bytes() for path in files if path.suffix != ".parquet"]
    tables = [repr(pq.read_table(path).to_pylist()) for path in files if path.suffix == ".parquet"]

    assert all(KEY.encode() not in each for each in texts)
    assert all(KEY not in each for each in tables)
    assert any("[key]" in each for each in tables)


def test_errors_and_differences_hold_nothing_that_a_terminal_acts_on() -> None:
    found = Difference(file="a", location=ESCAPES, first=ESCAPES, second="")

    assert "\x1b" not in str(found)
    assert "\x1b" not in str(OutputError(Path(ESCAPES), ESCAPES))
