"""Pair the markers of reasoning into blocks, also where some are missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from .._core.fences import find_fenced
from .._core.json_values import Value, draft_of
from .._core.warnings import WarningList
from .markers import Marker, find_markers

# What opens an answer behind reasoning.
_ANSWER = re.compile(
    r"<(?P<name>answer|response|final_answer|output|solution)>"
    r"|<\|(?:START_RESPONSE|begin_of_(?:answer|solution))\|>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningBlock(Value):
    """One block of reasoning in a text.

    Attributes:
        text: The reasoning, without its markers and the white space around it.
        form: The name of its marker, such as ``think`` or ``harmony analysis``.
        start: The position of its first character, markers included.
        end: The position after its last character, markers included.
        content_start: The position of the first character between the markers.
        content_end: The position after the last character between the markers.
        closed: Whether it has a closing marker.
    """

    text: str
    form: str
    start: int
    end: int
    content_start: int
    content_end: int
    closed: bool = True


_Draft = draft_of(ReasoningBlock)


def reasoning_block(**values: Any) -> ReasoningBlock:
    """Return a block, in a third of the time that its own class takes."""
    block = _Draft(**values)
    block.__class__ = ReasoningBlock
    return cast("ReasoningBlock", block)


class BlockFinder:
    """Finds the blocks of one text.

    Attributes:
        blocks: The blocks in order. Empty ones are among them: their markers are not answer text.

    Args:
        text: The text, or a piece of it.
        warnings: Takes one for each piece of malformed markup.
        begin: The position of the piece in the whole text, where blocks and warnings have theirs.
    """

    def __init__(self, text: str, warnings: WarningList, begin: int = 0) -> None:
        self.text = text
        self.blocks: list[ReasoningBlock] = []
        self._warnings = warnings
        self._begin = begin

    def find(self) -> None:
        """Find all blocks, in time linear in the length of the text."""
        every = find_markers(self.text)
        markers = [each for each in every if each.place == "text"]
        index = 0
        while index < len(markers):
            if markers[index].closing:
                self._closing_alone(markers[index])
                index += 1
            else:
                index = self._block(markers, index, every)
        self._mentions(every)
        for marker in markers:
            if marker.misspelt:
                given = self.text[marker.start : marker.end]
                self._warn("reasoning_marker_spelling", marker.start, given=given)
        if sum(bool(block.text) for block in self.blocks) > 1:
            self._warn("reasoning_several", self.blocks[1].start - self._begin)

    def _closing_alone(self, marker: Marker) -> None:
        """Read a closing marker before which nothing is open.

        Chat templates of some models end the prompt with the opening marker, so that the answer
        holds the closing one only (vllm-project/vllm#13125).
        """
        if self.blocks:
            self._warn("reasoning_stray_closing", marker.start, name=marker.name)
            return
        self._warn("reasoning_opening_missing", marker.start, name=marker.name)
        self._add(marker.name, (0, 0), (marker.start, marker.end))

    def _block(self, markers: Sequence[Marker], index: int, every: Sequence[Marker]) -> int:
        """Read the block that a marker opens; return the index of the next marker."""
        opening = markers[index]
        closing: int | None = index + 1
        if index + 1 == len(markers) or not markers[index + 1].closing:
            closing = self._closing(markers, index)
        if closing is None:
            self._not_closed(opening, every)
            return len(markers)
        end = markers[closing]
        if end.name != opening.name or end.sign != opening.sign:
            names = {
                "closing": self.text[end.start : end.end],
                "opening": self.text[opening.start : opening.end],
            }
            self._warn("reasoning_closing_differs", end.start, **names)
        self._add(opening.name, (opening.start, opening.end), (end.start, end.end))
        return closing + 1

    def _closing(self, markers: Sequence[Marker], index: int) -> int | None:
        """Return the index of the marker that closes a block; blocks in it are counted."""
        depth, last, inner = 1, None, False
        for number in range(index + 1, len(markers)):
            if markers[number].closing:
                depth -= 1
                last = number
            else:
                depth += 1
                inner = True
            if depth == 0:
                break
        if last is not None and inner:
            code = "reasoning_nested" if depth == 0 else "reasoning_unbalanced"
            self._warn(code, markers[index].start, name=markers[index].name)
        return last

    def _not_closed(self, opening: Marker, every: Sequence[Marker]) -> None:
        """Read a block without closing marker: up to one inside a fence, else to the end."""
        for each in every:
            # A fence that the reasoning opened and never closed can reach into the answer.
            if each.start > opening.start and each.closing and each.place == "fence":
                self._warn("reasoning_closed_in_fence", each.start, name=each.name)
                self._add(opening.name, (opening.start, opening.end), (each.start, each.end))
                return
        answer = self._answer_begin(opening.end)
        if answer is not None:
            begin, given = answer.start(), answer[0]
            code = "reasoning_closed_by_answer"
            self._warn(code, opening.start, name=opening.name, given=given)
            self._add(opening.name, (opening.start, opening.end), (begin, begin), closed=False)
            return
        self._warn("reasoning_not_closed", opening.start, name=opening.name)
        end = (len(self.text), len(self.text))
        self._add(opening.name, (opening.start, opening.end), end, closed=False)

    def _answer_begin(self, after: int) -> re.Match[str] | None:
        """Return the last tag that opens an answer; one in a sentence or a fence is a mention."""
        last = None
        fences = [(each.start, each.end) for each in find_fenced(self.text) if each.closed]
        for found in _ANSWER.finditer(self.text, after):
            start, name = found.start(), found["name"]
            line = self.text[max(0, start - 80) : start].rpartition("\n")[2]
            ends = name and self.text.rstrip().lower().endswith(f"</{name.lower()}>")
            if name is None or not line.strip() or ends:
                last = found
        if last is None or any(begin <= last.start() < end for begin, end in fences):
            return None
        return last

    def _mentions(self, every: Sequence[Marker]) -> None:
        mentioned = [each for each in every if each.place != "text"]
        if not mentioned:
            return
        taken = {block.content_end - self._begin for block in self.blocks}
        for each in mentioned:
            if each.start not in taken:
                self._warn(f"reasoning_tag_{each.place}", each.start, name=each.name)

    def _add(
        self, form: str, begin: tuple[int, int], end: tuple[int, int], *, closed: bool = True
    ) -> None:
        content = self.text[begin[1] : end[0]].strip()
        if not content:
            self._warn("reasoning_empty", begin[0], name=form)
        self.blocks.append(
            reasoning_block(
                text=content,
                form=form,
                start=begin[0] + self._begin,
                end=end[1] + self._begin,
                content_start=begin[1] + self._begin,
                content_end=end[0] + self._begin,
                closed=closed,
            )
        )

    def _warn(self, code: str, position: int, **values: str) -> None:
        self._warnings.add(code, self._begin + position, **values)
