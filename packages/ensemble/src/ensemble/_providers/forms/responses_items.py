"""Chat messages as items of OpenAI's Responses interface, and its items as fields of an answer."""

from typing import Any

from ..._core.errors import MalformedResponseError, ServerError
from .fields import finished, given, logprobs_of, text_or_none
from .gathering import CallPiece, joined
from .parts import SYSTEM, Media, calls_of, check_keys, native_of, parts_of, refused

_RESPONSES = "OpenAI's Responses interface"
_UNFINISHED = ("queued", "in_progress")
_CALLS = {"function_call": "arguments", "custom_tool_call": "input"}  # where each has its text


def responses_input(messages: list[dict[str, Any]], system_role: str) -> list[dict[str, Any]]:
    """The messages as items.

    Args:
        messages: Checked messages.
        system_role: The role of instructions.

    Raises:
        BadRequestError: A message cannot be sent whole; says where.
    """
    items: list[dict[str, Any]] = []
    for number, message in enumerate(messages):
        place = f"messages[{number}]"
        check_keys(message, place, _RESPONSES)
        role = message["role"]
        native = native_of(message, "openai_responses")
        if native:
            items += native["items"]
        elif role == "tool":
            items.append(_result(message, place))
        else:
            items += _message(message, system_role if role in SYSTEM else role, place)
    return items


def _message(message: dict[str, Any], role: str, place: str) -> list[dict[str, Any]]:
    parts = list(parts_of(message.get("content"), place, _RESPONSES))
    content = [_part(part, role, where) for where, part in parts]
    calls = [
        {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.text}
        for call in calls_of(message, place)
    ]
    said = [{"role": role, "content": content or ""}] if content or not calls else []
    return [*said, *calls]


def _part(part: str | Media, role: str, place: str) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "output_text" if role == "assistant" else "input_text", "text": part}
    if part.kind == "audio":
        raise refused(place, f"audio cannot be sent to {_RESPONSES}", "use OpenAIModel")
    address = part.url or f"data:{part.mime};base64,{part.data}"
    if part.kind == "image":
        name = "image_url" if part.file_id is None else "file_id"
        more = given(detail=part.detail)
        return {"type": "input_image", name: part.file_id or address, **more}
    if part.file_id is not None:
        return {"type": "input_file", "file_id": part.file_id}
    named = {"filename": part.name} if part.name else {}
    return {"type": "input_file", "file_url" if part.url else "file_data": address, **named}


def _result(message: dict[str, Any], place: str) -> dict[str, Any]:
    if not isinstance(message.get("tool_call_id"), str):
        raise refused(place, "a result needs the id of its call", "give tool_call_id")
    parts = list(parts_of(message.get("content"), place, _RESPONSES))
    texts = [part for _, part in parts if isinstance(part, str)]
    output: Any = "".join(texts)
    if len(texts) < len(parts):
        output = [_part(part, "tool", where) for where, part in parts]
    return {
        "type": "function_call_output",
        "call_id": message["tool_call_id"],
        "output": output,
    }


def read_answer(data: Any) -> dict[str, Any]:
    """The fields of an answer.

    Raises:
        ServerError: The provider failed, or cancelled it.
        MalformedResponseError: It has not ended, or has no items.
    """
    status = data.get("status")
    if status in ("failed", "cancelled"):
        raise ServerError(f"the provider's answer is {status}, without a reason")
    if status in _UNFINISHED:
        raise MalformedResponseError(f"the answer has not ended: it is {status}")
    details = data.get("incomplete_details") or {}
    word = details.get("reason") or status if status == "incomplete" else status
    found = _read_items(data["output"], data.get("output_text"))
    return {**found, **finished(word)}


def _read_items(items: list[Any], output_text: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"text": "", "calls": []}
    refusals: list[str] = []
    reasoning: list[str] = []
    kinds: list[str] = []
    logprobs: list[Any] = []
    for number, item in enumerate(items):
        kind = item.get("type")
        if kind == "message":
            parts = item.get("content") or []
            parts = [{"type": "output_text", "text": parts}] if isinstance(parts, str) else parts
            for part in parts:
                if part.get("type") == "output_text":
                    found["text"] += part.get("text") or ""
                    logprobs += part.get("logprobs") or []
                elif part.get("type") == "refusal":
                    refusals.append(part["refusal"])
        elif kind == "reasoning":
            text, how = _reasoning(item)
            reasoning += [text] if text else []
            kinds += [how] if how else []
        elif kind in _CALLS:
            call_id = text_or_none(item.get("call_id")) or text_or_none(item.get("id"))
            said = item["name"], item.get(_CALLS[kind])
            custom = kind == "custom_tool_call"
            found["calls"].append(CallPiece(number, call_id, *said, whole=True, custom=custom))
    if not items and isinstance(output_text, str):
        found["text"] = output_text
    return {
        **found,
        "refusal": "".join(refusals) or None,
        "reasoning": "\n\n".join(reasoning) or None,
        "reasoning_kind": kinds[0] if kinds else None,
        **(logprobs_of(logprobs) if logprobs else {}),
        "native": {"dialect": "openai_responses", "items": items} if kinds else None,
    }


