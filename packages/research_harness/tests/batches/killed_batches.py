"""Runs in batch mode in processes that are killed, against a provider in this process."""

import asyncio
import csv
import os
import random
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ensemble import AnthropicModel, GeminiModel, OpenAIModel, Price, Variant, ask, predict
from ensemble._batches import model_jobs
from ensemble.testing import LoopbackProvider
from research_harness import Batches, Condition, Experiment, resume_sync, run_sync, verify

INTERFACES = {"openai": OpenAIModel, "anthropic": AnthropicModel, "gemini": GeminiModel}
STAGES = ("submit", "waiting", "fetching", "journal")
ITEMS = 12
CONDITIONS = 2
MEMBERS = 2
PRICE = Price(input_per_million=1_000.0, output_per_million=1_000.0)


class Doomed:
    """A provider's desk that kills the process that asks, at a request of a stage.

    Args:
        provider: The provider.
        stage: Which requests count: those that make jobs, look at them, or fetch answers.
        number: At which of these requests it kills.
        answered: Whether the request is worked on first; its answer arrives nowhere either way.
        kill: Kills the process.
    """

    def __init__(
        self,
        provider: Any,
        stage: str,
        number: int,
        *,
        answered: bool,
        kill: Callable[[], None],
    ) -> None:
        self._desk, self._reply = provider._desk, provider._desk.reply
        self._stage, self._left, self._answered, self._kill = stage, number, answered, kill
        self._desk.reply = self.reply

    def reply(self, method: str, path: str, content: bytes) -> Any:
        """Answer a request, and kill before or after that when it is the one."""
        mine = self._stage_of(method, path) == self._stage
        self._left -= mine
        due = mine and self._left == 0
        if due and not self._answered:
            self._kill()
            return 500, b"{}"
        found = self._reply(method, path, content)
        if due:
            self._kill()
        return found

    def leave(self) -> None:
        """Kill no more."""
        self._desk.reply = self._reply

    def _stage_of(self, method: str, path: str) -> str:
        if method == "POST" and ("batch" in path or path.endswith("/files")):
            return "submit"
        if path.endswith(("/content", "/results")):
            return "fetching"
        return "waiting" if "/batches" in path else ""


@dataclass(frozen=True)
class Found:
    """The result of a run that was killed.

    Attributes:
        kills: How many processes were killed, by stage.
        rows: The condition and the item of each row of the results, sorted.
        failed: How many rows have an error.
        asked: Requests that jobs had at the provider.
        different: How many of them are different.
        jobs: How many jobs the provider was given.
        difference_usd: What the rows cost, less what the provider bills.
        agrees: Whether the run's verification agrees.
    """

    kills: dict[str, int]
    rows: list[tuple[str, str]]
    failed: int
    asked: int
    different: int
    jobs: int
    difference_usd: float
    agrees: bool

    @property
    def whole(self) -> bool:
        """Whether each row is there once, and each request was sent and paid once."""
        return (
            len(self.rows) == len(set(self.rows)) == ITEMS * CONDITIONS
            and not self.failed
            and self.asked == self.different == ITEMS * (MEMBERS + 1)
            and abs(self.difference_usd) < 1e-9
            and self.agrees
        )


