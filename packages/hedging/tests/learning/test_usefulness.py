"""How the share of backups shrinks where they save nothing, and grows again."""

import asyncio
import random
from collections.abc import Callable, Iterator

import pytest

from hedging import Hedger, Policy, run_virtual
from hedging._learning.usefulness import Usefulness


def test_backups_that_never_win_are_soon_rare() -> None:
    usefulness = Usefulness(0.05)

    backups = 0
    while usefulness.share() > 0.1:
        usefulness.record(won=False)
        backups += 1

    assert backups < 40
    assert usefulness.share() * 0.05 <= 0.005


@pytest.mark.parametrize(("budget", "wins"), [(0.02, 0.5), (0.05, 0.2), (0.1, 0.12)])
def test_backups_that_win_as_often_as_stragglers_do_go_on(budget: float, wins: float) -> None:
    """Services whose slowest 1 % take ten times as long: the least share of wins that pays."""
    generator, usefulness = random.Random(1), Usefulness(budget)

    shares = []
    for _ in range(5000):
        usefulness.record(won=generator.random() < wins)
        shares.append(usefulness.share())

    assert sum(shares) / len(shares) > 0.95


def test_few_wins_bring_the_backups_back() -> None:
    usefulness = Usefulness(0.05)
    for _ in range(1000):
        usefulness.record(won=False)

    for _ in range(3):
        usefulness.record(won=True)

    assert usefulness.share() == 1


def extra_requests(latency_s: Callable[[int, int], float], hedger: Hedger, requests: int) -> float:
    """Backups per request, one request after the other."""
    before = hedger.statistics()

    async def main() -> None:
        for number in range(requests):
            attempts = iter(range(2))

            async def call(number: int = number, attempts: Iterator[int] = attempts) -> None:
                await asyncio.sleep(latency_s(number, next(attempts)))

            await hedger.request(call)

    run_virtual(main)
    after = hedger.statistics()
    return (after.hedges - before.hedges) / requests


def alike(number: int, _: int) -> float:
    """Both copies take the same time."""
    return random.Random(number).lognormvariate(0, 0.8)


def independent(number: int, attempt: int) -> float:
    """Copies that have nothing in common."""
    return random.Random(10 * number + attempt).lognormvariate(0, 0.8)


@pytest.mark.parametrize("budget", [0.02, 0.05, 0.1])
def test_copies_that_are_alike_cost_at_most_one_per_cent(budget: float) -> None:
    assert extra_requests(alike, Hedger(Policy(budget=budget)), 8000) <= 0.01


def test_backups_come_back_when_copies_become_independent() -> None:
    hedger = Hedger(Policy(budget=0.05))
    extra_requests(alike, hedger, 3000)
    extra_requests(independent, hedger, 3000)  # notices

    assert extra_requests(independent, hedger, 2000) > 0.04


def test_all_of_the_budget_is_spent_when_asked_for() -> None:
    hedger = Hedger(Policy(budget=0.05, only_useful=False))

    assert extra_requests(alike, hedger, 3000) > 0.04


def test_the_reason_of_a_backup_that_would_save_nothing_is_given() -> None:
    hedger = Hedger(Policy(budget=0.05))
    extra_requests(alike, hedger, 3000)

    assert hedger.statistics().suppressed["useless"] > 50


def test_what_was_learned_of_the_backups_outlives_a_restart() -> None:
    hedger, restarted = Hedger(Policy(budget=0.05)), Hedger(Policy(budget=0.05))
    extra_requests(alike, hedger, 3000)

    restarted.restore(hedger.snapshot())

    assert extra_requests(alike, restarted, 1000) < 0.01