def _reasoning(item: Any) -> tuple[str, str | None]:
    """The text of an item of reasoning, and its kind."""
    full = [each.get("text") or "" for each in item.get("content") or ()]
    if any(full):
        return "".join(full), "full"
    summary = [each.get("text") or "" for each in item.get("summary") or ()]
    if any(summary):
        return "\n\n".join(summary), "summary"
    return "", "redacted" if item.get("encrypted_content") else None


_TEXTS = {
    "response.output_text": ("content", "content_index", "output_text", "text"),
    "response.refusal": ("content", "content_index", "refusal", "refusal"),
    "response.reasoning_text": ("content", "content_index", "reasoning_text", "text"),
    "response.reasoning_summary_text": ("summary", "summary_index", "summary_text", "text"),
}
_ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")


class ItemPieces:
    """Reads the events of one stream; the last one holds the whole answer again."""

    def __init__(self) -> None:
        self._items: dict[Any, dict[str, Any]] = {}
        self._said = ""
        self._final = False

    def read(self, event: Any) -> dict[str, Any]:
        """The fields of an event; ``new`` is the text that it adds."""
        kind = event.get("type")
        if kind is None and ("choices" in event or "output" not in event):
            raise MalformedResponseError("the stream is not one of the Responses interface")
        if kind in _ENDS or kind is None:
            return self._ended(event["response"] if kind else event)
        if kind in ("response.output_item.added", "response.output_item.done"):
            return self._item(event)
        name, _, step = kind.rpartition(".")
        if name in _TEXTS and step in ("delta", "done"):
            return self._text(_TEXTS[name], event, step)
        for call, field in _CALLS.items():
            if name == f"response.{call}_{field}":
                item = self._at(event, call)
                old = item.get(field) or ""
                item[field] = joined(old, event["delta"]) if step == "delta" else event[field]
        return {}

    def end(self) -> dict[str, Any]:
        """The fields of what was read, where the stream ends without the whole answer."""
        if self._final:
            return {}
        return self._whole({**_read_items(self._listed(), None)})

    def _ended(self, response: Any) -> dict[str, Any]:
        output = response.get("output") or self._listed()
        self._final = True
        return self._whole(read_answer({**response, "output": output}))

    def _whole(self, fields: dict[str, Any]) -> dict[str, Any]:
        text = fields["text"]
        new = text[len(self._said) :] if text.startswith(self._said) else ""
        self._said += new
        return {**fields, "replaces": True, "new": new}

    def _listed(self) -> list[dict[str, Any]]:
        items = []
        for key in sorted(self._items, key=lambda key: (not isinstance(key, int), str(key))):
            item = dict(self._items[key])
            for field in ("content", "summary"):
                if isinstance(item.get(field), dict):
                    item[field] = [item[field][number] for number in sorted(item[field])]
            items.append(item)
        return items

    def _at(self, event: Any, kind: str) -> dict[str, Any]:
        key = event.get("output_index")
        key = event.get("item_id") if key is None else key
        return self._items.setdefault(key, {"type": kind})

    def _item(self, event: Any) -> dict[str, Any]:
        given = event["item"]
        item = self._at(event, given.get("type"))
        for name, value in given.items():
            if name not in ("content", "summary"):
                item[name] = value if value not in (None, "") else item.get(name)
            elif isinstance(value, list) and value:
                item[name] = dict(enumerate(value))
        if event["type"].endswith("done") and item.get("type") == "message":
            return self._rest()
        return {}

    def _text(self, form: tuple[str, str, str, str], event: Any, step: str) -> dict[str, Any]:
        field, index, kind, name = form
        owner = "reasoning" if "reasoning" in event["type"] else "message"
        item = self._at(event, owner)
        if not isinstance(item.get(field), dict):
            item[field] = {}
        part = item[field].setdefault(event.get(index) or 0, {"type": kind, name: ""})
        if step == "done":
            part[name] = event[name]
            return self._rest() if kind == "output_text" else {}
        part[name] = joined(part.get(name) or "", event["delta"])
        if kind != "output_text":
            return {}
        self._said = joined(self._said, event["delta"])
        return {"text": event["delta"]}

    def _rest(self) -> dict[str, Any]:
        """The text that is known and was not given yet."""
        text = _read_items(self._listed(), None)["text"]
        if not text.startswith(self._said):
            return {}
        rest = text[len(self._said) :]
        self._said = text
        return {"text": rest} if rest else {}
