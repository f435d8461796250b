"""A ``.env`` in a folder of others is read like any file of theirs: never without an end."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ensemble._providers.keys import find_key
from research_harness._core.env_file import read_env_file
from research_harness._core.secrets import keys_by_value

READERS: dict[str, Callable[[], object]] = {
    "key of a model": lambda: find_key(["SOME_NAME_IN_NO_ENVIRONMENT"]) or {},
    "settings": lambda: read_env_file(Path(".env")),
    "known keys": lambda: {value for value in keys_by_value() if value.startswith("of-the-file")},
}
TEXT = "SOME_NAME_IN_NO_ENVIRONMENT=of-the-file-1\nTHE_API_KEY=of-the-file-2\n"


@pytest.mark.parametrize("reader", READERS)
def test_a_plain_file_is_read(reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(TEXT)
    assert READERS[reader]()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["pipe", "device", "large", "folder", "dangling", "not text"])
def test_what_is_not_a_small_plain_file_of_text_is_passed_over(
    reader: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / ".env"
    make: dict[str, Callable[[], object]] = {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "large": lambda: path.write_text(TEXT + "#" * 2**20),
        "folder": path.mkdir,
        "dangling": lambda: path.symlink_to(tmp_path / "nothing"),
        "not text": lambda: path.write_bytes(b"\xff\xfe" * 20),
    }
    make[kind]()

    assert not READERS[reader]()
