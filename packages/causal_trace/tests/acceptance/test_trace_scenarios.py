"""The acceptance scenarios 10 to 13 and 35 of the requirements, by their numbers.

Scenario 14, the chain of a prediction of many models, is tried in the tests of
``research_harness``, where it meets the results of a run.
"""

import random
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from causal_trace import (
    Chain,
    ExportFormat,
    JsonStore,
    TraceEvent,
    ambiguities,
    analyze_study,
    assign_tasks,
    build_causal_prompt,
    chain_issues,
    compare_chains,
    decision_points,
    export_chain,
    load_chain,
    mine_patterns,
    near_failure,
    parse,
    parse_events,
    save_chain,
    save_visualization,
    simulate_responses,
    stated_calibration,
    to_mermaid,
    validate_events,
)

HOSTILE = "<script>document.title = 'run'</script>"


def _answer(events: int) -> str:
    return "\n".join(
        f"<event type='decision_made'><decision>step {number}</decision>"
        f"<reasoning>because {number}</reasoning><confidence>0.{number}</confidence></event>"
        for number in range(1, events + 1)
    )


def test_scenario_10_five_events_are_parsed_saved_loaded_and_shown(tmp_path: Path) -> None:
    text = (
        _answer(4) + f"<event type='synthesis'><decision><![CDATA[{HOSTILE}]]></decision></event>"
    )

    chain = parse(text, "answer")
    save_chain(chain, tmp_path / "traces")
    page = save_visualization(chain, tmp_path / "page.html", source=text).read_text("utf-8")

    assert len(chain.events) == 5
    assert load_chain(chain.id, tmp_path / "traces") == chain
    assert chain.events[4].decision == HOSTILE
    assert HOSTILE not in page
    # The filters are used in Chromium in tests/page.


def test_scenario_11_the_prompt_is_understood_and_malformed_answers_have_named_issues() -> None:
    prompt = build_causal_prompt("A cache.")
    malformed = (
        "<event type='vibe'><decision>a</decision><confidence>85%</confidence>\n"
        "<event type=synthesis><decision>b <code>x</code></decision><confidence>high</confidence>"
    )

    found = parse_events(malformed)

    assert '<event type="' in prompt
    assert "<code>" in prompt
    assert [(each.decision, each.confidence) for each in found.events] == [
        ("a", 0.85),
        ("b <code>x</code>", None),
    ]
    codes = {issue.code for issue in validate_events(malformed).issues}
    assert {"event_not_closed", "event_cut", "type_unknown", "confidence_malformed"} <= codes


def _project(number: int, *, successful: bool) -> Chain:
    sure = 0.9 if successful else 0.6
    events = [
        TraceEvent(type="pattern_applied", decision="sign tokens", confidence=sure),
        TraceEvent(
            type="decision_made", decision="use HS256", alternatives=("RS256",), confidence=sure
        ),
    ]
    if not successful:
        doubt = "the expiry of the JWT is not given"
        events.insert(1, TraceEvent(type="ambiguity_flagged", decision=doubt))
    return Chain(name=f"project {number}", item=f"q{number}", events=tuple(events))


def test_scenario_12_fifty_chains_of_known_truth_are_analysed() -> None:
    draws = random.Random(12)
    correct = [draws.random() < 0.6 for _ in range(50)]
    chains = [_project(number, successful=right) for number, right in enumerate(correct)]
    failed = chains[correct.index(False)]

    calibration = stated_calibration(chains, correct)
    patterns = {each.types: each for each in mine_patterns(chains, correct)}

    assert len(failed.low_confidence(0.7)) == 2
    assert [each.decision for each in decision_points(failed)] == ["use HS256"]
    assert [each.decision for each in ambiguities(failed)] == ["the expiry of the JWT is not given"]
    assert "unresolved_ambiguity" in {each.kind for each in chain_issues(failed)}
    assert patterns["pattern_applied", "decision_made"].success_rate == 1
    assert patterns["pattern_applied", "ambiguity_flagged"].success_rate == 0
    assert calibration.ece is not None
    assert 0 < calibration.ece < 1
    nearest, _ = near_failure(failed, "TokenError: the JWT has no expiry")[0]
    assert nearest.type == "ambiguity_flagged"


def test_scenario_13_two_runs_are_compared_exported_and_searched(tmp_path: Path) -> None:
    first, empty = parse(_answer(3), "first run"), Chain(name="empty run")
    second = parse(_answer(3).replace("step 2", "step 2, changed"), "second run")
    store = JsonStore(tmp_path)
    for chain in (first, second, empty):
        store.save(chain)

    found = compare_chains(first, second)

    assert (len(found.added), len(found.removed), len(found.changed)) == (0, 0, 1)
    for chain in (first, empty):
        for name in get_args(ExportFormat):
            assert export_chain(chain, name), name
    # Mermaid's own parser reads the diagrams in tests/export.
    assert to_mermaid(first).startswith("flowchart")
    assert [each.name for each in store.search(name_contains="SECOND")] == ["second run"]
    assert len(store.search(min_events=1)) == 2
    assert not store.search(created_after="2100-01-01")


def test_scenario_35_a_study_goes_from_its_assignment_to_its_analysis() -> None:
    pytest.importorskip("bench")
    assignments = assign_tasks(40, ["cache", "parser", "queue", "retry"], seed=35)
    responses = simulate_responses(
        assignments,
        speed_up={"with trace": 0.4, "without trace": 0.0},
        correct_rate={"with trace": 0.8, "without trace": 0.5},
    )

    counts = Counter((each.task, each.condition) for each in assignments)
    result = analyze_study(
        responses, lambda each: each.duration_ms, control="without trace", treatment="with trace"
    )

    assert set(counts.values()) == {20}
    assert str(result).startswith("SYNTHETIC PARTICIPANTS")
    assert result.result.interval.high < 0
