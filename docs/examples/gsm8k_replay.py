"""Three recorded models on GSM8K: does their vote beat the best of them?

    CRUCIBLE_MIRROR=<folder> crucible run docs/examples/gsm8k_replay.py

The answers are those that gpt-4o-mini, claude-3-haiku and gemini-1.5-flash really gave to the 1,319
test questions (recorded by the ZeroEval project). They and the questions are read from the mirror
folder.
"""

import os
import sys
from pathlib import Path

from dataset_manager import Item
from ensemble import EnsembleResult, ReplayModel, Response, ask, predict
from research_harness import Criterion, DatasetSpec, Experiment, condition

MODELS = ("gpt-4o-mini-2024-07-18", "claude-3-haiku-20240307", "gemini-1.5-flash")


def recordings() -> dict[str, ReplayModel]:
    """The recorded models, by name."""
    mirror = os.environ.get("CRUCIBLE_MIRROR")
    if not mirror:
        sys.exit(
            "set CRUCIBLE_MIRROR to a folder that holds gsm8k/test.jsonl and zeroeval-gsm8k/gsm"
        )
    folder = Path(mirror) / "zeroeval-gsm8k" / "gsm"
    return {name: ReplayModel.from_zeroeval(folder / f"{name}.json", name=name) for name in MODELS}


class Gsm8kReplay(Experiment):
    """The three models alone, and their majority."""

    name = "GSM8K, three recorded models and their vote"
    description = "Recorded answers of three models to the test split of GSM8K."
    hypothesis = "The majority of the three is right more often than the best of them."
    dataset = DatasetSpec("gsm8k", split="test")
    metrics = ("accuracy", "consensus")
    control = "gpt-4o-mini"
    seed = 42
    concurrency = 50
    # Recordings take no time; simulated time keeps the run the same to the last byte.
    virtual_time = True
    criteria = (
        Criterion(
            claim="the vote beats the best single model",
            metric="accuracy",
            condition="vote of three",
            against="gpt-4o-mini",
            more_than=0.0,
        ),
        Criterion(
            claim="the vote reaches 96 %",
            metric="accuracy",
            condition="vote of three",
            min_value=0.96,
        ),
    )

    def __init__(self) -> None:
        self.models = recordings()

    @condition("gpt-4o-mini")
    async def mini(self, item: Item) -> Response:
        """gpt-4o-mini alone, the best of the three."""
        return await ask(item, model=self.models[MODELS[0]])

    @condition("claude-3-haiku")
    async def haiku(self, item: Item) -> Response:
        """claude-3-haiku alone."""
        return await ask(item, model=self.models[MODELS[1]])

    @condition("gemini-1.5-flash")
    async def flash(self, item: Item) -> Response:
        """gemini-1.5-flash alone."""
        return await ask(item, model=self.models[MODELS[2]])

    @condition("vote of three")
    async def vote(self, item: Item) -> EnsembleResult:
        """The majority; three different answers are settled for gpt-4o-mini's."""
        return await predict(item, models=list(self.models.values()), normalize="number")
