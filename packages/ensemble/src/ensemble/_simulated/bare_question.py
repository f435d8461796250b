"""A text without a known answer, as a question that simulated models can answer."""

from hashlib import blake2b

from .._core.queries import Query, prompt_messages

SIMULATED_ANSWER = "simulated answer"


class BareQuestion:
    """A text or chat messages, whose right answer is taken to be ``simulated answer``.

    Args:
        query: The text or the messages.
    """

    __slots__ = ("expected", "id", "input")

    def __init__(self, query: Query) -> None:
        text = query if isinstance(query, str) else repr(prompt_messages(query))
        self.input: str = text
        self.id: str = blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
        self.expected: str = SIMULATED_ANSWER

    def __str__(self) -> str:
        return self.input
