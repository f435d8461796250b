"""Texts for readers name what is unknown, undefined, small or one."""

import math

import pytest

from ensemble._core.rendering import counted, html_table, markdown_table, money, number_text


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (None, "cost unknown"),
        (0.0, "$0.000000"),
        (1.5, "$1.500000"),
        (0.00034, "$0.000340"),
        (2.4e-7, "$0.000000240"),
        (9.99e-5, "$0.0000999"),
    ],
)
def test_a_small_amount_keeps_its_digits(usd: float | None, text: str) -> None:
    assert money(usd) == text


def test_one_is_singular_and_a_nan_is_undefined() -> None:
    assert [counted(n, "model") for n in (0, 1, 2)] == ["0 models", "1 model", "2 models"]
    assert number_text(math.nan, ".0%") == "undefined"
    assert number_text(0.256, ".0%") == "26%"


def test_tables_are_escaped() -> None:
    rows = [["a|b", "<i>"]]

    assert markdown_table(["x", "y"], rows).splitlines()[2] == "| a&#124;b | <i> |"
    assert "<i>" not in html_table("<b>", ["x", "y"], rows)
