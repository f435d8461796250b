"""Large plain files give what small ones give."""

import random
from pathlib import Path

from research_harness import LogComparison, compare

from .logs import write_csv


def drawn(count: int, share: float, seed: int) -> dict[str, float]:
    """Right and wrong answers, drawn."""
    draw = random.Random(seed)
    return {f"q{number}": float(draw.random() < share) for number in range(count)}


def test_large_plain_files_give_what_small_ones_give(tmp_path: Path) -> None:
    def log(folder: Path, name: str, seed: int, text: str) -> Path:
        rows = [
            {
                "id": item,
                "question": f"{item}? {text}",
                "prediction": f"x {number}",
                "score": score,
                "model": name,
                "topic": "ab"[number % 2],
            }
            for number, (item, score) in enumerate(drawn(1500, 0.6, seed).items())
        ]
        folder.mkdir(exist_ok=True)
        return write_csv(folder / f"log-{name}.csv", rows)

    def found(name: str, text: str) -> LogComparison:
        files = [log(tmp_path / name, each, k, text) for k, each in enumerate("ab")]
        return compare(files, group_by="topic")

    small, large = found("small", "x"), found("large", "x" * 1000)

    assert small.pairs == large.pairs
    assert small.subgroup_pairs == large.subgroup_pairs
    assert [each.id for each in small.differing] == [each.id for each in large.differing]
    assert [each.answers for each in small.differing] == [each.answers for each in large.differing]


def test_two_systems_in_one_large_file_are_two_systems(tmp_path: Path) -> None:
    rows = [
        {"id": item, "prediction": "x" * 600, "score": score, "model": model}
        for seed, model in enumerate("ab")
        for item, score in drawn(1000, 0.6, seed).items()
    ]

    found = compare([write_csv(tmp_path / "both.csv", rows)])

    assert found.systems == ("a", "b")
    assert found.pairs[0].items == 1000
