"""Systems compared by their logs, against computations by hand."""

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from research_harness import (
    ComparisonError,
    Experiment,
    LogComparison,
    MismatchError,
    Outcome,
    compare,
    condition,
    run_sync,
)

from .logs import inspect_log, lm_eval_log, plain, write_csv


def drawn(count: int, share: float, seed: int) -> dict[str, float]:
    """Right and wrong answers, drawn."""
    draw = random.Random(seed)
    return {f"q{number}": float(draw.random() < share) for number in range(count)}


def two_logs(folder: Path, **options: object) -> LogComparison:
    plain(folder / "a.csv", drawn(200, 0.6, 1))
    plain(folder / "b.csv", drawn(200, 0.8, 2))
    return compare([folder / "a.csv", folder / "b.csv"], **options)  # type: ignore[arg-type]  # options of compare


def test_scores_and_the_difference_equal_a_computation_by_hand(tmp_path: Path) -> None:
    found = two_logs(tmp_path)
    a, b = (
        np.array(list(drawn(200, share, seed).values())) for share, seed in ((0.6, 1), (0.8, 2))
    )
    wins, losses = int(((b - a) == 1).sum()), int(((b - a) == -1).sum())
    below, at = (
        stats.binom.cdf(min(wins, losses), wins + losses, 0.5),
        stats.binom.pmf(min(wins, losses), wins + losses, 0.5),
    )

    assert [each.score for each in found.scores] == pytest.approx([a.mean(), b.mean()])
    assert found.scores[0].se == pytest.approx(a.std(ddof=1) / math.sqrt(200))
    assert found.pairs[0].difference == pytest.approx((b - a).mean())
    assert found.pairs[0].p_value == pytest.approx(2 * (below - 0.5 * at))
    assert found.pairs[0].verdict == "better"


def test_scores_that_are_numbers_are_compared_by_a_paired_t_test(tmp_path: Path) -> None:
    draw = np.random.default_rng(4)
    one, two = draw.uniform(0, 1, 60).round(3), draw.uniform(0, 1, 60).round(3)
    paths = [
        plain(tmp_path / f"{name}.csv", {f"q{k}": float(value) for k, value in enumerate(values)})
        for name, values in (("a", one), ("b", two))
    ]

    pair = compare(paths).pairs[0]

    expected = stats.ttest_rel(two, one)
    low, high = expected.confidence_interval(0.95)
    assert (pair.p_value, pair.low, pair.high) == pytest.approx((expected.pvalue, low, high))


def test_repeats_are_averaged_by_item(tmp_path: Path) -> None:
    rows = [
        {"id": f"q{k}", "question": f"Q{k}", "prediction": "x", "score": s, "epoch": epoch}
        for k in range(40)
        for epoch, s in ((1, k % 2), (2, 1))
    ]
    write_csv(tmp_path / "a.csv", [{**row, "model": "a"} for row in rows])
    write_csv(tmp_path / "b.csv", [{**row, "model": "b", "score": 1} for row in rows])

    found = compare([tmp_path / "a.csv", tmp_path / "b.csv"])

    assert [each.repeats for each in found.scores] == [2, 2]
    assert [each.items for each in found.scores] == [40, 40]
    assert [each.score for each in found.scores] == pytest.approx([0.75, 1.0])
    assert found.scores[0].consistency == pytest.approx(0.5)


def test_clusters_widen_the_interval_of_items_that_agree(tmp_path: Path) -> None:
    draw = random.Random(5)
    right = [float(draw.random() < 0.5) for _ in range(30)]
    rows = [
        {"id": f"q{k}-{n}", "question": f"Q{k}-{n}", "prediction": "x", "doc": k}
        for k in range(30)
        for n in range(5)
    ]
    for name, base in (("a", right), ("b", right[::-1])):
        write_csv(
            tmp_path / f"{name}.csv",
            [{**row, "score": base[int(str(row["doc"]))], "model": name} for row in rows],
        )
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]

    apart, together = compare(paths), compare(paths, cluster_by="doc")

    width = together.pairs[0].high - together.pairs[0].low
    assert width > 1.8 * (apart.pairs[0].high - apart.pairs[0].low)


