"""Pipes, devices, folders, sockets, links and sparse files in place of what is read: our error."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from further_readers import FURTHER_READERS
from other_readers import FILE_READERS
from readers import READERS, Reader
from server_readers import SERVER_READERS
from special import ends

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the memory of a process is read on Linux"
)
# These read the file here, and give their library its content.
_CONTENT = ("as_text", "read_bytes")
# What may be read: a file that is not there yet holds nothing, a folder of results passes over what
# is no file, a list of experiments has what is wrong as a value, and ssh-keygen reads who may sign.
READ = {
    "causal_trace annotations": {"link to nothing", "link to itself"},
    "causal_trace log": {"link to nothing", "link to itself"},
    "dataset_manager r.summary.json": {"link to nothing", "link to itself", "folder"},
    "research_harness signers": {"10 GB of zeros"},
    "telemetry_research stored": {"10 GB of zeros", "device", "folder", "pipe", "socket"},
}


def reads_itself(reader: Reader) -> bool:
    """Whether the library opens the file, and not the function that is its example."""
    found = getattr(reader.read, "__code__", None)
    cells = getattr(reader.read, "__closure__", None) or ()
    inner = [getattr(each.cell_contents, "__code__", None) for each in cells]
    names = {name for code in (found, *inner) if code is not None for name in code.co_names}
    return not names & {*_CONTENT}


ALL = [
    each
    for each in (*READERS, *FILE_READERS, *SERVER_READERS, *FURTHER_READERS)
    if reads_itself(each)
]


@pytest.mark.parametrize("reader", ALL, ids=[each.name for each in ALL])
def test_a_special_file_is_refused_at_once(reader: Reader, tmp_path: Path) -> None:
    found = ends(reader.read, tmp_path / reader.file, (reader.allowed,))

    assert {
        kind: end
        for kind, end in found.items()
        if end != "refused"
        and not (end == "read" and kind in READ.get(reader.name, ()))
        and not (kind.startswith("link") and end.startswith(("FileNotFoundError", "OSError")))
    } == {}
