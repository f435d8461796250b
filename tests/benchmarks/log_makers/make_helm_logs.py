# /// script
# requires-python = ">=3.11"
# dependencies = ["crfm-helm"]
# ///
"""Runs of HELM with its model that needs no network: ``uv run --script <this> FOLDER``."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1]).absolute()
METHODS = {"joint": "multiple_choice_joint", "separate": "multiple_choice_separate_calibrated"}


def instance(name: str, question: str, right: str, *wrong: str, split: str = "test") -> Any:
    """A question; of ``right`` each letter is a right answer."""
    references = [
        {"output": {"text": text}, "tags": tags}
        for texts, tags in ((wrong, []), (right, ["correct"]))
        for text in texts
    ]
    return {"id": name, "input": {"text": question}, "references": references, "split": split}


def main() -> None:
    """Write the instances, and run each method twice."""
    FOLDER.mkdir(parents=True)
    data = FOLDER / "instances.jsonl"
    instances = [
        instance("id1", "2+2?", "4", "5", "6"),
        instance("id2", "3+3?", "6", "5"),
        instance("id3", "Which are letters?", "ab", "1"),
        instance("id4", "1+1?", "2", "5", split="train"),
    ]
    data.write_text("".join(json.dumps(each) + "\n" for each in instances))
    tool = Path(sys.executable).with_name("helm-run")
    for kind, method in METHODS.items():
        entry = f"custom_mcqa:path={data},num_train_instances=1,method={method},model=simple/model1"
        command = [str(tool), "--run-entries", entry, "--suite", f"a_helm-{kind}_"]
        more = ("--num-train-trials", "2", "--max-eval-instances", "9", "--disable-cache")
        where = ("--local-path", str(FOLDER / "local"), "-o", str(FOLDER / "out"))
        subprocess.run([*command, *more, *where], check=True, cwd=FOLDER, capture_output=True)


if __name__ == "__main__":
    main()
