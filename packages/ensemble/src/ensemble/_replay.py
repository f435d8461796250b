"""Models that give again what real ones once answered."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ._errors import QuestionError
from ._model import Query, Question, Response, Sampling, Source
from ._prices import Price

Recorded = str | Response | None


class ReplayModel:
    """A recorded model.

    Args:
        name: The model's name.
        answers: Its answers by question id: a text, a ``Response``, or a sequence of these, one for
            each sample number. None is an answer without content.
        price: Its price, for recordings without a cost; by tokens where they are recorded.

    Latency and cost are those of the recording; what was not recorded is unknown. A recording of a
    simulated answer stays ``simulated``.
    """

    provider = "recorded"

    def __init__(
        self,
        name: str,
        answers: Mapping[str, Recorded | Sequence[Recorded]],
        *,
        price: Price | None = None,
    ) -> None:
        self.name = name
        self._answers = answers
        self._price = price

    def __len__(self) -> int:
        return len(self._answers)

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._answers

    async def generate(self, query: Query, sampling: Sampling) -> Response:
        """Give the recorded answer at once.

        Raises:
            QuestionError: The query has no id, or nothing is recorded for it.
        """
        if not isinstance(query, Question):
            raise QuestionError(
                f"recorded model {self.name!r} finds its answers by the question's id: ask it an"
                " item (such as dataset_manager.Item), not a bare text"
            )
        recorded = self._recorded(query.id, sampling.sample)
        if not isinstance(recorded, Response):
            recorded = Response(text=recorded or "", model=self.name)
        cost_usd = recorded.cost_usd
        if cost_usd is None and self._price is not None:
            cost_usd = self._price.cost_usd(recorded.input_tokens, recorded.output_tokens)
        source: Source = "simulated" if recorded.source == "simulated" else "recorded"
        return dataclasses.replace(recorded, model=self.name, cost_usd=cost_usd, source=source)

    def texts(self, question_ids: Iterable[str], *, sample: int = 0) -> dict[str, str | None]:
        """The recorded texts of some questions, by id, without asking; None for an empty answer.

        Args:
            question_ids: The ids.
            sample: The number of the sample, where several were recorded.

        Raises:
            QuestionError: Nothing is recorded for one of them.
        """
        found = {each: self._recorded(each, sample) for each in question_ids}
        return {
            each: value.text if isinstance(value, Response) else value
            for each, value in found.items()
        }

    def _recorded(self, question_id: str, sample: int) -> Recorded:
        if question_id not in self._answers:
            some = ", ".join(map(repr, list(self._answers)[:3])) or "none"
            raise QuestionError(
                f"recorded model {self.name!r} has no answer to {question_id!r}"
                f" (it has {len(self._answers)}, such as {some})"
            )
        recorded = self._answers[question_id]
        if isinstance(recorded, str | Response | None):
            return recorded
        if sample >= len(recorded):
            raise QuestionError(
                f"recorded model {self.name!r} has {len(recorded)} samples for {question_id!r},"
                f" number {sample} is asked for; repeat the experiment less often"
            )
        return recorded[sample]

    @classmethod
    def from_jsonl(
        cls,
        path: str | Path,
        *,
        name: str | None = None,
        id_field: str = "id",
        text_field: str = "text",
    ) -> "ReplayModel":
        """Read a recording with one JSON object a line; a repeated id gives a further sample.

        Args:
            path: The file.
            name: The model's name; the file's name when left out.
            id_field: The field with the question's id.
            text_field: The field with the answer.

        Raises:
            ValueError: A line is no JSON object with these fields; names file and line.
        """
        path = Path(path)
        answers: dict[str, list[Recorded]] = {}
        for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                answers.setdefault(str(record[id_field]), []).append(record[text_field])
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{path}, line {number}: not a JSON object with {id_field!r} and"
                    f" {text_field!r} ({error})"
                ) from error
        return cls(name or path.stem, answers)

    @classmethod
    def from_zeroeval(
        cls, path: str | Path, *, name: str | None = None, id_format: str = "gsm8k_test_{}"
    ) -> "ReplayModel":
        """Read a recording of the ZeroEval project: a JSON list with ``id`` and ``output``.

        Args:
            path: The file.
            name: The model's name; the file's name when left out.
            id_format: Turns the number behind ``#`` in an id into the question's id.

        Raises:
            ValueError: The file is not such a list; names file and record.
        """
        path = Path(path)
        answers: dict[str, Recorded] = {}
        for place, record in enumerate(json.loads(path.read_text("utf-8"))):
            try:
                output, number = record["output"], record["id"].rpartition("#")[2]
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(
                    f"{path}, record {place}: not an object with 'id' and 'output' ({error!r})"
                ) from error
            # Outputs were drawn greedily: the first stands for every sample.
            first = output[:1] if isinstance(output, list) else [output]
            answers[id_format.format(number)] = first[0] if first else None
        return cls(name or path.stem, answers)

    @classmethod
    def panel_from_helm(
        cls, folder: str | Path, questions: Iterable[Question]
    ) -> dict[str, "ReplayModel"]:
        """Read the letters of several models on MMLU: a CSV file a subject, a column a model.

        Args:
            folder: The folder with ``<subject>.csv``.
            questions: The questions that the letters are for; matched by subject, question and
                choices, blanks at the ends left aside.

        Returns:
            A model for each column, by its name.

        Raises:
            QuestionError: A question is in none of the files.
        """
        answers: dict[str, dict[str, Recorded]] = {}
        tables: dict[str, dict[Any, dict[str, str]]] = {}
        for question in questions:
            subject = _subject(question)
            if subject not in tables:
                tables[subject] = _helm_table(Path(folder) / f"{subject}.csv")
            row = tables[subject].get(_place(*_asked(question)))
            if row is None:
                raise QuestionError(f"{folder}: no answers to {question.id!r} in {subject}.csv")
            for model, cell in row.items():
                answers.setdefault(model, {})[question.id] = _letter(cell)
        return {model: cls(model, found) for model, found in answers.items()}


def _subject(question: Question) -> str:
    metadata: Mapping[str, Any] = getattr(question, "metadata", {})
    if "subject" not in metadata:
        raise QuestionError(f"{question.id!r} has no subject in its metadata")
    return str(metadata["subject"])


def _asked(question: Question) -> tuple[str, Sequence[Any]]:
    if not isinstance(question.input, Mapping) or not {"question", "choices"} <= {*question.input}:
        raise QuestionError(f"{question.id!r} is no mapping with 'question' and 'choices'")
    return question.input["question"], question.input["choices"]


def _letter(cell: str) -> str:
    """A letter without its blank; anything else word for word, for it is no letter."""
    return cell.strip() if len(cell.strip()) == 1 else cell


def _helm_table(path: Path) -> dict[Any, dict[str, str]]:
    import ast  # noqa: PLC0415  # only these files need it
    import csv  # noqa: PLC0415  # same

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    try:
        return {
            _place(row.pop("question"), ast.literal_eval(row.pop("choices"))): row for row in rows
        }
    except (KeyError, SyntaxError, ValueError) as error:
        raise ValueError(
            f"{path}: no columns 'question' and 'choices', a list of texts ({error!r})"
        ) from error


def _place(question: str, choices: Iterable[Any]) -> tuple[str, ...]:
    return (question.strip(), *(str(choice).strip() for choice in choices))
