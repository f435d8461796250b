"""Programs are parsed while other threads parse theirs."""

import ast
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from research_harness._plan.code import code_parts, parsed
from research_harness._plan.source import source_texts

MISMATCH = "AST constructor recursion depth mismatch (before=18, after=11)"


def test_a_parse_that_other_threads_disturb_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = ast.parse
    failures = [SystemError(MISMATCH)] * 3

    def disturbed(source: str) -> Any:
        if failures:
            raise failures.pop()
        return real(source)

    monkeypatch.setattr(ast, "parse", disturbed)

    assert ast.dump(parsed("x = 1")) == ast.dump(real("x = 1"))


def test_what_is_no_program_is_refused_at_once() -> None:
    with pytest.raises(SyntaxError):
        parsed("x =")


def test_each_file_of_an_experiment_is_parsed_once_for_its_hash_and_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parsed_once.py").write_text(
        "import parsed_beside\nfrom research_harness import Experiment\n\n\n"
        "class Own(Experiment):\n    name = 'own'\n"
    )
    beside = "# coding: latin-1\nNAME = 'caf\xe9'\n"
    (tmp_path / "parsed_beside.py").write_bytes(beside.encode("latin-1"))
    monkeypatch.syspath_prepend(tmp_path)
    kind = importlib.import_module("parsed_once").Own
    real: Callable[..., Any] = ast.parse
    programs: list[bytes] = []

    def noted(source: bytes) -> Any:
        programs.append(source)
        return real(source)

    with monkeypatch.context() as patch:
        patch.setattr(ast, "parse", noted)
        found = [(code_parts(kind), source_texts(kind)) for _ in range(2)]

    for parts, texts in found:
        assert parts.keys() >= {"parsed_once.py", "parsed_beside"}
        assert texts.keys() == {"parsed_once.py", "parsed_beside"}
    assert sum(b"class Own" in each for each in programs) == 1
    # Bytes that are not UTF-8 are another program than the text that is kept of them.
    assert len(programs) == 3
