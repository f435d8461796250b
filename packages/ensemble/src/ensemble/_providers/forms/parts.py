"""The parts of messages, as every dialect reads them: images, audio, files and tool calls."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..._core.errors import BadRequestError

_DATA = re.compile(r"data:([^;,]+)(?:;[^;,]+)*;base64,(.*)", re.DOTALL)
SYSTEM = ("system", "developer")


class Media(NamedTuple):
    """An image, a sound or a file: its data in base64, or its address.

    Attributes:
        kind: ``image``, ``audio`` or ``file``.
        mime: Its media type; None where it is not known.
        data: The data in base64; None with an address.
        url: The address; None with data.
        name: The name of a file.
        detail: How closely an image is to be looked at; None where that is left open.
        file_id: The id of a file at the provider, in place of data and address.
    """

    kind: str
    mime: str | None = None
    data: str | None = None
    url: str | None = None
    name: str | None = None
    detail: str | None = None
    file_id: str | None = None


def refused(place: str, what: str, remedy: str) -> BadRequestError:
    """The error of a message that cannot be sent."""
    return BadRequestError(f"{place}: {what}; {remedy}")


def parts_of(
    content: Any, place: str, provider: str, *, also: Iterable[str] = ()
) -> Iterator[tuple[str, str | Media]]:
    """The parts of a content, each with its place: texts and media.

    Args:
        content: A text or parts.
        place: Where it stands.
        provider: Who gets it.
        also: Further fields of a part that the caller sends.

    Raises:
        BadRequestError: A part has another shape; says where.
    """
    if content is None:
        return
    if isinstance(content, str):
        if content:
            yield place, content
        return
    for number, part in enumerate(content):
        where = f"{place}.content[{number}]"
        read, known, inner = _READERS.get(part["type"], (None, frozenset(), frozenset()))
        found = None if read is None else read(part)
        if found is None:
            what = f"a part of type {part['type']!r} cannot be sent to {provider}"
            raise refused(where, what, "give texts, images, audio or files in OpenAI's form")
        further = _filled(part) - known - {"type", *also}
        for field in known:
            if isinstance(part.get(field), dict):
                further |= {f"{field}.{name}" for name in _filled(part[field]) - inner}
        if further:
            raise refused(where, f"{min(further)!r} cannot be sent to {provider}", "leave it out")
        yield where, found


def _image(part: dict[str, Any]) -> Media | None:
    image = part.get("image_url")
    if not isinstance(image, dict):
        image = {"url": image, "detail": part.get("detail"), "file_id": part.get("file_id")}
    if isinstance(image.get("file_id"), str):
        return Media("image", file_id=image["file_id"], detail=image.get("detail"))
    if not isinstance(image.get("url"), str):
        return None
    return _media("image", image["url"], image.get("format"))._replace(detail=image.get("detail"))


def _audio(part: dict[str, Any]) -> Media | None:
    audio = part.get("input_audio")
    if not isinstance(audio, dict) or not isinstance(audio.get("data"), str):
        return None
    return Media("audio", f"audio/{audio.get('format') or 'wav'}", audio["data"])


def _file(part: dict[str, Any]) -> Media | None:
    file = part if part["type"] == "input_file" else part.get("file")
    if not isinstance(file, dict):
        return None
    mime = file.get("format")
    if isinstance(file.get("file_id"), str):
        return Media("file", mime, file_id=file["file_id"], name=file.get("filename"))
    given, name = file.get("file_data") or file.get("file_url"), file.get("filename")
    if not isinstance(given, str):
        return None
    found = _media("file", given, mime)._replace(name=name)
    if found.data is None and "://" not in given:  # data in base64 alone
        kind = mime or (_guessed(name) if isinstance(name, str) else None)
        return None if kind is None else Media("file", kind, given, name=name)
    return found


def _media(kind: str, url: str, mime: str | None) -> Media:
    found = _DATA.fullmatch(url)
    if found is not None:
        return Media(kind, found[1], found[2])
    return Media(kind, mime or _guessed(url.partition("?")[0]), url=url)


def _guessed(name: str) -> str | None:
    """The media type that the end of a name says."""
    import mimetypes  # noqa: PLC0415  # only media need its tables

    return mimetypes.guess_type(name)[0]


def _text(part: dict[str, Any]) -> str | None:
    text = part.get("text")
    return text if isinstance(text, str) else None


_Reader = Callable[[dict[str, Any]], str | Media | None]
_OF_IMAGES = frozenset({"url", "detail", "file_id", "format"})
_OF_FILES = frozenset({"file_id", "file_data", "file_url", "filename", "format"})
_NONE: frozenset[str] = frozenset()
# How a part is read, the fields that are read, and those of the object in one of them.
_READERS: dict[str, tuple[_Reader, frozenset[str], frozenset[str]]] = {
    "text": (_text, frozenset({"text"}), _NONE),
    "input_text": (_text, frozenset({"text"}), _NONE),
    "image_url": (_image, frozenset({"image_url", "detail"}), _OF_IMAGES),
    "input_image": (_image, frozenset({"image_url", "detail", "file_id"}), _OF_IMAGES),
    "input_audio": (_audio, frozenset({"input_audio"}), frozenset({"data", "format"})),
    "file": (_file, frozenset({"file"}), _OF_FILES),
    "input_file": (_file, _OF_FILES, _NONE),
}


def _filled(values: dict[str, Any]) -> set[str]:
    """The fields that say something: those of other libraries' messages are often empty."""
    return {name for name, value in values.items() if value not in (None, [], {})}


