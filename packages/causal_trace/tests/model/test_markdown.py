"""A chain as a page: every text is shown, and no text acts as markup."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from causal_trace import Chain, TraceEvent, parse, to_markdown

TIME = "2026-01-31T12:00:00Z"


def test_a_chain_reads_as_a_page() -> None:
    text = """
<event type="hypothesis_formed" id="a"><decision>Use a cache</decision>
<alternatives>Redis; a file</alternatives><reasoning>Reads outnumber writes</reasoning>
<confidence>0.85</confidence><code_section>Cache.get</code_section></event>
<event type="ambiguity_flagged" parent_id="a"><decision>No expiry | given</decision>
<reasoning>"soon"</reasoning></event>
"""
    chain = parse(text, "session cache", id="c1", timestamp=TIME, description="A first try")

    assert (
        chain.to_markdown()
        == f"""# session cache

A first try

- **Chain ID:** c1
- **Created:** {TIME}
- **Updated:** {TIME}
- **Total Events:** 2
- **Average Confidence:** 0.85
- **Duration:** 0 s

The model's own report: stated reasons are not evidence of what caused its answer.

## Events

### 1. Hypothesis Formed

- **Decision:** Use a cache
- **Reasoning:** Reads outnumber writes
- **Alternatives:** Redis; a file
- **Confidence:** 0.85
- **Code Section:** Cache.get
- **Timestamp:** {TIME}

### 2. Ambiguity Flagged

- **Decision:** No expiry \\| given
- **Reasoning:** "soon"
- **Confidence:** not stated
- **Follows From:** event 1
- **Timestamp:** {TIME}
"""
    )


def test_the_function_gives_the_same_page_as_the_method() -> None:
    chain = Chain(name="empty")

    assert to_markdown(chain) == chain.to_markdown()


def test_an_empty_chain_has_a_page_too() -> None:
    page = to_markdown(Chain(name="empty", created_at=TIME, updated_at=TIME))

    assert "**Average Confidence:** none stated" in page
    assert page.endswith("## Events\n\nNo decisions were stated.\n")


signs = st.text(alphabet="ab1 *_`[]()!<&#;-+=>~|\\.:/@w$\n\ud83d", min_size=1, max_size=12)


@given(signs.filter(str.strip))
@example("C #")
def test_any_text_of_a_model_is_shown_as_it_is(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py judges the Markdown")
    event = TraceEvent(
        type=text, decision=text, reasoning=text, alternatives=(text,), spec_reference=text
    )
    chain = Chain(name=text, description=text, events=(event,))

    tokens: list[Any] = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).parse(
        to_markdown(chain)
    )

    shown = [token for token in tokens if token.type == "inline"]
    kinds = {child.type for token in shown for child in token.children}
    assert kinds <= {"text", "strong_open", "strong_close"}
    assert sum(token.type == "heading_open" for token in tokens) == 3
    expected = "".join(text.replace("\ud83d", "\ufffd").split())
    runs = ["".join("".join(c.content for c in token.children).split()) for token in shown]
    assert runs[0] == runs[1] == expected
    for name in ("Decision", "Reasoning", "Alternatives", "SpecReference"):
        assert f"{name}:{expected}" in runs
