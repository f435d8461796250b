"""Chat messages in the form of Google's Gemini interface."""

import json
from typing import Any

from .fields import given
from .parts import SYSTEM, Media, calls_of, check_keys, native_of, parts_of, refused, without_detail

_GEMINI = "Gemini"


def gemini_contents(messages: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """The text of the system, and the contents.

    Args:
        messages: Checked messages.

    Raises:
        BadRequestError: A message cannot be sent whole; says where.
    """
    system: list[str] = []
    contents: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    for number, message in enumerate(messages):
        place = f"messages[{number}]"
        check_keys(message, place, _GEMINI)
        role = message["role"]
        if role in SYSTEM:
            system.append(_text_only(message["content"], place))
        elif role == "tool":
            contents.append({"role": "user", "parts": [_result(message, names, place)]})
        elif role == "assistant":
            names |= {call.id: call.name for call in calls_of(message, place)}
            native = native_of(message, "gemini")
            parts = native["parts"] if native else _parts(message, place)
            contents.append({"role": "model", "parts": parts})
        else:
            contents.append({"role": role, "parts": _parts(message, place)})
    return "\n\n".join(system), contents


def _text_only(content: Any, place: str) -> str:
    texts = []
    for where, part in parts_of(content, place, _GEMINI):
        if isinstance(part, Media):
            raise refused(where, f"the system takes no {part.kind}", "give texts")
        texts.append(part)
    return "".join(texts)


def _parts(message: dict[str, Any], place: str) -> list[dict[str, Any]]:
    found = [_part(part, where) for where, part in parts_of(message.get("content"), place, _GEMINI)]
    found += [
        {"functionCall": {"name": call.name, "args": call.arguments}}
        for call in calls_of(message, place)
    ]
    return found or [{"text": ""}]


def _part(part: str | Media, place: str) -> dict[str, Any]:
    if isinstance(part, str):
        return {"text": part}
    without_detail(part, place, _GEMINI)
    if part.file_id is not None:
        return {"fileData": {**given(mimeType=part.mime), "fileUri": _uri(part.file_id, place)}}
    if part.data is not None:
        return {"inlineData": {"mimeType": part.mime, "data": part.data}}
    if part.mime is None:
        what = f"the media type of this {part.kind} is not known"
        raise refused(place, what, "give its data as data:<type>;base64,...")
    return {"fileData": {"mimeType": part.mime, "fileUri": part.url}}


def _uri(file_id: str, place: str) -> str:
    """The address of an uploaded file; its id alone names one of the Gemini API."""
    if "://" in file_id:
        return file_id
    if not file_id.startswith("files/"):
        what = f"{file_id!r} is no file of Gemini"
        raise refused(place, what, "give the uri or the name (files/...) of an uploaded file")
    return f"https://generativelanguage.googleapis.com/v1beta/{file_id}"


def _result(message: dict[str, Any], names: dict[str, str], place: str) -> dict[str, Any]:
    called = message.get("tool_call_id")
    if called not in names:
        raise refused(place, f"no call before it has the id {called!r}", "give tool_call_id")
    text = _text_only(message.get("content"), place)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    response = value if isinstance(value, dict) else {"result": value}
    return {"functionResponse": {"name": names[called], "response": response}}
