"""Queries: texts, chat messages, and questions with a known answer."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

Message = Mapping[str, str]
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


def prompt_messages(query: Query) -> list[dict[str, str]]:
    """A query as chat messages. Of a question only its prompt is taken, never its answer."""
    if isinstance(query, str | Question):
        return [{"role": "user", "content": str(query)}]
    return [{"role": str(each["role"]), "content": str(each["content"])} for each in query]


def right_answer(question: Question) -> str:
    """The right answer; for a choice given by its place, its letter."""
    expected = question.expected
    if isinstance(expected, list | tuple) and expected:
        expected = expected[0]
    if choices_of(question) and type(expected) is int:
        return letter(expected)
    return str(expected)


def choices_of(question: Question) -> Sequence[Any]:
    """What a question offers to choose from; nothing when it is open."""
    given = question.input
    return given.get("choices", ()) if isinstance(given, Mapping) else ()


def letter(place: int) -> str:
    """What a choice is called: A to Z, then 27 and so on."""
    return _LETTERS[place] if place < len(_LETTERS) else str(place + 1)
