"""Chains in other formats, read by the tools that the formats belong to."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import (
    Chain,
    ExportFormat,
    InvalidTraceError,
    MissingExtraError,
    TraceEvent,
    UnknownFormatError,
    export_chain,
    export_format_names,
    import_chains,
    to_csv,
    to_frame,
    to_graphviz,
    to_mermaid,
    to_otel,
    to_prov,
)

from ..page.browser import CHROMIUM, Browser
from .mermaid_script import mermaid_script

NASTY = 'end "x" [y] {z} (w); #35; --> %% <b> | `c` : \n\\ \u202e graph \ud800 \u05d0'


def _chain() -> Chain:
    first = TraceEvent(type="hypothesis_formed", decision=NASTY, alternatives=(NASTY, "b"), id="1")
    second = TraceEvent(
        type="reasoning", decision="", reasoning=NASTY, evidence="native_reasoning", id="2"
    )
    third = TraceEvent(
        type="decision_made",
        decision="go, now",
        confidence=0.5,
        parent_id="1",
        depends_on=("2",),
        stage_id=NASTY,
        id="3",
    )
    return Chain(name=NASTY, events=(first, second, third), metadata={"model": "m"})


def test_every_format_has_a_name_and_works_for_an_empty_chain() -> None:
    assert set(export_format_names()) == set(get_args(ExportFormat))
    for name in export_format_names():
        assert export_chain(Chain(name="c"), name)  # type: ignore[arg-type]
        assert export_chain(_chain(), name)  # type: ignore[arg-type]
    with pytest.raises(UnknownFormatError, match="graphviz"):
        export_chain(_chain(), "graphvis")  # type: ignore[arg-type]


def test_csv_holds_every_text_as_it_is() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(_chain(), exact=True))))

    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["decision"] == NASTY
    assert rows[2]["confidence"] == "0.5"
    many = list(csv.DictReader(io.StringIO(to_csv([_chain(), _chain().for_row(
        "r", experiment="e", condition="k", item="i")]))))  # fmt: skip
    assert (len(many), many[3]["condition"]) == (6, "k")


def test_a_chain_survives_prov() -> None:
    chain = _chain()

    assert import_chains(json.loads(json.dumps(to_prov(chain)))) == (chain,)
    with pytest.raises(InvalidTraceError, match="no chain"):
        import_chains({"prefix": {}, "entity": {}})


def test_prov_itself_reads_the_document() -> None:
    model = pytest.importorskip("prov.model", reason="prov is not installed")
    document = model.ProvDocument.deserialize(content=json.dumps(to_prov(_chain())), format="json")

    assert len(list(document.get_records(model.ProvEntity))) == 3
    assert len(list(document.get_records(model.ProvDerivation))) == 2
    assert len(list(document.get_records(model.ProvGeneration))) == 3
    assert model.ProvDocument.deserialize(content=document.serialize(), format="json") == document


def test_a_span_has_one_event_for_each_event() -> None:
    (resource,) = to_otel(_chain())["resourceSpans"]
    (span,) = resource["scopeSpans"][0]["spans"]

    assert len(span["traceId"]) == 32
    assert [each["name"] for each in span["events"]][2] == "causal_trace.decision_made"
    keys = {each["key"]: each["value"] for each in span["events"][2]["attributes"]}
    assert keys["causal_trace.confidence"] == {"doubleValue": 0.5}
    assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])


def test_a_frame_has_one_row_for_each_event() -> None:
    pytest.importorskip("pandas")
    frame = to_frame([_chain(), _chain()])

    assert len(frame) == 6
    assert list(frame["evidence"][:3]) == ["self_reported", "native_reasoning", "self_reported"]


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)

    with pytest.raises(MissingExtraError, match=r"causal-trace\[frame\]"):
        to_frame(_chain())


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_the_graph() -> None:
    subprocess.run(
        [shutil.which("dot") or "dot", "-Tsvg"],
        input=to_graphviz(_chain()).encode("utf-8", "replace"),
        check=True,
        capture_output=True,
    )


def test_the_graph_quotes_every_text() -> None:
    lines = to_graphviz(_chain()).splitlines()

    assert lines[-3:] == ["  e0 -> e2", "  e1 -> e2", "}"]
    for line in lines:
        assert line.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0


KINDS = ("flowchart", "sequence", "timeline", "graph")


@pytest.fixture(scope="module")
def mermaid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    script = mermaid_script()
    folder = tmp_path_factory.mktemp("mermaid")
    page = folder / "page.html"
    page.write_text(
        f"<html><script src='{script.as_uri()}'></script>"
        "<script>document.documentElement.dataset.ready='1'</script></html>",
        encoding="utf-8",
    )
    with Browser(folder) as browser:
        browser.open(page.as_uri())
        yield browser


def _parsed(browser: Browser, text: str) -> Any:
    return browser.run(
        f"mermaid.parse({json.dumps(text)}).then((r) => r.diagramType, (e) => 'ERROR ' + e)"
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"include_confidence": True, "show_alternatives": True,
                                          "title": NASTY, "max_label_length": 20}])  # fmt: skip
def test_mermaids_own_parser_reads_each_kind(mermaid: Browser, kind: Any, options: Any) -> None:
    for chain in (_chain(), Chain(name="c")):
        found = _parsed(mermaid, to_mermaid(chain, kind, **options))
        assert not found.startswith("ERROR"), found


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_text_leaves_its_label(text: str) -> None:
    event = TraceEvent(type="x", decision=f"d{text}", alternatives=(text,))
    lines = to_mermaid(Chain(name="c", events=(event,)), show_alternatives=True).splitlines()

    assert len(lines) == 4
    assert all(line.count('"') in (0, 2) for line in lines)


def test_relations_are_edges_of_the_graph() -> None:
    lines = to_mermaid(_chain(), "graph").splitlines()

    assert [each for each in lines if "-->" in each] == ["  E0 --> E2", "  E1 --> E2"]
    with pytest.raises(InvalidTraceError, match="kind"):
        to_mermaid(_chain(), "pie")  # type: ignore[arg-type]
    with pytest.raises(InvalidTraceError, match="max_label_length"):
        to_mermaid(_chain(), max_label_length=2)
