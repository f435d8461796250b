"""Questions that stand in two data sets are found, also when they were touched up."""

import pytest

from dataset_manager import Dataset, Item, find_leaks, load_sync

LONG = (
    "A train leaves the station at nine in the morning and travels north at sixty kilometres an"
    " hour, while a second train leaves the same station two hours later on the same line."
)


def data(*texts: str, name: str = "d", answer: str = "x") -> Dataset:
    return Dataset([Item(f"{name}{n}", text, answer) for n, text in enumerate(texts)], name=name)


def test_copies_are_found_in_any_case_and_punctuation() -> None:
    report = find_leaks(data("What is  2 + 2?", "other"), data("what is 2+2", name="e"))

    assert report.leaked_ids == ("d0",)
    assert report.leaks[0].similarity == 1
    assert report.leaks[0].same_answer
    assert str(report).startswith("1 of 2 items of d are also in e")
    assert report.to_dict()["leaked"] == 1


def test_near_copies_are_found_and_measured() -> None:
    changed = LONG.replace("nine", "eight")

    report = find_leaks(
        data(LONG), data("nothing alike at all here", changed, name="e", answer="y")
    )

    assert [leak.other_id for leak in report.leaks] == ["e1"]
    assert 0.8 < report.leaks[0].similarity < 1
    assert not report.leaks[0].same_answer
    assert find_leaks(data(LONG), data(changed, name="e"), threshold=1).clean


def test_a_clean_pair_is_clean_and_the_threshold_is_checked() -> None:
    report = find_leaks(data(LONG), data("Something else altogether, about cats.", name="e"))

    assert report.clean
    assert "0 of 1 items" in str(report)
    with pytest.raises(ValueError, match="threshold: 0 is not above 0"):
        find_leaks(data(LONG), data(LONG), threshold=0)


def test_within_one_data_set_a_pair_is_reported_once() -> None:
    twice = data("How many?", "How many?", "Why?")

    report = find_leaks(twice, twice)

    assert [(leak.id, leak.other_id) for leak in report.leaks] == [("d0", "d1")]


def test_choices_are_part_of_a_question_and_their_order_is_ignored_in_the_answer() -> None:
    one = Dataset([Item("a", {"question": "Which?", "choices": ["x", "y"]}, 1)], name="one")
    two = Dataset([Item("b", {"question": "Which?", "choices": ["p", "q"]}, 1)], name="two")

    assert find_leaks(one, two).clean
    assert find_leaks(one, one.map(lambda item: Item("c", item.input, 0))).leaks[0].similarity == 1


@pytest.mark.slow
def test_the_splits_of_gsm8k_hardly_overlap(mirror: object) -> None:
    test, train = (load_sync("gsm8k", split=each, mirror=str(mirror)) for each in ("test", "train"))

    report = find_leaks(test.take(300), train)

    assert len(report.leaked_ids) <= 3
