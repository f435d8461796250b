"""The first things that a user tries."""

import asyncio
from typing import Any

import pytest

from hedging import Hedger, Policy, PolicyError, hedged, request, run_virtual

# Type checkers refuse what these are given below.
loose_policy: Any = Policy
loose_hedger: Any = Hedger
loose_hedged: Any = hedged


async def slow() -> str:
    await asyncio.sleep(1)
    return "slow"


def test_a_delay_is_a_fixed_delay() -> None:
    result = run_virtual(lambda: request(slow, delay_ms=50))

    assert (result.delay_ms, result.hedged) == (50, True)
    with pytest.raises(PolicyError, match="delay_ms"):
        run_virtual(lambda: request(slow, strategy="percentile", delay_ms=50))


def test_the_decorator_works_without_brackets() -> None:
    @hedged
    async def double(number: int) -> int:
        return 2 * number

    assert run_virtual(double, 21) == 42
    assert double.hedger.statistics().requests == 1


def test_a_share_is_a_budget() -> None:
    assert Hedger(budget=0.2).policy == Policy(budget=0.2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: loose_hedger("balanced"),
        lambda: loose_hedger(budget="0.05"),
        lambda: loose_hedged("fast"),
        lambda: loose_policy(enabled="false"),
        lambda: loose_policy(shadow=1),
        lambda: loose_policy(max_hedges=1.5),
        lambda: loose_policy(budget=True),
        lambda: loose_policy(budget=5),
        lambda: loose_policy(stagger=float("inf")),
        lambda: loose_policy(options="x"),
        lambda: Policy.from_dict({"enabled": "false"}),
    ],
)
def test_a_value_of_another_type_is_refused_when_it_is_made(make: Any) -> None:
    with pytest.raises(PolicyError):
        make()


def test_settings_as_text_are_read_as_what_they_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDGING_ENABLED", "false")
    monkeypatch.setenv("HEDGING_MAX_HEDGES", "2")

    assert Policy.from_environment() == Policy(enabled=False, max_hedges=2)
    assert Policy.from_text({"budget": "none", "shadow": "Yes"}) == Policy(budget=None, shadow=True)
    with pytest.raises(PolicyError, match="shadow"):
        Policy.from_text({"shadow": "maybe"})
    for name, text in (("budget", ""), ("max_extra_usd", " "), ("max_hedges", "1_0")):
        with pytest.raises(PolicyError, match=name):
            Policy.from_text({name: text})
    for wrong in ("budget: 0.1", None, {1: "0.1"}):
        with pytest.raises(PolicyError, match="a dict of settings"):
            Policy.from_text(wrong)  # type: ignore[arg-type]
        with pytest.raises(PolicyError, match="a dict of settings"):
            Policy.from_dict(wrong)  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="prefix"):
        Policy.from_environment({"HEDGING_BUDGET": "0.1"})  # type: ignore[arg-type]


def test_a_hedger_shows_what_it_has_learned() -> None:
    hedger = Hedger(Policy(options={"warm_up": 3}))

    async def main() -> None:
        for _ in range(5):
            await hedger.request(slow, key="<model>")

    run_virtual(main)

    assert "<model>: backup after 10" in repr(hedger)
    assert "&lt;model&gt;" in hedger._repr_html_()  # what a notebook calls


async def never() -> None:
    raise AssertionError("an attempt was started")


async def coroutine_function(_: object) -> bool:
    return True


@pytest.mark.parametrize(
    "bad",
    [
        {"accept": 5},
        {"accept": coroutine_function},
        {"cost": "0.01"},
        {"cost": coroutine_function},
        {"backups": [5]},
    ],
)
def test_an_argument_of_a_request_that_is_no_function_is_refused_before_it_starts(bad: Any) -> None:
    for send in (request, Hedger().request):
        with pytest.raises(PolicyError, match=next(iter(bad))):
            asyncio.run(send(never, **bad))
