"""Simulated models take the time, state the confidence and fail as asked."""

import asyncio
import math
import pickle
import statistics
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ensemble import (
    Calibrated,
    Constant,
    Empirical,
    Failures,
    LogNormal,
    MalformedResponseError,
    Miscalibrated,
    Mixture,
    ModelError,
    ModelTimeoutError,
    OutputLengths,
    Pareto,
    PerToken,
    RateLimitError,
    Regimes,
    Response,
    SamplingParameters,
    SimulatedModel,
    Uninformative,
    panel,
    predict,
)

Run = Callable[[Coroutine[Any, Any, Any]], Any]
QUICK = Constant(latency_ms=0)
SAMPLE = SamplingParameters()
WRONG: Any = "flood"


@pytest.fixture
def answers(make_item: Callable[..., Any], in_simulated_time: Run) -> Callable[..., list[Response]]:
    """Asks a model many questions, one after the other, in simulated time."""

    async def all_of(model: SimulatedModel, count: int) -> list[Response]:
        return [await model.generate(make_item(number), SAMPLE) for number in range(count)]

    return lambda model, count=1000: in_simulated_time(all_of(model, count))


def test_distributions_of_latency_have_their_quantiles() -> None:
    """Medians by definition; P95 of the log-normal is 800 exp(0.8 x 1.6449) = 2982 ms."""
    assert LogNormal(median_ms=800, sigma=0.8).draw_ms(0.5) == pytest.approx(800)
    assert LogNormal(median_ms=800, sigma=0.8).draw_ms(0.95) == pytest.approx(2982.5, rel=1e-3)
    assert Pareto(minimum_ms=500, alpha=2).draw_ms(0.99) == pytest.approx(5000)
    assert Constant(latency_ms=7).draw_ms(0.3) == 7
    assert [Empirical(recorded_ms=[30, 10, 20]).draw_ms(u) for u in (0.1, 0.5, 0.9)] == [10, 20, 30]


def test_a_share_of_the_calls_follows_another_distribution(answers: Callable[..., Any]) -> None:
    distribution = Mixture(
        distributions=[Constant(latency_ms=100), Pareto(minimum_ms=1000)], shares=[95, 5]
    )

    times = [each.latency_ms for each in answers(SimulatedModel("m", latency=distribution))]

    slow = sum(each >= 1000 for each in times)
    assert abs(slow - 50) <= 4 * math.sqrt(1000 * 0.05 * 0.95)
    assert {each for each in times if each < 1000} == {100}
    assert (
        len({each for each in times if each >= 1000}) == slow
    )  # the distribution is drawn from in full


def test_latency_changes_when_the_regime_does(answers: Callable[..., Any]) -> None:
    distribution = Regimes(
        distributions=[Constant(latency_ms=100), Constant(latency_ms=300), Constant(latency_ms=50)],
        changes_ms=[1000, 2000],
    )

    times = [each.latency_ms for each in answers(SimulatedModel("m", latency=distribution), 20)]

    assert times == [100] * 10 + [300] * 4 + [50] * 6


def test_a_panel_crosses_process_borders(
    make_item: Callable[..., Any], answers: Callable[..., list[Response]]
) -> None:
    distribution = Regimes(
        distributions=[PerToken(first_ms=QUICK, token_ms=1), QUICK], changes_ms=[1000]
    )
    models = panel(
        [0.6, 0.6], rho=0.4, latency=distribution, output_tokens=OutputLengths(), failures=None
    )

    again = pickle.loads(pickle.dumps(models))  # noqa: S301  # made here

    for one, other in zip(models, again, strict=True):
        assert answers(one, 40) == answers(other, 40)


def test_long_answers_are_late_whichever_model_gives_them(answers: Callable[..., Any]) -> None:
    """Logarithms of lengths are equal, or correlate by what is shared."""
    distribution = PerToken(first_ms=Constant(latency_ms=200), token_ms=10)

    def pair(shared: float) -> list[list[Response]]:
        lengths = OutputLengths(median=150, sigma=0.5, shared=shared)
        return [
            answers(each) for each in panel([0.9, 0.9], latency=distribution, output_tokens=lengths)
        ]

    same = pair(1.0)
    half = [[math.log(each.output_tokens or 0) for each in one] for one in pair(0.5)]

    assert [each.output_tokens for each in same[0]] == [each.output_tokens for each in same[1]]
    assert all(each.latency_ms == 190 + 10 * (each.output_tokens or 0) for each in same[0])
    assert abs(statistics.correlation(*half) - 0.5) <= 4 * 0.75 / math.sqrt(1000)
    assert statistics.median(half[0]) == pytest.approx(math.log(150), abs=0.1)
    assert statistics.stdev(half[0]) == pytest.approx(0.5, abs=0.05)


