"""Every library that writes CSV for people has the same view of what begins a formula."""

import importlib
import re

import pytest

PATTERNS = {
    "dataset_manager": "dataset_manager._results.leaderboard",
    "causal_trace": "causal_trace._export.csv_table",
    "research_harness": "research_harness._artifacts.tables",
}
FORMULAS = [
    "=1",
    "+1",
    "-a",
    "@SUM(1)",
    "  =1",
    "\t1",
    "\r1",
    "\n=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0da",
    "\uff20a",
]
TEXTS = ["a=1", "1", "a", "", "(=1)", "'=1"]


@pytest.mark.parametrize("library", PATTERNS)
def test_what_a_spreadsheet_takes_for_a_formula_is_known_to_be_one(library: str) -> None:
    pattern: re.Pattern[str] = importlib.import_module(PATTERNS[library])._FORMULA

    assert [each for each in FORMULAS if not pattern.match(each)] == []
    assert [each for each in TEXTS if pattern.match(each)] == []
