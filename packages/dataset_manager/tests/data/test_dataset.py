"""Data sets are immutable, have a content hash, and refuse items with equal ids."""

import copy
import hashlib
import json
import pickle
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_manager import (
    Dataset,
    DatasetFileError,
    InvalidItemsError,
    Item,
    item_from_mapping,
    load_sync,
    random_sample,
    stratified_sample,
)


def numbers(count: int = 10, **options: Any) -> Dataset:
    items = [Item(f"i{n}", f"q{n}", str(n), {"subject": f"s{n % 3}"}) for n in range(count)]
    return Dataset(items, name="numbers", **options)


def test_a_prompt_shows_the_lettered_choices() -> None:
    item = Item("i", {"question": "Capital?", "choices": ["Lyon", "Paris"]}, 1)

    assert str(item) == "Capital?\nA. Lyon\nB. Paris\nAnswer:"
    assert str(Item("j", "2+2?", "4")) == "2+2?"


def test_the_hash_belongs_to_the_content_and_the_order() -> None:
    assert numbers().content_hash == numbers().content_hash
    assert numbers().content_hash != numbers(9).content_hash
    assert numbers().content_hash != Dataset(list(numbers())[::-1], name="numbers").content_hash
    changed = numbers().map(lambda item: Item(item.id, item.input, "?", item.metadata))
    assert numbers() != changed


def test_slices_and_filters_are_data_sets_of_their_own() -> None:
    data = numbers(scorer="number", split="test")

    part = data[2:4]

    assert [item.id for item in part] == ["i2", "i3"]
    assert (part.scorer, part.split, part.name) == ("number", "test", "numbers")
    assert len(data.filter(lambda item: item.metadata["subject"] == "s0")) == 4
    assert len(data.take(3)) == 3
    assert data.get("i7") == data[7]
    assert data.__contains__("i7")
    assert data.ids()[7] == "i7"


def test_ids_that_are_missing_or_used_twice_are_refused() -> None:
    with pytest.raises(InvalidItemsError, match=r"more than once: 'a', 'b'"):
        Dataset([Item(name, "q", "a") for name in "aabbc"], name="d")
    with pytest.raises(InvalidItemsError, match="without an id at positions 1"):
        Dataset([Item("a", "q", "a"), Item("", "q", "a")], name="d")


def test_another_object_is_refused_by_its_position() -> None:
    wrong: Any = {"id": "a", "input": "q", "expected": "x"}

    with pytest.raises(InvalidItemsError, match=r"at position 1 is dict.*item_from_mapping"):
        Dataset([Item("a", "q", "x"), wrong], name="d")


def test_a_data_set_cannot_be_changed() -> None:
    data = numbers(metadata={"a": 1})

    with pytest.raises(AttributeError, match="name: a Dataset is immutable"):
        data.name = "other"  # type: ignore[misc]  # what must not be possible
    with pytest.raises(AttributeError, match="scorer: a Dataset is immutable"):
        del data.scorer
    with pytest.raises(TypeError):
        data.metadata["a"] = 2  # type: ignore[index]  # what must not be possible


def test_a_data_set_goes_through_pickle_and_copy() -> None:
    data = numbers(scorer="number", split="test", synthetic=True, metadata={"a": [1]})

    for again in (pickle.loads(pickle.dumps(data)), copy.deepcopy(data)):  # noqa: S301  # our own bytes
        assert again == data
        assert (str(again), again.metadata) == (str(data), data.metadata)


