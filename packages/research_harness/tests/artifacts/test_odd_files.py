"""Files of almost nothing but holes, and texts that no file can hold."""

import os
from pathlib import Path
from typing import Any

import pytest

from research_harness import Condition, Experiment, ExperimentError, condition, run_sync, verify
from research_harness._artifacts.manifest import file_hash
from research_harness._core.errors import OutputError

HALF = "\ud800"


class Small(Experiment):
    name = "small"
    metrics = ("accuracy",)
    formats = ("markdown",)
    dataset = [{"id": "a", "input": "q", "expected": "4"}]  # noqa: RUF012

    @condition
    async def one(self, _: Any) -> str:
        return "4"


def grown(path: Path, *, data: int) -> Path:
    """A file of 10 GB that holds some bytes at its end, and holes before them."""
    with path.open("wb") as file:
        file.truncate((10 << 30) - data)
        file.seek(0, os.SEEK_END)
        file.write(b"x" * data)
    return path


@pytest.mark.skipif(not hasattr(os, "SEEK_DATA"), reason="the system does not name holes")
@pytest.mark.parametrize("data", [0, 1 << 20])
def test_a_file_of_holes_is_named_and_not_hashed(tmp_path: Path, data: int) -> None:
    run_sync(Small, output_dir=tmp_path, run_id="r")
    grown(tmp_path / "r_results.csv", data=data)

    with pytest.raises(OutputError, match=r"r_results\.csv.*of which the disk holds"):
        verify("r", output_dir=tmp_path)


@pytest.mark.skipif(not hasattr(os, "SEEK_DATA"), reason="the system does not name holes")
def test_a_file_with_some_holes_is_hashed(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.truncate(1 << 20)

    assert file_hash(tmp_path / "a").startswith("30e14955ebf1352266dc")


def test_an_expected_answer_with_half_a_character_is_written_as_an_escape(tmp_path: Path) -> None:
    class Odd(Small):
        dataset = [{"id": "a", "input": "q", "expected": f"4{HALF}"}]  # noqa: RUF012

    result = run_sync(Odd, output_dir=tmp_path, run_id="r")

    assert result.complete
    assert "4\\ud800" in (result.folder / "results.csv").read_text("utf-8")
    assert verify("r", output_dir=tmp_path).agree


def test_an_id_with_half_a_character_is_refused_before_a_call(tmp_path: Path) -> None:
    class Odd(Small):
        dataset = [{"id": f"a{HALF}", "input": "q", "expected": "4"}]  # noqa: RUF012

    with pytest.raises(ExperimentError, match="half a character"):
        run_sync(Odd, output_dir=tmp_path, run_id="r")

    assert not (tmp_path / "r").exists()


def answered(item: Any) -> str:
    return str(item.expected)


def test_names_with_half_a_character_are_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    class Odd(Small):
        name = f"a{HALF}"
        conditions = (Condition(name=f"b{HALF}", function=answered),)

    with pytest.raises(ExperimentError) as refused:
        run_sync(Odd, output_dir=tmp_path)

    assert str(refused.value).count("half a character") == 2
    assert list(tmp_path.iterdir()) == []
