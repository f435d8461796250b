"""HumanEval: 164 programming problems with tests (Chen et al. 2021, arXiv:2107.03374; MIT)."""

import gzip
import json

from ._dataset import Dataset
from ._errors import UnknownOptionError
from ._item import Item
from ._sources import Sources, pins


def load_humaneval(sources: Sources, *, split: str | None) -> Dataset:
    """HumanEval; ``expected`` is the reference solution, the tests are in the metadata.

    It has no scorer: an answer is right when it passes the tests, and generated programs are not
    run here.
    """
    if split not in (None, "test"):
        raise UnknownOptionError("humaneval", "split", split, ("test",))
    pin = pins()["humaneval/HumanEval.jsonl.gz"]
    with gzip.open(sources.fetch(pin), "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    items = [
        Item(
            f"humaneval_{number}",
            record["prompt"],
            record["canonical_solution"],
            {
                "task_id": record["task_id"],
                "entry_point": record["entry_point"],
                "test": record["test"],
            },
        )
        for number, record in enumerate(records)
    ]
    metadata = {
        "source": "https://github.com/openai/human-eval",
        "license": "MIT",
        "citation": "Chen et al. 2021, Evaluating Large Language Models Trained on Code,"
        " arXiv:2107.03374",
        "domain": "code",
        "no_scorer": "an answer is right when it passes the tests, and programs are not run here",
        "revision": pin.commit,
        "sha256": pin.sha256,
    }
    return Dataset(
        items, name="humaneval", version="2021-07", split="test", scorer=None, metadata=metadata
    )
