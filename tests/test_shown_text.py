"""What results, errors and tables print is text: a terminal obeys nothing in it."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import bench
import causal_trace
import hedging
import reporter

from .hostile_values import HOSTILE, LINES, build

ROOT = Path(__file__).parent.parent
ACTING = set("\x1b\x07\x9b\u202e\u2066")
# What has no width; authors of pages may use it, so that only terminals show escapes for it.
HIDDEN = set("\u00ad\u200b\u2060\ufff9\U000e0041")
SAFE = "telemetry_research._core.safe"
GUARDED = ("bench", "causal_trace", "dataset_manager", "hedging", "reporter")
# What a model is asked, which must stay as it is.
ASKED = {"item.py:Item"}


def methods(library: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted((ROOT / "packages" / library / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef):
                continue
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name == "__str__":
                    yield f"{path.name}:{node.name}", each


@pytest.mark.parametrize("library", GUARDED)
def test_every_text_of_a_class_goes_through_one_door(library: str) -> None:
    found = {
        name: [ast.unparse(each) for each in node.decorator_list] for name, node in methods(library)
    }
    assert len(found) > 2
    others = {name for name, decorators in found.items() if "shown" not in decorators}
    assert others <= ASKED


def test_the_door_is_the_same_in_libraries_that_stand_apart() -> None:
    doors = [importlib.import_module(f"{library}._core.shown") for library in GUARDED]

    for name in ("printable", "on_one_line", "shown"):
        assert len({inspect.getsource(getattr(door, name)) for door in doors}) == 1
    assert len({door._ACTING.pattern for door in doors}) == 1


def test_text_of_recordings_goes_through_the_same_rule() -> None:
    names = (SAFE, "ensemble._core.rendering", "bench._core.shown")
    rules = [importlib.import_module(name) for name in names]

    assert len({inspect.getsource(rule.printable) for rule in rules}) == 1
    assert len({rule._ACTING.pattern for rule in rules}) == 1


@pytest.mark.parametrize(
    "library", ["ensemble._core.rendering", "research_harness._core.text", SAFE]
)
def test_a_name_stays_on_its_line_by_the_same_rule_everywhere(library: str) -> None:
    rule, first = map(importlib.import_module, (library, "bench._core.shown"))
    for text in (LINES, "a\tb\n\nc", ""):
        assert rule.on_one_line(text) == first.on_one_line(text)


def acting(text: str) -> set[str]:
    """The characters of a text that a terminal or a reader's eye would obey."""
    return set(text) & ACTING


def test_names_in_results_of_bench_are_shown_as_text() -> None:
    scores = {HOSTILE: [0.1, 0.4, 0.3, 0.9, 0.2], "b": [0.3, 0.5, 0.1, 0.7, 0.6], "c": [0.2] * 5}
    result = bench.compare_many(scores)
    assert "abc" in str(result)
    assert acting(str(result)) == set()


def test_decisions_of_a_chain_are_shown_as_text() -> None:
    event = f"<event type='decision'><decision>{HOSTILE}</decision></event>"
    chain = causal_trace.parse(event, HOSTILE)
    assert "abc" in chain.to_markdown()
    for text in (str(chain), chain.to_markdown(), causal_trace.to_csv(chain)):
        assert acting(text) == set()
    assert HOSTILE in causal_trace.to_csv(chain, exact=True)


def test_a_decision_is_no_formula_of_a_spreadsheet() -> None:
    event = "<event type='decision'><decision>=HYPERLINK(1)</decision></event>"
    chain = causal_trace.parse(event, "c")
    assert ",'=HYPERLINK(1)," in causal_trace.to_csv(chain)
    assert ",=HYPERLINK(1)," in causal_trace.to_csv(chain, exact=True)


@pytest.mark.parametrize(
    "error",
    [bench.BenchError, causal_trace.TraceError, hedging.HedgingError, reporter.ReporterError],
)
def test_an_error_shows_foreign_words_as_text(error: type[Exception]) -> None:
    shown = str(error(f"the server said {HOSTILE}"))
    assert "the server said \\x1b]52" in shown
    assert acting(shown) == set()


@pytest.mark.parametrize("write", ["markdown", "html"])
def test_a_report_holds_no_character_that_acts(write: str) -> None:
    report = reporter.Report(title=HOSTILE, sections=[reporter.Section(HOSTILE, [])])
    assert acting(reporter.render(report, write)) == set()


# The text of an item is the prompt that a model is sent, as it is.
EXACT = {"Item"}
# Shows its first item as it is, in a block that the item cannot end.
BLOCKS = {"DataCard"}
LIBRARIES = (
    *("bench", "causal_trace", "dataset_manager", "ensemble", "hedging", "reporter"),
    *("telemetry_research", "research_harness"),
)
SHOWN = ("__str__", "__repr__", "to_markdown", "_repr_html_", "summary", "to_csv")
# What may hold ends of lines: white space of HTML, and quoted cells.
MARKUP = ("_repr_html_", "to_csv")


def forged(text: str) -> bool:
    """Whether a name has begun a line of its own."""
    return any(line.startswith("forged") for line in text.splitlines())


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_every_public_class_shows_is_text(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some open the file that they are given
    module = importlib.import_module(library)
    exported = [getattr(module, name) for name in module.__all__]  # some are loaded when asked for
    public = [each for each in exported if inspect.isclass(each)]
    classes = [each for each in public if not hasattr(each, "close")]  # values, errors, settings
    found, built = [], 0
    for kind in classes:
        try:
            value = build(kind)
        except Exception:  # noqa: BLE001, S112  # it cannot be built without knowing what it means
            continue
        built += 1
        for name in SHOWN if kind.__name__ not in EXACT else ():
            with suppress(Exception):  # numbers that do not fit together
                text = getattr(value, name)()
                lines = name not in MARKUP and kind.__name__ not in BLOCKS
                hidden = name == "__str__" and isinstance(text, str) and set(text) & HIDDEN
                if isinstance(text, str) and (acting(text) or hidden or (lines and forged(text))):
                    found.append(f"{kind.__name__}.{name}")

    assert not found
    assert built >= 10


@pytest.mark.parametrize("library", ["causal_trace", "reporter", "telemetry_research"])
def test_what_was_typed_at_a_command_is_shown_as_text(library: str) -> None:
    name = "compare" if library == "reporter" else "show"
    command = [sys.executable, "-m", library, name, "a", "b", "c", f"--{HOSTILE}"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert found.returncode != 0
    assert "\\x1b" in found.stderr
    assert acting(found.stderr) == set()
