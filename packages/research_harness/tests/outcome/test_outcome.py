"""What a condition may return, and what is refused."""

import math
from dataclasses import dataclass, field

import pytest

from research_harness import Outcome, OutcomeError
from research_harness._outcome.reading import to_outcome


@dataclass
class EnsembleLike:
    answer: str = "4"
    consensus: float = 2 / 3
    latency_ms: float | None = 12.5
    cost_usd: float | None = 0.02
    votes: dict[str, int] = field(default_factory=lambda: {"4": 2, "5": 1})
    source: str = "simulated"


@dataclass
class ResponseLike:
    text: str = "4"
    latency_ms: float | None = None
    cost_usd: float | None = None
    source: str = "recorded"


@dataclass
class AttemptLike:
    cost_usd: float | None


@dataclass
class HedgedLike:
    value: object
    hedged: bool = True
    hedge_won: bool = True
    latency_ms: float = 99.0
    cost_factor: float | None = 2.0
    attempts: tuple[AttemptLike, ...] = (AttemptLike(None), AttemptLike(None))


def test_an_outcome_is_taken_as_it_is() -> None:
    outcome = Outcome(prediction="4", cost_usd=0.1)

    assert to_outcome(outcome) == outcome


@pytest.mark.parametrize("prediction", ["4", 4, 4.5, True, None])
def test_a_bare_prediction_will_do(prediction: object) -> None:
    assert to_outcome(prediction).prediction == prediction


def test_a_mapping_in_the_spelling_of_the_original_is_read() -> None:
    outcome = to_outcome({"prediction": "4", "latency": 120, "cost": 0.01, "consensus": 1.0})

    assert (outcome.prediction, outcome.latency_ms, outcome.cost_usd) == ("4", 120, 0.01)
    assert outcome.consensus == 1.0


def test_further_numbers_become_values_and_the_rest_is_kept() -> None:
    outcome = to_outcome({"answer": "4", "tokens": 7, "note": "short", "metadata": {"k": 1}})

    assert outcome.values == {"tokens": 7.0}
    assert outcome.metadata == {"note": "short", "k": 1}


def test_an_ensembles_result_is_read_by_its_shape() -> None:
    outcome = to_outcome(EnsembleLike())

    assert outcome.prediction == "4"
    assert outcome.consensus == pytest.approx(2 / 3)
    assert outcome.source == "simulated"
    assert outcome.metadata == {"votes": {"4": 2, "5": 1}}


def test_a_recording_without_a_latency_is_not_given_the_harnesss_own() -> None:
    assert not to_outcome(ResponseLike()).latency_known
    assert not to_outcome(EnsembleLike(latency_ms=None)).latency_known
    assert to_outcome("4").latency_known


def test_a_hedged_result_counts_both_attempts() -> None:
    outcome = to_outcome(HedgedLike(EnsembleLike()))

    assert outcome.prediction == "4"
    assert outcome.latency_ms == 99.0
    assert outcome.cost_usd == pytest.approx(0.04)
    assert outcome.values == {"hedged": 1.0, "hedge_won": 1.0}


def test_known_costs_of_attempts_are_added_up() -> None:
    attempts = (AttemptLike(0.02), AttemptLike(0.005))

    assert to_outcome(HedgedLike("4", attempts=attempts)).cost_usd == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"latency": 3}, "no 'prediction'"),
        ({"prediction": "4", "cost": "cheap"}, "'cost_usd' is 'cheap'"),
        ({"prediction": "4", "latency": math.nan}, "return a finite number or None"),
        ({"prediction": "4", "metadata": [1]}, "not a mapping"),
        (math.inf, "return text, a finite number or None"),
        (object(), "returned object"),
        ({1, 2}, "returned set"),
    ],
)
def test_nonsense_is_refused_with_what_is_wrong(value: object, message: str) -> None:
    with pytest.raises(OutcomeError, match=message):
        to_outcome(value)
