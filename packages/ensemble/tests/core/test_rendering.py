"""Texts for readers name what is unknown, undefined, small or one."""

import math

import pytest

from ensemble import (
    AllModelsFailedError,
    CacheFileError,
    FunctionModel,
    InsufficientResponsesError,
    ModelError,
    NoConsensusError,
    UnknownModelError,
    predict_sync,
)
from ensemble._core.rendering import (
    counted,
    html_table,
    markdown_table,
    money,
    number_text,
    printable,
)


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


HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\u202eabc\x9b31m"


async def _hostile(_: str) -> str:
    return HOSTILE


async def _failing(_: str) -> str:
    raise RuntimeError(HOSTILE)


def _is_plain(text: str) -> bool:
    return not set(text) & set("\x1b\x07\u202e\x9b")


def test_what_a_terminal_acts_on_is_escaped_wherever_a_text_is_shown() -> None:
    result = predict_sync("?", models=[FunctionModel(HOSTILE, _hostile)] * 2)
    with pytest.raises(AllModelsFailedError) as caught:
        predict_sync("?", models=[FunctionModel(HOSTILE, _failing)])

    shown = [str(result), result.to_markdown(), result._repr_html_(), str(caught.value)]
    shown += [
        str(error)
        for error in (
            ModelError(HOSTILE),
            NoConsensusError([HOSTILE]),
            UnknownModelError(HOSTILE, [HOSTILE]),
            CacheFileError(HOSTILE, HOSTILE),
            InsufficientResponsesError(1, 0, {"m": ValueError(HOSTILE)}),
        )
    ]
    assert all(map(_is_plain, shown))
    assert result.answer == HOSTILE  # the value itself stays as it is
    assert "\\x1b" in str(result)


def test_tabs_and_ends_of_lines_stay() -> None:
    assert printable("a\tb\nc ä 漢") == "a\tb\nc ä 漢"
