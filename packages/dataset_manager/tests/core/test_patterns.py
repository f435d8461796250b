"""Patterns that are compiled when they are first used."""

import re

import pytest

from dataset_manager._core.later import compiled_later


def test_a_pattern_is_compiled_at_its_first_use_and_works_like_any() -> None:
    found = compiled_later(r"(\d+)", re.IGNORECASE)

    assert "search" not in vars(found)
    assert found.search("a12")[1] == "12"  # type: ignore[index]  # it matches
    assert "search" in vars(found)
    assert found.sub("x", "1 22") == "x x"
    assert [each[0] for each in found.finditer("1 2")] == ["1", "2"]
    assert found.pattern == r"(\d+)"


def test_a_wrong_pattern_is_an_error_at_its_first_use() -> None:
    found = compiled_later("(")

    with pytest.raises(re.error):
        found.search("a")
    with pytest.raises(AttributeError):
        found.groups  # noqa: B018  # no such attribute before and after
