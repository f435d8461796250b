"""CPU time to read a megabyte of each shape of text, the best of some, beside json's and html's.

uv run python tests/benchmarks/bench_trace_parsing.py [rounds]

The ratios do not depend on the machine. ``json.loads`` reads a megabyte of small objects in the
same run. ``html.parser`` takes the same text and keeps nothing. It takes minutes for heads that
never end. Those and texts without its tags have no ratio to it.
"""

import json
import sys
import time
from collections.abc import Callable
from html.parser import HTMLParser

from causal_trace import example_answer, parse_events

SIZE = 1_000_000
SHAPES = {
    "answers": example_answer() + "\n",
    "prose": "The quick brown fox jumps over the lazy dog. ",
    "short events": '<event type="decision_made"><decision>d</decision><reasoning>r</reasoning>'
    "<confidence>.9</confidence></event>",
    "minimal events": "<event type='a'><decision>d</decision></event>",
    "events never closed": "<event type='synthesis'><decision>go d</decision>",
    "bare heads": "<event ",
    "bare events": "<event>",
    "empty events": "<event/>",
    "quotes never closed": '<event type="a',
    "fields outside of events": "<decision>a</decision>",
    "blocks of reasoning": "<think>a</think>",
    "opened reasoning": "<think>",
    "closed reasoning": "</think>",
    "blocks in fences": "```\n<think>\n```\n",
    "Harmony channels": "<|channel|>analysis<|message|>a<|end|>",
    "code": "<code>a</code>",
    "fences": "```\na\n```\n",
    "JSON events": '{"decision":"a","type":"b"}',
    "smallest JSON events": '{"choice":1,"type":2}',
    "fields never closed": "<event type='a'><decision>d",
    "attributes alone": '<event type="a" decision="c">',
    "crossed markers": "<think>a[/THINK]",
    "events in reasoning": "<think><event type='a'><decision>d</decision></event></think>",
    "blocks in channels": "<|channel|>final<|message|><think>a</think>",
    "code in events": "<event type='a'><decision><code>a</code></decision></event>",
    "crossed fields": "<event type='a'><decision>d<reasoning>r</decision></reasoning></event>",
    "ids": "<event type='a' id='b'><decision>d</decision></event>",
    "signs": "<",
}


_WITHOUT_RATIO = {
    "prose",
    "bare heads",
    "quotes never closed",
    "signs",
    "fences",
    "JSON events",
    "smallest JSON events",
}


def main(rounds: int) -> None:
    objects = json.dumps([{"decision": "a", "type": "b"}] * (SIZE // 32))
    trivial = _best(json.loads, objects, rounds)
    print(f"{'json.loads':26} {trivial:6.3f} s")
    for name, piece in SHAPES.items():
        text = (piece * (SIZE // len(piece) + 1))[:SIZE]
        parsed = parse_events(text)
        ours = _best(parse_events, text, rounds)
        against = f"{ours / trivial:4.0f} x json.loads "
        if name not in _WITHOUT_RATIO:
            against += f"{ours / _best(_html, text, rounds):4.1f} x html.parser"
        counts = f"{len(parsed.events):,} events, {len(parsed.code):,} pieces of code"
        print(f"{name:26} {ours:5.2f} s {against:36} {counts}", flush=True)


def _best(read: Callable[[str], object], text: str, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        read(text)
        times.append(time.process_time() - begin)
    return min(times)


def _html(text: str) -> None:
    reader = HTMLParser()
    reader.feed(text)
    reader.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
