"""Direction marks and invisible characters in a text reorder nothing on the page."""

import json
from pathlib import Path

import pytest

from causal_trace import Annotation, Chain, TraceEvent, save_visualization

from .browser import CHROMIUM, Browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

MARKED = "a\u202e<b>\u2066c\u200f"
# All that is read or heard: text nodes outside of data and scripts, and names of elements.
SEEN = """(() => {
  const found = [document.title];
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_ALL);
  while (all.nextNode()) {
    const node = all.currentNode;
    if (node.nodeType === 3 && !["SCRIPT", "STYLE"].includes(node.parentElement.nodeName))
      found.push(node.data);
    if (node.nodeType === 1)
      for (const name of ["aria-label", "title", "placeholder", "alt"])
        if (node.hasAttribute(name)) found.push(node.getAttribute(name));
  }
  return found;
})()"""


def test_no_text_field_shows_a_direction_mark(tmp_path: Path) -> None:
    event = TraceEvent(
        type=MARKED,
        decision=MARKED,
        reasoning=MARKED,
        alternatives=(MARKED,),
        code_section=MARKED,
        spec_reference=MARKED,
        stage_id=MARKED,
        experiment_id=MARKED,
        branch=MARKED,
        metadata={MARKED: MARKED},
    )
    follower = TraceEvent(
        type=MARKED, decision=MARKED, parent_id=event.id, depends_on=(event.id,), branch="b"
    )
    chain = Chain(
        name=MARKED,
        description=MARKED,
        item=MARKED,
        condition=MARKED,
        experiment=MARKED,
        metadata={"model": MARKED, "parse_warnings": [MARKED]},
        events=(event, follower),
    )
    note = Annotation(chain_id=chain.id, event_id=event.id, rater=MARKED, label=MARKED, note=MARKED)
    alone, beside = tmp_path / "alone.html", tmp_path / "beside.html"
    shared = {"source": MARKED, "code": MARKED, "annotations": [note]}
    save_visualization(chain, alone, **shared)  # type: ignore[arg-type]
    other = Chain(name=MARKED, events=(event,))
    save_visualization(chain, beside, other=other, **shared)  # type: ignore[arg-type]

    with Browser(tmp_path) as browser:
        for page in (alone, beside):
            browser.open(page.as_uri())
            for number in range(2):
                browser.run(f"select({number}, false)")
                seen = browser.run(SEEN)

                assert len(seen) > 50
                marks = [each for each in seen if set(each) & set("\u202e\u2066\u200f")]
                assert marks == [], json.dumps(marks)
