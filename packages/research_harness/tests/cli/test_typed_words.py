"""What is typed is shown as text in errors: a script may have taken it from a file of others."""

import pytest
from click.testing import CliRunner

from research_harness.__main__ import main

HOSTILE = "\x1b]0;title\x07\x9b31m\u202eab"


@pytest.mark.parametrize(
    "line",
    [
        ["doctor", HOSTILE],
        ["new", HOSTILE],
        [HOSTILE],
        ["show", "a", f"--{HOSTILE}"],
        ["list", "--output-dir", HOSTILE],
        ["verify", HOSTILE],
        ["report", HOSTILE, "--format", HOSTILE],
        ["compare", HOSTILE, HOSTILE],
        ["history", HOSTILE],
    ],
    ids=lambda line: "-".join(line).encode("ascii", "backslashreplace").decode()[:30],
)
def test_typed_words_are_shown_as_text(line: list[str]) -> None:
    found = CliRunner().invoke(main, line)

    assert set(found.output) & set("\x1b\x07\x9b\u202e") == set()