def test_logs_of_two_tools_meet_by_the_text_of_the_questions(tmp_path: Path) -> None:
    questions = {f"Is number {k} even?": float(k % 3 > 0) for k in range(60)}
    shuffled = list(questions.items())
    random.Random(6).shuffle(shuffled)
    one = inspect_log(tmp_path / "one.json", "openai/one", questions)
    two = lm_eval_log(tmp_path, "two", dict(shuffled))

    found = compare([one, two])

    assert [each.items for each in found.scores] == [60, 60]
    assert found.pairs[0].difference == 0
    assert any("matched with openai/one by the text" in note for note in found.notes)


def test_ids_that_mean_other_questions_do_not_match(tmp_path: Path) -> None:
    questions = [f"Question {k}?" for k in range(50)]
    for name, order in (("a", questions), ("b", questions[::-1])):
        write_csv(
            tmp_path / f"{name}.csv",
            [
                {"id": k, "question": text, "prediction": "", "score": int(text[9:-1]) % 2}
                for k, text in enumerate(order)
            ],
        )

    found = compare([tmp_path / "a.csv", tmp_path / "b.csv"])

    assert found.pairs[0].difference == 0
    assert found.pairs[0].p_value == 1


def test_logs_of_other_items_are_refused_with_the_items(tmp_path: Path) -> None:
    plain(tmp_path / "a.csv", drawn(50, 0.5, 1))
    plain(tmp_path / "b.csv", {f"other{k}": 1.0 for k in range(50)})

    with pytest.raises(MismatchError, match="b lacks 50: q0, q1") as caught:
        compare([tmp_path / "a.csv", tmp_path / "b.csv"])

    assert len(caught.value.unmatched["a"]) == 50


def test_a_share_of_items_may_be_missing_when_the_user_says_so(tmp_path: Path) -> None:
    plain(tmp_path / "a.csv", drawn(50, 0.5, 1))
    plain(tmp_path / "b.csv", dict(list(drawn(50, 0.5, 2).items())[:40]))
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]

    with pytest.raises(MismatchError, match="40 of 50 items"):
        compare(paths)
    found = compare(paths, max_unmatched=0.25)

    assert found.scores[0].items == 40
    assert any("10 items of a are not in every log" in note for note in found.notes)


def test_failed_answers_are_left_out_for_all_and_said(tmp_path: Path) -> None:
    scores: dict[str, float | None] = {**drawn(50, 0.5, 1)}
    plain(tmp_path / "a.csv", {**scores, "q3": None})
    plain(tmp_path / "b.csv", scores)

    found = compare([tmp_path / "a.csv", tmp_path / "b.csv"])

    assert [each.items for each in found.scores] == [49, 49]
    assert any("1 common items have no score from a" in note for note in found.notes)


def test_answers_without_any_score_ask_for_a_scorer(tmp_path: Path) -> None:
    rows = [
        {"id": k, "question": f"{k} + 1?", "expected": k + 1, "prediction": f"It is {k + 1}."}
        for k in range(20)
    ]
    write_csv(tmp_path / "a.csv", rows)
    write_csv(tmp_path / "b.csv", [{**row, "prediction": "It is 5."} for row in rows])
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]

    with pytest.raises(ComparisonError, match="--scorer"):
        compare(paths)
    found = compare(paths, scorer="number")

    assert [each.score for each in found.scores] == pytest.approx([1.0, 1 / 20])


