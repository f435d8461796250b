"""Split a text into reasoning and answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .._core.errors import TraceParseError
from .._core.json_values import Value
from .._core.parse_warning import ParseWarning
from .._core.warnings import WarningList
from .blocks import BlockFinder, ReasoningBlock
from .harmony import read_harmony


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningText(Value):
    """The reasoning and the answer of a text.

    Attributes:
        blocks: The blocks of reasoning that are not empty, in order.
        answer: The text without reasoning and its markers.
        answer_spans: The spans of the text that the answer is made of.
        commentary: Texts of the Harmony channel commentary: preambles and tool calls.
        warnings: One for each piece of malformed markup, by position.
    """

    blocks: tuple[ReasoningBlock, ...]
    answer: str
    answer_spans: tuple[tuple[int, int], ...]
    commentary: tuple[str, ...] = ()
    warnings: tuple[ParseWarning, ...] = ()

    @property
    def reasoning(self) -> str:
        """All reasoning, one block after the other."""
        return "\n".join(block.text for block in self.blocks)


def read_reasoning(text: str, *, strict: bool = False) -> ReasoningText:
    """Return the reasoning and the answer of a text.

    Reads ``<think>`` and its kin, ``[THINK]`` and Harmony channels. Tags that answers use too, such
    as ``<reasoning>`` and ``<analysis>``, are read where one opens the text. Markers in quotes, in
    fenced blocks and in events are mentions: they stay text, with a warning.

    Args:
        text: A model's output.
        strict: Raise an error for malformed markup.

    Returns:
        Blocks of reasoning, the answer, and warnings.

    Raises:
        TraceParseError: ``strict`` is set and the markup is malformed.

    Example:
        >>> read_reasoning("weigh A and B</think>Answer A").reasoning
        'weigh A and B'
    """
    harmony = read_harmony(text)
    if harmony is not None:
        blocks, spans, found = harmony.blocks, harmony.answer_spans, harmony.warnings
        commentary = tuple(harmony.commentary)
    else:
        blocks, spans, found, commentary = [], [(0, len(text))], WarningList(), ()
    marked, spans = _marked(text, spans, found)
    blocks, warnings = sorted([*blocks, *marked], key=lambda each: each.start), found.ordered()
    if strict and warnings:
        raise TraceParseError(warnings)
    return ReasoningText(
        blocks=tuple(block for block in blocks if block.text),
        answer="".join(text[begin:end] for begin, end in spans),
        answer_spans=tuple(spans),
        commentary=commentary,
        warnings=tuple(warnings),
    )


def _marked(
    text: str, spans: Sequence[tuple[int, int]], warnings: WarningList
) -> tuple[list[ReasoningBlock], list[tuple[int, int]]]:
    """Return the blocks between markers in pieces of a text, and what is left of the pieces."""
    blocks: list[ReasoningBlock] = []
    left: list[tuple[int, int]] = []
    for begin, end in spans:
        finder = BlockFinder(text[begin:end], warnings, begin)
        finder.find()
        blocks += finder.blocks
        left += _outside(finder.blocks, begin, end)
    return blocks, left


def _outside(blocks: Sequence[ReasoningBlock], begin: int, end: int) -> Iterator[tuple[int, int]]:
    position = begin
    for block in blocks:
        if block.start > position:
            yield position, block.start
        position = block.end
    if position < end or not blocks:
        yield position, end
