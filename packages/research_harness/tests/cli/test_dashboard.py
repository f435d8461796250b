"""``crucible dashboard`` refuses what it cannot serve, and says what to do."""

import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from research_harness._cli.main import cli


def _output(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["dashboard", *arguments])


def test_without_the_extra_its_line_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)

    result = _output(str(tmp_path))

    assert result.exit_code == 2
    assert "pip install 'crucible-framework-research-harness[dashboard]'" in result.output


def test_what_is_not_a_folder_is_named(tmp_path: Path) -> None:
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")
    (tmp_path / "file").write_text("")

    result = _output(str(tmp_path / "file"))

    assert result.exit_code == 2
    assert "file" in result.output


def test_a_frozen_view_of_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = _output(str(tmp_path / "nothing"), "--freeze", str(tmp_path / "view.html"))

    assert result.exit_code == 2
    assert "nothing" in result.output


def test_a_view_is_frozen_without_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    (tmp_path / "runs").mkdir()

    result = _output(str(tmp_path / "runs"), "--freeze", str(tmp_path / "view.html"))

    assert result.exit_code == 0
    assert (tmp_path / "view.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104  # refused
def test_a_host_that_others_reach_needs_a_token(tmp_path: Path, host: str) -> None:
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")

    result = _output(str(tmp_path), "--host", host)

    assert result.exit_code == 2
    assert "--token" in result.output


@pytest.mark.parametrize("token", ["short", "with a space in the middle", "x" * 20 + "\n"])
def test_a_token_that_is_easily_guessed_or_cannot_be_sent_is_refused(
    tmp_path: Path, token: str
) -> None:
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")

    result = _output(str(tmp_path), "--host", "192.0.2.1", "--token", token)

    assert result.exit_code == 2
    assert "at least 16" in result.output
