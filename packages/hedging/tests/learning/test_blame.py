"""Whether backups are blamed for latencies that grow."""

import random
from collections.abc import Callable

from hedging._learning.blame import Blame, Block

WANTED = 0.05


def followed(level: Callable[[int, float], float], blocks: int) -> tuple[Blame, list[float]]:
    """After blocks of 64 requests whose level follows from their number and the backups sent."""
    generator, blame, limits = random.Random(1), Blame(), []
    for number in range(blocks):
        sent = min(WANTED, blame.limit)
        mean = level(number, sent)
        noisy = generator.gauss(mean, 0.3 * mean / 8)
        blame.add(Block(noisy, (0.3 * mean) ** 2, 64), sent, 20.0)
        limits.append(blame.limit)
    return blame, limits


def test_backups_beyond_the_capacity_of_a_service_are_paused_and_cut() -> None:
    queue = 0.0
    queues: list[float] = []

    def level(_: int, sent: float) -> float:
        nonlocal queue
        queue = max(0.0, queue + 64 * (sent - 0.025) * 5)
        queues.append(queue)
        return 100 + queue

    _, limits = followed(level, 400)

    assert 0.0 in limits
    assert max(queues) < 100  # 3,200 without a limit
    assert sum(queues[200:]) / 200 < 5


def test_a_service_that_slows_down_by_itself_gets_its_backups_back() -> None:
    blame, limits = followed(lambda number, _: 100 if number < 40 else 200, 80)

    assert 0.0 in limits  # found out by a pause
    assert blame.limit > 1


def test_a_steady_service_is_hardly_paused_and_never_blamed() -> None:
    blame, limits = followed(lambda *_: 100, 1000)

    assert limits.count(0.0) <= 10
    assert blame.limit > 1


def test_without_backups_a_rise_is_not_looked_into() -> None:
    generator, blame = random.Random(1), Blame()
    for number in range(100):
        blame.add(Block(generator.gauss(100, 4) + 3 * number, 900.0, 64), 0.0, 20.0)

    assert blame.limit > 1


def test_a_rise_by_chance_costs_a_block_of_backups_and_no_blame() -> None:
    generator, blame, limits = random.Random(1), Blame(), []
    for number in range(80):
        mean = 130 if number == 40 else 100
        blame.add(Block(generator.gauss(mean, 2), 900.0, 64), WANTED, 20.0)
        limits.append(blame.limit)

    assert limits.count(0.0) == 1
    assert blame.limit > 1


def test_a_rise_that_goes_on_and_falls_without_backups_is_blamed_on_them() -> None:
    generator, blame = random.Random(1), Blame()
    for number in range(60):
        mean = 125 if 40 <= number < 47 else 100
        blame.add(Block(generator.gauss(mean, 2), 900.0, 64), WANTED, 20.0)

    assert 0.2 * WANTED < blame.limit < 0.3 * WANTED
