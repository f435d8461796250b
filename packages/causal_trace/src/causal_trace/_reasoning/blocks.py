"""Pair the markers of reasoning into blocks, also where some are missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from .._core.fences import closed_spans
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
_new_draft = _Draft.__new__


def reasoning_block(
    form: str, text: str, span: tuple[int, int], content: tuple[int, int], *, closed: bool
) -> ReasoningBlock:
    """Return a block, in a quarter of the time that its own class takes.

    Args:
        form: The name of its marker.
        text: The reasoning.
        span: Its positions in the text.
        content: The positions of what is between its markers.
        closed: Whether it has a closing marker.
    """
    block = _new_draft(_Draft)
    block.form, block.text, block.closed = form, text, closed
    block.start, block.end = span
    block.content_start, block.content_end = content
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
        mentions = [each for each in every if each.place != "text"]
        markers = [each for each in every if each.place == "text"] if mentions else every
        index = 0
        while index < len(markers):
            if markers[index].closing:
                self._closing_alone(markers[index])
                index += 1
            else:
                index = self._block(markers, index, every)
        self._add_mentions(mentions)
        for marker in [each for each in markers if each.misspelt]:
            given = self.text[marker.start : marker.end]
            self._warn("reasoning_marker_spelling", marker.start, given=given)
        if len(self.blocks) > 1 and sum(bool(block.text) for block in self.blocks) > 1:
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
            self._warnings.add(
                "reasoning_closing_differs",
                self._begin + end.start,
                closing=self.text[end.start : end.end],
                opening=self.text[opening.start : opening.end],
            )
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
        fences = closed_spans(self.text)
        for found in _ANSWER.finditer(self.text, after):
            start, name = found.start(), found["name"]
            line = self.text[max(0, start - 80) : start].rpartition("\n")[2]
            ends = name and self.text.rstrip().lower().endswith(f"</{name.lower()}>")
            if name is None or not line.strip() or ends:
                last = found
        if last is None or any(begin <= last.start() < end for begin, end in fences):
            return None
        return last

    def _add_mentions(self, mentions: Sequence[Marker]) -> None:
        taken = {block.content_end - self._begin for block in self.blocks} if mentions else ()
        for each in mentions:
            if each.start not in taken:
                self._warn(f"reasoning_tag_{each.place}", each.start, name=each.name)

    def _add(
        self, form: str, begin: tuple[int, int], end: tuple[int, int], *, closed: bool = True
    ) -> None:
        text = self.text[begin[1] : end[0]].strip()
        if not text:
            self._warn("reasoning_empty", begin[0], name=form)
        moved = self._begin
        span, content = (begin[0] + moved, end[1] + moved), (begin[1] + moved, end[0] + moved)
        self.blocks.append(reasoning_block(form, text, span, content, closed=closed))

    def _warn(self, code: str, position: int, **values: str) -> None:
        self._warnings.add(code, self._begin + position, **values)
