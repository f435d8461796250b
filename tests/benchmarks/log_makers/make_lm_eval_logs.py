# /// script
# requires-python = ">=3.11"
# dependencies = ["lm-eval>=0.4.13"]
# ///
"""Logs of lm-eval in all kinds, without a model: ``uv run --script <this> FOLDER``."""

import json
import os
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1]).absolute()
os.environ["HF_HUB_OFFLINE"] = "1"  # everything is read from this folder

import lm_eval  # noqa: E402  # the setting above is read at import
from lm_eval.api.registry import register_model  # noqa: E402
from lm_eval.loggers import EvaluationTracker  # noqa: E402
from lm_eval.models.dummy import DummyLM  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

RECORDS = [
    {
        "id": "q-7", "question": "Capital of France?", "choices": ["Lyon", "Paris"], "label": 1,
        "answers": ["Paris", "City of Paris"], "passage": "Paris",
    },
    {
        "id": "q-3", "question": "2+2?", "choices": ["4", "5", "6"], "label": 0,
        "answers": ["4"], "passage": "4",
    },
]  # fmt: skip
COMMON = """dataset_path: json
dataset_kwargs:
  data_files:
    test: {data}
test_split: test
"""
TASKS = {
    "generation": """output_type: generate_until
doc_to_text: 'Q: {{{{question}}}} A:'
doc_to_target: '{{{{passage}}}}'
generation_kwargs: {{until: ['\\n']}}
repeats: 3
filter_list:
  - name: strict
    filter: [{{function: regex, regex_pattern: '(\\w+)'}}, {{function: take_first}}]
  - name: majority
    filter:
      - {{function: regex, regex_pattern: '(\\w)'}}
      - {{function: majority_vote}}
      - {{function: take_first}}
  - name: all
    filter: [{{function: take_first_k, k: 3}}]
metric_list: [{{metric: exact_match}}]
""",
    "targets": """output_type: generate_until
doc_to_text: 'Q: {{{{question}}}} A:'
doc_to_target: '{{{{answers}}}}'
metric_list: [{{metric: exact_match}}]
""",
    "choice": """output_type: multiple_choice
doc_to_text: 'Q: {{{{question}}}} A:'
doc_to_choice: '{{{{choices}}}}'
doc_to_target: '{{{{label}}}}'
metric_list: [{{metric: acc}}, {{metric: acc_norm}}, {{metric: acc_mutual_info}}]
""",
    "likelihood": """output_type: loglikelihood
doc_to_text: '{{{{question}}}}'
doc_to_target: '{{{{passage}}}}'
metric_list: [{{metric: perplexity}}, {{metric: acc}}]
""",
    "rolling": """output_type: loglikelihood_rolling
doc_to_text: ''
doc_to_target: '{{{{passage}}}}'
metric_list: [{{metric: word_perplexity}}, {{metric: bits_per_byte}}]
""",
}


@register_model("talker")
class Talker(DummyLM):  # type: ignore[misc]  # the tool has no types
    """Answers with a few texts in turn."""

    asked = 0

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        """One text for each request."""
        given = []
        for _ in requests:
            Talker.asked += 1
            given.append(["Paris", "4", "Paris of course"][Talker.asked % 3])
        return given

    def apply_chat_template(self, history: list[Any], add_generation_prompt: bool = True) -> str:
        """The chat as JSON."""
        return json.dumps(history)

    @property
    def tokenizer_name(self) -> str:
        """A name."""
        return "talker"

    def chat_template(self, template: Any = None) -> str:
        """A name."""
        return "talker"


def make(task: str, manager: TaskManager, *, chat: bool) -> None:
    """The samples and results of a task."""
    tracker = EvaluationTracker(output_path=str(FOLDER / ("chat" if chat else "plain")))
    found = lm_eval.simple_evaluate(
        model="talker",
        model_args={},
        tasks=[f"kind_{task}"],
        task_manager=manager,
        log_samples=True,
        evaluation_tracker=tracker,
        apply_chat_template=chat,
        bootstrap_iters=0,
        system_instruction="Be brief." if chat else None,
    )
    samples = found.pop("samples")
    tracker.save_results_aggregated(results=found, samples=samples)
    for name, each in samples.items():
        tracker.save_results_samples(task_name=name, samples=each)


FOLDER.mkdir(parents=True, exist_ok=True)
data = FOLDER / "data.jsonl"
data.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
for name, text in TASKS.items():
    whole = f"task: kind_{name}\n{COMMON}{text}".format(data=data)
    (FOLDER / f"kind_{name}.yaml").write_text(whole)
tasks = TaskManager(include_path=str(FOLDER))
for kind in TASKS:
    for with_chat in (False, True):
        try:
            make(kind, tasks, chat=with_chat)
        except Exception as error:  # noqa: BLE001  # a kind that this version cannot log
            print(f"{kind}, chat {with_chat}: {type(error).__name__}: {error}", file=sys.stderr)
