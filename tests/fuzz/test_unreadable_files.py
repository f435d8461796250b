"""What this user may not read, and folders above it: an error that names the file."""

import os
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from children import TRIES, StuckError, said
from readers import Reader
from test_special_files import ALL

pytestmark = pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs users of POSIX")
OTHER_USER = 65534
# These begin with a file of their own, have an error of their own for that of the library below, or
# give what is wrong as a value.
BESIDE = (
    *("dataset_manager published", "research_harness item plan", "research_harness import"),
    "telemetry_research stored",
)
READERS = [each for each in ALL if not each.name.startswith(BESIDE)]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, as those of pytest are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        inner = Path(folder) / "inner"
        inner.mkdir()
        inner.chmod(0o777)
        yield inner


@pytest.mark.parametrize("reader", READERS, ids=[each.name for each in READERS])
def test_a_file_that_this_user_may_not_read_is_named(reader: Reader, open_folder: Path) -> None:
    path = open_folder / reader.file
    path.write_bytes(reader.example)
    path.chmod(0)

    assert _as_other_user(partial(_end, reader, path)) == "named"


def _end(reader: Reader, path: Path) -> str:
    try:
        reader.read(path)
    except (reader.allowed, OSError) as error:
        return "named" if str(path) in str(error) else f"not named: {error}"
    except BaseException as error:  # noqa: BLE001  # it is what is looked for
        return f"{type(error).__name__}: {error}"
    return "read"


def _as_other_user(work: partial[str]) -> str:
    """What a function returns to a user without rights, in a child of this process."""
    for _ in range(TRIES):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            if os.geteuid() == 0:
                os.setgid(OTHER_USER)
                os.setuid(OTHER_USER)
            os.write(writing, work().encode()[:2000])
            os._exit(0)
        os.close(writing)
        try:
            end = b"".join(said(child, reading)).decode()
        except StuckError:
            continue
        os.waitpid(child, 0)
        return end
    return "it waits"
