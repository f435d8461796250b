"""A run that ended while its first files were written leaves no folder that nothing can remove."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Item
from research_harness import Experiment, OutputError, RunExistsError, condition, run_sync
from research_harness._run import session


class Sums(Experiment):
    name = "Sums"
    dataset = tuple({"id": str(n), "input": "2 + 2", "expected": "4"} for n in range(3))
    metrics = ("accuracy",)
    formats = ()

    @condition
    async def known(self, item: Item) -> str:
        return "4"


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("leaves_part", [False, True])
def test_a_run_that_ended_with_its_first_files_can_be_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, leaves_part: bool
) -> None:
    written: list[str] = []

    def write_json(path: Path, value: Any) -> None:
        written.append(path.name)
        if len(written) == number:
            if leaves_part:
                path.with_name(f".{path.name}.abc.part").write_text("{")
            raise OutputError(path, "No space left on device")
        path.write_text(json.dumps(value))

    monkeypatch.setattr(session, "write_json", write_json)
    with pytest.raises(OutputError, match="No space"):
        run_sync(Sums, output_dir=tmp_path, run_id="sums")
    monkeypatch.undo()

    with pytest.raises(RunExistsError):
        run_sync(Sums, output_dir=tmp_path, run_id="sums")
    assert run_sync(Sums, output_dir=tmp_path, run_id="sums", overwrite=True).complete
    assert not list(tmp_path.glob(".*"))


def test_overwriting_spares_first_files_beside_those_of_others(tmp_path: Path) -> None:
    precious = tmp_path / "sums" / "checkpoints" / "model.pt"
    precious.parent.mkdir(parents=True)
    precious.write_text("weeks of work")
    (tmp_path / "sums" / "config.json").write_text("{}")

    with pytest.raises(OutputError, match="not the folder of a run"):
        run_sync(Sums, output_dir=tmp_path, run_id="sums", overwrite=True)

    assert precious.read_text() == "weeks of work"
