# /// script
# requires-python = ">=3.11"
# dependencies = ["evals"]
# [tool.uv]
# no-build-package = ["datasets"]
# ///
"""Logs of OpenAI evals, without a model: ``uv run --script <this> FOLDER``."""

import json
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1]).absolute()
SAMPLES = [
    {
        "input": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "2+2?"},
        ],
        "ideal": "4",
    },
    {
        "input": [{"role": "user", "content": "Capital of France?"}],
        "ideal": ["Paris", "City of Paris"],
    },
    {"input": [{"role": "user", "content": "3+3?"}], "ideal": "6"},
]
MODEL = """
from evals.record import record_sampling

class Result:
    def __init__(self, text): self.text = text
    def get_completions(self): return [self.text]

class Model:
    def __init__(self, **options): pass
    def __call__(self, prompt, **options):
        asked = str(prompt)
        text = "4" if "2+2" in asked else "Paris is it" if "France" in asked else "no"
        record_sampling(prompt=prompt, sampled=[text], model="own")
        return Result(text)
"""
KINDS = {
    "match": ("match:Match", "accuracy"),
    "includes": ("includes:Includes", "accuracy"),
    "fuzzy": ("fuzzy_match:FuzzyMatch", "f1_score"),
    "ends-early": ("json_match:JsonMatch", "accuracy"),  # raises: "Paris" is not JSON
}


def main() -> None:
    """Write a registry of our own, and run each kind."""
    for name in ("evals", "completion_fns", "modelgraded"):
        (FOLDER / "registry" / name).mkdir(parents=True)
    (FOLDER / "own_model.py").write_text(MODEL)
    data = FOLDER / "samples.jsonl"
    data.write_text("".join(json.dumps(each) + "\n" for each in SAMPLES))
    model = "own:\n  class: own_model:Model\n"
    (FOLDER / "registry" / "completion_fns" / "own.yaml").write_text(model)
    entries = "".join(
        f"{kind}:\n  id: {kind}.dev.v0\n  metrics: [{metric}]\n"
        f"{kind}.dev.v0:\n  class: evals.elsuite.basic.{place}\n  args: {{samples_jsonl: {data}}}\n"
        for kind, (place, metric) in KINDS.items()
    )
    (FOLDER / "registry" / "evals" / "own.yaml").write_text(entries)
    own = {"OPENAI_API_KEY": "none", "PYTHONPATH": str(FOLDER)}
    tool = Path(sys.executable).with_name("oaieval")
    for kind in KINDS:
        where = ("--registry_path", "registry", "--record_path", f"a_{kind}_.jsonl")
        command = [str(tool), "own", kind, *where]
        subprocess.run(
            command,
            check=kind != "ends-early",
            cwd=FOLDER,
            env=os.environ | own,
            capture_output=True,
        )


if __name__ == "__main__":
    main()
