"""A command that is printed can be pasted into a shell, whatever the folder is called."""

import shutil
import subprocess
from pathlib import Path

import pytest

from research_harness._control.broken import resume_command
from research_harness._core.text import on_one_line

NAMES = [
    "plain",
    "two words",
    "it's",
    'say "x"',
    "$HOME `ls` $(ls) !x",
    "a;b&c|d>e",
    "*?[a]{b,c}~",
    "back\\slash",
    "grüße-日本",
    "tab\there",
    "two\nlines",
    "esc\x1b[2J",
    "right\u202eleft",
    "not text \udcff",
    "#x=1",
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_a_shell_reads_the_folder_of_the_printed_command_as_it_is() -> None:
    folders = [*(Path("/runs", name) for name in NAMES), Path("-odd/x"), Path("--", "x")]
    commands = [resume_command(each) for each in folders]
    words = "; ".join(f"printf '%s\\0' {each}" for each in commands)
    printed = subprocess.run(["bash", "-c", words], capture_output=True, check=True).stdout

    read = printed.decode("utf-8", "surrogateescape").split("\0")[:-1]
    expected = [str(each) if each.is_absolute() else f"./{each}" for each in folders]
    assert read == [word for path in expected for word in ("crucible", "resume", path)]
    assert all(on_one_line(each) == each for each in commands)
