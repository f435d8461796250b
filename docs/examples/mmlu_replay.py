"""Nine recorded models on MMLU-STEM: do votes of three and five reach the 99 % that were promised?

    CRUCIBLE_MIRROR=<folder> crucible run docs/examples/mmlu_replay.py

The letters are those that nine models really gave (Stanford's HELM, May 2024). The tenth column,
palmyra-x-v3, has the letters of text-unicorn in 14,000 of 14,015 rows and is left out. For each
half of the questions, the best single model and the members of the votes are chosen on the other
half: chosen and judged on the same questions, any choice would look better than it is.
"""

import os
import sys
from pathlib import Path

from dataset_manager import Dataset, Item, evaluate, load_sync, random_sample
from ensemble import EnsembleResult, ReplayModel, Response, ask, predict
from research_harness import Criterion, Experiment, condition

SPLIT_SEED = 42
DUPLICATE = "writer_palmyra-x-v3"


def mirror() -> Path:
    """The folder with the recorded answers."""
    place = os.environ.get("CRUCIBLE_MIRROR")
    if not place:
        sys.exit(
            "set CRUCIBLE_MIRROR to a folder that holds mmlu/final-2021 and mmlu-helm-10models"
        )
    return Path(place)


class MmluReplay(Experiment):
    """The best of nine models against votes of the best three and the best five."""

    name = "MMLU-STEM, nine recorded models and their votes"
    description = "Recorded letters of nine models on the 18 STEM subjects of MMLU."
    hypothesis = "A vote of five reaches 99 % on MMLU-STEM."
    metrics = ("accuracy", "consensus")
    control = "best single"
    seed = 42
    concurrency = 50
    # Recordings take no time; simulated time keeps the run the same to the last byte.
    virtual_time = True
    criteria = (
        Criterion(
            claim="99 % with five models",
            metric="accuracy",
            condition="vote of five",
            min_value=0.99,
        ),
        Criterion(
            claim="a vote of five beats the best single model",
            metric="accuracy",
            condition="vote of five",
            against="best single",
            more_than=0.0,
        ),
        Criterion(
            claim="a vote of three beats the best single model",
            metric="accuracy",
            condition="vote of three",
            against="best single",
            more_than=0.0,
        ),
    )

    def __init__(self) -> None:
        self.questions = load_sync("mmlu_stem", mirror=mirror()).unique()
        folder = mirror() / "mmlu-helm-10models" / "original_helm_combined"
        recorded = ReplayModel.panel_from_helm(folder, self.questions)
        self.models = {name: model for name, model in recorded.items() if name != DUPLICATE}
        first = random_sample(self.questions, len(self.questions) // 2, seed=SPLIT_SEED)
        ids = frozenset(first.ids())
        second = self.questions.filter(lambda item: item.id not in ids)
        by_first, by_second = self.rank(first), self.rank(second)
        self.rankings = {
            item.id: by_second if item.id in ids else by_first for item in self.questions
        }

    def rank(self, half: Dataset) -> list[ReplayModel]:
        """The models by their accuracy on one half, the best first."""
        accuracy = {
            name: evaluate(model.texts(half.ids()), dataset=half).accuracy
            for name, model in self.models.items()
        }
        return [self.models[name] for name in sorted(accuracy, key=lambda each: -accuracy[each])]

    def dataset(self) -> Dataset:
        """The 3,006 different questions."""
        return self.questions

    @condition("best single")
    async def single(self, item: Item) -> Response:
        """The model that was best on the other half."""
        return await ask(item, model=self.rankings[item.id][0])

    @condition("vote of three")
    async def three(self, item: Item) -> EnsembleResult:
        """The majority of the best three; ties go to the best of the tied."""
        return await predict(item, models=self.rankings[item.id][:3], normalize="choice")

    @condition("vote of five")
    async def five(self, item: Item) -> EnsembleResult:
        """The majority of the best five; ties go to the best of the tied."""
        return await predict(item, models=self.rankings[item.id][:5], normalize="choice")

    @condition("vote of nine")
    async def nine(self, item: Item) -> EnsembleResult:
        """The majority of all nine; ties go to the best of the tied."""
        return await predict(item, models=self.rankings[item.id], normalize="choice")
