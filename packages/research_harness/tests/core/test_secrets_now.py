"""Keys of the environment are known from the moment they are set, and only until they are gone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research_harness import Row
from research_harness._core.secrets import redacted
from research_harness._outcome.row import encode_row, encode_rows


def test_a_key_that_is_set_later_is_masked_and_one_that_is_gone_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = b'{"a":"first-value-of-a-key","b":"second-value-of-a-key"}'
    assert redacted(text) == text

    monkeypatch.setenv("SOME_API_KEY", "first-value-of-a-key")
    assert redacted(text) == b'{"a":"[key]","b":"second-value-of-a-key"}'
    monkeypatch.setenv("SOME_API_KEY", "second-value-of-a-key")
    assert redacted(text) == b'{"a":"first-value-of-a-key","b":"[key]"}'
    monkeypatch.delenv("SOME_API_KEY")
    assert redacted(text) == text


_KEY = "a-secret key/of=40 characters, more or less"
# What the ends of rows hold: whole keys, their first and last parts, and what is only like them.
_PIECES = st.sampled_from(
    ["", "x", " ", "-", _KEY, _KEY[:12], _KEY[:20], _KEY[-12:], _KEY[-20:], "sk-" + "a" * 20, "://"]
)


@given(st.lists(st.lists(_PIECES, max_size=4).map("".join), max_size=6))
@settings(deadline=None)
def test_rows_that_are_written_together_are_masked_as_each_alone(predictions: list[str]) -> None:
    rows = [
        Row(index=number, item_id="i", condition="c", repeat=0, prediction=each, error=each)
        for number, each in enumerate(predictions)
    ]
    keys = (_KEY,)

    assert encode_rows(rows, keys) == [encode_row(row, keys) for row in rows]
