"""Logs of Inspect or lm-eval of the same 60 questions, without a model.

    uv run --with inspect-ai python <this> inspect FOLDER
    uv run --with lm-eval python <this> lm-eval FOLDER

The right answer to question k is k + k. The model ``a`` is right unless k is divisible by 3, the
model ``b`` unless it is divisible by 5.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

TOOL, FOLDER = sys.argv[1], Path(sys.argv[2]).resolve()
WRONG = {"a": 3, "b": 5}
QUESTIONS = [f"What is {k} plus {k}?" for k in range(60)]
os.environ.update(NO_COLOR="1", INSPECT_DISPLAY="none", HF_HUB_OFFLINE="1")


def answer(model: str, number: int) -> str:
    """What the model says to a question."""
    return str(2 * number) if number % WRONG[model] else "0000"


def inspect_logs() -> None:
    """An .eval file for each model."""
    from inspect_ai import Task
    from inspect_ai import eval as run
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import match

    samples = [
        Sample(id=k + 1, input=question, target=str(2 * k)) for k, question in enumerate(QUESTIONS)
    ]
    for name in WRONG:
        outputs = [ModelOutput.from_content(name, answer(name, k)) for k in range(60)]
        for each in outputs:  # without a count Inspect loads a tokenizer from the network
            each.usage = ModelUsage(input_tokens=7, output_tokens=1, total_tokens=8)
        run(
            Task(name="sums", dataset=MemoryDataset(samples, name="sums"), scorer=match("exact")),
            model=get_model(f"mockllm/{name}", custom_outputs=outputs),
            log_dir=str(FOLDER),
            max_samples=1,
            max_connections=1,
        )


def lm_eval_logs() -> None:
    """A folder with samples for each model."""
    import lm_eval
    from lm_eval.api.registry import register_model
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.models.dummy import DummyLM
    from lm_eval.tasks import TaskManager

    data = FOLDER / "data.jsonl"
    lines = [{"question": each, "answer": str(2 * k)} for k, each in enumerate(QUESTIONS)]
    data.write_text("".join(json.dumps(each) + "\n" for each in lines))
    (FOLDER / "sums.yaml").write_text(f"""task: sums
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: generate_until
doc_to_text: '{{{{question}}}}'
doc_to_target: '{{{{answer}}}}'
metric_list: [{{metric: exact_match}}]
""")

    class Sums(DummyLM):  # type: ignore[misc]  # the tool has no types
        """Knows the answers of one model."""

        name = ""

        def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
            """The answer to each question."""
            return [answer(self.name, QUESTIONS.index(each.args[0].strip())) for each in requests]

    for name in WRONG:
        register_model(f"sums-{name}")(type(f"Sums{name}", (Sums,), {"name": name}))
        tracker = EvaluationTracker(output_path=str(FOLDER / name))
        found = lm_eval.simple_evaluate(
            model=f"sums-{name}",
            tasks=["sums"],
            task_manager=TaskManager(include_path=str(FOLDER)),
            log_samples=True,
            evaluation_tracker=tracker,
            bootstrap_iters=0,
        )
        samples = found.pop("samples")
        tracker.save_results_aggregated(results=found, samples=samples)
        tracker.save_results_samples(task_name="sums", samples=samples["sums"])


FOLDER.mkdir(parents=True, exist_ok=True)
{"inspect": inspect_logs, "lm-eval": lm_eval_logs}[TOOL]()
