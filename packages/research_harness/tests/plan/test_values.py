"""Values of notebooks and closures that make the answers are compared; others are named."""

import dataclasses
import datetime as dt
import enum
import json
import re
from collections import Counter, OrderedDict, deque, namedtuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Item
from research_harness import Condition, Experiment, ResumeRefusedError, resume_sync, run_sync
from research_harness._plan import encoded as encoding
from research_harness._plan.encoded import NotPlainError, encoded
from research_harness._plan.fingerprint import changes
from research_harness._plan.values import value_parts

CELL = """
import functools, re
from dataclasses import dataclass
from research_harness import Experiment, condition

EXAMPLES = [{"q": "1 + 1", "a": {"2", "two"}}]
NESTED = {"style": ("short", ["plain", 4.0])}
PATTERN = re.compile("a+")
CACHE = {}
CALLS = []
API_KEY = ["first"]
THING = object()

@dataclass
class Style:
    tone: str = "dry"

STYLE = Style()

class Client:
    base = ["here"]
    def ask(self, text): return text + "one"

@functools.cache
def shout(text): return text + "two"

def read_deep(text): return [each["q"] for each in EXAMPLES]

class E(Experiment):
    name = "E"
    metrics = ("accuracy",)
    formats = ()
    virtual_time = True
    dataset = [{"id": "0", "input": "q", "expected": "4"}]
    words = ["four", "five"]
    seen = set()

    @condition
    async def a(self, item):
        CACHE[item.id] = NESTED["style"]
        CALLS.append(PATTERN)
        self.seen.add(str(THING) + API_KEY[0] + STYLE.tone)
        found = [shout(each) for each in read_deep(Client().ask(self.words[0]))]
        return "4" if found else "5"
"""


def cell(text: str = CELL) -> type[Experiment]:
    """A class as a cell of a notebook makes it: without a file."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "<ipython-input-1>", "exec"), names)  # noqa: S102  # our own text
    made: type[Experiment] = names["E"]
    return made


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ('{"2", "two"}', '{"2", "2.0"}', "EXAMPLES"),
        ('"plain", 4.0', '"plain", 4', "NESTED"),
        ('"a+"', '"a*"', "PATTERN"),
        ("Style()", 'Style("warm")', "STYLE"),
        ('["here"]', '["there"]', "Client.base"),
        ('text + "one"', 'text + "1"', "Client"),
        ('text + "two"', 'text + "2"', "shout"),
        ('["four", "five"]', '["four", "six"]', "words"),
        ('["four", "five"]', '("four", "five")', "words"),
    ],
)
def test_a_value_of_a_notebook_is_compared_by_its_name(old: str, new: str, name: str) -> None:
    assert CELL.count(old) == 1
    before, after = value_parts(cell())[0], value_parts(cell(CELL.replace(old, new)))[0]

    differing = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert differing == {f"value {name}"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"2", "two"}', '{"two", "2"}'),
        ("CACHE = {}", "CACHE = {1: 2}"),
        ("CALLS = []", "CALLS = [1]"),
        ("seen = set()", "seen = {1}"),
        ('["first"]', '["second"]'),
        ("formats = ()", 'formats = ("markdown",)'),
        ("import functools", "# a comment\nimport functools"),
    ],
)
def test_what_is_filled_secret_or_only_reads_is_not_compared(old: str, new: str) -> None:
    assert value_parts(cell())[0] == value_parts(cell(CELL.replace(old, new)))[0]


def test_what_is_not_compared_is_named_with_its_type() -> None:
    assert value_parts(cell())[1] == [
        "CACHE (dict)",
        "CALLS (list)",
        "THING (object)",
        "seen (set)",
    ]


def test_a_resume_with_another_list_is_refused_by_name_and_a_filled_one_goes_on(
    tmp_path: Path,
) -> None:
    kind = cell()
    result = run_sync(kind, output_dir=tmp_path, run_id="x")

    assert resume_sync("x", kind, output_dir=tmp_path).complete
    with pytest.raises(ResumeRefusedError, match="the code of the experiment: value words"):
        resume_sync("x", cell(CELL.replace('"five"', '"six"')), output_dir=tmp_path)
    assert "CACHE (dict)" in json.loads((result.folder / "config.json").read_text())["not_compared"]


def test_a_run_of_before_values_were_compared_goes_on() -> None:
    code = {"function a": "1", "the class": "2"}
    now = {"code": {**code, "value WORDS": "3"}, "not_compared": []}

    assert changes({"code": code}, now) == []
    assert changes({"code": code, "not_compared": []}, now) != []


def closing_over(words: Any) -> type[Experiment]:
    async def ask(item: Item) -> str:
        return str(words[0])

    class Closing(Experiment):
        name = "Closing"
        conditions = (Condition(name="a", function=ask),)

    return Closing


def test_what_a_function_of_a_file_closes_over_is_compared() -> None:
    first, second = (value_parts(closing_over(each)) for each in (["a"], ["b"]))

    assert first[0].keys() == second[0].keys() == {"value words"}
    assert first != second
    assert value_parts(closing_over({1: object()})) == ({}, ["words (dict)"])


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


@pytest.mark.slow
@given(PLAIN, PLAIN)
def test_values_have_one_text_exactly_when_their_notation_is_the_same(a: Any, b: Any) -> None:
    assert (encoded(a) == encoded(b)) == (repr(a) == repr(b))


@given(st.lists(st.tuples(st.integers(), st.text()), unique=True))
def test_the_text_of_a_set_has_no_order(values: list[tuple[int, str]]) -> None:
    backwards = set[tuple[int, str]]()
    for each in reversed(values):
        backwards.add(each)

    assert encoded(set(values)) == encoded(backwards)


Point = namedtuple("Point", "x y")  # noqa: PYI024  # of either kind


class Level(enum.Enum):
    LOW = 1


@dataclasses.dataclass(frozen=True)
class Settings:
    tone: str
    steps: tuple[int, ...] = ()


def test_standard_kinds_are_plain_and_kept_apart() -> None:
    values: list[Any] = [
        *([], (), set(), frozenset(), {}, deque(), OrderedDict(), Counter()),
        *(1, 1.0, True, "1", b"1", None, range(1), 1j),
        *(Point(1, 2), (1, 2), [1, 2], Level.LOW, Settings("dry"), Settings("dry", (1,))),
        *(Path("a"), dt.date(2026, 1, 2), re.compile("a"), re.compile("a", re.IGNORECASE)),
    ]

    assert len({encoded(each) for each in values}) == len(values)


def test_what_has_no_stable_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_MAX_VALUES", 1_000)
    endless: list[Any] = []
    endless.append(endless)
    doubled: list[Any] = []
    for _ in range(25):
        doubled = [doubled, doubled]

    class Own(dict[str, int]):
        pass

    for value in (object(), endless, doubled, Own(), [object()], {"a": lambda: 1}, {1: {2: Own()}}):
        with pytest.raises(NotPlainError):
            encoded(value)
