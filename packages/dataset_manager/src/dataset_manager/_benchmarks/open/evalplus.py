"""HumanEval+ and MBPP+: the programs of both with many more tests (Liu et al. 2023; Apache-2.0).

Their tests compare floats by ``numpy.allclose``. Programs here run without other packages, so that
the tests get a stand-in that does the same for numbers and lists.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any

from ..._data.dataset import Dataset
from ..._data.item import Item
from ..._sources.sources import Sources, pins
from ..checks import text, texts
from ..entry import benchmark, check_count, entry, rows_of

_IMPORT = re.compile(r"^import numpy as np[ \t]*$", re.MULTILINE)
_DEFINED = re.compile(r"^def\s+(\w+)", re.MULTILINE)
_STAND_IN = """
class np:
    class ndarray:
        pass

    float32 = float64 = float

    @staticmethod
    def allclose(one, other, rtol=1e-05, atol=1e-08):
        if isinstance(other, (list, tuple)):
            return len(one) == len(other) and all(
                np.allclose(a, b, rtol, atol) for a, b in zip(one, other)
            )
        return one == other or abs(one - other) <= atol + rtol * abs(other)
"""


def load_humaneval_plus(sources: Sources, *, split: str | None) -> Dataset:
    """HumanEval with about 80 times as many tests."""
    info, split = entry("humaneval_plus", split)
    pin = pins()["humaneval-plus/test.jsonl"]
    rows = rows_of(sources, pin, "jsonl")
    check_count(info, split, len(rows), pin)
    return benchmark(info, map(_completed, rows), [pin], split=split, scorer="tests")


def load_mbpp_plus(sources: Sources, *, split: str | None) -> Dataset:
    """378 programs of MBPP with about 35 times as many tests. Needs pyarrow."""
    info, split = entry("mbpp_plus", split)
    pin = pins()["mbpp-plus/test.parquet"]
    rows = rows_of(sources, pin, "parquet")
    check_count(info, split, len(rows), pin)
    return benchmark(info, map(_written, rows), [pin], split=split, scorer="tests")


def _completed(row: Mapping[str, Any]) -> Item:
    metadata = {
        "task_id": row["task_id"],
        "entry_point": row["entry_point"],
        "test": without_numpy(row["test"]),
    }
    number = row["task_id"].rpartition("/")[2]
    return Item(f"humaneval_plus_{number}", row["prompt"], row["canonical_solution"], metadata)


def _written(row: Mapping[str, Any]) -> Item:
    tests = _tests(row["test_list"])
    question = (
        "You are an expert Python programmer, and here is your task: "
        f"{text(row['prompt'], 'prompt')} Your code should pass these tests:\n\n" + "\n".join(tests)
    )
    code, test = text(row["code"], "code"), text(row["test"], "test")
    names = _DEFINED.findall(code)
    called = [name for name in names if re.search(rf"\b{re.escape(name)}\s*\(", test)]
    metadata = {
        "task_id": row["task_id"],
        "entry_point": (called or names or [""])[-1],
        "test": without_numpy(test),
    }
    return Item(f"mbpp_plus_{row['task_id']}", question, code, metadata)


def _tests(shown: Any) -> list[str]:
    """The tests that the prompt shows, which the file has as a list or as one written out."""
    if isinstance(shown, str):
        try:
            shown = ast.literal_eval(shown)
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise ValueError(f"'test_list' is no list: {error}") from error
    return texts(shown, "test_list")


def without_numpy(test: str) -> str:
    """The tests with a stand-in for what they use of numpy."""
    return _IMPORT.sub(lambda _: _STAND_IN, test, count=1)
