"""A real model behind a server: two prompts on questions of your own.

    crucible run docs/examples/real_model.py

It asks any server that speaks OpenAI's chat completions, such as Ollama, vLLM or llama.cpp on this
machine, or a provider on the network. Set these in the environment or in a file .env:

    OPENAI_BASE_URL   the address, http://127.0.0.1:11434/v1 (Ollama) when it is not set
    OPENAI_API_KEY    the key; servers on this machine take any
    CRUCIBLE_MODEL    the name of the model, llama3.2 when it is not set

Nothing here is simulated. The report gives measured latencies; costs are unknown unless the model
has a price.
"""

import os

from dataset_manager import Item
from ensemble import OpenAIModel, Response, Variant, ask
from research_harness import Criterion, Experiment, condition

ADDRESS = os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")
MODEL = OpenAIModel(os.environ.get("CRUCIBLE_MODEL", "llama3.2"), base_url=ADDRESS)
BRIEF = Variant(MODEL, "brief", prompt=lambda text: f"{text}\nAnswer with the number only.")
STEPWISE = Variant(
    MODEL, "stepwise", prompt=lambda text: f"{text}\nThink step by step. End with: Answer: <number>"
)


class TwoPrompts(Experiment):
    """Is a stepwise prompt more accurate than a brief one?"""

    name = "Two prompts on a real model"
    description = "The same model asked with two prompts."
    dataset = (
        {
            "id": "eggs",
            "question": "A dozen eggs, five are broken. How many are whole?",
            "answer": "7",
        },
        {
            "id": "trams",
            "question": "Three trams carry 41 people each. How many in all?",
            "answer": "123",
        },
        {"id": "paper", "question": "200 sheets in stacks of 8. How many stacks?", "answer": "25"},
        {"id": "hours", "question": "How many hours are in a week?", "answer": "168"},
    )
    metrics = ("accuracy", "latency_p95")
    repeat = 3
    seed = 1
    concurrency = 4
    criteria = (
        Criterion(
            claim="the stepwise prompt is more accurate",
            metric="accuracy",
            condition="stepwise",
            against="brief",
            more_than=0.0,
        ),
    )

    @condition
    async def brief(self, item: Item) -> Response:
        """The number only."""
        return await ask(item, model=BRIEF)

    @condition
    async def stepwise(self, item: Item) -> Response:
        """Step by step."""
        return await ask(item, model=STEPWISE)

    async def teardown(self) -> None:
        """Close the connections."""
        await MODEL.close()
