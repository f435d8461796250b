"""From a model's answer to the decisions it states. Nothing odd is passed over in silence."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._chain import Chain, Event
from ._errors import TraceParseError
from ._events import emit
from ._tags import FIELDS, Tag, find_tags
from ._types import EVENT_TYPES
from ._values import read_alternatives, read_confidence

_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"^(```+|~~~+)[ \t]*([\w+-]*)[^\n]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseWarning:
    """Something odd in the text.

    Attributes:
        message: What is odd, and what was made of it.
        position: Where, in characters from the begin.
    """

    message: str
    position: int

    def __str__(self) -> str:
        return f"at character {self.position}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What was found in a text.

    Attributes:
        events: The decisions, in their order.
        code: The blocks of code: ``<code>`` elements, else fenced blocks without events.
        warnings: Everything odd.
    """

    events: tuple[Event, ...]
    code: tuple[str, ...]
    warnings: tuple[ParseWarning, ...]


def parse(
    text: str,
    name: str,
    *,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    strict: bool = False,
) -> Chain:
    """Make a chain of the decisions that a model states in its answer.

    Args:
        text: The answer, with ``<event type="...">`` elements as ``build_causal_prompt`` asks for.
        name: What to call the chain.
        description: More about it.
        metadata: Anything to keep with it; ``parse_warnings`` is added when there are any.
        strict: Refuse a text with anything odd.

    Raises:
        TraceParseError: ``strict`` is set and something is odd.
    """
    parsed = parse_events(text, strict=strict)
    about = dict(metadata or {})
    if parsed.warnings:
        about["parse_warnings"] = [str(warning) for warning in parsed.warnings]
    chain = Chain(name=name, events=parsed.events, description=description, metadata=about)
    emit("trace.chain.created", {"events": len(chain)}, {"chain_id": chain.id, "name": name})
    return chain


parse_llm_output = parse


def parse_events(text: str, *, strict: bool = False) -> Parsed:
    """The decisions, the code and the oddities in a text.

    Args:
        text: Any text.
        strict: Refuse a text with anything odd.

    Raises:
        TraceParseError: ``strict`` is set and something is odd.
    """
    reader = _Reader(text)
    for tag in find_tags(text):
        reader.take(tag)
    reader.finish()
    if strict and reader.warnings:
        raise TraceParseError(reader.warnings)
    return Parsed(
        events=tuple(reader.events),
        code=tuple(reader.code) or _fenced(text),
        warnings=tuple(reader.warnings),
    )


def extract_code(text: str) -> str:
    """The code in an answer, several blocks joined by an empty line; empty when there is none."""
    return "\n\n".join(parse_events(text).code)


@dataclass(slots=True)
class _Open:
    """An event whose end has not come yet."""

    tag: Tag
    values: dict[str, str] = field(default_factory=dict)
    alternatives: list[str] = field(default_factory=list)


