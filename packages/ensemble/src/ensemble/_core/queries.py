"""Queries: texts, chat messages, and questions with a known answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast, runtime_checkable

from .messages import checked_messages, content_text

Message = Mapping[str, Any]
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@runtime_checkable
class Question(Protocol):
    """A question with a known answer, such as an item of a data set; its ``str`` is the prompt.

    Models over the network see the prompt alone. Simulated and recorded models look at the rest.
    """

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def input(self) -> Any:
        """The question as text, or a mapping with ``question`` and ``choices``."""
        ...

    @property
    def expected(self) -> Any:
        """The right answer."""
        ...


Query = str | Sequence[Message] | Question


class RephrasedQuestion:
    """A question under another prompt: the same id, input and right answer.

    Args:
        question: The question.
        prompt: The prompt it is asked by.
    """

    __slots__ = ("prompt", "question")

    def __init__(self, question: Question, prompt: str) -> None:
        self.question = question
        self.prompt = prompt

    @property
    def id(self) -> str:
        """The id of the question."""
        return self.question.id

    @property
    def input(self) -> Any:
        """The input of the question."""
        return self.question.input

    @property
    def expected(self) -> Any:
        """The right answer."""
        return self.question.expected

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of the question."""
        metadata: Mapping[str, Any] = getattr(self.question, "metadata", {})
        return metadata

    def __str__(self) -> str:
        return self.prompt


def rephrased(item: Query, prompt: Callable[[str], str]) -> Query:
    """Return the item with its prompt changed; of chat messages, the last one of the user."""
    if isinstance(item, str):
        return prompt(item)
    if isinstance(item, Question):
        question = item.question if isinstance(item, RephrasedQuestion) else item
        return RephrasedQuestion(question, prompt(str(item)))
    messages = checked_messages(item)
    users = [message for message in messages if message["role"] == "user"] or messages
    content = users[-1]["content"]
    parts = content if isinstance(content, list) else []
    texts = [number for number, part in enumerate(parts) if part["type"] == "text"]
    if texts:  # among other parts, such as images, the last text
        last = texts[-1]
        changed = {**parts[last], "text": prompt(parts[last]["text"])}
        users[-1]["content"] = [*parts[:last], changed, *parts[last + 1 :]]
    else:
        users[-1]["content"] = prompt(content_text(content))
    return messages


def prompt_messages(query: Query) -> list[dict[str, Any]]:
    """A query as chat messages. Of a question only its prompt is taken, never its answer.

    Raises:
        BadRequestError: A message has no shape that can be sent; says where.
    """
    if isinstance(query, str) or _is_question(query):
        return [{"role": "user", "content": str(query)}]
    return checked_messages(cast("Sequence[Message]", query))


def _is_question(value: object) -> bool:
    """``isinstance`` of the protocol, which takes eight times as long for each call."""
    return hasattr(value, "id") and hasattr(value, "input") and hasattr(value, "expected")


def right_answer(question: Question) -> str:
    """The right answer; for a choice given by its index, its letter."""
    expected = question.expected
    if isinstance(expected, list | tuple) and expected:
        expected = expected[0]
    if choices_of(question) and type(expected) is int:
        return letter(expected)
    return str(expected)


def choices_of(question: Question) -> Sequence[Any]:
    """The choices of a question; none for an open one."""
    given = question.input
    return given.get("choices", ()) if isinstance(given, Mapping) else ()


def letter(index: int) -> str:
    """The label of a choice: A to Z, then 27 and so on."""
    return _LETTERS[index] if index < len(_LETTERS) else str(index + 1)
