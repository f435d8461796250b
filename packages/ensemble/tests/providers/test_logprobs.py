"""Log-probabilities of tokens and of the alternatives to each, read from three interfaces."""

from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    GeminiModel,
    OpenAIModel,
    OpenAIResponsesModel,
    Price,
    ResponseCache,
    ask,
    stream,
)

KINDS: dict[str, Any] = {
    "openai": OpenAIModel,
    "responses": OpenAIResponsesModel,
    "gemini": GeminiModel,
}
ANSWERS: dict[str, Any] = {
    "openai": {
        "choices": [
            {
                "message": {"content": "4"},
                "finish_reason": "stop",
                "logprobs": {
                    "content": [
                        {
                            "token": "4",
                            "logprob": -0.5,
                            "top_logprobs": [
                                {"token": "4", "logprob": -0.5},
                                {"token": "5", "logprob": -1.5},
                            ],
                        }
                    ]
                },
            }
        ]
    },
    "responses": {
        "status": "completed",
        "output": [
            {
                "type": "message",
                "content": [
                    {
                        "type": "output_text",
                        "text": "4",
                        "logprobs": [
                            {
                                "token": "4",
                                "logprob": -0.5,
                                "top_logprobs": [
                                    {"token": "4", "logprob": -0.5},
                                    {"token": "5", "logprob": -1.5},
                                ],
                            }
                        ],
                    }
                ],
            }
        ],
    },
    "gemini": {
        "candidates": [
            {
                "content": {"parts": [{"text": "4"}]},
                "finishReason": "STOP",
                "logprobsResult": {
                    "chosenCandidates": [{"token": "4", "logProbability": -0.5}],
                    "topCandidates": [
                        {
                            "candidates": [
                                {"token": "4", "logProbability": -0.5},
                                {"token": "5", "logProbability": -1.5},
                            ]
                        }
                    ],
                },
            }
        ]
    },
}


@pytest.mark.parametrize("dialect", ANSWERS)
async def test_alternatives_of_tokens_are_read_and_kept(
    server: Any, dialect: str, tmp_path: Path
) -> None:
    server.script = [ANSWERS[dialect]]

    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        async with KINDS[dialect]("m", base_url=server.url, api_key="k", price=Price()) as model:
            first, kept = [
                await ask("?", model=cache.wrap(model), top_logprobs=2) for _ in range(2)
            ]

    assert first.top_logprobs == ((("4", -0.5), ("5", -1.5)),)
    assert (kept.logprobs, kept.top_logprobs) == (first.logprobs, first.top_logprobs)
    assert kept.cached
    assert "logprobs" in str(server.requests[0][1]).lower()


async def test_alternatives_of_all_pieces_are_joined(server: Any) -> None:
    choice = ANSWERS["openai"]["choices"][0]
    piece = {"delta": choice["message"], "logprobs": choice["logprobs"]}
    last = {"delta": {}, "finish_reason": "stop"}
    server.script = [[{"choices": [piece]}, {"choices": [piece]}, {"choices": [last]}, "[DONE]"]]

    async with OpenAIModel("m", base_url=server.url, api_key="k", price=Price()) as model:
        answer = stream("?", model=model, top_logprobs=2)
        async for _ in answer:
            pass

    assert answer.response is not None
    assert answer.response.top_logprobs == ((("4", -0.5), ("5", -1.5)),) * 2
