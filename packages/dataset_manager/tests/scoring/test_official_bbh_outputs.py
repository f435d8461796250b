"""The rule of BIG-Bench Hard on its authors' own outputs of code-davinci-002 (commit 9ee07bd4)."""

import json
from pathlib import Path

import pytest

from dataset_manager import Item, score

TASKS = (
    *("causal_judgement", "date_understanding", "dyck_languages", "multistep_arithmetic_two"),
    *("logical_deduction_three_objects", "ruin_names", "snarks", "word_sorting"),
)


@pytest.mark.parametrize("prompting", ["cot", "direct"])
@pytest.mark.parametrize("task", TASKS)
def test_the_rule_gives_the_accuracy_of_the_authors(
    mirror: Path, prompting: str, task: str
) -> None:
    path = mirror / "bbh-outputs" / prompting / f"{task}_few_shot_template_0-255000.json"
    if not path.is_file():
        pytest.skip("the mirror has no outputs of BIG-Bench Hard")
    outputs = json.loads(path.read_bytes())["outputs"]
    stated = json.loads(path.with_name(f"{path.stem}_eval_metrics.jsonl").read_bytes())

    verdicts = [
        score(each["prediction"], Item("a", "q", each["target"]), scorer="official_bbh").correct
        for each in outputs
    ]

    assert 100 * sum(verdicts) / len(verdicts) == pytest.approx(stated["accuracy"], abs=1e-6)
