"""The file of batch jobs, what is refused, and what jobs may cost."""

import sqlite3
from pathlib import Path

import pytest

from ensemble import (
    BadRequestError,
    BatchJobs,
    CacheFileError,
    OpenAIModel,
    Price,
    RunningLoopError,
    SimulatedModel,
    ask_batch_sync,
    request_cost,
)

PRICE = Price(input_per_million=3.0, output_per_million=15.0, cache_read_per_million=0.3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


def test_a_file_has_one_owner_and_is_nothing_else(tmp_path: Path) -> None:
    with BatchJobs(tmp_path / "a.sqlite"), pytest.raises(CacheFileError, match="has it open"):
        BatchJobs(tmp_path / "a.sqlite")
    with BatchJobs(tmp_path / "a.sqlite"):
        pass
    other = sqlite3.connect(tmp_path / "a.sqlite")
    other.execute("CREATE TRIGGER t AFTER INSERT ON jobs BEGIN DELETE FROM jobs; END")
    other.commit()
    other.close()
    with pytest.raises(CacheFileError, match="not a file of batch jobs"):
        BatchJobs(tmp_path / "a.sqlite")
    (tmp_path / "b.sqlite").write_text("something else, and long enough to be read as a header")
    with pytest.raises(CacheFileError):
        BatchJobs(tmp_path / "b.sqlite")


def test_models_without_batch_jobs_are_refused(path: Path) -> None:
    simulated = SimulatedModel("d", accuracy=0.9)
    with BatchJobs(path) as jobs:
        for model in (simulated, lambda _: "4"):
            with pytest.raises(BadRequestError, match="batch jobs"):
                jobs.wrap(model)


async def test_the_estimate_has_half_the_price_and_no_repeats(path: Path) -> None:
    model = OpenAIModel("m", price=PRICE, api_key="k")
    with BatchJobs(path) as jobs:
        live = request_cost("2+2?", model=model, max_tokens=9)
        batched = request_cost("2+2?", model=jobs.wrap(model), max_tokens=9)

    assert live.worst_usd is not None
    assert batched.worst_call_usd == pytest.approx(live.worst_usd / 2)


async def test_a_running_loop_is_named(path: Path) -> None:
    with pytest.raises(RunningLoopError, match="await ask_batch"):
        ask_batch_sync(["?"], model="gpt4_mini", path=path)


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TRIGGER requests_of_jobs AFTER INSERT ON jobs BEGIN DELETE FROM jobs; END",
        "CREATE VIEW requests_of_jobs AS SELECT 1",
        "CREATE INDEX requests_of_jobs ON requests (abs(job))",
    ],
    ids=["trigger", "view", "expression"],
)
def test_a_part_of_another_kind_under_a_known_name_is_refused(path: Path, schema: str) -> None:
    BatchJobs(path).close()
    other = sqlite3.connect(path)
    other.execute("DROP INDEX requests_of_jobs")
    other.execute(schema)
    other.commit()
    other.close()

    with pytest.raises(CacheFileError, match="not a file of batch jobs"):
        BatchJobs(path)
