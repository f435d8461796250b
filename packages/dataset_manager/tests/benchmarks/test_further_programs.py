"""HumanEval+, MBPP+ and the examples of BIG-Bench Hard, on records in the published form."""

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from dataset_manager import Dataset, DatasetFileError, SandboxError, run_tests_sync, with_prompts

Put = Callable[..., Dataset]


def lines(*records: dict[str, Any]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def parquet(*records: dict[str, Any]) -> bytes:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    buffer = BytesIO()
    pq.write_table(pa.Table.from_pylist(list(records)), buffer)
    return buffer.getvalue()


PLUS_TESTS = """
import numpy as np

def is_floats(x) -> bool:
    if isinstance(x, float):
        return True
    if isinstance(x, (list, tuple)):
        return all(isinstance(i, float) for i in x)
    if isinstance(x, np.ndarray):
        return x.dtype == np.float64 or x.dtype == np.float32
    return False


def assertion(out, exp, atol):
    exact_match = out == exp

    if atol == 0 and is_floats(exp):
        atol = 1e-6
    if not exact_match and atol != 0:
        assert type(out) == type(exp), f"out: {out}, exp: {exp}"
        if isinstance(exp, (list, tuple)):
            assert len(out) == len(exp), f"out: {out}, exp: {exp}"
        assert np.allclose(out, exp, rtol=1e-07, atol=atol)
    else:
        assert exact_match, f"out: {out}, exp: {exp}"
"""


def passes(data: Dataset, *answers: str) -> list[bool]:
    try:
        report = run_tests_sync({data[0].id: list(answers)}, dataset=data)
    except SandboxError as error:
        pytest.skip(str(error))
    return [result.passed for result in report.results[data[0].id]]


def test_humaneval_plus(put: Put) -> None:
    check = """
def check(candidate):
    inputs = [[[1.0, 2.0]], [[0.1, 0.2]]]
    results = [3.0, 0.3]
    for i, (inp, exp) in enumerate(zip(inputs, results)):
        assertion(candidate(*inp), exp, 0)
"""
    row = {
        "task_id": "HumanEval/7", "entry_point": "total",
        "canonical_solution": "    return sum(x)\n",
        "prompt": 'def total(x):\n    """ Add. """\n', "test": PLUS_TESTS + check,
    }  # fmt: skip

    data = put("humaneval_plus", {"humaneval-plus/test.jsonl": lines(row)}, {"test": 1})

    assert data[0].id == "humaneval_plus_7"
    wrong = "    return sum(x) + 0.001\n"
    assert passes(data, data[0].expected, wrong, "    return [sum(x)]\n") == [True, False, False]


def test_mbpp_plus(put: Put) -> None:
    loop = """
inputs = [[[4, 1]], [[2]]]
results = [[1, 4], [2]]
for i, (inp, exp) in enumerate(zip(inputs, results)):
    assertion(ordered(*inp), exp, 0)
"""
    row = {
        "task_id": 2, "code": "def ordered(x):\n  return sorted(x)", "prompt": "Sort a list.",
        "source_file": "Benchmark Questions.ipynb", "test_imports": [],
        "test_list": ["assert ordered([2, 1]) == [1, 2]"], "test": PLUS_TESTS + loop,
    }  # fmt: skip

    data = put("mbpp_plus", {"mbpp-plus/test.parquet": parquet(row)}, {"test": 1})

    assert "assert ordered([2, 1])" in str(data[0])
    assert data[0].metadata["entry_point"] == "ordered"
    assert passes(data, data[0].expected, "def ordered(x): return x") == [True, False]


WORKED = """dataset_name: snarks
description: 'Sort a list of words.


  '
fewshot_config:
  sampler: first_n
  samples:
  - input: 'List: b a'
    target: 'First a.

      Then b. So the answer is a b.'
  - input: 'List: d c'
    target: So the answer is c d.
"""


def test_the_examples_of_big_bench_hard_make_the_prompts_of_its_authors(put: Put) -> None:
    pytest.importorskip("yaml")
    files = {"bbh/cot_fewshot/word_sorting.yaml": WORKED.encode()}

    examples = put("bbh", files, split="examples", subset="word_sorting")
    task = Dataset([examples[1]], name="bbh", split="test").map(
        lambda item: replace(item, id="x", input="List: f e", metadata={"task": "word_sorting"})
    )

    assert list(examples.column("expected")) == ["a b", "c d"]
    assert str(with_prompts(task, "bbh_cot", examples=examples)[0]) == (
        "Sort a list of words.\n\n"
        "Q: List: b a\nA: Let's think step by step.\nFirst a.\nThen b. So the answer is a b.\n\n"
        "Q: List: d c\nA: Let's think step by step.\nSo the answer is c d.\n\n"
        "Q: List: f e\nA: Let's think step by step."
    )
    assert str(with_prompts(task, "bbh_direct", examples=examples, shots=1)[0]) == (
        "Sort a list of words.\n\nQ: List: b a\nA: a b\n\nQ: List: f e\nA:"
    )
    with pytest.raises(DatasetFileError, match="has no worked examples"):
        put("bbh", {next(iter(files)): b"a: 1"}, split="examples", subset="word_sorting")
