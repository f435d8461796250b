"""Recorded models: the stored answers of real ones."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .._core.costs.prices import Price
from .._core.errors import MissingRecordError, QuestionError
from .._core.models import NamedModel, SamplingParameters
from .._core.queries import Query, Question, RephrasedQuestion
from .._core.responses import Response, Source
from .records import Recorded

_NONE: Mapping[str, str] = {}


class ReplayModel(NamedModel):
    """A recorded model.

    Args:
        name: The model's name.
        answers: Its answers by question id: a text, a ``Response``, or several of these, one for
            each sample number: a sequence, or a mapping by number. None is an answer without
            content.
        price: Its price, for recordings without a cost; by tokens where they are recorded.

    Latency and cost are those of the recording; what was not recorded is unknown. A recording of a
    simulated answer stays ``simulated``.
    """

    provider: str = "recorded"

    def __init__(
        self,
        name: str,
        answers: Mapping[str, Recorded | Sequence[Recorded] | Mapping[int, Recorded]],
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

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Give the recorded answer at once.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.

        Raises:
            QuestionError: The query has no id.
            MissingRecordError: Nothing is recorded for it.
        """
        if not isinstance(query, Question):
            raise QuestionError(
                f"recorded model {self.name!r} finds its answers by the question's id: ask it an"
                " item (such as dataset_manager.Item), not a bare text"
            )
        if isinstance(query, RephrasedQuestion):
            raise QuestionError(
                f"recorded model {self.name!r} answered {query.id!r} under its own prompt and has"
                " no answer to another one; vary the prompts of a live or a simulated model"
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

        Returns:
            The text of each question by its id; None for an empty answer.

        Raises:
            MissingRecordError: Nothing is recorded for one of them.
        """
        found = {each: self._recorded(each, sample) for each in question_ids}
        return {
            each: value.text if isinstance(value, Response) else value
            for each, value in found.items()
        }

    def _recorded(self, question_id: str, sample: int) -> Recorded:
        if question_id not in self._answers:
            some = ", ".join(map(repr, list(self._answers)[:3])) or "none"
            what = f"no answer to {question_id!r} (it has {len(self)}, such as {some})"
            raise self._missing(question_id, sample, what)
        recorded = self._answers[question_id]
        if isinstance(recorded, str | Response | None):
            return recorded
        samples = recorded if isinstance(recorded, Mapping) else dict(enumerate(recorded))
        if sample not in samples:
            what = (
                f"{len(samples)} samples for {question_id!r}, number {sample} is asked for; repeat"
                " the experiment less often"
            )
            raise self._missing(question_id, sample, what)
        return samples[sample]

    def _missing(self, question: str, sample: int, what: str) -> MissingRecordError:
        return MissingRecordError(
            f"recorded model {self.name!r} has {what}",
            model=self.name,
            question=question,
            sample=sample,
        )

    @classmethod
    def from_jsonl(
        cls,
        path: str | Path,
        *,
        name: str | None = None,
        id_field: str = "id",
        text_field: str = "text",
        fields: Mapping[str, str] = _NONE,
    ) -> "ReplayModel":
        """Read a recording with one JSON object a line; a repeated id gives a further sample.

        Args:
            path: The file.
            name: The model's name; the file's name when left out.
            id_field: The field with the question's id.
            text_field: The field with the answer.
            fields: The fields with what else is recorded, by the names of ``Response`` (such as
                ``latency_ms``, ``cost_usd``, ``output_tokens``), ``latency_s`` or ``sample``; under
                these names when left out.

        Returns:
            The model.

        Raises:
            ValueError: A line is not a JSON object with these fields; names file and line.
        """
        from .recordings import json_rows  # noqa: PLC0415  # for those who read files

        rows = json_rows(Path(path))
        found = cls._panel(rows, None, id_field=id_field, text_field=text_field, fields=fields)
        return cls._only(found, name or Path(path).stem)

    @classmethod
    def panel_from_jsonl(
        cls,
        path: str | Path,
        *,
        model_field: str = "model",
        id_field: str = "id",
        text_field: str = "text",
        fields: Mapping[str, str] = _NONE,
    ) -> dict[str, "ReplayModel"]:
        """Read recordings of several models, also those that ``ResponseCache`` exported.

        Args:
            path: The file.
            model_field: The field with the model's name.
            id_field: As of ``from_jsonl``.
            text_field: As of ``from_jsonl``.
            fields: As of ``from_jsonl``.

        Returns:
            A model for each name.

        Raises:
            ValueError: A line is not a JSON object with these fields; names file and line.
        """
        from .recordings import json_rows  # noqa: PLC0415  # for those who read files

        rows = json_rows(Path(path))
        return cls._panel(
            rows, model_field, id_field=id_field, text_field=text_field, fields=fields
        )

    @classmethod
    def panel_from_csv(
        cls,
        path: str | Path,
        *,
        model_field: str = "model",
        id_field: str = "id",
        text_field: str = "text",
        fields: Mapping[str, str] = _NONE,
    ) -> dict[str, "ReplayModel"]:
        """Read recordings of several models from a CSV file with a header, a row an answer.

        The arguments, the result and the errors are those of ``panel_from_jsonl``.

        Args:
            path: The file.
            model_field: The column with the model's name.
            id_field: The column with the question's id.
            text_field: The column with the answer.
            fields: As of ``from_jsonl``.

        Returns:
            A model for each name.
        """
        from .recordings import csv_rows  # noqa: PLC0415  # for those who read files

        rows = csv_rows(Path(path))
        return cls._panel(
            rows, model_field, id_field=id_field, text_field=text_field, fields=fields
        )

    @classmethod
    def panel_from_table(
        cls, path: str | Path, *, models: Sequence[str], id_field: str = "id"
    ) -> dict[str, "ReplayModel"]:
        """Read recordings from a CSV file with a row a question and a column a model.

        Args:
            path: The file.
            models: The columns.
            id_field: The column with the question's id.

        Returns:
            A model for each column.

        Raises:
            ValueError: A column is missing; names file and line.
        """
        from .recordings import csv_rows  # noqa: PLC0415  # for those who read files

        rows = list(csv_rows(Path(path)))
        return {
            model: cls._only(
                cls._panel(rows, None, id_field=id_field, text_field=model, fields=_NONE), model
            )
            for model in models
        }

    @classmethod
    def _only(cls, found: Mapping[str, "ReplayModel"], name: str) -> "ReplayModel":
        """The one model of a file whose rows have no name; without answers in an empty file."""
        model = found.get("", cls("", {}))
        model.name = name
        return model

    @classmethod
    def _panel(
        cls,
        rows: Iterable[tuple[str, Mapping[str, Any]]],
        model_field: str | None,
        *,
        id_field: str,
        text_field: str,
        fields: Mapping[str, str],
    ) -> dict[str, "ReplayModel"]:
        """A model for each name in the rows of a file; one named "" where rows have no name."""
        from .recordings import answers  # noqa: PLC0415  # for those who read files

        found = answers(
            rows,
            id_field=id_field,
            text_field=text_field,
            model_field=model_field,
            fields=fields,
        )
        return {model: cls(model, given) for model, given in found.items()}

    @classmethod
    def from_zeroeval(
        cls, path: str | Path, *, name: str | None = None, id_format: str = "gsm8k_test_{}"
    ) -> "ReplayModel":
        """Read a recording of the ZeroEval project: a JSON list with ``id`` and ``output``.

        Args:
            path: The file.
            name: The model's name; the file's name when left out.
            id_format: Turns the number behind ``#`` in an id into the question's id.

        Returns:
            The model.

        Raises:
            ValueError: The file is not such a list; names file and record.
        """
        from .recordings import zeroeval_answers  # noqa: PLC0415  # for those who read files

        return cls(name or Path(path).stem, zeroeval_answers(Path(path), id_format))

    @classmethod
    def panel_from_gsm8k(
        cls, path: str | Path, *, id_format: str = "gsm8k_test_{}"
    ) -> dict[str, "ReplayModel"]:
        """Read ``example_model_solutions.jsonl`` of GSM8K: four systems of 2021.

        Args:
            path: The file.
            id_format: Turns the index of a question in the test set into its id.

        Returns:
            A model for each system.

        Raises:
            ValueError: The file is something else; names the line.
        """
        from .recordings import solutions  # noqa: PLC0415  # for those who read files

        found = solutions(Path(path), id_format)
        return {system: cls(system, answers) for system, answers in found.items()}

    @classmethod
    def panel_from_llmdrift(cls, path: str | Path) -> dict[str, "ReplayModel"]:
        """Read a file of the LLMDrift project: real calls with their latency and cost.

        Args:
            path: The CSV file; its ``id`` is the question's, repeated ones are further samples.

        Returns:
            A model for each name.

        Raises:
            ValueError: The file is something else; names the line.
        """
        fields = {"latency_s": "latency", "cost_usd": "cost", "output_tokens": "answer_token"}
        found = cls.panel_from_csv(path, text_field="answer", fields=fields)
        for name, model in found.items():
            model.name = name.rpartition("/")[2]
        return {model.name: model for model in found.values()}

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
        from .recordings import helm_answers  # noqa: PLC0415  # for those who read files

        found = helm_answers(Path(folder), questions)
        return {model: cls(model, answers) for model, answers in found.items()}
