"""CPU time to read a megabyte of each shape of text, the best of some.

uv run python tests/benchmarks/bench_trace_parsing.py [rounds]
"""

import sys
import time

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
    "signs": "<",
}


def main(rounds: int) -> None:
    for name, piece in SHAPES.items():
        text = (piece * (SIZE // len(piece) + 1))[:SIZE]
        parsed, times = parse_events(text), []
        for _ in range(rounds):
            begin = time.process_time()
            parsed = parse_events(text)
            times.append(time.process_time() - begin)
        counts = f"{len(parsed.events):,} events, {len(parsed.code):,} pieces of code"
        print(f"{name:26} {min(times):5.2f} s  {counts}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