def test_equal_content_has_an_equal_hash_in_every_container() -> None:
    plain = Dataset([Item("a", {"x": [1, 2]}, 0.5, {"m": "1/3"})], name="d")
    other = Dataset(
        [Item("a", MappingProxyType({"x": (1, 2)}), Decimal("0.5"), {"m": Fraction(1, 3)})],
        name="d",
    )

    assert other.map(lambda item: Item(item.id, item.input, 0.5, item.metadata)) == plain
    assert other[0].to_dict() != plain[0].to_dict()


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}])
def test_what_json_cannot_hold_is_an_error_and_not_a_hash_of_something_else(
    tmp_path: Path, value: object
) -> None:
    data = Dataset([Item("a", "q", value)], name="d")

    with pytest.raises(InvalidItemsError, match="item 'a' cannot be written as JSON") as caught:
        _ = data.content_hash
    with pytest.raises(InvalidItemsError):
        data.to_jsonl(tmp_path / "d.jsonl")

    assert caught.value.ids == ("a",)
    assert list(tmp_path.iterdir()) == []


def test_half_a_surrogate_pair_survives_the_way_through_a_file(tmp_path: Path) -> None:
    data = Dataset([Item("a", "\ud800 and \u2028", "x")], name="d")

    path = data.to_jsonl(tmp_path / "d.jsonl")

    assert load_sync("d", source=path) == data
    path.read_text("utf-8")


def test_a_packed_file_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    first, second = (numbers().to_jsonl(tmp_path / name) for name in ("a.jsonl.gz", "b.jsonl.gz"))

    assert first.read_bytes() == second.read_bytes()
    assert Dataset.from_file(first) == numbers()


def test_repeated_questions_can_be_dropped_and_are_counted() -> None:
    data = Dataset([Item(f"i{n}", f"q{n % 2}", "a") for n in range(5)], name="d")

    once = data.unique()

    assert [item.id for item in once] == ["i0", "i1"]
    assert once.metadata["duplicates_dropped"] == 3


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def _can_be_right(row: tuple[str, Any, Any]) -> bool:
    """Whether a file may have this question and this answer."""
    try:
        item_from_mapping({"id": row[0], "input": row[1], "expected": row[2]})
    except ValueError:
        return False
    return True


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.text(min_size=1), json_like, json_like).filter(_can_be_right),
        min_size=1,
        unique_by=lambda row: row[0],
    )
)
@example([("0", [], {"text": [False]})])
@example([("0", "q", {"text": ["a", "a"]})])
def test_what_is_written_as_json_lines_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, Any, Any]]
) -> None:
    data = Dataset(
        [Item(name, question, answer, {"k": answer}) for name, question, answer in rows], name="d"
    )

    path = data.to_jsonl(tmp_path_factory.mktemp("data") / "d.jsonl")

    assert load_sync("d", source=path).content_hash == data.content_hash


def test_any_usual_spelling_of_the_fields_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    lines = [
        {"question": "2+2?", "answer": "4", "topic": "sums"},
        {"prompt": "3+3?", "label": 6, "id": 7},
        {"query": "Capital?", "expected": 1, "choices": ["Lyon", "Paris"]},
        {"text": "?", "answer": "!", "metadata": {"a": 1}},
    ]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n\n".join(map(json.dumps, lines)).encode())

    data = load_sync(str(path))

    assert data.name == "mine"
    assert [item.id for item in data] == ["mine_1", "7", "mine_5", "mine_7"]
    assert data[0].metadata == {"topic": "sums"}
    assert data[2].choices == ("Lyon", "Paris")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"question": "a"', "is not JSON"),
        ("[1]", "is list, not an object"),
        ('{"question": NaN, "answer": 1}', "NaN is not a JSON value"),
        ("[" * 100_000, "is not JSON"),
        ('{"answer": 1}', "the question is missing"),
        ('{"question": "a"}', "the answer is missing"),
        ('{"question": "a", "answer": 1, "id": []}', "'id' is"),
        ('{"question": "a", "answer": 1, "metadata": 5}', "'metadata' is int"),
        ('{"question": "a", "answer": 1, "choices": "AB"}', "'choices' is str"),
    ],
)
def test_a_bad_line_is_named_by_file_and_number(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"question": "fine", "answer": 1}\n' + line + "\n")

    with pytest.raises(DatasetFileError, match=rf"bad\.jsonl, line 2: .*{message}") as caught:
        load_sync(str(path))

    assert caught.value.line == 2


