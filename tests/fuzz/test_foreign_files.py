"""A damaged or hostile file gives an error of the library that reads it, and nothing else."""

import random
import sys
import warnings
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from further_readers import FURTHER_READERS
from mutations import damaged
from other_readers import FILE_READERS
from readers import READERS, Reader
from server_readers import SERVER_READERS

# More than 10^5 files in all; fewer of those that take long, such as databases.
QUICK, SLOW = 2_900, 180
ALL = (*READERS, *FILE_READERS, *SERVER_READERS, *FURTHER_READERS)


@pytest.mark.parametrize("reader", ALL, ids=[each.name for each in ALL])
def test_a_damaged_file_gives_no_other_error(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / reader.file
    chance = random.Random(reader.name)
    read = 0

    for number in range(QUICK if reader in READERS else SLOW):
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
