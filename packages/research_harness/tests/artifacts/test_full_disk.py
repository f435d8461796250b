"""A disk that is full at any moment of a run costs no row; a resume goes on with more room."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("full_disks.py")


def may_mount(folder: Path) -> bool:
    """Whether this system lets a test make a small file system."""
    try:
        made = ["mount", "-t", "tmpfs", "-o", "size=64k", "full", str(folder)]
        subprocess.run(made, check=True, capture_output=True)
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def fulls(*arguments: str) -> int:
    """How many runs met a full disk."""
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return int(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_run_on_a_small_disk_says_that_it_is_full_and_goes_on_with_more_room(
    tmp_path: Path,
) -> None:
    if not may_mount(tmp_path):
        pytest.skip("a small file system may not be mounted here")

    assert fulls(str(tmp_path), "120", "301", "180") == 2


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_disk_that_is_full_from_any_call_on_costs_no_row() -> None:
    assert fulls("injected", "80") >= 1