def test_equal_systems_are_equivalent_within_a_margin(tmp_path: Path) -> None:
    scores = drawn(2000, 0.9, 3)
    flipped = {name: 1 - value if name in {"q1", "q2"} else value for name, value in scores.items()}
    plain(tmp_path / "a.csv", scores)
    plain(tmp_path / "b.csv", flipped)
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]

    assert compare(paths, equivalence=0.01).pairs[0].verdict == "equivalent"
    assert compare(paths, equivalence=0.0001).pairs[0].verdict == "undecided"
    assert compare(paths).pairs[0].equivalent is None


def test_systems_that_may_be_one_are_named(tmp_path: Path) -> None:
    scores = drawn(200, 0.7, 3)
    plain(tmp_path / "a.csv", scores)
    plain(tmp_path / "b.csv", {**scores, "q1": 1 - scores["q1"]})

    found = compare([tmp_path / "a.csv", tmp_path / "b.csv"])

    assert any("a and b may be one system" in note for note in found.notes)


def test_equal_scores_everywhere_are_not_certain(tmp_path: Path) -> None:
    scores = {f"q{k}": k / 40 for k in range(40)}
    paths = [plain(tmp_path / f"{name}.csv", scores) for name in ("a", "b")]

    pair = compare(paths, equivalence=0.01).pairs[0]

    assert (pair.difference, pair.p_value, pair.verdict) == (0, 1, "undecided")
    assert pair.low < 0 < pair.high
    json.loads(compare(paths).to_json())


def test_runs_that_ended_early_are_named(tmp_path: Path) -> None:
    questions = {f"Is {k} even?": 1.0 for k in range(40)}
    whole = inspect_log(tmp_path / "whole.json", "openai/whole", questions)
    early = inspect_log(tmp_path / "early.json", "openai/early", questions)
    early.write_text(early.read_text("utf-8").replace('"success"', '"cancelled"'))

    found = compare([whole, early])

    assert any("early ended as 'cancelled'" in note for note in found.notes)


def test_several_tasks_are_pooled_by_task_and_by_item(tmp_path: Path) -> None:
    for name, gain in (("a", 0.0), ("b", 0.2)):
        (tmp_path / name).mkdir()
        plain(tmp_path / name / "easy.csv", drawn(100, 0.7 + gain, 7), model=name)
        plain(tmp_path / name / "hard.csv", drawn(300, 0.3 + gain, 8), model=name)

    found = compare([tmp_path / "a", tmp_path / "b"])
    macro = next(each for each in found.pooled if each.method == "macro" and each.control)
    micro = next(each for each in found.pooled if each.method == "micro" and each.control)

    easy, hard = (pair.difference for pair in found.pairs)
    assert found.tasks == ("easy", "hard")
    assert macro.estimate == pytest.approx((easy + hard) / 2)
    assert micro.estimate == pytest.approx((easy * 100 + hard * 300) / 400)


def test_p_values_are_adjusted_over_pairs_and_tasks(tmp_path: Path) -> None:
    for number in range(4):
        plain(tmp_path / f"m{number}.csv", drawn(100, 0.5 + 0.1 * number, number))

    found = compare([tmp_path])

    raw = sorted(pair.p_value for pair in found.pairs)
    assert len(found.pairs) == 6
    assert min(pair.p_adjusted for pair in found.pairs) == pytest.approx(min(1, 6 * raw[0]))
    assert all(pair.low >= pair.simultaneous_low for pair in found.pairs)


def test_only_pairs_with_the_named_system_are_compared(tmp_path: Path) -> None:
    for number in range(4):
        plain(tmp_path / f"m{number}.csv", drawn(50, 0.5, number))

    found = compare([tmp_path], against="m2")

    assert [pair.control for pair in found.pairs] == ["m2"] * 3
    with pytest.raises(ComparisonError, match=r"'m9' is none of m0, m1"):
        compare([tmp_path], against="m9")


@pytest.mark.slow
def test_false_differences_stay_at_the_stated_level(tmp_path: Path) -> None:
    """Six pairs of equal systems a family; a family with any finding counts."""
    families, wrong = 60, 0
    for seed in range(families):
        for number in range(4):
            plain(tmp_path / f"m{number}.csv", drawn(80, 0.7, 100 * seed + number))
        wrong += any(pair.verdict in ("better", "worse") for pair in compare([tmp_path]).pairs)

    # The 99.9th percentile of a binomial of 5 %.
    assert wrong <= stats.binom.ppf(0.999, families, 0.05)