def without_detail(part: Media, place: str, provider: str) -> None:
    """Refuse a detail that an interface has no field for.

    Raises:
        BadRequestError: One is asked for; says where.
    """
    if part.detail not in (None, "auto"):
        what = f"the detail {part.detail!r} of an image cannot be sent to {provider}"
        raise refused(place, what, "leave it out")


class Called(NamedTuple):
    """A tool call in a message of the assistant."""

    id: str
    name: str
    arguments: dict[str, Any]
    text: str


def calls_of(message: dict[str, Any], place: str) -> Iterator[Called]:
    """The tool calls of a message of the assistant.

    Raises:
        BadRequestError: A call has another shape; says where.
    """
    for number, call in enumerate(message.get("tool_calls") or ()):
        where = f"{place}.tool_calls[{number}]"
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(call, dict) and call.get("type") == "custom":
            raise refused(where, "a custom tool has no form here", "use OpenAIModel")
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise refused(where, "a call needs a function with a name", "give OpenAI's form")
        given = function.get("arguments") or {}
        text = given if isinstance(given, str) else json.dumps(given)
        try:
            arguments = json.loads(text)
        except (ValueError, RecursionError):
            raise refused(where, "its arguments are not JSON", "give the text as it came") from None
        if not isinstance(arguments, dict):
            raise refused(where, "its arguments are not an object", "give names with values")
        yield Called(str(call.get("id") or f"call_{number}"), function["name"], arguments, text)


def check_keys(
    message: dict[str, Any], place: str, provider: str, *, also: Iterable[str] = ()
) -> None:
    """Refuse what a message holds besides what can be sent.

    Args:
        message: The message.
        place: Where it stands.
        provider: Who gets it.
        also: Further fields that the caller sends.

    Raises:
        BadRequestError: A field, or the role, cannot be sent; says where.
    """
    role = message["role"]
    known = {"role", "content", "native", *also}
    known |= {"tool_calls"} if role == "assistant" else set()
    known |= {"tool_call_id"} if role == "tool" else set()
    further = sorted(_filled(message) - known)
    if role not in (*SYSTEM, "user", "assistant", "tool"):
        raise refused(
            place, f"the role {role!r} cannot be sent to {provider}", "give texts by role"
        )
    if further:
        what = f"{further[0]!r} cannot be sent to {provider}"
        raise refused(place, what, "give texts by role")


def native_of(message: dict[str, Any], dialect: str) -> Any:
    """What an answer held in the form of this interface; None of another one."""
    native = message.get("native")
    return native if isinstance(native, dict) and native.get("dialect") == dialect else None
