"""Bradley-Terry strengths from who beat whom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench

CITATIONS = {
    ("Biometrika", "Comm Statist"): (730, 33),
    ("Biometrika", "JASA"): (498, 320),
    ("Biometrika", "JRSS-B"): (221, 284),
    ("Comm Statist", "JASA"): (68, 813),
    ("Comm Statist", "JRSS-B"): (17, 276),
    ("JASA", "JRSS-B"): (142, 325),
}
Game = tuple[str, str, float]


@pytest.fixture
def citations() -> list[Game]:
    """Stigler 1994: which statistics journal cites which."""
    games: list[Game] = []
    for (first, second), (won, lost) in CITATIONS.items():
        games += [(first, second, 1.0)] * won + [(first, second, 0.0)] * lost
    return games


def test_strengths_agree_with_r(citations: list[Game]) -> None:
    """R 4.2.2, glm(cbind(won, lost) ~ design - 1, binomial) with the first journal at zero."""
    found = bench.bradley_terry(citations)

    pairs = [found.pairs.pair("Biometrika", name) for name in ("Comm Statist", "JASA", "JRSS-B")]
    assert [pair.estimate for pair in pairs] == pytest.approx(
        [-2.949072496844, -0.479569769752, 0.268954055819], rel=1e-9
    )
    assert [pair.se for pair in pairs] == pytest.approx(
        [0.1025453355112, 0.0605887292482, 0.0708299651111], rel=1e-9
    )
    assert found.systems[0].name == "JRSS-B"
    assert sum(each.strength for each in found.systems) == pytest.approx(0, abs=1e-12)


def test_two_systems_get_the_share_of_wins() -> None:
    games = [("a", "b", 1.0)] * 6 + [("b", "a", 1.0)] * 2 + [("a", "b", 0.5)] * 2

    found = bench.bradley_terry(games)

    assert found.win_probability("a", "b") == pytest.approx(0.7)
    assert (found.games, found.ties) == (10, 2)


@given(st.integers(0, 1000))
def test_who_is_named_first_makes_no_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    games: list[Game] = [("a", "b", 1.0), ("b", "c", 1.0), ("c", "a", 1.0)]
    for _ in range(20):
        first, second = rng.choice(list("abc"), 2, replace=False)
        games.append((str(first), str(second), float(rng.random() < 0.5)))

    turned = [(second, first, 1 - score) for first, second, score in games]

    one, other = bench.bradley_terry(games), bench.bradley_terry(turned)
    for name in "abc":
        assert one.strength(name).strength == pytest.approx(other.strength(name).strength, abs=1e-9)


def test_a_system_that_never_wins_has_no_finite_strength() -> None:
    with pytest.raises(bench.InvalidDataError, match="'c' has no win"):
        bench.bradley_terry([("a", "b", 1), ("b", "a", 1), ("a", "c", 1), ("b", "c", 1)])


def test_repeated_prompts_widen_the_intervals() -> None:
    """Ten judges of the same prompt say the same: a tenth of the information is there."""
    rng = np.random.default_rng(8)
    verdicts = [float(rng.random() < 0.6) for _ in range(60)]
    games = [("a", "b", verdict) for verdict in verdicts for _ in range(10)]
    prompts = [prompt for prompt in range(60) for _ in range(10)]

    naive = bench.bradley_terry(games).pairs.pair("a", "b").se
    clustered = bench.bradley_terry(games, clusters=prompts).pairs.pair("a", "b").se

    assert clustered == pytest.approx(naive * 10**0.5 * (60 / 59) ** 0.5, rel=1e-6)


def test_intervals_hold_the_true_difference() -> None:
    """Coverage of a nominal 95 % interval, 300 leagues of three systems and 240 games."""
    rng = np.random.default_rng(2)
    truth = {"a": 0.0, "b": 0.5, "c": -0.4}
    held = 0
    for _ in range(300):
        games = []
        for first, second in (("a", "b"), ("b", "c"), ("a", "c")):
            chance = 1 / (1 + np.exp(truth[second] - truth[first]))
            games += [(first, second, float(rng.random() < chance)) for _ in range(80)]
        pair = bench.bradley_terry(games).pairs.pair("a", "b")
        assert pair.interval is not None
        held += 0.5 in pair.interval

    assert 273 <= held <= 296


@pytest.mark.parametrize(
    ("games", "says"),
    [
        ([], "games"),
        ([("a", "a", 1)], "against itself"),
        ([("a", "b", 3)], "score 3.0"),
    ],
)
def test_games_that_are_none_are_refused(games: list[Game], says: str) -> None:
    with pytest.raises(bench.BenchError, match=says):
        bench.bradley_terry(games)
