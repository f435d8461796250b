"""Answers of batch jobs that a killed program has not noted."""

from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    BatchJobs,
    GeminiModel,
    Ledger,
    OpenAIModel,
    Price,
    Response,
    ask_batch,
)
from ensemble.testing import LoopbackProvider

PRICE = Price(input_per_million=3.0, output_per_million=15.0)
QUESTIONS = [f"question {number}" for number in range(6)]


@pytest.mark.parametrize("kind", [OpenAIModel, AnthropicModel, GeminiModel])
async def test_an_answer_that_a_killed_program_did_not_note_costs_its_price_once_more(
    kind: Any, tmp_path: Path
) -> None:
    async with LoopbackProvider() as provider:
        path = tmp_path / "jobs.sqlite"
        model = kind("m", base_url=provider.url, price=PRICE, api_key="k")
        first = await ask_batch(QUESTIONS, model=model, path=path, poll_ms=0.0)
        noted = [each for each in first[:4] if isinstance(each, Response)]

        with BatchJobs(path) as jobs:
            new = jobs.charge_unknown(each.request_id or "" for each in noted)
            with Ledger() as ledger:
                again = jobs.answers(QUESTIONS, model=model)
            twice = jobs.answers(QUESTIONS, model=model)

    costs = [each.cost_usd or 0.0 for each in again if isinstance(each, Response)]
    assert new == 2
    assert costs[:4] == [0.0] * 4
    assert costs[4:] == [each.cost_usd for each in first[4:] if isinstance(each, Response)]
    assert min(costs[4:]) > 0
    assert ledger.known_cost_usd == pytest.approx(sum(costs[4:]))
    assert [each.cost_usd for each in twice if isinstance(each, Response)] == [0.0] * 6
    assert len(provider.served) == 6
