"""Folds, splits and resamples: nothing is lost, nothing is in two parts, all can be drawn again."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Dataset, Item, bootstrap, k_fold, split_dataset, train_test_split


def numbers(count: int) -> Dataset:
    items = [
        Item(f"i{n}", f"q{n}", n, {"kind": f"k{n % 3}", "user": f"u{n // 4}"}) for n in range(count)
    ]
    return Dataset(items, name="numbers")


sizes = st.integers(2, 40)
seeds = st.integers(0, 50)


@given(sizes, st.integers(2, 8), seeds, st.booleans())
def test_every_item_is_tested_exactly_once(count: int, k: int, seed: int, shuffle: bool) -> None:
    data, k = numbers(count), min(k, count)

    folds = k_fold(data, k, seed=seed, shuffle=shuffle)

    tested = Counter(name for fold in folds for name in fold.test.ids())
    assert tested == dict.fromkeys(data.ids(), 1)
    for train, test in folds:
        assert {*train.ids()} == {*data.ids()} - {*test.ids()}
    assert max(len(fold.test) for fold in folds) - min(len(fold.test) for fold in folds) <= 1


@given(st.integers(6, 40), st.integers(2, 4), seeds)
def test_every_fold_has_its_share_of_every_stratum(count: int, k: int, seed: int) -> None:
    folds = k_fold(numbers(count), k, by="kind", seed=seed)

    for kind in ("k0", "k1", "k2"):
        shares = [sum(kind == each for each in fold.test.column("kind")) for fold in folds]
        assert max(shares) - min(shares) <= 1


@given(st.integers(12, 60), st.integers(2, 3), seeds)
def test_a_group_is_in_one_fold(count: int, k: int, seed: int) -> None:
    folds = k_fold(numbers(count), k, groups="user", seed=seed)

    where = [fold.index for fold in folds for _ in {*fold.test.column("user")}]
    assert len(where) == len({*numbers(count).column("user")})
    assert sum(len(fold.test) for fold in folds) == count
    assert max(len(fold.test) for fold in folds) - min(len(fold.test) for fold in folds) <= 4


@given(sizes, seeds)
def test_a_draw_does_not_depend_on_the_order(count: int, seed: int) -> None:
    data = numbers(count)
    backwards = data[::-1]

    for one, two in zip(k_fold(data, 2, seed=seed), k_fold(backwards, 2, seed=seed), strict=True):
        assert {*one.test.ids()} == {*two.test.ids()}
    assert {*train_test_split(data, 0.5, seed=seed)[1].ids()} == {
        *train_test_split(backwards, 0.5, seed=seed)[1].ids()
    }


def test_folds_say_how_they_were_drawn() -> None:
    fold = k_fold(numbers(10), 5, by="kind", seed=7)[3]

    assert (fold.train.split, fold.test.split) == ("train", "test")
    assert fold.test.metadata == {
        "original_size": 10,
        "part": "test",
        "k_folds": 5,
        "fold_seed": 7,
        "fold_strata": "kind",
        "fold": 3,
    }
    assert k_fold(numbers(10), 5, shuffle=False)[0].test.ids() == ("i0", "i1")


@given(st.integers(3, 50), st.floats(0.2, 0.8), seeds)
def test_train_and_test_share_nothing_and_have_their_sizes(
    count: int, share: float, seed: int
) -> None:
    train, test = train_test_split(numbers(count), share, seed=seed)

    assert len(test) == round(count * share)
    assert {*train.ids()} | {*test.ids()} == {*numbers(count).ids()}
    assert {*train.ids()} & {*test.ids()} == set()


def test_a_split_can_keep_shares_or_groups() -> None:
    _, by_kind = train_test_split(numbers(30), 0.2, by="kind", seed=1)
    train, by_user = train_test_split(numbers(30), 5, groups="user", seed=1)

    assert Counter(by_kind.column("kind")) == {"k0": 2, "k1": 2, "k2": 2}
    assert {*train.column("user")} & {*by_user.column("user")} == set()
    assert 5 <= len(by_user) <= 8


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: k_fold(numbers(3), 4), "k: 4 is not between 2 and the 3 items"),
        (lambda: k_fold(numbers(8), 3, groups="user"), "the 2 groups there are"),
        (lambda: k_fold(numbers(8), 2, by="kind", groups="user"), "give one of them"),
        (lambda: k_fold(numbers(8), 2, by="kind", shuffle=False), "strata are drawn"),
        (lambda: train_test_split(numbers(8), 0.0), "leaves a part of 8 items empty"),
        (lambda: train_test_split(numbers(8), by="kind", groups="user"), "give one of them"),
        (lambda: train_test_split(numbers(4), 1, groups="user"), "test part"),
        (lambda: split_dataset(numbers(8), {"a": 0.5}), "the shares sum to 0.5"),
        (lambda: split_dataset(numbers(8), {"a": 9}), "9 items are more than the 8"),
        (lambda: k_fold(numbers(8), 2, by="topic"), "has no 'topic'"),
        (lambda: list(bootstrap(numbers(3)[:0])), "no items to draw from"),
    ],
)
def test_what_cannot_be_divided_is_an_error(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=message):
        call()


@given(sizes, seeds)
def test_a_resample_has_the_size_of_the_whole_and_the_original_ids(count: int, seed: int) -> None:
    data = numbers(count)

    resample = next(bootstrap(data, 1, seed=seed))

    assert len(resample) == count
    assert {*resample.column("original_id")} <= {*data.ids()}
    for item in resample:
        assert item.expected == data.get(item.metadata["original_id"]).expected


def test_resamples_draw_every_item_as_often_and_groups_as_a_whole() -> None:
    data = numbers(12)
    counts = Counter(
        name for sample in bootstrap(data, 1000, seed=2) for name in sample.column("original_id")
    )

    # 1,000 expected each; the standard deviation is 30.
    assert all(850 < count < 1150 for count in counts.values())
    for sample in bootstrap(data, 20, groups="user", seed=3):
        users = Counter(sample.column("user"))
        assert all(count % 4 == 0 for count in users.values())
    again = list(bootstrap(data, 3, seed=2))
    assert again[2] == list(bootstrap(data, 5, seed=2))[2]
