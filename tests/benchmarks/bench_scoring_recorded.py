"""Accuracies that others published for real answers, beside ours, and where the verdicts differ.

Eight models on GSM8K (ZeroEval), four early systems with the verdicts of GSM8K's authors, and ten
models on MMLU (HELM). Set CRUCIBLE_MIRROR to the folder that has the recorded answers.
"""

import ast
import csv
import json
import os
import re
from fractions import Fraction
from pathlib import Path

from dataset_manager import Dataset, disagreements, evaluate, load_sync

FIELD = re.compile(r'"answer"\s*:\s*"?([^"}\n]*)')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
FRACTION = re.compile(r"\d+/[1-9]\d*")
SYSTEMS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


def zeroeval_says(text: str, expected: str) -> bool:
    """The rule that reproduces ZeroEval's accuracies: the last answer field's first number.

    A field that is nothing but a fraction is divided out.
    """
    fields = FIELD.findall(text)
    field = fields[-1].replace(",", "").strip() if fields else ""
    if FRACTION.fullmatch(field):
        return Fraction(field) == Fraction(expected)
    numbers = NUMBER.findall(field)
    return bool(numbers) and float(numbers[0]) == float(expected)


def eight_models(folder: Path) -> None:
    """Published accuracies, ours, and every item whose verdict differs from ZeroEval's rule."""
    data = load_sync("gsm8k")
    summary = json.loads((folder / "gsm.summary.json").read_text("utf-8"))
    published = {entry["Model"].lower(): float(entry["Acc"]) for entry in summary}
    print(f"{'GSM8K':<28} published   ours  difference  no answer found")
    for path in sorted((folder / "gsm").glob("*.json")):
        texts = [entry["output"][0] for entry in json.loads(path.read_text("utf-8"))]
        result = evaluate(texts, dataset=data, model_name=path.stem)
        theirs, ours = published[path.stem.lower()], 100 * result.accuracy
        lost = result.total - result.outcomes["found"]
        print(f"{path.stem:<28} {theirs:>9.2f} {ours:>6.2f} {ours - theirs:>+11.2f} {lost:>16}")
        verdicts = {
            item.id: zeroeval_says(text, item.expected)
            for item, text in zip(data, texts, strict=True)
        }
        for item, other in disagreements(result, verdicts):
            start, end = item.score.span or (0, 0)
            around = " ".join(item.prediction[max(0, start - 40) : end + 20].split())
            print(
                f"    {item.id}: expected {item.expected}, ours {item.score.extracted}"
                f" ({'right' if item.score.correct else 'wrong'}), theirs"
                f" {'right' if other else 'wrong'}: ...{around}..."
            )


def four_systems(path: Path) -> None:
    """The share of the authors' verdicts that ours agree with."""
    data = load_sync("gsm8k")
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    print(f"\n{'GSM8K, early systems':<28} accuracy  agree")
    for system in SYSTEMS:
        texts = [record[system]["solution"] for record in records]
        result = evaluate(texts, dataset=data, model_name=system)
        verdicts = {
            item.id: bool(record[system]["is_correct"])
            for item, record in zip(data, records, strict=True)
        }
        other = disagreements(result, verdicts)
        print(f"{system:<28} {result.accuracy:>8.4f} {1 - len(other) / len(data):>6.2%}")


def ten_models(folder: Path) -> None:
    """Accuracies from the letters that HELM recorded."""
    data = load_sync("mmlu").unique()
    answers = letters(folder, data)
    print(f"\n{'MMLU':<44} accuracy  no letter")
    for model, given in answers.items():
        result = evaluate(given, dataset=data, model_name=model)
        lost = result.total - result.outcomes["found"]
        print(f"{model:<44} {result.accuracy:>8.4f} {lost:>10}")


def letters(folder: Path, data: Dataset) -> dict[str, dict[str, str]]:
    """What each model answered, by the ids of the items."""
    places = {
        (item.metadata["subject"], item.question.strip(), tuple(map(str.strip, item.choices))): (
            item.id
        )
        for item in data
    }
    answers: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                choices = tuple(str(each).strip() for each in ast.literal_eval(row["choices"]))
                place = places[path.stem, row["question"].strip(), choices]
                for model in list(row)[2:]:
                    answers.setdefault(model, {})[place] = row[model]
    return answers


if __name__ == "__main__":
    mirror = Path(os.environ["CRUCIBLE_MIRROR"])
    eight_models(mirror / "zeroeval-gsm8k")
    four_systems(mirror / "gsm8k" / "example_model_solutions.jsonl")
    ten_models(mirror / "mmlu-helm-10models" / "original_helm_combined")
