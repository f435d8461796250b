"""Chat messages in the form of Anthropic's interface."""

from typing import Any

from .parts import SYSTEM, Media, calls_of, check_keys, native_of, parts_of, refused, without_detail

_ANTHROPIC = "Anthropic"
_CACHE = ("cache_control",)  # a mark of Anthropic's own, up to which the prompt is kept


def anthropic_messages(messages: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """The text of the system, and the other messages.

    Args:
        messages: Checked messages.

    Raises:
        BadRequestError: A message cannot be sent whole; says where.
    """
    system: list[str] = []
    others: list[dict[str, Any]] = []
    for number, message in enumerate(messages):
        place = f"messages[{number}]"
        check_keys(message, place, _ANTHROPIC)
        role = message["role"]
        if role in SYSTEM:
            system.append(_text_only(message["content"], place))
        elif role == "tool":
            _add_result(others, message, place)
        elif role == "assistant" and (native := native_of(message, "anthropic")):
            others.append({"role": role, "content": native["content"]})
        else:
            others.append({"role": role, "content": _content(message, place)})
    return "\n\n".join(system), others


def _text_only(content: Any, place: str) -> str:
    texts = []
    for where, part in parts_of(content, place, _ANTHROPIC):
        if isinstance(part, Media):
            raise refused(where, f"the system takes no {part.kind}", "give texts")
        texts.append(part)
    return "".join(texts)


def _content(message: dict[str, Any], place: str) -> Any:
    content = message.get("content")
    if isinstance(content, str) and not message.get("tool_calls"):
        return content
    parts = parts_of(content, place, _ANTHROPIC, also=_CACHE)
    blocks = [_block(part, where) for where, part in parts]
    if isinstance(content, list):
        for block, part in zip(blocks, content, strict=True):
            block.update({name: part[name] for name in _CACHE if part.get(name)})
    blocks += [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
        for call in calls_of(message, place)
    ]
    texts = [block["text"] for block in blocks if block.keys() == {"type", "text"}]
    return "".join(texts) if len(texts) == len(blocks) else blocks


def _block(part: str | Media, place: str) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if part.kind == "audio":
        raise refused(place, "audio cannot be sent to Anthropic", "give its text")
    without_detail(part, place, _ANTHROPIC)
    source = (
        {"type": "url", "url": part.url}
        if part.data is None
        else {"type": "base64", "media_type": part.mime, "data": part.data}
    )
    return {"type": "image" if part.kind == "image" else "document", "source": source}


def _add_result(others: list[dict[str, Any]], message: dict[str, Any], place: str) -> None:
    """Add the result of a tool; those that follow each other are one message of the user."""
    if not isinstance(message.get("tool_call_id"), str):
        raise refused(place, "a result needs the id of its call", "give tool_call_id")
    content = _content({"content": message.get("content")}, place)
    block = {"type": "tool_result", "tool_use_id": message["tool_call_id"], "content": content}
    last = others[-1] if others else None
    if last and last["role"] == "user" and _is_result(last["content"]):
        last["content"].append(block)
    else:
        others.append({"role": "user", "content": [block]})


def _is_result(content: Any) -> bool:
    return isinstance(content, list) and content[0]["type"] == "tool_result"
