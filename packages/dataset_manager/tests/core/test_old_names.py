"""Names of version 0.1 work and warn; the warning gives the new name."""

import re
from collections.abc import Callable
from typing import Any

import pytest

import dataset_manager

# Untyped, since type checkers refuse the old names.
dm: Any = dataset_manager
DATA: Any = dm.arithmetic(6)
NAMES = {
    "Calibration": "ConfidenceCalibration",
    "Group": "ItemGroup",
    "calibration": "confidence_calibration",
    "pass_at_k": "pass_at_k_from_counts",
    "pass_hat_k": "pass_hat_k_from_counts",
    "register": "register_dataset",
}
CALLS: dict[str, tuple[Callable[..., Any], Callable[[], Any]]] = {
    "size= is now n=": (lambda: dm.random_sample(DATA, size=2), lambda: dm.random_sample(DATA, 2)),
    "stratified_sample: size=": (
        lambda: dm.stratified_sample(DATA, size=2, by="steps"),
        lambda: dm.stratified_sample(DATA, 2, by="steps"),
    ),
    "take: count= is now n=": (lambda: DATA.take(count=2), lambda: DATA.take(2)),
    "skip: count= is now n=": (lambda: DATA.skip(count=2), lambda: DATA.skip(2)),
    "select: places=": (lambda: DATA.select(places=[1]), lambda: DATA.select([1])),
    "hardest_items: count=": (
        lambda: dm.hardest_items([dm.evaluate(["1"] * 6, dataset=DATA)], count=1),
        lambda: dm.hardest_items([dm.evaluate(["1"] * 6, dataset=DATA)], 1),
    ),
    "samples= is now n=": (
        lambda: dm.pass_at_k_from_counts(samples=5, successes=2, k=1),
        lambda: dm.pass_at_k_from_counts(5, 2, 1),
    ),
    "passed= is now successes=": (
        lambda: dm.pass_hat_k_from_counts(n=5, passed=2, k=2),
        lambda: dm.pass_hat_k_from_counts(5, 2, 2),
    ),
    'missing="left_out" is now missing="omit"': (
        lambda: dm.evaluate({DATA.ids()[0]: "1"}, dataset=DATA, missing="left_out"),
        lambda: dm.evaluate({DATA.ids()[0]: "1"}, dataset=DATA, missing="omit"),
    ),
    "timeout_s= is now timeout_ms=": (
        lambda: dm.Sandbox(timeout_s=0.5),
        lambda: dm.Sandbox(timeout_ms=500),
    ),
    "Sandbox.timeout_s is now": (lambda: dm.Sandbox(timeout_ms=500).timeout_s, lambda: 0.5),
    "Dataset.replace": (
        lambda: DATA.described(name="mine", note=1),
        lambda: DATA.with_metadata(note=1).replace(name="mine"),
    ),
    "DatasetInfo.provenance": (
        lambda: dm.dataset_info("gsm8k").described(),
        lambda: dm.dataset_info("gsm8k").provenance(),
    ),
}


@pytest.mark.parametrize(("old", "new"), NAMES.items())
def test_an_old_name_gives_the_new_thing(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"{old} is now dataset_manager\.{new}"):
        assert getattr(dataset_manager, old) is getattr(dataset_manager, new)
    assert old not in dataset_manager.__all__


@pytest.mark.parametrize("text", CALLS)
def test_an_old_argument_does_what_the_new_one_does(text: str) -> None:
    old, new = CALLS[text]

    with pytest.warns(DeprecationWarning, match=re.escape(text)):
        found = old()

    assert found == new()


def test_both_forms_at_once_are_refused() -> None:
    both: dict[str, Any] = {"timeout_s": 1, "timeout_ms": 1000}

    with pytest.raises(TypeError, match="give timeout_ms only"):
        dm.Sandbox(**both)


def test_a_new_description_keeps_the_items_and_their_hash() -> None:
    data = dm.Dataset([dm.Item("a", "?", "b")], name="one", metadata={"source": "here"})

    other = data.replace(name="two", version="2", split="dev", scorer="auto")
    noted = other.with_metadata(drawn=3)

    assert (other.name, other.version, other.split, other.scorer) == ("two", "2", "dev", "text")
    assert other.content_hash == data.content_hash
    assert dict(noted.metadata) == {"source": "here", "drawn": 3}
    assert dict(noted.replace(metadata={}).metadata) == {}
    assert data.name == "one"
