"""Changes one module at a time in one place, and lists the changes that no test notices.

    uv run python tests/benchmarks/mutate.py MODULE.py TESTS... [--most 40] [--seed 1]

A change swaps a comparison, an operator of arithmetic or of logic, moves a number by one, negates a
condition, or replaces a returned value by None. From all places so many are drawn. For each, the
tests run in a process of their own that imports the changed text; the file itself is not touched.
A change that takes longer than ten times the tests without a change counts as noticed.
"""

import argparse
import ast
import copy
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or,
    ast.Or: ast.And, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
# Imports the changed text in place of the module's; read by Python when it starts.
_HOOK = """
import importlib.machinery, os
_get = importlib.machinery.SourceFileLoader.get_code
def get_code(self, name):
    if os.path.realpath(self.path) == os.environ["MUTATED_PATH"]:
        with open(os.environ["MUTATED_TEXT"], encoding="utf-8") as file:
            return compile(file.read(), self.path, "exec", dont_inherit=True)
    return _get(self, name)
importlib.machinery.SourceFileLoader.get_code = get_code
"""
Change = Callable[[Any], None]


def changes(tree: ast.AST) -> Iterator[tuple[int, str, int, Change]]:
    """Each change of a module: its line, what it does, the number of its node, and the change."""
    for number, node in enumerate(ast.walk(tree)):
        line = getattr(node, "lineno", 0)
        for place, operator in _operators(node):
            if type(operator) in _SWAPS:
                other = _SWAPS[type(operator)]
                text = f"{type(operator).__name__} to {other.__name__}"
                yield line, text, number, _swapping(place, other)
        if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
            yield line, f"{node.value!r} and one more", number, _moving
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield line, f"not ({ast.unparse(node.test)})", number, _negating
        if isinstance(node, ast.Return) and node.value is not None:
            yield line, f"None for {ast.unparse(node.value)[:60]}", number, _returning


def _operators(node: ast.AST) -> list[tuple[int, ast.AST]]:
    if isinstance(node, ast.Compare):
        return list(enumerate(node.ops))
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        return [(-1, node.op)]
    return []


def _swapping(place: int, other: type[ast.AST]) -> Change:
    def change(node: Any) -> None:
        if place < 0:
            node.op = other()
        else:
            node.ops[place] = other()

    return change


def _moving(node: Any) -> None:
    node.value += 1


def _negating(node: Any) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _returning(node: Any) -> None:
    node.value = None


def passes(module: Path, text: str, tests: list[str], most_s: float | None) -> bool:
    """Whether the tests pass with a text in place of a module's."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "sitecustomize.py").write_text(_HOOK, encoding="utf-8")
        (folder / "text.py").write_text(text, encoding="utf-8")
        known = os.environ.get("PYTHONPATH", "")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([place, *([known] if known else [])]),
            "MUTATED_PATH": os.path.realpath(module),
            "MUTATED_TEXT": str(folder / "text.py"),
        }
        command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-x", "-p", "no:cacheprovider"]
        try:
            found = subprocess.run(
                [*command, *tests],
                check=False,
                env=environment,
                capture_output=True,
                timeout=most_s,
            )
        except subprocess.TimeoutExpired:
            return False
        return not found.returncode


def main() -> int:
    """Print each change that no test notices, and how many were noticed.

    Returns:
        0, or 2 when the tests fail without a change, or do not import the module.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("module", type=Path)
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tree = ast.parse(options.module.read_text(encoding="utf-8"))
    began = time.monotonic()
    if not passes(options.module, ast.unparse(tree), options.tests, None):
        print("the tests fail without a change")
        return 2
    most_s = 30 + 10 * (time.monotonic() - began)
    if passes(options.module, "raise RuntimeError('imported')", options.tests, most_s):
        print("the tests do not import the module")
        return 2
    found = list(changes(tree))
    chosen = random.Random(options.seed).sample(found, min(options.most, len(found)))
    survived = 0
    for line, text, number, change in sorted(chosen, key=lambda each: each[:3]):
        changed = copy.deepcopy(tree)
        change(next(node for at, node in enumerate(ast.walk(changed)) if at == number))
        if passes(options.module, ast.unparse(changed), options.tests, most_s):
            survived += 1
            print(f"line {line}: {text}", flush=True)
    print(
        f"{options.module}: {len(chosen) - survived} of {len(chosen)} changes noticed,"
        f" {len(found)} possible"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
