"""Lines that hold a text are found wherever they lie."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research_harness._following import line_search
from research_harness._following.browsing import whole_row
from research_harness._following.line_search import lines_with

from .folders import append, followed, make_folder, row


@given(
    st.lists(st.text("ab\r", max_size=12), max_size=20),
    st.text("ab", min_size=1, max_size=3),
    st.integers(1, 9),
    st.sampled_from([b"", b"\n"]),
)
def test_the_lines_are_those_that_a_plain_reading_finds(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[str],
    text: str,
    block: int,
    end: bytes,
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    data = "\n".join(lines).encode() + end
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_search, "_BLOCK", block)
        found = list(lines_with(path, text.encode()))

    kept = [each for each in data.split(b"\n") if text.encode() in each]
    assert [each.removesuffix(b"\n") for each in found] == kept


@pytest.mark.parametrize("block", [3, 16, 1_000])
def test_a_line_that_is_too_long_is_left_out_and_the_next_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(line_search, "_BLOCK", block)
    monkeypatch.setattr(line_search, "MAX_LINE", 20)
    path = tmp_path / "file"
    path.write_bytes(b"x one\n" + b"x" * 100 + b"\nx two\n" + b"x" * 100)

    assert list(lines_with(path, b"x")) == [b"x one\n", b"x two\n"]


def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert list(lines_with(tmp_path / "nothing", b"x")) == []


@pytest.mark.parametrize("line", ['{"id":"q0"}', '{"id": "\\u00713"}', '{"id":"\\u0071é"}'])
def test_an_item_is_found_whatever_the_form_of_its_line(tmp_path: Path, line: str) -> None:
    wanted = {'{"id":"q0"}': "q0", '{"id": "\\u00713"}': "q3"}.get(line, "qé")
    folder = make_folder(tmp_path)
    append(folder, [row(0, item_id=wanted)])
    others = '{"id":"other","expected":"WANTED"}\n'.replace("WANTED", wanted)
    folder.file("dataset.jsonl").write_text(others + line + "\n", encoding="utf-8")

    found = whole_row(followed(folder), 0)

    assert found is not None
    assert found["item"] == {"id": wanted}
