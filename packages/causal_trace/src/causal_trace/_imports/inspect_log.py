"""Inspect logs: ``.eval`` files and their JSON form, one chain for each sample and epoch.

Source: https://inspect.aisi.org.uk/eval-logs.html
"""

from collections.abc import Iterator, Mapping
from math import inf
from pathlib import Path
from typing import Any

from .._core.errors import InvalidTraceError, MissingExtraError
from .._messages.parts import MessagePart, kind_of, mapping, mappings, optional_text, text_of, whole
from .._model.chain import Chain
from .._store.zip_members import ZipMembers
from .turns import Turn, chain_of, stated_time

# Tokens that a cache gave are not among the input tokens.
_READ_TOKENS = ("input_tokens", "input_tokens_cache_read", "input_tokens_cache_write")
_HEADERS = ("header.json", "_journal/start.json")


def fits(payload: Any) -> bool:
    """Return whether a decoded file is a log of this form."""
    return isinstance(payload, Mapping) and "eval" in payload and "samples" in payload


def read(payload: Mapping[str, Any], origin: str) -> Iterator[Chain]:
    """Yield the chains of a decoded log."""
    for sample in mappings(payload.get("samples")):
        yield _chain(sample, mapping(payload.get("eval")), origin)


def read_archive(path: Path) -> Iterator[Chain]:
    """Yield the chains of an ``.eval`` file.

    Raises:
        InvalidTraceError: It is not such a file, or it unpacks to more than a file of its size may.
        MissingExtraError: It is packed with Zstandard, and the extra ``logs`` is not installed.
        FileNotFoundError: There is no such file.
    """
    try:
        yield from _samples(ZipMembers(path), path)
    except (FileNotFoundError, MissingExtraError):
        raise
    except (OSError, ValueError, RecursionError) as error:
        advice = "convert it with: inspect log convert --to json --output-dir OUT FILE"
        raise InvalidTraceError("log", f"{path} cannot be read ({error}); {advice}") from error


def _samples(archive: ZipMembers, path: Path) -> Iterator[Chain]:
    stated = [each for each in _HEADERS if each in archive.names][:1]
    header: Any = next(archive.documents(stated), {})
    about = mapping(mapping(header).get("eval"))
    names = sorted(
        each for each in archive.names if each.startswith("samples/") and each.endswith(".json")
    )
    for sample in archive.documents(names):
        yield _chain(mapping(sample), about, path.stem)


def _chain(sample: Mapping[str, Any], about: Mapping[str, Any], origin: str) -> Chain:
    item, epoch = text_of(sample.get("id")), whole(sample.get("epoch")) or 1
    messages = [*mappings(sample.get("messages"))]
    output = mapping(mapping(sample.get("output")).get("usage"))
    calls, created = _calls(sample), stated_time(about.get("created"))
    turns = [_turn(message, calls, created) for message in messages]
    return chain_of(
        turns,
        name=f"{text_of(about.get('task')) or origin} {item}",
        origin=f"{origin}/{item}/{epoch}",
        metadata={
            "source_form": "inspect",
            "model": optional_text(about.get("model")),
            "epoch": epoch,
            "scores": sample.get("scores"),
            "usage": dict(output) or None,
        },
        item=item,
    )


def _calls(sample: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the calls of models and tools in a transcript, by the id of message or tool call."""
    found: dict[str, Mapping[str, Any]] = {}
    for event in mappings(sample.get("events")):
        if event.get("event") == "tool":
            found[text_of(event.get("id"))] = event
        elif event.get("event") == "model":
            for choice in mappings(mapping(event.get("output")).get("choices")):
                found[text_of(mapping(choice.get("message")).get("id"))] = event
    return found


def _turn(
    message: Mapping[str, Any], calls: Mapping[str, Mapping[str, Any]], created: str | None
) -> Turn:
    id_ = text_of(message.get("tool_call_id") or message.get("id"))
    call: Mapping[str, Any] = calls.get(id_, {}) if id_ else {}
    usage = mapping(mapping(call.get("output")).get("usage"))
    read = [whole(usage.get(key)) for key in _READ_TOKENS]
    seconds = call.get("working_time")
    return Turn(
        role=text_of(message.get("role")) or "assistant",
        parts=tuple(_parts(message)),
        timestamp=stated_time(message.get("timestamp"))
        or stated_time(call.get("completed"))
        or stated_time(call.get("timestamp"))
        or created,
        model=optional_text(message.get("model")),
        input_tokens=None if read[0] is None else sum(each or 0 for each in read),
        output_tokens=whole(usage.get("output_tokens")),
        latency_ms=seconds * 1000 if isinstance(seconds, float) and 0 <= seconds < inf else None,
    )


def _parts(message: Mapping[str, Any]) -> Iterator[MessagePart]:
    content = message.get("content")
    tool = message.get("role") == "tool"
    if isinstance(content, str) and content:
        id_ = optional_text(message.get("tool_call_id"))
        yield MessagePart(kind="tool_result" if tool else "text", text=content, id=id_)
    for part in mappings(content):
        if kind_of(part) == "reasoning":
            yield from _reasoning(part)
        elif "text" in part:
            yield MessagePart(kind="tool_result" if tool else "text", text=text_of(part["text"]))
    for call in mappings(message.get("tool_calls")):
        yield MessagePart(
            kind="tool_call",
            text=text_of(call.get("arguments")),
            name=optional_text(call.get("function")),
            id=optional_text(call.get("id")),
        )


def _reasoning(part: Mapping[str, Any]) -> Iterator[MessagePart]:
    """Yield reasoning and its summary. Redacted reasoning is encrypted text."""
    text, summary = text_of(part.get("reasoning")), text_of(part.get("summary"))
    signature = optional_text(part.get("signature"))
    if part.get("redacted"):
        yield MessagePart(kind="redacted", encrypted=text or None, signature=signature)
    elif text.strip():
        yield MessagePart(kind="reasoning", text=text, signature=signature)
    if summary.strip():
        yield MessagePart(kind="summary", text=summary)
