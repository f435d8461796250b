"""Texts of others take time that grows with their length, and end with errors of the library."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from measured import Cost, costs
from text_functions import TEXT_FUNCTIONS, call
from wide_inputs import repeated

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="what a call takes is read on Linux"
)
# A function that takes 10 s for 2 MB, because its time grows with the square of the length, takes
# .003 s for 32 KB: what is found here is worse. tests/benchmarks/sweep_bounds.py reads 2 MB.
SIZE = 32 << 10
FORMS = ("a", "9", "[", "<event>", "```\n", "The answer is (A). ", "\\boxed{")
# What was once too much, or ended with an error of Python.
KNOWN = (
    ("causal_trace.parse", "<event><alternatives>" + "[" * (2 << 20)),
    ("causal_trace.make_mistake", "9" * (2 << 20)),
    ("dataset_manager.score number", "{'answer': '" + "1 " * (1 << 20)),
    ("dataset_manager.score number", '{"answer": "' + "a" * (2 << 20) + '"}'),
    ("reporter.check_text latex", "\\label{" * (1 << 16)),
    ("reporter.check_text latex", "\\begin{picture}" * (1 << 15)),
    ("reporter.check_text markdown", "```a\n" * (1 << 17)),
    ("reporter.check_text markdown", "<http://" * (1 << 16)),
    ("reporter.check_text typst", '\\"' * (1 << 18)),
    ("reporter.check_text typst", "super(" * (1 << 17)),
    ("reporter.check_text html", "<![" * (1 << 18)),
    ("reporter.check_text text", "Q(9999999.5)=9999999.5,p=.5 " * (1 << 16)),
    ("reporter.check_text text, report of others", "1 " * (1 << 18)),
)


@pytest.mark.parametrize("name", TEXT_FUNCTIONS)
def test_a_text_of_one_sign_takes_bounded_time_and_memory(name: str) -> None:
    texts = [repeated(form, SIZE).decode() for form in FORMS]
    calls = [(text[:9], lambda text=text: call(name, text)) for text in texts]

    found = dict(costs(lambda: iter(calls), (), seconds=5))

    assert len(found) == len(FORMS)
    assert {form: cost for form, cost in found.items() if not _within(cost)} == {}


@pytest.mark.parametrize(
    ("name", "text"), KNOWN, ids=[f"{name} {text[:9]!r}" for name, text in KNOWN]
)
def test_what_was_too_much_is_not(name: str, text: str) -> None:
    ((_, found),) = costs(lambda: iter([(name, lambda: call(name, text))]), ())

    assert found.within()


def test_what_takes_too_much_is_seen() -> None:
    def endless() -> None:
        while True:
            pass

    def large() -> object:
        return bytes(400 << 20) + b"x"

    calls: list[tuple[str, Callable[[], object]]] = [("loop", endless), ("memory", large)]
    calls.append(("none", dict))

    found = dict(costs(lambda: iter(calls), (), seconds=1))

    assert {name: cost.within() for name, cost in found.items()} == {
        "loop": False,
        "memory": False,
        "none": True,
    }


def _within(cost: Cost) -> bool:
    return cost.within(seconds=4, megabytes=100)
