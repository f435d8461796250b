"""Programs from a model, scored by running their tests."""

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.deprecated import renamed_arguments
from .._core.errors import PredictionError
from .._core.events import Progress
from .._core.loops import refuse_running_loop
from .._core.shown import shown
from .._data.dataset import Dataset
from .._data.item import Item
from .._extraction.code import extract_code
from .._extraction.outcome import Extraction
from .._extraction.syntax import parsed
from .._sandbox.limits import ProgramResult, TestedProgram
from .._sandbox.sandbox import Sandbox, wait_for


def test_program(item: Item, code: str) -> TestedProgram:
    """The code with the tests of the item, which run in a process of their own.

    HumanEval's tests are a function ``check``, which gets the one that was asked for, and its code
    follows the prompt; other tests are statements. What the prompt defines beside the function
    asked for is taken from the prompt.

    Raises:
        PredictionError: The item has no tests.
    """
    tests = item.metadata.get("test")
    if not isinstance(tests, str) or not tests.strip():
        raise PredictionError(f"item {item.id!r} has no tests in metadata['test']", ids=[item.id])
    if not re.search(r"^def check\(", tests, re.MULTILINE):
        return TestedProgram(solution=code, tests=tests)
    function = str(item.metadata.get("entry_point", ""))
    if not function.isidentifier():
        raise PredictionError(
            f"item {item.id!r} has a function check() in metadata['test'] and no function to check"
            " in metadata['entry_point']",
            ids=[item.id],
        )
    return TestedProgram(
        solution=f"{item.question}{code}",
        tests=f"{tests}\ncheck({function})",
        helpers=_helpers(item.question, function),
    )


