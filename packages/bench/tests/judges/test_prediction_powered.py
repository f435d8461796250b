"""A judge with a few human labels: unbiased, and narrower where the judge is any good."""

import numpy as np
import pytest

import bench


def world(rng: np.random.Generator, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """True labels of 1,000 items, and a judge that is 0.1 too kind."""
    truth = (rng.random(1000) < 0.7).astype(float)
    return truth, truth + 0.1 + rng.normal(0, noise, 1000)


def test_a_good_judge_narrows_the_interval_and_its_bias_is_taken_out() -> None:
    truth, judge = world(np.random.default_rng(5), noise=0.1)

    found = bench.prediction_powered_mean(truth[:60], judge[:60], judge[60:])

    assert found.bias == pytest.approx(0.1, abs=0.05)
    assert found.interval.width < 0.5 * found.labels_only.width
    assert found.labels_saved > 4
    assert truth.mean() in found.interval


def test_a_useless_judge_costs_next_to_nothing() -> None:
    rng = np.random.default_rng(6)
    truth, _ = world(rng, 0.1)
    noise = rng.normal(size=1000)

    found = bench.prediction_powered_mean(truth[:60], noise[:60], noise[60:])

    assert found.interval.width == pytest.approx(found.labels_only.width, rel=0.1)


def test_without_the_judge_it_is_the_t_interval() -> None:
    truth, judge = world(np.random.default_rng(7), 0.3)

    found = bench.prediction_powered_mean(truth[:40], judge[:40], judge[40:], weight=0.0)

    assert found.interval.low == pytest.approx(found.labels_only.low)
    assert found.interval.high == pytest.approx(found.labels_only.high)


def test_a_perfect_judge_is_as_good_as_labelling_everything() -> None:
    truth, _ = world(np.random.default_rng(8), 0.1)

    found = bench.prediction_powered_mean(truth[:50], truth[:50], truth[50:])

    assert found.mean == pytest.approx(float(truth.mean()), abs=0.01)
    assert found.se == pytest.approx(float(np.std(truth, ddof=1)) / 1000**0.5, rel=0.15)


def test_the_interval_holds_the_true_mean_as_often_as_it_says() -> None:
    """Coverage over 600 draws of 50 labels, nominal 95 %, true rate .7."""
    rng = np.random.default_rng(9)
    held = 0
    for _ in range(600):
        truth, judge = world(rng, 0.3)
        held += 0.7 in bench.prediction_powered_mean(truth[:50], judge[:50], judge[50:]).interval

    assert 0.93 <= held / 600 <= 0.975


def test_labels_and_judgements_must_be_of_the_same_items() -> None:
    with pytest.raises(bench.UnequalLengthsError):
        bench.prediction_powered_mean([1, 0, 1, 1], [1, 0, 1], [1, 1, 0])


IDS = [f"q{place}" for place in range(12)]
LABELS = [1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0]
JUDGED = [1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0]


def test_labels_and_judgements_are_matched_by_id() -> None:
    labels = dict(zip(IDS, LABELS, strict=True))
    judged = dict(reversed(list(zip(IDS, JUDGED, strict=True))))

    found = bench.prediction_powered_mean(labels, judged, [1, 0, 1, 1] * 10)

    assert found == bench.prediction_powered_mean(LABELS, JUDGED, [1, 0, 1, 1] * 10)


def test_judgements_of_all_items_stand_beside_labels_of_some() -> None:
    rest = [1, 0, 1, 1] * 10
    apart = bench.prediction_powered_mean(LABELS, JUDGED, rest)
    others = {f"r{place}": value for place, value in enumerate(rest)}
    labels = dict(zip(IDS, LABELS, strict=True))

    by_id = bench.prediction_powered_mean(labels, others | dict(zip(IDS, JUDGED, strict=True)))
    in_order = bench.prediction_powered_mean([*LABELS, *[None] * 40], [*JUDGED, *rest])

    assert by_id == in_order == apart


@pytest.mark.parametrize(("labels", "rate"), [(6, 0.8), (10, 0.95), (20, 0.9)])
def test_few_labels_of_right_and_wrong_are_covered(labels: int, rate: float) -> None:
    rng, held = np.random.default_rng(21), 0
    for _ in range(250):
        truth = rng.random(labels + 300) < rate
        judged = np.where(rng.random(labels + 300) < 0.9, truth, ~truth)
        found = bench.prediction_powered_mean(truth[:labels], judged[:labels], judged[labels:])
        held += rate in found.interval

    assert 0.92 <= held / 250 <= 0.999


def test_differences_that_happen_to_be_0_and_1_are_not_cut_at_0() -> None:
    """Labels of -1, 0 and 1 whose few labelled items show no -1."""
    rest = [1, -1, 0, 0, 0] * 30

    found = bench.prediction_powered_mean([0, 0, 1, 0, 0, 0], [0, 0, 1, 0, 1, 0], rest)

    assert found.interval.low < 0


def clustered_world(rng: np.random.Generator) -> tuple[list[float | None], np.ndarray, np.ndarray]:
    texts = np.repeat(np.arange(15), 12)
    truth = (rng.random(180) < rng.beta(2.4, 0.6, 15)[texts]) * 1.0
    judged = np.where(rng.random(180) < 0.85, truth, 1 - truth)
    labelled = rng.random(180) < 0.3
    marks = [float(y) if known else None for y, known in zip(truth, labelled, strict=True)]
    return marks, judged, texts


def test_labels_that_share_texts_are_covered_with_their_clusters() -> None:
    """True rate .8, ICC .25, 15 texts of 12 items; without clusters 77 %."""
    rng, held = np.random.default_rng(22), 0
    for _ in range(200):
        labels, judged, texts = clustered_world(rng)
        held += 0.8 in bench.prediction_powered_mean(labels, judged, clusters=texts).interval

    assert held / 200 >= 0.9


def test_clusters_come_as_a_pair_or_by_id_as_well() -> None:
    labels, judged, texts = clustered_world(np.random.default_rng(23))
    items = [f"q{place}" for place in range(180)]
    known = np.array([label is not None for label in labels])
    right = bench.prediction_powered_mean(labels, judged, clusters=texts)

    by_id = bench.prediction_powered_mean(
        {item: label for item, label in zip(items, labels, strict=True) if label is not None},
        dict(zip(items, judged, strict=True)),
        clusters=dict(zip(items, texts, strict=True)),
    )
    pair = bench.prediction_powered_mean(
        [label for label in labels if label is not None],
        judged[known],
        judged[~known],
        clusters=(texts[known], texts[~known]),
    )

    assert right.n_clusters == 15
    assert by_id.interval.width == pytest.approx(right.interval.width)
    assert pair.interval.width == pytest.approx(right.interval.width)


def test_few_labels_of_one_kind_have_a_warning() -> None:
    """12 and 16 labels at a rate of .95 cover 88 to 91 % where no other warning is there."""

    def warned(labels: list[int]) -> bool:
        judged = [*labels[:-1], 1 - labels[-1]]
        found = bench.prediction_powered_mean(labels, judged, [1, 0] * 100)
        return "FEW_LABELS" in [each.id for each in found.warnings]

    assert warned([1, 0] * 9)
    assert warned([1] * 46 + [0] * 4)
    assert not warned([1] * 45 + [0] * 5)
    assert not warned([1, 0] * 10)


@pytest.mark.parametrize("label", [0, 1])
def test_labels_of_one_kind_leave_their_mean_inside_the_interval(label: int) -> None:
    found = bench.prediction_powered_mean([label] * 20, [label] * 20, [1, 0] * 50)

    assert found.interval.low <= found.mean <= found.interval.high