def test_a_distribution_of_another_library_will_do(answers: Callable[..., Any]) -> None:
    class Foreign:
        def quantile(self, share: float) -> float:
            return 100 + share

    (response,) = answers(SimulatedModel("m", latency=Foreign()), 1)

    assert 100 < response.latency_ms < 101


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Mixture(distributions=[QUICK], shares=[1, 2]), "1 distributions and 2 shares"),
        (lambda: Mixture(distributions=[QUICK], shares=[0]), "not parts of a whole"),
        (lambda: Regimes(distributions=[QUICK], changes_ms=[1]), "need 0 changes"),
        (lambda: Regimes(distributions=[QUICK] * 3, changes_ms=[2, 1]), "do not ascend"),
        (lambda: Empirical(recorded_ms=[]), "none below 0"),
        (lambda: Calibrated(concentration=0), "not above 0"),
        (lambda: Miscalibrated(temperature=0), "not above 0"),
        (lambda: Uninformative(stated=1.2), "not between 0 and 1"),
        (lambda: OutputLengths(shared=2), "not between 0 and 1"),
        (lambda: Failures(rate=0.1, kind=WRONG), "known: server_error"),
        (lambda: Failures(rate=0.1, kind={"time_out": -1}), "below 0"),
        (lambda: Failures(rate=0.1, kind={}), "none has a share"),
    ],
)
def test_distributions_out_of_range_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(("temperature", "bias"), [(0.5, 0.0), (2.0, 0.0), (1.0, 1.0)])
def test_a_miscalibrated_confidence_is_off_by_its_temperature(
    temperature: float, bias: float, answers: Callable[..., Any]
) -> None:
    """Undone by the same temperature it is the calibrated one, which changes no answer."""
    stated, calibrated = (
        answers(SimulatedModel("m", accuracy=0.7, latency=QUICK, confidence=distribution))
        for distribution in (Miscalibrated(temperature=temperature, bias=bias), Calibrated())
    )

    for shifted, truth in zip(stated, calibrated, strict=True):
        odds = (math.log(shifted.confidence / (1 - shifted.confidence)) - bias) * temperature
        assert 1 / (1 + math.exp(-odds)) == pytest.approx(truth.confidence, abs=1e-9)
        assert shifted.text == truth.text


def test_a_model_may_always_be_sure(answers: Callable[..., Any]) -> None:
    model = SimulatedModel("m", accuracy=0.5, latency=QUICK, confidence=Uninformative(stated=0.99))

    assert {each.confidence for each in answers(model, 50)} == {0.99}


def test_failures_are_of_the_kinds_and_as_frequent_as_asked(
    make_item: Callable[..., Any], in_simulated_time: Run
) -> None:
    kinds: Any = {"server_error": 2.0, "rate_limit": 1.0, "time_out": 1.0}
    distribution = Failures(rate=0.4, kind=kinds, timeout_ms=30_000, retry_after_ms=2000)
    model = SimulatedModel(
        "m", failures=distribution, latency=Constant(latency_ms=100), cost_per_call=0.01
    )
    seen: dict[str, set[tuple[float, float | None]]] = {}
    counts: dict[str, int] = {}

    async def ask_all() -> None:
        clock = asyncio.get_running_loop().time
        for number in range(2000):
            begin = clock()
            try:
                await model.generate(make_item(number), SAMPLE)
            except (ModelError, ModelTimeoutError) as error:
                name = type(error).__name__
                counts[name] = counts.get(name, 0) + 1
                took_ms = round((clock() - begin) * 1000, 3)
                seen.setdefault(name, set()).add((took_ms, error.cost_usd))

    in_simulated_time(ask_all())

    assert seen == {
        "ServerError": {(100.0, 0.0)},
        "RateLimitError": {(0.0, 0.0)},
        "ModelTimeoutError": {(30_000.0, 0.01)},
    }
    for name, share in (("ServerError", 0.2), ("RateLimitError", 0.1), ("ModelTimeoutError", 0.1)):
        assert abs(counts[name] - 2000 * share) <= 4 * math.sqrt(2000 * share * (1 - share))


@pytest.mark.parametrize(
    ("kind", "error", "status"),
    [
        ("rate_limit", RateLimitError, 429),
        ("malformed", MalformedResponseError, None),
        ("server_error", ModelError, 503),
        ("connection", ConnectionError, None),
    ],
)
async def test_a_failure_is_the_error_that_a_real_model_raises(
    kind: Any, error: type[ModelError], status: int | None, make_item: Callable[..., Any]
) -> None:
    model = SimulatedModel("m", latency=QUICK, failures=Failures(rate=1, kind=kind))

    with pytest.raises(error) as failed:
        await model.generate(make_item(), SAMPLE)

    assert getattr(failed.value, "status", None) == status


def test_failed_calls_are_booked_in_the_vote(
    make_item: Callable[..., Any], in_simulated_time: Run
) -> None:
    good, late = panel(
        {"good": 1.0, "late": 1.0},
        latency=QUICK,
        cost_per_call=0.01,
        failures={"good": None, "late": Failures(rate=1, kind="time_out", timeout_ms=500)},
    )

    result = in_simulated_time(predict(make_item(), models=[good, late]))

    assert (result.answer, result.failures, result.latency_ms) == ("4", 1, 500.0)
    assert result.cost_breakdown == {"good": 0.01, "late": 0.01}
    assert result.cost_complete
    assert result.source == "simulated"
    assert "simulated" in str(result.to_dict()["source"])
