"""Texts in ASCII are escaped in one piece, and as others are."""

import string

import pytest

from reporter._formats.latex import text as latex

SIGNS = "".join(sign for sign in string.printable if sign.isprintable())


@pytest.mark.parametrize("said", [SIGNS, *SIGNS, "a" * 40, "-1 and x_1 & 5 %", "{\\input{/etc}}"])
def test_a_text_in_ascii_is_escaped_as_it_is_beside_other_signs(said: str) -> None:
    alone, beside = latex.escape(f"a{said}a"), latex.escape(f"a{said}a é")

    assert beside == f"{alone} " + r"\'{e}"
