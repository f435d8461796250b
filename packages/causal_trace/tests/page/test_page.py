"""The page as text: policy, escapes, size, and the view for scripts."""

import io
import json
import re
import zlib
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causal_trace import (
    Chain,
    InvalidTraceError,
    TraceEvent,
    open_visualization,
    parse,
    save_chain,
    save_visualization,
    visualize,
)
from causal_trace._page.text_view import main

MAX_BYTES = 1_000_000


class _Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.data = ""
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self._inside = ("id", "chain-data") in attrs

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        self.data += data if self._inside else ""


def _chain(text: str) -> Chain:
    event = TraceEvent(
        type=text or "x",
        decision=text,
        reasoning=text or "r",
        alternatives=(text,),
        code_section=text,
        spec_reference=text,
        branch=text,
        stage_id=text,
        metadata={text: text},
    ) if text.strip() else TraceEvent(type="x", decision="d")  # fmt: skip
    return Chain(name=text, description=text, events=(event,), metadata={"model": text})


def test_a_page_without_data_is_small_and_loads_nothing() -> None:
    page = visualize(Chain(name="c"))

    assert len(page.encode()) < MAX_BYTES
    elements = _Elements(page)
    assert not [each for each in elements.attributes if each[1] in ("src", "srcset", "background")]
    assert [value for _, name, value in elements.attributes if name == "href"] == ["#list"]
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page)


def test_the_policy_allows_only_the_pages_own_script_and_style() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', visualize(Chain(name="c")))

    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert "script-src 'sha256-" in policy[1]


HARMFUL = [
    "</script><script>x()</script>",
    "<!--<script>",
    "<style>*{display:none}</style>",
    '"><img src=x onerror=x()>',
    "javascript:x()",
    "\u2028\u2029\u202e\u2066",
    "]]>{{ 7 * 7 }}{% raw %}",
    "\ud800",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_no_text_of_a_chain_becomes_an_element_or_an_attribute(text: str) -> None:
    plain, page = _Elements(visualize(_chain("plain"))), _Elements(visualize(_chain(text)))

    assert page.tags == plain.tags
    assert [each[:2] for each in page.attributes] == [each[:2] for each in plain.attributes]
    assert json.loads(page.data)["events"][0]["decision"] == text


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_any_text_comes_through_the_page_unchanged(text: str) -> None:
    chain = Chain(name="c", events=(TraceEvent(type="x", decision="d", reasoning=text),))

    found = json.loads(_Elements(visualize(chain)).data)

    assert found["events"][0].get("reasoning", "") == text


def test_options_change_the_page() -> None:
    chain = parse("<think>w</think>A", "name")

    assert "<title>other</title>" in visualize(chain, title="other")
    assert 'data-theme="dark"' in visualize(chain, style="dark")
    assert 'id="statistics"' not in visualize(chain, include_statistics=False)
    assert 'id="timeline"' not in visualize(chain, include_timeline=False)
    with pytest.raises(InvalidTraceError, match="style"):
        visualize(chain, style="blue")  # type: ignore[arg-type]


def test_saving_replaces_a_page_as_a_whole_and_opening_gives_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")
    path = save_visualization(Chain(name="c"), tmp_path / "deep" / "page.html", style="light")
    save_visualization(Chain(name="d"), path)

    assert "<title>d</title>" in path.read_text(encoding="utf-8")
    assert [each.name for each in path.parent.iterdir()] == ["page.html"]
    assert open_visualization(Chain(name="e")).is_file()


TEXT = (
    "<think>weigh</think><event type='synthesis'><decision>use Redis</decision>"
    "<alternatives>a file</alternatives><confidence>0.4</confidence></event>"
)


def _shown(*arguments: str) -> str:
    out = io.StringIO()
    assert main(["show", *arguments], out) == 0
    return out.getvalue()


def test_scripts_get_text_or_json(tmp_path: Path) -> None:
    path = str(save_chain(parse(TEXT, "cache"), tmp_path))

    text = _shown(path)
    assert "2 of 2 events shown" in text
    assert "self_reported synthesis 0.40 @20-" in text
    assert "rejected: a file" in text
    values = json.loads(_shown(path, "--json", "--evidence", "native_reasoning"))
    assert [each["reasoning"] for each in values["events"]] == ["weigh"]
    assert len(json.loads(_shown(path, "--json", "--text", "REDIS"))["events"]) == 1
    assert json.loads(_shown(path, "--json", "--type", "decision making"))["events"] == []
    assert _shown(path, "--html", str(tmp_path / "p.html")).strip().endswith("p.html")


def test_a_file_that_cannot_be_read_is_an_error_with_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", str(tmp_path / "none.json")]) == 2
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    assert main(["show", str(tmp_path / "x.json")]) == 2
    assert capsys.readouterr().err.count("causal_trace: ") == 2


def test_data_beyond_a_million_characters_are_compressed_the_same_each_time() -> None:
    events = tuple(TraceEvent(type="x", decision="word " * 60, id=f"e{n}") for n in range(4_000))
    chain = Chain(name="</script>\u2028", events=events)

    page = visualize(chain)

    data = json.loads(zlib.decompress(b64decode(_Elements(page).data)))
    assert data["chain"]["name"] == chain.name
    assert [each["id"] for each in data["events"]] == [each.id for each in events]
    assert page == visualize(chain)
    assert 'data-form="deflate"' in page
    assert 'data-form="deflate"' not in visualize(Chain(name="c", events=events[:10]))
