"""Results that call the systems by their names and keep the ids of the items."""

import pytest

import bench

ITEMS = [f"q{place}" for place in range(24)]
X = [float(place * 7 % 5) for place in range(24)]
Y = [float(place * 5 % 7) for place in range(24)]
RIGHT, WRONG = [1, 0, 1, 1] * 6, [1, 1, 1, 0] * 6


@pytest.mark.parametrize(
    "compared",
    [
        bench.compare(X, Y, names=("gpt", "claude")),
        bench.compare(RIGHT, WRONG, names=("gpt", "claude")),
        bench.compare(X, Y, scale="ordinal", names=("gpt", "claude")),
        bench.compare_paired(X, Y, names=("gpt", "claude")),
        bench.compare_paired(RIGHT, WRONG, names=("gpt", "claude")),
        bench.compare_paired(X, Y, clusters=ITEMS[:6] * 4, names=("gpt", "claude")),
        bench.eval_compare(RIGHT, WRONG, names=("gpt", "claude")).comparison,
    ],
)
def test_names_stand_in_sentence_and_direction(compared: bench.Comparison) -> None:
    assert "claude" in str(compared)
    assert "treatment" not in str(compared)
    assert compared.direction == "claude minus gpt" or "claude" in compared.direction
    assert {group.name for group in compared.groups} == {"gpt", "claude"}
    for other in compared.sensitivity:
        assert "treatment" not in str(other)


def test_a_long_table_names_its_groups() -> None:
    rows = [
        {"m": m, "i": i, "v": v} for m, vs in (("gpt", X), ("claude", Y)) for i, v in enumerate(vs)
    ]

    found = bench.compare_rows(rows, value="v", group="m", id="i")

    assert "claude (n = 24" in str(found)
    assert found.ids == tuple(range(24))  # type: ignore[union-attr]  # two groups


def test_the_sentence_has_items_and_clusters() -> None:
    text = str(bench.compare_paired(X, Y, clusters=ITEMS[:6] * 4))

    assert "n = 24" in text
    assert "6 clusters" in text


def test_ids_of_the_items_that_were_compared_are_kept() -> None:
    x, y = dict(zip(ITEMS, X, strict=True)), dict(zip(ITEMS[1:], Y[1:], strict=True))

    found = bench.compare_paired(x, y, missing="omit")
    both = bench.eval_compare(x, y, missing="omit")

    assert found.ids == tuple(ITEMS[1:])
    assert both.comparison.ids == both.control.ids == both.treatment.ids == tuple(ITEMS[1:])
    assert bench.eval_score(x).ids == tuple(ITEMS)
    assert bench.compare_paired(X, Y).ids is None


def test_the_table_of_two_systems_has_their_names() -> None:
    table = bench.eval_compare(RIGHT, WRONG, names=("gpt", "claude")).table()

    assert [row[0] for row in table.rows] == ["claude", "gpt", "difference"]


@pytest.mark.parametrize("names", ["ab", ("a", "a"), ("a",), (None, "b")])
def test_names_must_be_two_different_ones(names: object) -> None:
    with pytest.raises(bench.InvalidOptionError):
        bench.compare(X, Y, names=names)  # type: ignore[arg-type]  # the mistake under test


def test_a_long_table_takes_clusters_of_many_systems() -> None:
    rows = [
        {"m": m, "i": i, "v": v, "c": i % 6}
        for m, vs in (("a", X), ("b", Y), ("c", X[::-1]))
        for i, v in enumerate(vs)
    ]

    paired = bench.compare_rows(rows, value="v", group="m", id="i", cluster="c")
    apart = bench.compare_rows(rows, value="v", group="m", cluster="c")
    two = bench.compare_rows(rows[:48], value="v", group="m", cluster="c")

    assert paired.omnibus.test == apart.omnibus.test == "max_t"  # type: ignore[union-attr]
    assert two.test == "clustered_t"  # type: ignore[union-attr]  # two groups
