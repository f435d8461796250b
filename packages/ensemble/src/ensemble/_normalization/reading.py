"""The reading of an answer, and the normal form of a plain text."""

import re
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from .._core.values import plain

_OPEN, _CLOSE = r"(?:<think(?:ing)?>|\[THINK\])", r"(?:</think(?:ing)?>|\[/THINK\])"
_ANY_CASE = re.IGNORECASE | re.DOTALL
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Reading:
    """The key of an answer, and where it was found.

    Attributes:
        key: The answer in normalised form; None when it says nothing.
        how: Where it was found, such as ``boxed`` or ``last``; empty where a normalizer does not
            report it.
    """

    key: Hashable
    how: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as plain values."""
        return {"key": plain(self.key), "how": self.how}


def final_part(answer: str) -> str:
    """What an answer says behind its reasoning, where that stands in tags before it.

    Servers without a parser for reasoning leave it in the text, and some templates write the first
    tag themselves. Reasoning that was cut off says nothing.
    """
    if "think" not in answer.casefold():
        return answer
    rest = re.sub(rf"{_OPEN}.*?{_CLOSE}", " ", answer, flags=_ANY_CASE)
    rest = re.split(_CLOSE, rest, flags=_ANY_CASE)[-1]
    return re.split(_OPEN, rest, maxsplit=1, flags=_ANY_CASE)[0].strip()


def text_key(answer: str) -> str | None:
    """An answer as text: NFKC, lower case, single spaces, no quotes, stars or final stop."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", answer).casefold())
    text = " ".join(_INVISIBLE.sub("", text).split())
    before = None
    while text != before:  # quotes may stand inside or outside of the stop
        before = text
        text = text.strip("*`\"' ")
        text = text.rstrip(".!") or text
    return text or None
