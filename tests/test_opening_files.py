"""Files of others are opened in one way: without waiting, and what is opened is looked at."""

import ast
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from causal_trace._core import plain_files as of_traces
from dataset_manager._core import bounds as of_datasets
from ensemble._catalogue import plain_files as of_ensemble
from hedging._learning import plain_files as of_hedging
from reporter._core import plain_files as of_reporter
from research_harness._core import system as of_harness
from telemetry_research._stores import plain_files as of_telemetry

PACKAGES = Path(__file__).parent.parent / "packages"
OPENERS: dict[str, Callable[[Path], IO[bytes]]] = {
    "causal_trace": of_traces.open_plain,
    "dataset_manager": of_datasets.open_plain,
    "ensemble": of_ensemble.open_plain,
    "hedging": of_hedging.open_plain,
    "reporter": of_reporter.open_plain,
    "research_harness": of_harness.open_plain,
    "telemetry_research": of_telemetry.open_plain,
}
# What is opened in another way, and why it may be.
_OWN = "a file of the package"
_NEW = "a new file with a random name, or what takes its place"
_APPENDS = "it appends to the file of its user"
_PINNED = "a file of the cache, after its hash fitted its pin"
_RULE = "it is the rule itself"
ALLOWED = {
    "causal_trace/_annotations/annotation_file.py": _APPENDS,
    "causal_trace/_core/plain_files.py": _RULE,
    "causal_trace/_page/page.py": _OWN,
    "causal_trace/_page/text_view.py": "the null device",
    "causal_trace/_store/file_lock.py": "it looks for a lock, without waiting",
    "causal_trace/_store/trace_log.py": _APPENDS,
    "causal_trace/_store/whole_files.py": _NEW,
    "causal_trace/_study/task_page.py": _OWN,
    "dataset_manager/_benchmarks/bbh.py": _PINNED,
    "dataset_manager/_benchmarks/mmlu.py": _PINNED,
    "dataset_manager/_benchmarks/open/mgsm.py": _PINNED,
    "dataset_manager/_benchmarks/registry.py": _OWN,
    "dataset_manager/_core/bounds.py": _RULE,
    "dataset_manager/_core/replacing.py": _NEW,
    "dataset_manager/_data/tables.py": _NEW,
    "dataset_manager/_sandbox/layers.py": "files of the system",
    "dataset_manager/_sandbox/judge.py": "the null device",
    "dataset_manager/_sandbox/processes.py": "files of the system",
    "dataset_manager/_sandbox/removal.py": "folders, not through links",
    "dataset_manager/_sandbox/solution.py": "the null device",
    "dataset_manager/_sources/download.py": _NEW,
    "dataset_manager/_sources/pins.py": _OWN,
    "ensemble/_catalogue/capabilities.py": _OWN,
    "ensemble/_catalogue/plain_files.py": _RULE,
    "ensemble/_catalogue/prices.py": _OWN,
    "ensemble/_recorded/cache.py": _NEW,
    "hedging/_learning/plain_files.py": _RULE,
    "hedging/_learning/snapshots.py": _NEW,
    "reporter/_core/plain_files.py": _RULE,
    "reporter/_formats/html/interactive.py": _OWN,
    "reporter/_formats/html/page.py": _OWN,
    "telemetry_research/_stores/plain_files.py": _RULE,
    "telemetry_research/_experiment/archive.py": _NEW,
    "telemetry_research/_export/export.py": _NEW,
    "telemetry_research/_export/replacing.py": _NEW,
    "telemetry_research/_showing/command.py": "the null device",
    "telemetry_research/_stores/file.py": _APPENDS,
    "telemetry_research/_stores/lock.py": "it looks for a lock of a file that is its own",
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
@pytest.mark.parametrize("library", OPENERS)
def test_what_is_put_there_after_the_look_is_refused_without_waiting(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, pipe = tmp_path / "plain", tmp_path / "pipe"
    plain.write_bytes(b"x")
    os.mkfifo(pipe)
    about = plain.stat()
    monkeypatch.setattr(Path, "stat", lambda *_, **__: about)

    with pytest.raises((ValueError, OSError), match=r"plain file|regular file"):
        OPENERS[library](pipe)

    with OPENERS[library](plain) as file:
        assert file.read() == b"x"
        assert stat.S_ISREG(os.fstat(file.fileno()).st_mode)


def opens(path: Path) -> Iterator[int]:
    """The lines of a module that open a file by its name, or read all of it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _opens(node.func, node):
            yield node.lineno


def _opens(function: Any, call: ast.Call) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "open"
    if not isinstance(function, ast.Attribute):
        return False
    if function.attr in ("read_text", "read_bytes"):
        return True
    # Members of archives are opened by other words, and stores by none.
    modes = [each.value for each in call.args[:1] if isinstance(each, ast.Constant)]
    texts = [each for each in modes if isinstance(each, str) and {*each} <= {*"rwxab+t"}]
    is_os = isinstance(function.value, ast.Name) and function.value.id == "os"
    named = {each.arg for each in call.keywords} & {"encoding", "newline", "mode"}
    return function.attr == "open" and bool(is_os or texts or named)


def test_every_reader_of_a_library_opens_with_it() -> None:
    found = {
        path.relative_to(PACKAGES / library / "src").as_posix()
        for library in sorted({*OPENERS} - {"research_harness"})
        for path in (PACKAGES / library / "src").rglob("*.py")
        if any(opens(path))
    }

    assert found - {*ALLOWED} == set(), "use open_plain of the library, or say why not"
    assert {*ALLOWED} - found == set(), "they open nothing"