def test_files_that_cannot_be_read_and_ids_used_twice_are_named(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "\xe9", "answer": 1}')
    (tmp_path / "twice.jsonl").write_text('{"id": 1, "q": 1, "question": 2, "answer": 3}\n' * 2)

    with pytest.raises(DatasetFileError, match="no such file"):
        load_sync(str(tmp_path / "none.jsonl"))
    with pytest.raises(DatasetFileError, match="not UTF-8"):
        load_sync(str(tmp_path / "latin.jsonl"))
    with pytest.raises(InvalidItemsError, match=r"twice\.jsonl.*more than once: '1'"):
        load_sync(str(tmp_path / "twice.jsonl"))


@pytest.mark.parametrize(
    ("answers", "scorer"),
    [([1, 2.5], "number"), ([1, "2"], "number"), ([1, "two"], "text"), ([True, False], "text")],
)
def test_a_file_whose_answers_are_numbers_is_scored_by_number(
    tmp_path: Path, answers: list[Any], scorer: str
) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps({"input": "?", "answer": each}) + "\n" for each in answers))

    data = load_sync(str(path))

    assert data.scorer == scorer
    assert data.metadata["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_record_without_an_id_takes_the_default() -> None:
    assert item_from_mapping({"input": "a", "expected": "b"}, default_id="d").id == "d"


@given(size=st.integers(1, 30), seed=st.integers(0, 100))
def test_a_random_sample_is_of_its_size_in_order_and_repeatable(size: int, seed: int) -> None:
    data = numbers(30)

    sample = random_sample(data, size, seed=seed)

    assert len(sample) == size
    places = [data.ids().index(name) for name in sample.ids()]
    assert places == sorted(places)
    assert sample == random_sample(data, size, seed=seed)
    assert sample.metadata["sample_seed"] == seed
    assert sample.metadata["original_size"] == 30


def test_a_smaller_sample_is_part_of_a_larger_one_and_new_items_move_no_other() -> None:
    small, large = (set(random_sample(numbers(50), size, seed=1).ids()) for size in (10, 20))
    grown = set(random_sample(numbers(60), 12, seed=1).ids())

    assert small < large
    assert {name for name in grown if int(name[1:]) < 50} <= set(
        random_sample(numbers(50), 12, seed=1).ids()
    )


def test_every_item_is_drawn_equally_often() -> None:
    counts = dict.fromkeys(numbers(10).ids(), 0)
    for seed in range(2000):
        for name in random_sample(numbers(10), 3, seed=seed).ids():
            counts[name] += 1

    # 600 expected each; the standard deviation is 20.
    assert all(abs(count - 600) < 100 for count in counts.values())


@given(size=st.integers(1, 29), seed=st.integers(0, 20))
def test_a_stratified_sample_has_the_shares_of_the_whole(size: int, seed: int) -> None:
    data = numbers(29)

    sample = stratified_sample(data, size, by="subject", seed=seed)

    assert len(sample) == size
    for stratum in ("s0", "s1", "s2"):
        whole = sum(item.metadata["subject"] == stratum for item in data)
        part = sum(item.metadata["subject"] == stratum for item in sample)
        assert abs(part - whole * size / 29) < 1
        assert sample.metadata["strata_distribution"][stratum] == part


def test_strata_may_be_nested_or_computed_and_must_be_there() -> None:
    data = Dataset([Item(f"i{n}", "q", "a", {"a": {"b": n % 2}}) for n in range(6)], name="d")

    assert len(stratified_sample(data, 2, by="metadata.a.b")) == 2
    assert len(stratified_sample(data, 2, by=lambda item: item.id)) == 2
    with pytest.raises(ValueError, match="has no 'subject'"):
        stratified_sample(data, 2)


@pytest.mark.parametrize("size", [0, 11, -1])
def test_a_sample_size_out_of_range_is_an_error(size: int) -> None:
    with pytest.raises(ValueError, match="not between 1 and the 10 items"):
        random_sample(numbers(), size)
