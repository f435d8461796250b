"""How often each route to an answer is taken on recorded outputs, and how often it errs.

The verdict of a route is compared with the verdict that the outputs' publishers gave: ZeroEval's
rule for ten models on GSM8K (it gives their published accuracies), the stored ``pred`` of MMLU-Pro
for three models, and the authors' rule of BIG-Bench Hard. Every different verdict is listed with
``--list``. Set CRUCIBLE_MIRROR to the folder that has the recorded outputs.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dataset_manager import Item, Score, load_sync, score

ROUTES = ("boxed", "marked", "stated", "lone", "last_resort")


class Verdict(NamedTuple):
    """One output with our score and the verdict of its publishers."""

    source: str
    item: str
    ours: Score
    theirs: bool


def gsm8k(mirror: Path) -> Iterator[Verdict]:
    """Ten models; the verdicts of ZeroEval's rule."""
    items = list(load_sync("gsm8k"))
    for folder in ("zeroeval-gsm8k", "zeroeval-gsm8k-more"):
        for path in sorted((mirror / folder / "gsm").glob("*.json")):
            texts = [entry["output"][0] for entry in json.loads(path.read_text("utf-8"))]
            for item, text in zip(items, texts, strict=True):
                theirs = score(text, item, scorer="official_gsm8k").correct
                yield Verdict(path.stem, item.id, score(text, item, scorer="number"), theirs)


def mmlu_pro(mirror: Path) -> Iterator[Verdict]:
    """Three models; the letters that the authors stored."""
    for path in sorted((mirror / "mmlu-pro-outputs").glob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            choices = [each for each in row["options"] if each != "N/A"]
            question = {"question": row["question"], "choices": choices}
            item = Item(row["question_id"], question, int(row["answer_index"]))
            ours = score(row.get("generated_text") or row["model_outputs"], item, scorer="choice")
            yield Verdict(path.stem, item.id, ours, row["pred"] == row["answer"])


def bbh(mirror: Path) -> Iterator[Verdict]:
    """One model on eight tasks, with and without reasoning; the authors' rule."""
    by_target: dict[tuple[str, str], Item] = {
        (item.metadata["task"], str(item)): item for item in load_sync("bbh")
    }
    for path in sorted((mirror / "bbh-outputs").glob("*/*_few_shot_template_0-255000.json")):
        task = path.stem.removesuffix("_few_shot_template_0-255000")
        for position, each in enumerate(json.loads(path.read_bytes())["outputs"]):
            item = by_target.get((task, asked(each["input"])))
            if item is None:
                item = Item(f"{task}_{position}", "q", each["target"])
            ours = score(each["prediction"], item, scorer="by_form")
            theirs = score(each["prediction"], item, scorer="official_bbh").correct
            yield Verdict(f"{path.parent.name}/{task}", item.id, ours, theirs)


def asked(prompt: str) -> str:
    """The question at the end of a prompt with worked examples."""
    return prompt.rpartition("\n\nQ: ")[2].rpartition("\nA:")[0]


def show(name: str, verdicts: list[Verdict]) -> None:
    """A row for each route: its share of the verdicts, and of those how many differ."""
    counts = Counter(str(each.ours.how or each.ours.outcome) for each in verdicts)
    differs = [each for each in verdicts if each.ours.correct != each.theirs]
    wrong = Counter(
        (str(each.ours.how or each.ours.outcome), each.ours.correct) for each in differs
    )
    print(f"\n{name}: {len(verdicts):,} outputs, {len(differs)} other verdicts")
    print(f"{'route':<12} {'verdicts':>8}   share  only ours right  only theirs right  differ")
    for route in [*(each for each in ROUTES if counts[each]), *sorted({*counts} - {*ROUTES})]:
        more, less, n = wrong[route, True], wrong[route, False], counts[route]
        share = (more + less) / n
        print(f"{route:<12} {n:>8,} {n / len(verdicts):>7.2%} {more:>16} {less:>18} {share:>7.2%}")
    if "--list" in sys.argv:
        for each in differs:
            ours = f"{each.ours} ({each.ours.how})"
            print(f"    {each.source} {each.item}: {ours}, theirs {each.theirs}")


if __name__ == "__main__":
    folder = Path(os.environ["CRUCIBLE_MIRROR"])
    for label, found in (
        ("GSM8K, ten models", gsm8k(folder)),
        ("MMLU-Pro, three models", mmlu_pro(folder)),
        ("BIG-Bench Hard, one model", bbh(folder)),
    ):
        show(label, list(found))
