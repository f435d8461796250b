"""A damaged or hostile file gives an error of the library that reads it, and nothing else."""

import random
import sys
import warnings
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from mutations import damaged
from readers import READERS, Reader

# With 32 readers, more than 10^5 files in all.
FILES = 3_500


@pytest.mark.parametrize("reader", READERS, ids=[each.name for each in READERS])
def test_a_damaged_file_gives_no_other_error(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / reader.file
    chance = random.Random(reader.name)
    read = 0

    for number in range(FILES):
        content = damaged(reader.example, chance) if number else reader.example
        path.write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                reader.read(path)
        except reader.allowed:
            continue
        except Exception as error:
            error.add_note(f"{reader.name}, file {number}: {content[:2000]!r}")
            raise
        read += 1

    assert read > 0, "not even the valid example was read"
