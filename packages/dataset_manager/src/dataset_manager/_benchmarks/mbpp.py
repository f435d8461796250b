"""MBPP: 974 short Python programs with tests (Austin et al. 2021, arXiv:2108.07732; CC BY 4.0)."""

import re
from collections.abc import Mapping
from typing import Any

from .._data.dataset import Dataset
from .._data.item import Item
from .._sources.sources import Sources, pins
from .checks import text, texts
from .entry import benchmark, entry, rows_of

# Section 2.1 of the paper: the few-shot prompts, then test, validation and fine-tuning.
_SPLITS = {
    "prompt": range(1, 11),
    "test": range(11, 511),
    "validation": range(511, 601),
    "train": range(601, 975),
}
_DEFINED = re.compile(r"^def\s+(\w+)", re.MULTILINE)


def load_mbpp(sources: Sources, *, split: str | None) -> Dataset:
    """MBPP; ``expected`` is the reference solution, the tests are in the metadata.

    The prompt is that of the paper: the description and the tests that the program must pass.
    """
    info, split = entry("mbpp", split)
    pin = pins()["mbpp/mbpp.jsonl"]
    items = (
        _item(record)
        for record in rows_of(sources, pin, "jsonl")
        if record["task_id"] in _SPLITS[split]
    )
    return benchmark(info, items, [pin], split=split, scorer="tests")


def _item(record: Mapping[str, Any]) -> Item:
    tests = texts(record["test_list"], "test_list")
    question = (
        "You are an expert Python programmer, and here is your task: "
        f"{text(record['text'], 'text')} Your code should pass these tests:\n\n" + "\n".join(tests)
    )
    code = record["code"].replace("\r\n", "\n")
    metadata = {
        "task_id": record["task_id"],
        "description": record["text"],
        "entry_point": _entry_point(code, tests),
        "test": "\n".join(part for part in (record["test_setup_code"], *tests) if part),
        "test_list": record["test_list"],
        "test_setup_code": record["test_setup_code"],
        "challenge_test_list": record["challenge_test_list"],
    }
    return Item(f"mbpp_{record['task_id']}", question, code, metadata)


def _entry_point(code: str, tests: list[str]) -> str:
    """The function that the tests call, as the reference solution defines it."""
    defined: list[str] = _DEFINED.findall(code)
    called = [name for name in defined if re.search(rf"\b{re.escape(name)}\s*\(", tests[0])]
    return called[0] if called else (defined or [""])[-1]
