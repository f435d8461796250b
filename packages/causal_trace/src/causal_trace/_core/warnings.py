"""The kinds of malformed markup, how each is read, and what to do about it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from .parse_warning import ParseWarning

_MAX_SHOWN = 60
# A text of one megabyte could hold hundreds of thousands of faults.
_MAX_OF_A_KIND = 1000
_CUT = "the answer may have been cut off: allow more output tokens"

WARNINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "outside_event": (
            "<{name}> outside an event is ignored",
            'put it between <event type="..."> and </event>',
        ),
        "stray_closing": ("</{name}> without <{name}> is ignored", "open it before, or remove it"),
        "event_not_closed": (
            "<event> is not closed before the next",
            "end every event with </event>",
        ),
        "event_cut": ("<event> is not closed; it ends with the text", _CUT),
        "event_empty": (
            "an event without decision and reasoning is left out",
            "give it a <decision>",
        ),
        "field_not_closed": ("<{name}> is not closed", "end it with </{name}>"),
        "field_twice": (
            "<{name}> appears twice in one event; the last one is used",
            "write it once, or make two events",
        ),
        "field_missing": ("the event has no <{name}>", "ask for it in the prompt"),
        "type_missing": (
            "<event> has no type; read as 'decision_made'",
            'write <event type="...">',
        ),
        "type_spelling": ("type {given!r} is read as {name!r}", "write {name}"),
        "type_unknown": (
            "unknown type {given!r} is kept as it is",
            "use one of EVENT_TYPES, or ignore this if the type is your own",
        ),
        "confidence_malformed": ("confidence {problem}", "ask for a number from 0 to 1"),
        "time_malformed": (
            "timestamp {given!r} is not a time and is left out",
            "write it as ISO 8601, such as 2026-01-31T12:00:00Z",
        ),
        "id_twice": (
            "id {given!r} belongs to an earlier event; references to it mean the earlier event",
            "give every event an id of its own",
        ),
        "reference_unknown": (
            "{name} names {given!r}, which is not the id of an event in this text",
            "name the id of an event in the same answer",
        ),
        "code_not_closed": ("<code> is not closed; {made}", _CUT),
        "code_mentioned": (
            "<code> is read as text here, because a line below begins with <code>",
            "put <code> at the beginning of a line",
        ),
        "fence_not_closed": ("a fenced block is not closed; it ends with the text", _CUT),
        "json_malformed": (
            "JSON with events cannot be read from here on",
            "the answer may have been cut off: allow more output tokens",
        ),
        "reasoning_opening_missing": (
            "</{name}> without <{name}>: the text before it is read as reasoning",
            "put the <{name}> of the prompt template before the answer",
        ),
        "reasoning_not_closed": (
            "reasoning in <{name}> is not closed; it ends with the text or its channel",
            _CUT,
        ),
        "reasoning_closed_by_answer": (
            "reasoning in <{name}> is not closed; it ends before {given}",
            "close reasoning before the answer begins",
        ),
        "reasoning_marker_spelling": (
            "{given} is read as a marker of reasoning",
            "write it as the model's template does",
        ),
        "reasoning_stray_closing": (
            "</{name}> after the end of reasoning is read as text",
            "close reasoning once",
        ),
        "reasoning_closing_differs": (
            "{closing} closes {opening}",
            "close reasoning with the marker that belongs to the opening one",
        ),
        "reasoning_nested": (
            "<{name}> holds further markers of reasoning; it ends where they balance",
            "quote markers that are only mentioned",
        ),
        "reasoning_unbalanced": (
            "<{name}> is opened more often than closed; reasoning ends with the last closing one",
            "quote markers that are only mentioned",
        ),
        "reasoning_closed_in_fence": (
            "reasoning ends with </{name}> inside a fenced block that the reasoning opened",
            "close the fence before the reasoning ends",
        ),
        "reasoning_several": (
            "there is more than one block of reasoning; all are read",
            "nothing, if the model reasons between the parts of its answer",
        ),
        "reasoning_empty": ("<{name}> is empty", "nothing, if the model was asked not to reason"),
        "reasoning_tag_quoted": (
            "<{name}> in quotes is read as text",
            "nothing, if it is only mentioned",
        ),
        "reasoning_tag_fence": (
            "<{name}> in a fenced block is read as text",
            "remove the fence if it is reasoning",
        ),
        "reasoning_tag_event": (
            "<{name}> inside an event is read as text",
            "nothing, if it is only mentioned",
        ),
        "harmony_message_missing": (
            "channel {name} has a text without <|message|>, which is read as its message",
            "keep special tokens, or let the server separate the channels",
        ),
        "harmony_cut": ("a channel without a message ends the text", _CUT),
        "harmony_not_ended": (
            "the message of channel {name} is not ended; it ends before the next token",
            _CUT,
        ),
        "harmony_outside": (
            "text outside a channel is read as answer",
            "begin it with <|start|>assistant",
        ),
        "harmony_channel": (
            "unknown channel {name!r} is read as answer",
            "use analysis, commentary or final",
        ),
        "harmony_channel_reasoning": (
            "unknown channel {name!r} is read as reasoning",
            "use analysis, commentary or final",
        ),
        "harmony_leaked": (
            "channels without their tokens, as in analysis...assistantfinal, are read by name",
            "keep special tokens, or let the server separate the channels",
        ),
        "comment_not_closed": (
            "a comment or CDATA is not closed and is read as text",
            "end it with --> or ]]>",
        ),
        "more_of_a_kind": (
            "{count} more warnings {name!r} from here on are not listed",
            "look at those that are listed first",
        ),
    }
)
"""The warnings by code: (message, remedy) with placeholders."""


def warning(code: str, position: int, **values: str) -> ParseWarning:
    """Return a warning of a kind, with the values of its placeholders."""
    message, remedy = _texts(code, **values)
    return ParseWarning(code=code, message=message, position=position, remedy=remedy)


@lru_cache(maxsize=256)  # a malformed text repeats its faults
def _texts(code: str, **values: str) -> tuple[str, str]:
    shown = {
        key: value if len(value) <= _MAX_SHOWN else value[: _MAX_SHOWN - 1] + "…"
        for key, value in values.items()
    }
    message, remedy = WARNINGS[code]
    return message.format(**shown), remedy.format(**shown)


class WarningList:
    """The warnings of one text. Beyond 1,000 of a kind they are counted and not listed."""

    def __init__(self) -> None:
        self._listed: list[ParseWarning] = []
        self._counts: dict[str, int] = {}
        self._first_unlisted: dict[str, int] = {}

    def add(self, code: str, position: int, **values: str) -> None:
        """Add a warning of a kind, with the values of its placeholders."""
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count <= _MAX_OF_A_KIND:
            self._listed.append(warning(code, position, **values))
        elif count == _MAX_OF_A_KIND + 1:
            self._first_unlisted[code] = position

    def add_each(self, code: str, positions: Sequence[int]) -> None:
        """Add a warning of a kind, without values, for each position. Those beyond are counted."""
        listed = max(0, _MAX_OF_A_KIND + 1 - self._counts.get(code, 0))
        for position in positions[:listed]:
            self.add(code, position)
        self._counts[code] = self._counts.get(code, 0) + len(positions[listed:])

    def ordered(self) -> list[ParseWarning]:
        """Return the warnings by position, and one for each kind of which more were counted."""
        more = (
            warning(
                "more_of_a_kind",
                position,
                count=f"{self._counts[code] - _MAX_OF_A_KIND:,}",
                name=code,
            )
            for code, position in self._first_unlisted.items()
        )
        return sorted([*self._listed, *more], key=lambda each: each.position)
