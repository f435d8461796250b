"""Pairs of random programs, and what the reference implementation says of them.

The golden values beside this file were made with codebleu 0.7.0, which needs an environment of its
own, by::

    uv venv old && uv pip install -p old codebleu==0.7.0 tree-sitter==0.22.3 \
        tree-sitter-python==0.21.0
    old/bin/python golden_codebleu.py > golden_codebleu.json

Its data flow depends on the order of sets. Where runs with other hash seeds disagree, the value is
null.
"""

import importlib
import json
import os
import random
import subprocess
import sys

NAMES = ("a", "b", "count", "items", "total", "x", "y")
PAIRS = 200


def pairs() -> list[tuple[str, str]]:
    """Programs, each with one like it."""
    draw = random.Random(20)
    return [(_program(draw), _program(draw)) for _ in range(PAIRS)]


def _program(draw: random.Random) -> str:
    lines = [f"def f({', '.join(_parameters(draw))}):"]
    if draw.random() < 0.3:
        lines.append('    """Work it out."""')
    lines += _block(draw, depth=1)
    lines.append(f"    return {_value(draw)}")
    text = "\n".join(lines)
    if draw.random() < 0.2:
        text = "class C:\n    kind = 'c'  # a text\n\n" + "\n".join("    " + e for e in lines)
    # One in ten is cut, as answers of models are.
    return text[: draw.randint(20, len(text))] if draw.random() < 0.1 else text


def _parameters(draw: random.Random) -> list[str]:
    names = draw.sample(NAMES, draw.randint(1, 3))
    return [*names[:-1], f"{names[-1]}={draw.randint(0, 9)}" if draw.random() < 0.5 else names[-1]]


def _block(draw: random.Random, depth: int) -> list[str]:
    lines: list[str] = []
    for _ in range(draw.randint(1, 3)):
        deeper = depth < 4 and draw.random() < 0.5
        lines += _compound(draw, depth) if deeper else [_simple(draw)]
    return ["    " + line for line in lines]


def _simple(draw: random.Random) -> str:
    name, other = draw.choice(NAMES), draw.choice(NAMES)
    return draw.choice(
        (
            f"{name} = {_value(draw)}",
            f"{name} {draw.choice(('+=', '-=', '*='))} {_value(draw)}  # so",
            f"{name}, {other} = {_value(draw)}, {_value(draw)}",
            f"items[{_value(draw)}] = {other}.get('k', [v for v in {name} if v])",
        )
    )


def _compound(draw: random.Random, depth: int) -> list[str]:
    name, other = draw.choice(NAMES), draw.choice(NAMES)
    head = draw.choice(
        (
            f"for {name} in {_value(draw)}:",
            f"while {name} < {_value(draw)}:",
            f"with open({name}) as {other}:",
            f"if {name} {draw.choice(('<', '==', 'in'))} {_value(draw)}:",
        )
    )
    lines = [head, *_block(draw, depth + 1)]
    if head.startswith("if"):
        if draw.random() < 0.4:
            lines += [f"elif not {other}:", *_block(draw, depth + 1)]
        if draw.random() < 0.5:
            lines += ["else:", *_block(draw, depth + 1)]
    return lines


def _value(draw: random.Random) -> str:
    name, other = draw.choice(NAMES), draw.choice(NAMES)
    return draw.choice(
        (
            name,
            str(draw.randint(0, 99)),
            f"{name} + {other}",
            f"{name}[{other}]",
            f"len({name})",
            f"max({name}, key=lambda v: v * {other})",
            f"{{k: {name} for k in {other}}}",
            f"({name}, 'text', {other} ** 2)",
            f'"{name}" if {other} else None',
        )
    )


def reference() -> None:
    """Print what the reference says with the hash seed of this process."""
    calculate = importlib.import_module("codebleu").calc_codebleu

    rows = [calculate([right], [given], lang="python") for given, right in pairs()]
    names = ("ngram_match", "weighted_ngram_match", "syntax_match", "dataflow_match")
    sys.stdout.write(json.dumps([[row[f"{name}_score"] for name in names] for row in rows]))


def main() -> None:
    """Print the golden values."""
    runs = []
    for seed in range(40):
        command = [sys.executable, __file__, "one"]
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        )
        runs.append(json.loads(done.stdout))
    same = [len({run[place][3] for run in runs}) == 1 for place in range(PAIRS)]
    golden = [row if sure else [*row[:3], None] for row, sure in zip(runs[0], same, strict=True)]
    sys.stdout.write(json.dumps(golden).replace("], [", "],\n["))


if __name__ == "__main__":
    reference() if sys.argv[1:] else main()