def _helpers(prompt: str, function: str) -> str:
    """The definitions of a prompt without the one that is to be completed."""
    try:
        tree = parsed(f"{prompt}\n    pass\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    kept = [node for node in tree.body if getattr(node, "name", None) != function]
    return ast.unparse(ast.Module(kept, []))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramReport:
    """The results of all programs that were written for a data set.

    Attributes:
        dataset_name: The data set.
        results: For each item, by id, one result for each of its programs.
        layers: The layers of isolation that were in force for every one of the programs.
    """

    dataset_name: str
    results: Mapping[str, tuple[ProgramResult, ...]]
    layers: tuple[str, ...]

    def pass_at(self, k: int) -> float:
        """The mean probability that at least one of k programs passes.

        Args:
            k: How many programs are drawn for each item.

        Returns:
            The mean over items.
        """
        return self._mean(pass_at_k_from_counts, k)

    def pass_hat(self, k: int) -> float:
        """The mean probability that all of k programs pass.

        Args:
            k: How many programs are drawn for each item.

        Returns:
            The mean over items.
        """
        return self._mean(pass_hat_k_from_counts, k)

    def _mean(self, share: Callable[[int, int, int], float], k: int) -> float:
        values = [
            share(len(each), sum(result.passed for result in each), k)
            for each in self.results.values()
        ]
        return math.fsum(values) / len(values)

    @shown
    def __str__(self) -> str:
        programs = sum(map(len, self.results.values()))
        return (
            f"{self.dataset_name}: {programs} programs for {len(self.results)} items, pass@1"
            f" {self.pass_at(1):.4f} (isolated by {', '.join(self.layers)})"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "dataset_name": self.dataset_name,
            "layers": list(self.layers),
            "pass@1": self.pass_at(1),
            "results": {
                identifier: [{"outcome": each.outcome, "error": each.error} for each in found]
                for identifier, found in self.results.items()
            },
        }


@renamed_arguments(samples="n", passed="successes")
def pass_at_k_from_counts(n: int, successes: int, k: int) -> float:
    """The probability that at least one of k programs passes, without bias.

    Args:
        n: How many programs were written for an item.
        successes: How many of them pass its tests.
        k: How many are drawn.

    Returns:
        1 - C(n - successes, k) / C(n, k) (Chen et al. 2021, arXiv:2107.03374, equation 1).

    Raises:
        ValueError: ``k`` is below 1 or above ``n``, or ``successes`` is not between 0 and ``n``.
    """
    _check_counts(n, successes, k)
    return 1.0 - math.comb(n - successes, k) / math.comb(n, k)


@renamed_arguments(samples="n", passed="successes")
def pass_hat_k_from_counts(n: int, successes: int, k: int) -> float:
    """The probability that all of k programs pass.

    Args:
        n: How many programs were written for an item.
        successes: How many of them pass its tests.
        k: How many are drawn.

    Returns:
        C(successes, k) / C(n, k) (Yao et al. 2024, arXiv:2406.12045).

    Raises:
        ValueError: ``k`` is below 1 or above ``n``, or ``successes`` is not between 0 and ``n``.
    """
    _check_counts(n, successes, k)
    return math.comb(successes, k) / math.comb(n, k)


async def run_tests(
    completions: Mapping[str, str | Iterable[str]],
    *,
    dataset: Dataset,
    sandbox: Sandbox | None = None,
    on_progress: Progress | None = None,
) -> ProgramReport:
    """Run the tests of every item on the programs that were written for it.

    Args:
        completions: By item id, one answer or several. A program is what ``extract_code`` finds.
        dataset: HumanEval, MBPP, or items with tests in ``metadata["test"]``.
        sandbox: Where programs run; one with the default limits when left out.
        on_progress: Called after each program with how many are done and how many there are.

    Returns:
        The results by item, with pass@k and pass^k.

    Raises:
        PredictionError: An item has no answer or no tests, or an id is unknown.
        SandboxError: The layers that untrusted programs need cannot be built here.
    """
    answers = {
        str(name): [each] if isinstance(each, str) else list(each)
        for name, each in completions.items()
    }
    wrong = set(dataset.ids()) ^ {name for name, each in answers.items() if each}
    if wrong or not answers:
        shown = ", ".join(sorted(wrong)[:5])
        raise PredictionError(f"ids without an answer, or without an item: {shown}", ids=wrong)
    work = [(item, answer) for item in dataset for answer in answers[item.id]]
    programs = [test_program(item, _code(item, answer)) for item, answer in work]
    found = await (sandbox or Sandbox()).run_all(programs, on_progress=on_progress)
    results: dict[str, list[ProgramResult]] = {}
    for (item, _), result in zip(work, found, strict=True):
        results.setdefault(item.id, []).append(result)
    return ProgramReport(
        dataset_name=dataset.name,
        results={name: tuple(each) for name, each in results.items()},
        layers=common_layers(found),
    )


def run_tests_sync(
    completions: Mapping[str, str | Iterable[str]],
    *,
    dataset: Dataset,
    sandbox: Sandbox | None = None,
    on_progress: Progress | None = None,
) -> ProgramReport:
    """``run_tests`` for code that is not async.

    Args:
        completions: By item id, one answer or several.
        dataset: HumanEval, MBPP, or items with tests in ``metadata["test"]``.
        sandbox: Where programs run; one with the default limits when left out.
        on_progress: Called after each program with how many are done and how many there are.

    Returns:
        The results by item, with pass@k and pass^k.

    Raises:
        PredictionError: An item has no answer or no tests, or an id is unknown.
        SandboxError: The layers that untrusted programs need cannot be built here.
        RunningLoopError: An event loop is running in this thread; await ``run_tests``.
    """
    refuse_running_loop("run_tests")
    return wait_for(
        run_tests(completions, dataset=dataset, sandbox=sandbox, on_progress=on_progress)
    )


def run_answers(
    answers: Sequence[tuple[Any, Item]],
    sandbox: Sandbox | None = None,
    on_progress: Progress | None = None,
) -> list[tuple[Extraction, ProgramResult | None]]:
    """For each answer the program in it, and the result of its tests; None without a program."""
    texts = (None if answer is None else str(answer) for answer, _ in answers)
    found = [
        extract_code(text, str(item.metadata.get("entry_point", "")))
        for text, (_, item) in zip(texts, answers, strict=True)
    ]
    programs = [
        test_program(item, one.value)
        for one, (_, item) in zip(found, answers, strict=True)
        if one.outcome == "found"
    ]
    without = len(answers) - len(programs)

    def counted(done: int, _: int) -> None:
        if on_progress is not None:
            on_progress(without + done, len(answers))

    work = (sandbox or Sandbox()).run_all(programs, on_progress=counted)
    results = iter(wait_for(work))
    return [(one, next(results) if one.outcome == "found" else None) for one in found]


def common_layers(results: Iterable[ProgramResult | None]) -> tuple[str, ...]:
    """The layers that were in force for every one of the programs."""
    ran = [result for result in results if result is not None]
    first = ran[0].layers if ran else ()
    return tuple(layer for layer in first if all(layer in result.layers for result in ran))


def _code(item: Item, answer: str) -> str:
    found = extract_code(answer, str(item.metadata.get("entry_point", "")))
    return str(found.value or "")


def _check_counts(n: int, successes: int, k: int) -> None:
    if not 0 <= successes <= n:
        raise ValueError(f"successes: {successes!r} is not between 0 and n = {n!r}")
    if not 1 <= k <= n:
        raise ValueError(f"k: {k!r} is not between 1 and n = {n!r}")
