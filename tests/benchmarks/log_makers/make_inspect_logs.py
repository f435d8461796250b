# /// script
# requires-python = ">=3.11"
# dependencies = ["inspect-ai>=0.3.60", "zstandard"]
# ///
"""Logs of Inspect in all kinds, without a model: ``uv run --script <this> eval|json FOLDER``.

Another version of Inspect: ``uv run --with inspect-ai==0.3.60 --script <this> ...``.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

FORM, FOLDER = sys.argv[1:3]
os.environ["INSPECT_LOG_FORMAT"] = FORM

from inspect_ai import Task  # noqa: E402  # the form of logs is read at import
from inspect_ai import eval as run  # noqa: E402
from inspect_ai.dataset import MemoryDataset, Sample  # noqa: E402
from inspect_ai.model import (  # noqa: E402
    ChatMessageSystem,
    ChatMessageUser,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.scorer import Score, choice, match, mean, scorer  # noqa: E402
from inspect_ai.solver import generate, multiple_choice, solver  # noqa: E402

Step = Callable[[Any, Any], Awaitable[Any]]
LONG = "A long passage that is kept as an attachment. " * 60
SUMS = [
    Sample(id=10, input="2+2?", target="4"),
    Sample(id=9, input="3+3?", target=["6", "six"]),
    Sample(
        id="b",
        input=[ChatMessageSystem(content="Be brief."), ChatMessageUser(content=f"5+5? {LONG}")],
        target="10",
        metadata={"topic": "sums"},
    ),
]
CITIES = [
    Sample(id=n, input=f"Capital {n}?", choices=["Lyon", "Paris", "Nice"], target="B")
    for n in range(3)
]


def output(text: str, **options: Any) -> ModelOutput:
    """An answer of the model with its tokens."""
    made = ModelOutput.from_content("mockllm/model", text, **options)
    made.usage = ModelUsage(input_tokens=7, output_tokens=2, total_tokens=9)
    return made


def model(*texts: str, **options: Any) -> Any:
    """A model that gives these answers in turn."""
    answers = [output(text, **options) for _ in range(20) for text in texts]
    return get_model("mockllm/model", custom_outputs=answers)


@scorer(metrics={"a": [mean()], "b": [mean()]})  # type: ignore[untyped-decorator]  # the tool has no types here
def two_parts() -> Any:
    """A score with two parts."""

    async def score(state: Any, target: Any) -> Score:
        return Score(value={"a": 0.5, "b": 1}, answer=state.output.completion)

    return score


@solver  # type: ignore[untyped-decorator]  # the tool has no types here
def failing() -> Step:
    """Fails on one sample."""

    async def solve(state: Any, following: Any) -> Any:
        if state.sample_id == 9:
            raise RuntimeError("boom")
        return await following(state)

    return solve


@solver  # type: ignore[untyped-decorator]  # the tool has no types here
def talking() -> Step:
    """Goes on until a limit ends it."""

    async def solve(state: Any, following: Any) -> Any:
        for _ in range(9):
            state = await following(state)
            state.messages.append(ChatMessageUser(content="More."))
        return state

    return solve


@solver  # type: ignore[untyped-decorator]  # the tool has no types here
def cancelling() -> Step:
    """Is cancelled on the last sample, as by Ctrl-C."""

    async def solve(state: Any, following: Any) -> Any:
        if state.sample_id == "b":
            await asyncio.sleep(0)
            raise KeyboardInterrupt
        return await following(state)

    return solve


def make(name: str, model_: Any, samples: list[Sample], *, solvers: Any, **options: Any) -> None:
    """One log; how it ends is part of it."""
    scorers = options.pop("scorer", match())
    task = Task(name=name, dataset=MemoryDataset(samples), solver=solvers, scorer=scorers)
    try:
        run(task, model=model_, log_dir=FOLDER, display="none", log_level="error", **options)
    except BaseException as error:  # noqa: BLE001  # a cancelled run is one of the kinds
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)


make("generation", model("4", "6", "10"), SUMS, solvers=generate())
make(
    "choice", model("ANSWER: B", "ANSWER: A", "ANSWER: B"), CITIES,
    solvers=multiple_choice(), scorer=choice(),
)  # fmt: skip
make("several-scorers", model("4"), SUMS, solvers=generate(), scorer=[match(), two_parts()])
make("epochs", model("4", "6", "10"), SUMS, solvers=generate(), epochs=3)
make("error-ends-it", model("4"), SUMS, solvers=failing())
make("error-goes-on", model("4"), SUMS, solvers=failing(), fail_on_error=False)
make("first-sample", model("4"), SUMS, solvers=generate(), limit=1)
make("message-limit", model("4"), SUMS, solvers=talking(), message_limit=4)
make("filtered", model("no", stop_reason="content_filter"), SUMS, solvers=generate())
make("not-scored", model("4"), SUMS, solvers=generate(), scorer=None)
make("cancelled", model("4"), SUMS, solvers=cancelling())
