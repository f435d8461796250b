"""A key of which a limit of characters leaves a part is not written down either."""

import json
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research_harness._core.secrets import redacted, redacted_text
from research_harness._core.text import safe_text

KEY = 'sk-live-9aZ$q/Wé 7"Kp+4=Xy0-TfG_hJ2mN8'
ORDINARY = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@pytest.fixture(autouse=True)
def _a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", KEY)


@pytest.mark.parametrize("limit", range(len(KEY) + 12))
@pytest.mark.parametrize("before", ["", "x" * 3, "the server said "])
def test_no_limit_of_characters_leaves_a_part_of_a_key(limit: int, before: str) -> None:
    text = f"{before}{KEY} is not valid{' at all' * 99}"
    assert KEY[:8] not in redacted_text(safe_text(text, limit=limit))


@pytest.mark.parametrize("cut", range(8, len(KEY) + 1))
@pytest.mark.parametrize("after", ["", "...", "… (3 more)", '"', "'}", "\\n", "]", " and more"])
def test_what_others_have_cut_is_replaced(cut: int, after: str) -> None:
    text = f"it said {KEY[:cut]}{after}"
    for data in (text, json.dumps({"error": text}), json.dumps([text], ensure_ascii=False)):
        found = redacted(data.encode()).decode()
        assert "[key]" in found
        assert KEY[:8] not in found


@pytest.mark.parametrize("cut", range(len(KEY) - 8))
@pytest.mark.parametrize("before", ["", "...", "… ", '"', "'", "(", " and more "])
def test_what_others_have_cut_at_its_begin_is_replaced(cut: int, before: str) -> None:
    text = f"{before}{KEY[cut:]} is not valid"
    for data in (text, json.dumps({"error": text}), json.dumps([text], ensure_ascii=False)):
        found = redacted(data.encode()).decode()
        assert "[key]" in found
        assert KEY[-8:] not in found


def test_a_word_with_which_a_key_ends_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "xyz-123password")

    assert redacted_text("the password is one of two passwords") == (
        "the password is one of two passwords"
    )
    assert redacted_text("it is ...23password") == "it is ...[key]"


@settings(deadline=None, max_examples=150)
@given(
    key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60),
    before=ORDINARY,
    after=ORDINARY,
    limit=st.integers(0, 200),
)
def test_no_key_is_left_in_part_wherever_a_text_is_cut(
    key: str, before: str, after: str, limit: int
) -> None:
    with patch.dict("os.environ", {"OTHER_TOKEN": f"/{key}"[1:]}):
        if key.startswith("/"):  # a path
            return
        found = redacted_text(safe_text(f"{before} {key} {after}", limit=limit))
    if key[:10] not in f"{before} {after} [key]... (0123456789, more characters)":
        assert key[:10] not in found or key[:10].isalpha()


@pytest.mark.parametrize("word", ["password", "Password", "PASSWORD"])
def test_a_word_with_which_a_key_begins_stays(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", f"{word}123-xyz")

    assert redacted_text(f"the {word} is {word}s") == f"the {word} is {word}s"
    assert redacted_text(f"it is {word}123-x...") == "it is [key]..."
    assert redacted_text(f"it is {word}123-xyz") == "it is [key]"
