"""A finish that is killed, or meets a full disk, at any file is made good by the next one."""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from research_harness import Experiment, OutputError, condition, reanalyze, run_sync, verify
from research_harness._artifacts.finish import finish
from research_harness._artifacts.folder import RunFolder
from research_harness._core import parts
from research_harness._plan.preparation import PreparedExperiment, prepare


class Small(Experiment):
    name = "Small"
    dataset = [{"id": f"q{n}", "input": f"{n}?", "expected": str(n)} for n in range(6)]  # noqa: RUF012
    metrics = ("accuracy",)
    formats = ("markdown",)

    @condition
    def a(self, item: Any) -> str:
        return str(item.expected)


class Killed(BaseException):
    """Stands for the end of the process: nothing in the library may catch it."""


@contextmanager
def at_file(number: int, error: BaseException | None, *, after: bool) -> Iterator[list[str]]:
    """Raise when the file of this number takes its place, before or after it did."""
    names: list[str] = []
    real: Callable[..., Path] = Path.replace

    def replace(self: Path, target: Any) -> Path:
        names.append(Path(target).name)
        fails = error is not None and len(names) == number + 1
        if fails and not after:
            raise error  # type: ignore[misc]  # not None
        found = real(self, target)
        if fails:
            raise error  # type: ignore[misc]  # as above
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        yield names


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[PreparedExperiment, Path]:
    folder = tmp_path_factory.mktemp("made")
    run_sync(Small, output_dir=folder, run_id="x")
    return prepare(Small), folder


def content(folder: Path) -> dict[str, bytes]:
    names = ("results.csv", "analysis.json", "config.json", "dataset.jsonl")
    return {name: (folder / "x" / name).read_bytes() for name in names}


FAULTS = [
    pytest.param(Killed(), False, id="killed before"),
    pytest.param(Killed(), True, id="killed after"),
    pytest.param(OSError(errno.ENOSPC, "No space left on device"), False, id="full disk"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "after"), FAULTS)
def test_a_finish_that_ends_at_any_file_is_made_good_by_the_next(
    fault: BaseException,
    after: bool,
    made: tuple[PreparedExperiment, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "LEAST_BYTES", 1)  # the journal is closed too
    prepared, source = made
    expected = content(source)
    number = 0
    while True:
        target = tmp_path / f"{number}"
        shutil.copytree(source, target)
        folder = RunFolder(target / "x")
        with at_file(number, fault, after=after) as names, suppress(Killed, OutputError):
            finish(prepared, folder)
        if len(names) <= number:
            break
        finish(prepared, folder)
        assert content(target) == expected, names[-1]
        assert not list(target.rglob("*.part")), names[-1]
        number += 1
    assert number >= 8
    assert verify("x", output_dir=target).agree


def test_a_full_disk_while_a_run_is_analysed_again_is_an_error_of_that_file(
    made: tuple[PreparedExperiment, Path], tmp_path: Path
) -> None:
    shutil.copytree(made[1], tmp_path / "all")
    full = OSError(errno.ENOSPC, "No space left on device")

    with at_file(2, full, after=False), pytest.raises(OutputError, match="No space"):
        reanalyze("x", Small, output_dir=tmp_path / "all")

    assert reanalyze("x", Small, output_dir=tmp_path / "all").complete
    assert verify("x", output_dir=tmp_path / "all").agree
