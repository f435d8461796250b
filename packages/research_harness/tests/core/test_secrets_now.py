"""Keys of the environment are known from the moment they are set, and only until they are gone."""

import pytest

from research_harness._core.secrets import redacted


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
