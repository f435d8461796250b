"""The text of a question, by which items of several logs meet."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_SPACES = re.compile(r"\s+")
_CACHED_TEXTS = 2**18
# What the documents of benchmarks call their question.
_QUESTIONS = ("question", "problem", "query", "input", "prompt", "text", "goal", "ctx")


def logged_question(row: Any) -> Any:
    """The question of an answer, without examples and instructions where the log has both.

    lm-eval has the whole prompt, and the document that it is made of.

    Args:
        row: The answer, as a ``dataset_manager.LogRow``.
    """
    if not isinstance(row.input, str) or row.input != row.prompt:
        return row.input
    for name in _QUESTIONS:
        found = row.metadata.get(name)
        if isinstance(found, str) and found.strip() and found.strip() in row.prompt:
            return found
    return row.input


def question_text(question: Any) -> str:
    """A question as one text: its words, then its choices."""
    text = question_words(question)
    if isinstance(question, Mapping) and text:
        return "\n".join([text, *map(str, question.get("choices") or ())])
    if text or question is None or isinstance(question, str):
        return text
    return json.dumps(question, sort_keys=True, default=str, ensure_ascii=False)


def question_words(question: Any) -> str:
    """The words of a question, without its choices; empty where it has none."""
    if isinstance(question, Mapping):
        question = question.get("question") or question.get("prompt") or question.get("text")
    return question if isinstance(question, str) else ""


def question_digest(question: Any) -> int:
    """A hash of a question's text that spaces, line ends and case do not change; 0 without one."""
    return text_digest(question_text(question))


# Systems answer the same questions: each text is hashed once.
@lru_cache(maxsize=_CACHED_TEXTS)
def text_digest(given: str) -> int:
    """A hash of a text that spaces, line ends and case do not change; 0 without one."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", given)).strip()
    if not text:
        return 0
    taken = hashlib.blake2b(
        text.casefold().encode("utf-8", "backslashreplace"), digest_size=8
    ).digest()
    return int.from_bytes(taken, "big", signed=True) or 1


def prompt_digest(prompt: str) -> int:
    """A hash of a whole prompt, with its spaces and its case; 0 without one."""
    if not prompt:
        return 0
    taken = hashlib.blake2b(prompt.encode("utf-8", "backslashreplace"), digest_size=8).digest()
    return int.from_bytes(taken, "big", signed=True) or 1
