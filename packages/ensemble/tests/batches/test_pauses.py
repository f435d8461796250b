"""The times of batch jobs: when a job is sent, and how often one looks at it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ensemble import BatchJobs, OpenAIModel, Price, ask
from ensemble.testing import LoopbackProvider


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


def client(url: str) -> OpenAIModel:
    return OpenAIModel("m", base_url=url, api_key="k", price=Price())


async def test_each_block_looks_at_its_jobs_at_its_own_times(path: Path) -> None:
    async with (
        LoopbackProvider(batch_looks=2) as provider,
        client(provider.url) as model,
        asyncio.timeout(300),
    ):
        with BatchJobs(path) as jobs:
            with jobs.routing(gather_ms=0, poll_ms=3_600_000):
                rare = asyncio.create_task(ask("first", model=model))
                while not provider.batch_jobs:  # noqa: ASYNC110  # the provider has no event
                    await asyncio.sleep(0)
            with jobs.routing(gather_ms=0, poll_ms=0):
                response = await ask("second", model=model)
            rare.cancel()
            await asyncio.wait([rare])

    assert response.text == "You said: second"


@pytest.mark.parametrize("pause_ms", ["5", -1, float("nan"), float("inf"), None])
@pytest.mark.parametrize("name", ["gather_ms", "poll_ms"])
def test_a_pause_that_is_none_is_refused_where_it_enters(
    path: Path, name: str, pause_ms: Any
) -> None:
    with BatchJobs(path) as jobs:
        with pytest.raises(ValueError, match=f"{name}: .* is not a number of milliseconds"):
            jobs.wrap(client("http://localhost"), **{name: pause_ms})
        with (
            pytest.raises(ValueError, match=f"{name}: .* is not a number of milliseconds"),
            jobs.routing(**{name: pause_ms}),
        ):
            raise AssertionError("the block should not run")
