"""The frozen view is one file that loads nothing and in which no text of a run can act."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from research_harness._core.errors import OutputError, RunNotFoundError
from research_harness._dashboard import freeze as freezing
from research_harness._dashboard.freeze import freeze

from ..following.folders import append, failed, make_folder, row

HOSTILE = "</script><script>alert(1)</script><!--<script>"


def _values(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    found = re.search(
        r'<script type="application/json" id="frozen">(.*?)</script>', text, re.DOTALL
    )
    assert found is not None
    return json.loads(found[1])


def test_the_file_holds_states_rows_and_answers(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    rows = [row(n, correct=n > 3, prediction=f"answer {n}") for n in range(30)]
    append(make_folder(runs / "one"), rows)

    found = _values(freeze(runs, tmp_path / "view.html"))

    one = found["runs"]["one"]
    assert one["state"]["rows"] == found["list"]["runs"]["one"]["rows"] == 30
    assert one["history"]["plain"][-1][0] == 15
    assert len(one["rows"]) == len(one["answers"]) == 30
    assert one["answers"]["7"]["prediction"] == "answer 7"


def test_no_text_of_a_run_ends_the_data(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    folder = make_folder(runs / "one", conditions=(HOSTILE,), name=HOSTILE, description=HOSTILE)
    rows = [
        row(0, conditions=(HOSTILE,), prediction=HOSTILE),
        failed(1, conditions=(HOSTILE,), error=HOSTILE),
    ]
    append(folder, rows)

    path = freeze(runs, tmp_path / "view.html")

    assert "<script>alert" not in path.read_text(encoding="utf-8")
    assert _values(path)["runs"]["one"]["state"]["name"] == HOSTILE


def test_the_policy_allows_its_own_scripts_only(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()

    text = freeze(tmp_path / "runs", tmp_path / "view.html").read_text(encoding="utf-8")

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert "connect-src" not in policy[1]


def test_a_large_run_is_cut_and_wrong_answers_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezing, "MAX_ROWS", 200)
    monkeypatch.setattr(freezing, "MAX_ANSWERS", 10)
    runs = tmp_path / "runs"
    append(make_folder(runs / "one"), [row(n, correct=n % 100 != 99) for n in range(500)])

    one = _values(freeze(runs, tmp_path / "view.html"))["runs"]["one"]

    assert (len(one["rows"]), one["more"]) == (200, True)
    assert {"99", "199", "299", "399", "499"} <= set(one["answers"])
    assert len(one["answers"]) == 10


def test_a_file_in_the_folder_of_a_run_is_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "one")

    with pytest.raises(OutputError, match="outside"):
        freeze(tmp_path, folder.path / "view.html")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="nothing"):
        freeze(tmp_path / "nothing", tmp_path / "view.html")
