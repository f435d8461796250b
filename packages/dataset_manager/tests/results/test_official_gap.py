"""A warning where a benchmark's own rule gives another accuracy than the scorer that was used."""

from dataset_manager import Dataset, EvaluationResult, Item, evaluate

DATA = Dataset([Item(f"i{n}", "2+2?", "4") for n in range(10)], name="gsm8k", scorer="number")


def test_answers_that_only_the_default_reads_give_a_warning() -> None:
    found = evaluate(["The answer is 4."] * 10, dataset=DATA)

    assert found.accuracy == 1
    assert len(found.warnings) == 1
    assert "official_gsm8k) gives 0.0000, 100.0 points from number" in str(found)
    assert EvaluationResult.from_dict(found.to_dict()).warnings == found.warnings


def test_equal_accuracies_and_the_official_rule_itself_give_none() -> None:
    answers = ["#### 4"] * 10

    assert evaluate(answers, dataset=DATA).warnings == ()
    assert evaluate(["The answer is 4."] * 10, dataset=DATA, scorer="official").warnings == ()


def test_a_data_set_of_ones_own_has_no_official_rule() -> None:
    own = Dataset(list(DATA), name="mine", scorer="number")

    assert evaluate(["The answer is 4."] * 10, dataset=own).warnings == ()
