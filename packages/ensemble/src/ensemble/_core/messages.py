"""Chat messages: checked where they enter, sent whole or refused with the place."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .errors import BadRequestError

Message = dict[str, Any]


def checked_messages(messages: Iterable[Mapping[str, Any]]) -> list[Message]:
    """Messages as they are sent: each a mapping with a role and a content, all of it JSON.

    Raises:
        BadRequestError: The list is empty, or a message has another shape; says where.
    """
    if not isinstance(messages, Sequence) or isinstance(messages, bytes | bytearray):
        kind = type(messages).__name__  # an iterator would be empty for the next who reads it
        raise BadRequestError(
            f"the item: a {kind} cannot be sent; give a text, a list of messages or a question"
        )
    if not messages:
        raise BadRequestError("messages: the list is empty; give at least one message")
    return [_checked(each, f"messages[{place}]") for place, each in enumerate(messages)]


def _checked(message: Any, place: str) -> Message:
    if not isinstance(message, Mapping):
        raise _refused(place, f"a {type(message).__name__} is not a message", "give a mapping")
    found = dict(message)
    if not isinstance(found.get("role"), str):
        raise _refused(place, f"the role is {found.get('role')!r}", "give a text such as 'user'")
    content = found.get("content")
    if content is None and not found.get("tool_calls") and not found.get("refusal"):
        raise _refused(place, "there is no content", "give a text, or a list of parts")
    if isinstance(content, tuple):
        found["content"] = content = list(content)
    if isinstance(content, list):
        for number, part in enumerate(content):
            if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
                raise _refused(
                    f"{place}.content[{number}]",
                    "a part needs a type",
                    "give {'type': 'text', ...}",
                )
    elif content is not None and not isinstance(content, str):
        kind = type(content).__name__
        raise _refused(f"{place}.content", f"a {kind} is not a content", "give a text or parts")
    try:
        json.dumps(found, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise _refused(
            place, f"it is not JSON ({error})", "give texts, numbers and lists"
        ) from None
    return found


def content_text(content: Any) -> str:
    """The texts of a content, for readers and for estimates of its length."""
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part["text"] for part in content if isinstance(part.get("text"), str))


def _refused(place: str, what: str, remedy: str) -> BadRequestError:
    return BadRequestError(f"{place}: {what}; {remedy}")
