"""A folder of others holds files named like modules; the commands that open it import none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dataset_manager import Item
from ensemble import SimulatedModel, ask
from research_harness import DatasetSpec, Experiment, condition, run_sync

COMMAND = Path(sys.executable).with_name("crucible")
USED = ("click", "numpy", "pyarrow", "msgspec", "yaml", "rich", "reporter", "bench", "ensemble")
HOOKS = ("sitecustomize", "usercustomize", "conftest")
OPENING = ("verify .", "show .", "report .", "compare . .")


class Planted(Experiment):
    """The run that others have sent."""

    name = "Planted"
    dataset = DatasetSpec("arithmetic")
    sample_size = 4
    metrics = ("accuracy",)
    virtual_time = True

    @condition
    async def one(self, item: Item) -> object:
        """One model."""
        return await ask(item, model=SimulatedModel("a", accuracy=0.7))

    @condition
    async def other(self, item: Item) -> object:
        """Another model."""
        return await ask(item, model=SimulatedModel("b", accuracy=0.6))


@pytest.mark.skipif(not COMMAND.exists(), reason="the command is not installed here")
def test_no_file_beside_a_run_is_imported(tmp_path: Path) -> None:
    run_sync(Planted, output_dir=tmp_path, run_id="r")
    run, mark = tmp_path / "r", tmp_path / "ran"
    for name in {*sys.stdlib_module_names, *USED, *HOOKS}:
        (run / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write({name!r} + ' ')\n")
    (run / "a.pth").write_text(f"import os; open({str(mark)!r}, 'a').write('pth ')\n")
    environment = {**os.environ, "CRUCIBLE_OFFLINE": "1"}

    ended = {
        each: subprocess.run(
            [COMMAND, *each.split()],
            check=False,
            cwd=run,
            env=environment,
            capture_output=True,
            text=True,
        )
        for each in OPENING
    }

    assert not mark.exists(), mark.read_text()
    assert "Traceback" not in "".join(found.stderr for found in ended.values())
    assert ended["verify ."].returncode == 0
