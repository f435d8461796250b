"""Two chains are aligned by what they say, and every difference is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import Chain, InvalidTraceError, TraceEvent, compare_chains

VOCABULARY = ("cache", "redis", "file", "token", "expiry", "hour", "day")
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=4)
EVENTS = st.builds(
    lambda words, kind, confidence: TraceEvent(
        type=kind, decision=" ".join(words) or "none", confidence=confidence
    ),
    WORDS,
    st.sampled_from(["x", "y"]),
    st.none() | st.sampled_from([0.2, 0.9]),
)
CHAINS = st.lists(EVENTS, max_size=6).map(lambda events: Chain(name="c", events=tuple(events)))


def _chain(*decisions: str) -> Chain:
    return Chain(name="c", events=tuple(TraceEvent(type="x", decision=each) for each in decisions))


def test_a_reworded_decision_is_changed_and_not_added_and_removed() -> None:
    first = _chain("split the task", "use a Redis cache for tokens", "expire after an hour")
    second = _chain("split the task", "check the input", "use the Redis cache for all tokens")

    diff = compare_chains(first, second)

    assert [each.fields for each in diff.changed] == [("decision",)]
    assert [each.decision for each in diff.added] == ["check the input"]
    assert [each.decision for each in diff.removed] == ["expire after an hour"]
    assert str(diff).startswith("1 added, 1 removed, 1 changed, 1 the same")
    assert "~ x: use a Redis cache" in diff.to_text()


def test_changes_of_confidence_are_given_where_both_are_stated() -> None:
    one = Chain(name="a", events=(TraceEvent(type="x", decision="d", confidence=0.5),))
    two = Chain(name="b", events=(TraceEvent(type="x", decision="d", confidence=0.75),))

    (changed,) = compare_chains(one, two).changed

    assert changed.fields == ("confidence",)
    assert changed.confidence_change == 0.25


def test_evidence_of_different_kinds_is_never_aligned() -> None:
    stated = TraceEvent(type="x", decision="", reasoning="the same words here")
    native = TraceEvent(
        type="x", decision="", reasoning="the same words here", evidence="native_reasoning"
    )

    diff = compare_chains(Chain(name="a", events=(stated,)), Chain(name="b", events=(native,)))

    assert (len(diff.removed), len(diff.added), diff.similarity) == (1, 1, 0.0)


def test_ids_and_positions_can_match_too() -> None:
    first = _chain("a", "b")
    second = Chain(name="d", events=tuple(reversed(first.events)))

    assert compare_chains(first, second, match_by="id").same == 2
    assert len(compare_chains(first, second, match_by="position").changed) == 2
    with pytest.raises(InvalidTraceError, match="match_by"):
        compare_chains(first, second, match_by="magic")  # type: ignore[arg-type]


@given(CHAINS)
def test_a_chain_is_the_same_as_itself(chain: Chain) -> None:
    diff = compare_chains(chain, chain)

    assert (diff.same, diff.changed, diff.added, diff.removed) == (len(chain), (), (), ())
    assert diff.similarity == pytest.approx(1.0)


@given(CHAINS, CHAINS)
def test_every_event_is_in_one_pair_in_its_order(first: Chain, second: Chain) -> None:
    diff = compare_chains(first, second)

    assert [a for a, _ in diff.pairs if a is not None] == list(range(len(first)))
    assert [b for _, b in diff.pairs if b is not None] == list(range(len(second)))
    assert 0 <= diff.similarity <= 1 + 1e-9
    assert diff.similarity == pytest.approx(compare_chains(second, first).similarity)


def test_long_chains_without_equal_events_are_aligned_in_pieces() -> None:
    first = _chain(*(f"decide item{n} now" for n in range(1500)))
    second = _chain(*(f"decide item{n} later" for n in range(1500)))

    diff = compare_chains(first, second)

    assert len(diff.changed) == 1500


def test_texts_in_the_table_are_escaped() -> None:
    html = compare_chains(_chain("<script>x</script> one"), _chain("<b>two</b> words")).to_html()

    assert "<script>" not in html
    assert "&lt;script&gt;" in html
