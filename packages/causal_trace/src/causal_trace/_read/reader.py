"""Read events from tags. An unclosed event ends where the next begins."""

import re
from bisect import bisect_right
from html import unescape

from .._core.fences import unwrapped
from .._core.warnings import WarningList
from .tags import (
    FIELDS,
    Scanner,
    Tag,
    TagPositions,
    element_text,
    has_other_fields,
    other_fields,
    plain_end,
    plain_field,
)

_CODE_END = "</code>"
_MAIN_FIELDS = {"decision", "reasoning"}


class RawEvent:
    """An event with its values as written in the text."""

    __slots__ = ("alternatives", "end", "in_reasoning", "tag", "values")

    def __init__(self, tag: Tag, values: dict[str, str], end: int) -> None:
        self.tag = tag
        self.values = values
        self.end = end
        self.alternatives: list[str] | None = None
        self.in_reasoning = False


class Reader:
    """Reads a text once, from beginning to end.

    Attributes:
        events: The events, in order.
        code: The contents of the ``<code>`` elements.

    Args:
        text: The text, or a piece of it.
        begin: The position of the piece in the whole text, where the warnings have theirs.
        warnings: Takes one for each piece of malformed markup.
    """

    def __init__(self, text: str, begin: int, warnings: WarningList) -> None:
        self.text = text
        self._begin = begin
        self._warnings = warnings
        self.events: list[RawEvent] = []
        self.code: list[str] = []
        self._ticks = "`" in text
        self._has_others = has_other_fields(text)
        self._scanner = Scanner(text)
        self._positions = TagPositions(text)
        self._event: RawEvent | None = None
        self._field: Tag | None = None
        self._inner: Tag | None = None
        self._not_closed: list[int] = []
        self._read_ends: list[int] = []  # where the fields and the code of the event begin and end

    def read(self) -> None:
        """Read the whole text."""
        scanner, read_tag = self._scanner, self._read_tag
        for tag in scanner:
            scanner.position = read_tag(tag)
        if self._event is not None:
            self._close_field(len(self.text), closed=False)
            self._warn("event_cut", self._event.tag.start)
            self._close_event(len(self.text))
        self._warnings.add_each("event_not_closed", self._not_closed)
        for position in self._scanner.unclosed:
            self._warn("comment_not_closed", position)

    def _read_tag(self, tag: Tag) -> int:
        """Read one tag and return the position to continue from."""
        end, name = tag.end, tag.name
        if self._ticks and self.text[tag.start - 1 : tag.start] == self.text[end : end + 1] == "`":
            return end
        if name == "event":
            return self._read_event(tag)
        if name == "code":
            return self._read_code(tag)
        if self._event is None:
            self._warn("stray_closing" if tag.closing else "outside_event", tag.start, tag.name)
        elif name == "alternative":
            self._read_alternative(tag)
        else:
            self._read_field(tag)
        return end

    def _at_line_begin(self, tag: Tag) -> bool:
        before = self.text[max(0, tag.start - 80) : tag.start]
        if before and not before[-1].isspace():
            return False
        return not before.rpartition("\n")[2].strip()

    def _read_code(self, tag: Tag) -> int:
        if tag.closing or tag.empty:
            return tag.end
        end = self._positions.closing("code", tag.end)
        if self._field is not None and not self._at_line_begin(tag):
            # Markup inside a sentence: the tags in it are not read.
            near = self._positions.boundary(tag.end)
            return tag.end if end is None or end > near else end
        later = self._positions.code_line(tag.end)
        if not self._at_line_begin(tag) and later is not None and (end is None or later < end):
            self._warn("code_mentioned", tag.start)
            return tag.end
        self._close_field(tag.start, closed=False)
        if end is None:
            end = self._positions.event_line(tag.end)
            made = "it ends with the text" if end is None else "it ends before the next event"
            self._warnings.add("code_not_closed", self._begin + tag.start, made=made)
            end = len(self.text) if end is None else end
        self.code.append(unwrapped(self.text[tag.end : end]))
        self._read_ends += (tag.start, end)
        return end + len(_CODE_END) if self.text.startswith(_CODE_END, end) else end

    def _read_event(self, tag: Tag) -> int:
        if self._event is not None:
            if self._field is not None and self._only_mentioned(tag):
                return tag.end
            if self._field is not None or self._inner is not None:
                self._close_field(tag.start, closed=False)
            if not tag.closing:
                self._not_closed.append(self._begin + self._event.tag.start)
            self._close_event(tag.end if tag.closing else tag.start)
        elif tag.closing:
            self._warn("stray_closing", tag.start, "event")
        if tag.closing:
            return tag.end
        self._event, self._read_ends = RawEvent(tag, {}, 0), []
        if tag.empty:
            self._close_event(tag.end)
            return tag.end
        each = plain_field(self.text, tag.end)
        return tag.end if each is None else self._read_plain(each)

    def _read_plain(self, each: re.Match[str] | None) -> int:
        """Read a field without tags in it and those behind it: most events have only such."""
        position = 0
        while each is not None:
            name, content = each.groups()
            self._set_value(name, each.start(1) - 1, unescape(content).strip())
            position = each.end()
            each = plain_field(self.text, position)
        end = plain_end(self.text, position)
        if end is None:
            return position
        self._close_event(end)
        return end

    def _only_mentioned(self, tag: Tag) -> bool:
        """Return whether a bare ``<event>`` is a word in a sentence, as in "the <event> tag"."""
        return (
            not tag.closing
            and not tag.attributes
            and not self.text[tag.end : tag.end + 80].lstrip().startswith("<")
        )

    def _closes_before(self, outer: str, inner: str, after: int) -> bool:
        """Return whether the outer element ends in this event, and before the inner one does."""
        outer_end = self._positions.closing(outer, after)
        if outer_end is None or outer_end > self._positions.boundary(after):
            return False
        inner_end = self._positions.closing(inner, after)
        return inner_end is None or inner_end > outer_end

    def _read_field(self, tag: Tag) -> None:
        if tag.closing:
            if self._field is not None and self._field.name == tag.name:
                self._close_field(tag.start, closed=True)
            else:
                self._warn("stray_closing", tag.start, tag.name)
            return
        if self._field is not None and self._closes_before(self._field.name, tag.name, tag.end):
            return  # a word in the text of the field, as in "a <decision> tree"
        self._close_field(tag.start, closed=False)
        if not tag.empty:
            self._field = tag
        elif self._event is not None and "value" in tag.attributes:
            self._set_value(tag.name, tag.start, tag.attributes["value"].strip())

    def _read_alternative(self, tag: Tag) -> None:
        if self._field is not None and self._field.name != "alternatives":
            if self._closes_before(self._field.name, tag.name, tag.end):
                return
            self._close_field(tag.start, closed=False)
        self._close_inner(tag.start)
        if not tag.closing and not tag.empty:
            self._inner = tag

    def _close_inner(self, end: int) -> None:
        if self._inner is not None and self._event is not None:
            if self._event.alternatives is None:
                self._event.alternatives = []
            self._event.alternatives.append(element_text(self.text[self._inner.end : end]))
        self._inner = None

    def _close_field(self, end: int, *, closed: bool) -> None:
        if self._inner is not None:
            self._close_inner(end)
        opened, self._field = self._field, None
        if opened is None or self._event is None:
            return
        if not closed:
            self._warn("field_not_closed", opened.start, opened.name)
        self._read_ends += (opened.start, end)
        self._set_value(opened.name, opened.start, element_text(self.text[opened.end : end]))

    def _set_value(self, name: str, start: int, value: str) -> None:
        if self._event is None:
            return
        if name in self._event.values:
            self._warn("field_twice", start, name)
        self._event.values[name] = value

    def _close_event(self, end: int) -> None:
        event, self._event = self._event, None
        if event is None:
            return
        event.end = end
        attributes = event.tag.attributes
        if attributes and (len(attributes) > 1 or "type" not in attributes):
            for name in FIELDS:
                if name in attributes:
                    event.values.setdefault(name, attributes[name].strip())
        if self._has_others and not event.values.keys() >= _MAIN_FIELDS:
            for position, name, content in other_fields(self.text, event.tag.end, end):
                if bisect_right(self._read_ends, position) % 2 == 0:  # not in a field or code
                    event.values.setdefault(name, unescape(content).strip())
        self.events.append(event)

    def _warn(self, code: str, position: int, name: str = "") -> None:
        self._warnings.add(code, self._begin + position, name=name)
