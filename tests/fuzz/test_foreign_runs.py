"""A damaged or hostile file of a run gives an error of the harness, and nothing else."""

import random
import sys
import warnings
from pathlib import Path

import pytest

from research_harness import HarnessError

sys.path.insert(0, str(Path(__file__).parent))

from run_files import FILES, RunFile, copied, make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize("file", FILES, ids=[f"{n}-{each.name}" for n, each in enumerate(FILES)])
def test_a_damaged_file_of_a_run_gives_no_other_error(
    file: RunFile, run: Path, tmp_path: Path
) -> None:
    folder = copied(run, tmp_path)
    path = folder / file.name
    example = path.read_bytes() if path.is_file() else b"{}\n"
    chance = random.Random(file.name)
    read = 0

    for number, content in enumerate(file.forms(example, chance)):
        path.write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                file.read(folder)
        except HarnessError:
            continue
        except Exception as error:
            error.add_note(f"{file.name}, file {number}: {content[:2000]!r}")
            raise
        read += 1

    assert read > 0, "not even the valid example was read"
