"""Chat messages in the form of Anthropic's interface."""

from typing import Any

from .parts import SYSTEM, Media, calls_of, check_keys, native_of, parts_of, refused, without_detail

_ANTHROPIC = "Anthropic"
_CACHE = ("cache_control",)  # a mark of Anthropic's own, up to which the prompt is kept


def anthropic_messages(
    messages: list[dict[str, Any]],
) -> tuple[str | list[dict[str, Any]], list[dict[str, Any]]]:
    """The system, as a text or as blocks where one is marked, and the other messages.

    Args:
        messages: Checked messages.

    Raises:
        BadRequestError: A message cannot be sent whole; says where.
    """
    system: list[list[dict[str, Any]]] = []
    others: list[dict[str, Any]] = []
    for number, message in enumerate(messages):
        place = f"messages[{number}]"
        check_keys(message, place, _ANTHROPIC, also=_CACHE)
        role = message["role"]
        if role in SYSTEM:
            system.append(_system(message, place))
        elif role == "tool":
            _add_result(others, message, place)
        elif role == "assistant" and (native := native_of(message, "anthropic")):
            others.append({"role": role, "content": native["content"]})
        else:
            others.append({"role": role, "content": _content(message, place)})
    if any(_marks(block) for blocks in system for block in blocks):
        return [block for blocks in system for block in blocks], others
    return "\n\n".join("".join(block["text"] for block in blocks) for blocks in system), others


def _system(message: dict[str, Any], place: str) -> list[dict[str, Any]]:
    blocks = _parts(message, place)
    for number, block in enumerate(blocks):
        if block["type"] != "text":
            where = f"{place}.content[{number}]"
            raise refused(where, f"the system takes no {block['type']}", "give texts")
    return _marked(blocks, message)


def _content(message: dict[str, Any], place: str) -> Any:
    content = message.get("content")
    if isinstance(content, str) and not message.get("tool_calls") and not _marks(message):
        return content
    blocks = _parts(message, place)
    blocks += [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
        for call in calls_of(message, place)
    ]
    blocks = _marked(blocks, message)
    texts = [block["text"] for block in blocks if block.keys() == {"type", "text"}]
    return "".join(texts) if len(texts) == len(blocks) else blocks


def _parts(message: dict[str, Any], place: str) -> list[dict[str, Any]]:
    """The parts of a content as blocks, with their marks."""
    content = message.get("content")
    parts = parts_of(content, place, _ANTHROPIC, also=_CACHE)
    blocks = [_block(part, where) for where, part in parts]
    if isinstance(content, list):
        for block, part in zip(blocks, content, strict=True):
            block.update(_marks(part))
    return blocks


def _marks(part: dict[str, Any]) -> dict[str, Any]:
    return {name: part[name] for name in _CACHE if part.get(name)}


def _marked(blocks: list[dict[str, Any]], message: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks, the last of them with the mark of the message."""
    if blocks and _marks(message):
        blocks[-1] = {**blocks[-1], **_marks(message)}
    return blocks


def _block(part: str | Media, place: str) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if part.kind == "audio":
        raise refused(place, "audio cannot be sent to Anthropic", "give its text")
    without_detail(part, place, _ANTHROPIC)
    if part.file_id is not None:
        source = {"type": "file", "file_id": part.file_id}
    elif part.data is None:
        source = {"type": "url", "url": part.url or ""}
    else:
        source = {"type": "base64", "media_type": part.mime or "", "data": part.data}
    return {"type": "image" if part.kind == "image" else "document", "source": source}


def _add_result(others: list[dict[str, Any]], message: dict[str, Any], place: str) -> None:
    """Add the result of a tool; those that follow each other are one message of the user."""
    if not isinstance(message.get("tool_call_id"), str):
        raise refused(place, "a result needs the id of its call", "give tool_call_id")
    content = _content({"content": message.get("content")}, place)
    called = message["tool_call_id"]
    block = {"type": "tool_result", "tool_use_id": called, "content": content, **_marks(message)}
    last = others[-1] if others else None
    if last and last["role"] == "user" and _is_result(last["content"]):
        last["content"].append(block)
    else:
        others.append({"role": "user", "content": [block]})


def _is_result(content: Any) -> bool:
    return isinstance(content, list) and content[0]["type"] == "tool_result"
