"""Drawn and damaged answers: no error, no long reading, no event with the text of another.

uv run python tests/benchmarks/fuzz_trace_texts.py --inputs 50000 --seed 7

Each answer is put together from events, native blocks, code, JSON and loose markers, with a word of
its own in each piece; then signs are lost, doubled, swapped and inserted. What is checked: an event
holds no word that stands outside of its span, and spans of stated events do not overlap; every
block of reasoning is the text between its ends; reading the pieces as a stream gives the same.
"""

import argparse
import itertools
import random
import re
import sys
import time

from causal_trace import TraceStream, parse, parse_events, read_reasoning

WORD = re.compile(r"w\d+w")
PIECES = (
    "<event type='decision_made'><decision>{}</decision><reasoning>{}</reasoning></event>",
    '<event type="synthesis" id="{}"><decision>{}</decision><confidence>85%</confidence></event>',
    "<event type='x'><decision>{}</decision><alternatives>{}; {}</alternatives></event>",
    "<event type=x><decision>{}<reasoning>{}</event>",
    "<event type='a'><alternatives><alternative>{}</alternative><alternative>{}</alternatives>",
    "<think>{}</think>",
    "[THINK]{}[/THINK]",
    "\u25c1think\u25b7{}\u25c1/think\u25b7",
    "<seed:think>{}</seed:think>",
    "<|START_THINKING|>{}<|END_THINKING|>",
    "<|channel|>analysis<|message|>{}<|end|>",
    "<|start|>assistant<|channel|>final<|message|>{}<|return|>",
    "analysis{}assistantfinal{}",
    "<code>{}</code>\n",
    "```\n{}\n```\n",
    '{{"type":"x","decision":"{}","reasoning":"{}"}}',
    "<![CDATA[{}]]>",
    "<!--{}-->",
    "{} &amp; &#55555; ",
    "</think>",
    "<think>",
    "</event>",
    "<event>",
    "<answer>{}</answer>",
    "<|channel>thought\n{}<channel|>",
)
SIGNS = "<>/|[]{}\"'`&;=!-\n \u25c1\u25b7\ud800\u202e\x00~_"
MAX_SECONDS = 2.0


def main() -> None:
    """Read drawn answers; print those that break something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    broken, events, blocks, slowest, begin = 0, 0, 0, 0.0, time.process_time()
    for number in range(options.inputs):
        chance = random.Random(f"{options.seed}/{number}")
        text = drawn(chance)
        before = time.process_time()
        try:
            found = checked(text, chance)
        except Exception as error:  # noqa: BLE001  # what is searched for
            broken += 1
            print(f"{number}: {type(error).__name__}: {error}\n  {text!r}", flush=True)
        else:
            events, blocks = events + found[0], blocks + found[1]
        slowest = max(slowest, time.process_time() - before)
    broken += slowest > MAX_SECONDS
    spent = time.process_time() - begin
    print(f"{options.inputs:,} inputs, {events:,} events, {blocks:,} blocks of reasoning,")
    print(f"{spent:.0f} s, slowest {slowest:.3f} s; broken: {broken}")
    sys.exit(bool(broken))


def drawn(chance: random.Random) -> str:
    """An answer of some pieces, damaged in most cases."""
    number, made = itertools.count(), []
    for piece in chance.choices(PIECES, k=chance.randint(1, 12)):
        words = [f"w{next(number)}w" for _ in range(piece.replace("{{", "").count("{"))]
        made.append(piece.format(*words))
    signs = list("".join(made))
    for _ in range(chance.choice((0, 1, 1, 2, 4, 8))):
        place = chance.randrange(len(signs) + 1)
        length = chance.choice((1, 1, 2, 5, 12))
        kind = chance.randrange(4)
        if kind == 0:
            del signs[place : place + length]
        elif kind == 1:
            signs[place:place] = chance.choices(SIGNS, k=length)
        elif kind == 2:
            signs[place:place] = signs[place - length : place]
        else:
            signs[place : place + length] = reversed(signs[place : place + length])
    return "".join(signs)


def checked(text: str, chance: random.Random) -> tuple[int, int]:
    """Read an answer and check it; return the numbers of its events and blocks."""
    parsed, split = parse_events(text), read_reasoning(text)
    stated = [each for each in parsed.events if each.evidence == "self_reported"]
    for event in parsed.events:
        assert event.span is not None
        inside = set(WORD.findall(text[slice(*event.span)]))
        said = " ".join((event.decision, event.reasoning, *event.alternatives))
        assert set(WORD.findall(said)) <= inside, f"{said!r} stands outside of {event.span}"
    spans = sorted(each.span for each in stated if each.span)
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert end <= start, "two events overlap"
    for block in split.blocks:
        assert block.text == text[block.content_start : block.content_end].strip()
    stream = TraceStream("c", id="c")
    cut = chance.randrange(len(text) + 1)
    for piece in (text[:cut], text[cut:]):
        stream.feed(piece)
    whole = parse(text, "c", id="c", timestamp="2027-01-01T00:00:00Z")
    same = [(each.id, each.decision, each.reasoning) for each in whole]
    assert [(each.id, each.decision, each.reasoning) for each in stream.finish()] == same
    return len(stated), len(split.blocks)


if __name__ == "__main__":
    main()
