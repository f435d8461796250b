"""Harmony: the channels analysis, commentary and final of gpt-oss models."""

import re
from dataclasses import dataclass, field

from .._core.warnings import WarningList
from .blocks import ReasoningBlock, reasoning_block

_TOKEN = re.compile(r"<\|(start|channel|message|constrain|end|return|call)\|>")
_IN_QUOTES = re.compile(r"""\|>[`'"]""")
# Longer words, such as "assistantfinally", name no channel. The first channel runs into its text,
# as in "analysiswe need"; what begins so is a leak only where "assistantfinal" follows.
_LEAK = re.compile(
    r"^\s*(?:assistant)?(?P<first>analysis)(?!_)|assistant(?P<channel>analysis|commentary|final)(?![a-z_])"
)
_LEAKED = re.compile(r"^\s*(?:assistant)?analysis(?!_).*?assistantfinal(?![a-z_])", re.DOTALL)
_REASONING = {"analysis", "reasoning", "think", "thinking", "thought", "thoughts"}
_ANSWER = {"final", ""}


@dataclass(slots=True)
class Harmony:
    """What was found in a text with channels.

    Attributes:
        blocks: The reasoning.
        answer_spans: The spans of the answer.
        commentary: The texts of the commentary channel: preambles and tool calls.
        warnings: One for each piece of malformed markup.
    """

    blocks: list[ReasoningBlock] = field(default_factory=list)
    answer_spans: list[tuple[int, int]] = field(default_factory=list)
    commentary: list[str] = field(default_factory=list)
    warnings: WarningList = field(default_factory=WarningList)


def read_harmony(text: str) -> Harmony | None:
    """Return the channels of a text; None when it has none."""
    if "<|channel|>" in text or ("<|start|>" in text and "<|message|>" in text):
        tokens = list(_TOKEN.finditer(text))
        if _IN_QUOTES.search(text) is not None:
            tokens = [each for each in tokens if not _quoted(text, each)]
        if any(each[1] in ("channel", "message") for each in tokens):
            return _with_tokens(text, tokens)
    if text.lstrip().startswith(("analysis", "assistantanalysis")) and _LEAKED.match(text):
        return _leaked(text)
    return None


def _quoted(text: str, token: re.Match[str]) -> bool:
    before, after = text[token.start() - 1 : token.start()], text[token.end() : token.end() + 1]
    return bool(before) and before == after and before in "`'\""


def _with_tokens(text: str, tokens: list[re.Match[str]]) -> Harmony:
    found = Harmony()
    channel, block_start = "", 0
    before = text[: tokens[0].start()].strip()
    if tokens[0][1] == "message" and before in (*_REASONING, "final"):
        found.warnings.add("harmony_leaked", 0)
        channel = before
    elif before:
        found.answer_spans.append((0, tokens[0].start()))
    for number, token in enumerate(tokens):
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        end = len(text) if following is None else following.start()
        content = text[token.end() : end]
        if token[1] == "start":
            channel, block_start = "", token.start()
        elif token[1] == "channel":
            words = content.split()
            channel = words[0].lower() if words else ""
            block_start = token.start() if channel else block_start
            ending = None if following is None else following[1]
            if ending not in ("message", "constrain", "channel") and _says_more(words):
                found.warnings.add("harmony_message_missing", token.start(), name=channel)
                begin = text.index(words[0], token.end()) + len(words[0])
                _message(found, text, (channel, block_start), (begin, end), ending or "end")
                channel = ""
            elif following is None:
                found.warnings.add("harmony_cut", token.start())
        elif token[1] == "message":
            ending = None if following is None else following[1]
            _message(found, text, (channel, block_start), (token.end(), end), ending)
            block_start = end  # a second message without a head of its own
        elif token[1] in ("end", "return", "call") and content.strip():
            found.warnings.add("harmony_outside", token.end())
            found.answer_spans.append((token.end(), end))
    return found


def _says_more(words: list[str]) -> bool:
    """Return whether the head of a channel holds a text, and not its receiver alone."""
    return any("=" not in each and each not in ("json", "code") for each in words[1:])


def _message(
    found: Harmony,
    text: str,
    head: tuple[str, int],
    span: tuple[int, int],
    ending: str | None,
) -> None:
    """Book the content of one message under its channel, which begins at a position."""
    channel, start = head
    content = text[slice(*span)]
    ended = ending in ("end", "return", "call")
    if not ended and (ending is not None or channel in _REASONING):
        found.warnings.add("harmony_not_ended", span[0], name=channel or "message")
    if channel in _REASONING:
        if channel != "analysis":
            found.warnings.add("harmony_channel_reasoning", start, name=channel)
        if content.strip():
            found.blocks.append(_block(content, channel, start, span, closed=ended))
    elif channel == "commentary":
        found.commentary.append(content)
    else:
        if channel not in _ANSWER:
            found.warnings.add("harmony_channel", start, name=channel)
        found.answer_spans.append(span)


def _block(
    content: str, channel: str, start: int, span: tuple[int, int], *, closed: bool
) -> ReasoningBlock:
    return reasoning_block(
        f"harmony {channel}", content.strip(), (start, span[1]), span, closed=closed
    )


def _leaked(text: str) -> Harmony:
    """Read channels whose tokens were stripped: ``analysis...assistantfinal...``."""
    heads = list(_LEAK.finditer(text))
    found = Harmony()
    found.warnings.add("harmony_leaked", heads[0].start("first"))
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        start = head.start() if number else 0
        _message(found, text, (head["channel"] or head["first"], start), (head.end(), end), "end")
    return found