def test_subgroups_have_scores_and_pairs_of_their_own(tmp_path: Path) -> None:
    for name, gain in (("a", 0.0), ("b", 0.4)):
        rows = [
            {
                "id": f"{subject}{k}",
                "question": f"{subject} {k}",
                "prediction": "",
                "score": int(k < (30 if subject == "art" else 50 + 100 * gain)),
                "subject": subject,
                "model": name,
            }
            for subject in ("art", "maths")
            for k in range(100)
        ]
        write_csv(tmp_path / f"{name}.csv", rows)

    found = compare([tmp_path / "a.csv", tmp_path / "b.csv"], group_by="subject")

    assert {(each.group, each.system): each.score for each in found.subgroups} == {
        ("art", "a"): 0.3,
        ("art", "b"): 0.3,
        ("maths", "a"): 0.5,
        ("maths", "b"): 0.9,
    }
    assert [pair.verdict for pair in found.subgroup_pairs] == ["undecided", "better"]


def test_everything_is_plain_json_and_every_format_of_the_report(tmp_path: Path) -> None:
    found = two_logs(tmp_path, equivalence=0.05)

    values = json.loads(found.to_json())
    written = found.write(tmp_path / "report.md").read_text(encoding="utf-8")

    assert values["pairs"][0]["sentence"] == found.verdicts[0]
    assert "b is better than a" in written
    assert "b is better than a" in found.write(tmp_path / "report.html").read_text("utf-8")
    assert "b is better than a" in str(found)


def test_hostile_names_and_texts_are_shown_as_text(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"\x1b]0;x\x07{k}",
            "question": "<script>x</script>",
            "prediction": "",
            "score": k % 2,
        }
        for k in range(20)
    ]
    write_csv(tmp_path / "a.csv", [{**row, "model": "\x1b[31mred"} for row in rows])
    write_csv(tmp_path / "b.csv", [{**row, "score": 1, "model": "<b>"} for row in rows])

    found = compare([tmp_path / "a.csv", tmp_path / "b.csv"])

    assert "\x1b" not in str(found)
    assert "<script>x" not in found.write(tmp_path / "r.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ([], "no comparison"),
        (["missing.csv", "other.csv"], "no such file"),
        (["*.eval"], "no such file"),
    ],
)
def test_what_is_not_there_is_named(paths: list[str], said: str) -> None:
    with pytest.raises(ComparisonError, match=said):
        compare(paths)


@pytest.mark.parametrize("options", [{"level": 1.0}, {"max_unmatched": -0.1}, {"equivalence": 0.0}])
def test_options_out_of_range_are_refused(tmp_path: Path, options: dict[str, float]) -> None:
    with pytest.raises(ComparisonError, match=next(iter(options))):
        two_logs(tmp_path, **options)


def test_a_crucible_run_is_compared_by_condition(tmp_path: Path) -> None:
    class Small(Experiment):
        """Two conditions."""

        name = "small"
        dataset = "arithmetic"
        metrics = ("accuracy",)
        sample_size = 30

        @condition
        async def always(self, item: object) -> Outcome:
            return Outcome(prediction=getattr(item, "expected", ""), latency_ms=10.0)

        @condition
        async def never(self, item: object) -> Outcome:
            return Outcome(prediction="-1", latency_ms=20.0)

    result = run_sync(Small(), output_dir=tmp_path)

    found = compare([result.folder])

    assert [each.system for each in found.scores] == ["always", "never"]
    assert [each.score for each in found.scores] == [1.0, 0.0]
    assert found.simulated

    with pytest.raises(ComparisonError, match="crucible analyse"):
        compare([result.folder], scorer="number")