class _Reader:
    """Makes events of tags, one after the other; an unclosed event never eats the next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events: list[Event] = []
        self.code: list[str] = []
        self.warnings: list[ParseWarning] = []
        self._event: _Open | None = None
        self._field: Tag | None = None
        self._inner: Tag | None = None
        self._code: Tag | None = None

    def take(self, tag: Tag) -> None:
        if tag.name == "code":
            self._take_code(tag)
        elif tag.name == "event":
            self._take_event(tag)
        elif self._event is None:
            if not tag.closing:
                self._warn(f"<{tag.name}> outside an event is ignored", tag.start)
        elif tag.name == "alternative":
            self._take_alternative(tag)
        else:
            self._take_field(tag)

    def finish(self) -> None:
        end = len(self.text)
        if self._code is not None:
            self._warn("<code> is not closed; read to the end of the text", self._code.start)
            self.code.append(self._clean_code(self.text[self._code.end :]))
        if self._event is not None:
            self._close_field(end, closed=False)
            self._warn("<event> is not closed; it ends with the text", self._event.tag.start)
            self._close_event()

    def _take_code(self, tag: Tag) -> None:
        if not tag.closing and not tag.empty:
            self._code = tag
        elif self._code is not None:
            self.code.append(self._clean_code(self.text[self._code.end : tag.start]))
            self._code = None

    def _take_event(self, tag: Tag) -> None:
        if self._event is not None:
            self._close_field(tag.start, closed=False)
            if not tag.closing:
                self._warn("<event> is not closed before the next", self._event.tag.start)
            self._close_event()
        elif tag.closing:
            self._warn("</event> without <event> is ignored", tag.start)
        if tag.closing:
            return
        self._event = _Open(tag)
        if tag.empty:
            for name in FIELDS:
                if name in tag.attributes:
                    self._event.values[name] = tag.attributes[name]
            self._close_event()

    def _take_field(self, tag: Tag) -> None:
        if tag.closing:
            if self._field is not None and self._field.name == tag.name:
                self._close_field(tag.start, closed=True)
            else:
                self._warn(f"</{tag.name}> without <{tag.name}> is ignored", tag.start)
            return
        self._close_field(tag.start, closed=False)
        if not tag.empty:
            self._field = tag

    def _take_alternative(self, tag: Tag) -> None:
        if self._inner is not None and self._event is not None:
            self._event.alternatives.append(self._content(self._inner.end, tag.start))
            self._inner = None
        if not tag.closing and not tag.empty:
            self._inner = tag

    def _close_field(self, end: int, *, closed: bool) -> None:
        if self._inner is not None and self._event is not None:
            self._event.alternatives.append(self._content(self._inner.end, end))
            self._inner = None
        if self._field is None or self._event is None:
            return
        name = self._field.name
        if not closed:
            self._warn(f"<{name}> is not closed", self._field.start)
        if name in self._event.values:
            self._warn(f"<{name}> appears twice in one event; the last counts", self._field.start)
        self._event.values[name] = self._content(self._field.end, end)
        self._field = None

    def _close_event(self) -> None:
        opened, self._event = self._event, None
        if opened is None:
            return
        start, values = opened.tag.start, opened.values
        kind = opened.tag.attributes.get("type", "").strip()
        if not kind:
            self._warn("<event> has no type; read as 'decision_made'", start)
            kind = "decision_made"
        elif kind not in EVENT_TYPES:
            self._warn(f"unknown type {kind!r} is kept as it is", start)
        decision, reasoning = values.get("decision", ""), values.get("reasoning", "")
        for name, value in (("decision", decision), ("reasoning", reasoning)):
            if not value:
                self._warn(f"the event has no <{name}>", start)
        if not decision and not reasoning:
            self._warn("an event without decision and reasoning is left out", start)
            return
        metadata: dict[str, Any] = {}
        confidence, problem = read_confidence(values.get("confidence"))
        if problem:
            self._warn(problem, start)
            metadata["stated_confidence"] = values["confidence"]
        alternatives = [each for each in opened.alternatives if each]
        event = Event(
            type=kind,
            decision=decision,
            reasoning=reasoning,
            alternatives=tuple(alternatives or read_alternatives(values.get("alternatives", ""))),
            confidence=confidence,
            code_section=values.get("code_section") or None,
            spec_reference=values.get("spec_reference") or None,
            metadata=metadata,
            position=start,
        )
        self.events.append(event)

    def _content(self, start: int, end: int) -> str:
        """The text between two tags, entities and CDATA resolved."""
        raw = self.text[start:end]
        parts, place = [], 0
        for match in _CDATA.finditer(raw):
            parts += [html.unescape(_COMMENT.sub("", raw[place : match.start()])), match[1]]
            place = match.end()
        parts.append(html.unescape(_COMMENT.sub("", raw[place:])))
        return "".join(parts).strip()

    def _clean_code(self, code: str) -> str:
        fenced = _FENCE.search(code)
        return (fenced[3] if fenced else _CDATA.sub(r"\1", code)).strip("\n")

    def _warn(self, message: str, position: int) -> None:
        self.warnings.append(ParseWarning(message=message, position=position))


def _fenced(text: str) -> tuple[str, ...]:
    """Fenced blocks that are code and not a wrapping of the events."""
    return tuple(
        match[3].rstrip("\n") for match in _FENCE.finditer(text) if "<event" not in match[3].lower()
    )
