"""Programs are parsed while other threads parse theirs."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from ensemble._normalization.syntax import parsed

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