async def killed_and_resumed(
    interface: str, stages: Sequence[str], folder: Path, seed: int
) -> Found:
    """Start a run, kill its process at each of these stages, and resume it until it ends.

    Args:
        interface: Whose batch jobs.
        stages: A stage for each kill, in turn.
        folder: Where the run goes.
        seed: Of the moments.
    """
    chance, kills = random.Random(seed), dict.fromkeys(STAGES, 0)
    async with LoopbackProvider(answer=lambda _: "4", batch_looks=4) as provider:
        for stage in stages:
            kills[stage] += await _one_session(interface, provider, folder, stage, chance)
        code, killed = await _session(interface, provider.url, folder, lambda _: None)
        assert (code, killed) == (0, False)
        requests = [name for job in provider.batch_jobs for name in _prompts(job)]
        billed = sum(
            (each.input_tokens + each.output_tokens) * (0.5 if each.batch else 1.0) * 1e-3
            for each in provider.served
        )
    with (folder / "x" / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return Found(
        kills=kills,
        rows=sorted((row["condition"], row["item_id"]) for row in rows),
        failed=sum(bool(row["error"]) for row in rows),
        asked=len(requests),
        different=len(set(requests)),
        jobs=len(provider.batch_jobs),
        difference_usd=sum(float(row["cost_usd"]) for row in rows) - billed,
        agrees=verify("x", output_dir=folder).agree,
    )


def _prompts(job: Any) -> list[tuple[str, str]]:
    """What a job asks, each request with the interface it was sent to."""
    return [(job.dialect, repr(body)) for _, body in job.requests]


async def _one_session(
    interface: str, provider: LoopbackProvider, folder: Path, stage: str, chance: random.Random
) -> bool:
    """A session that is to be killed at a stage; whether it was, and did not end before."""
    doomed: list[Doomed] = []

    def started(kill: Callable[[], None]) -> None:
        if stage != "journal":
            number, answered = chance.randint(1, 3), chance.random() < 0.5
            doomed.append(Doomed(provider, stage, number, answered=answered, kill=kill))
            return
        path, size = folder / "x" / "checkpoints" / "journal.jsonl", chance.randint(1, 6_000)
        watches.append(asyncio.create_task(_when_longer(path, _size(path) + size, kill)))

    watches: list[asyncio.Task[None]] = []
    try:
        code, killed = await _session(interface, provider.url, folder, started)
    finally:
        for each in doomed:
            each.leave()
        for watch in watches:
            watch.cancel()
    assert killed or code == 0
    return killed


async def _when_longer(path: Path, size: int, act: Callable[[], None]) -> None:
    while _size(path) < size:  # noqa: ASYNC110  # no event comes from a file of another process
        await asyncio.sleep(0.001)
    act()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


async def _session(
    interface: str,
    url: str,
    folder: Path,
    started: Callable[[Callable[[], None]], None],
) -> tuple[int | None, bool]:
    """A process of its own that runs or resumes; its exit code, and whether it was killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, interface, url, str(folder)
    )

    def kill() -> None:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)

    started(kill)
    code = await process.wait()
    return code, code == -signal.SIGKILL


def waiting(interface: str, url: str) -> type[Experiment]:
    """The experiment: a vote of two members, and one model alone, both in batch jobs."""

    def model(name: str) -> Any:
        make: Any = INTERFACES[interface]
        return make(name, api_key="k", base_url=url, price=PRICE, max_retries=0)

    members = [model("a"), Variant(model("b"), "kind", prompt=lambda text: f"Kindly: {text}")]
    alone = Variant(model("c"), "short", prompt=lambda text: f"Only: {text}")

    async def vote(item: Any) -> object:
        return await predict(item, models=members, max_tokens=50, min_responses=1)

    async def direct(item: Any) -> object:
        return await ask(item, model=alone, max_tokens=50)

    class Waiting(Experiment):
        name = "waiting"
        metrics = ("accuracy", "cost")
        formats = ("markdown",)
        outage_ms = None
        batches = Batches(gather_ms=30, poll_ms=5)
        conditions = (
            Condition(name="vote", function=vote),
            Condition(name="direct", function=direct),
        )

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": f"{n} + 2", "expected": "4"} for n in range(ITEMS)]

    return Waiting


if __name__ == "__main__":
    model_jobs._SHOWN_AFTER_S = 0.1  # this provider lists its jobs at once
    kind, address, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    experiment = waiting(kind, address)
    if (target / "x").exists():
        resume_sync("x", experiment, output_dir=target)
    else:
        run_sync(experiment, output_dir=target, run_id="x")
