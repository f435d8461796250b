"""Malformed shapes of reasoning: text, its reasoning, its answer, and the warning to expect.

``{o}`` and ``{c}`` stand for the opening and the closing marker.
"""

MARKERS = {
    "think": ("<think>", "</think>"),
    "thinking": ("<thinking>", "</thinking>"),
    "thought": ("<thought>", "</thought>"),
    "upper case": ("<THINK>", "</THINK>"),
    "spaces": ("< think >", "</ think >"),
    "attributes": ('<think time="3">', "</think>"),
    "brackets": ("[THINK]", "[/THINK]"),
    "seed": ("<seed:think>", "</seed:think>"),
    "kimi": ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
    "tokens": ("<|begin_of_thought|>", "<|end_of_thought|>"),
}

SHAPES: dict[str, tuple[str, str, str, str | None]] = {
    "plain": ("{o}weigh A{c}Answer A", "weigh A", "Answer A", None),
    "lines": ("{o}\nweigh A\n{c}\n\nAnswer A", "weigh A", "Answer A", None),
    "closing only": ("weigh A{c}Answer A", "weigh A", "Answer A", "reasoning_opening_missing"),
    "never closed": ("{o}weigh A. Answer A", "weigh A. Answer A", "", "reasoning_not_closed"),
    "never closed after text": ("Hi {o}weigh A", "weigh A", "Hi", "reasoning_not_closed"),
    "only opened": ("{o}", "", "", "reasoning_not_closed"),
    "only closed": ("{c}Answer A", "", "Answer A", "reasoning_opening_missing"),
    "empty": ("{o}\n\n{c}Answer A", "", "Answer A", "reasoning_empty"),
    "closing quoted": (
        "{o}the `{c}` ends it{c}A",
        "the `{c}` ends it",
        "A",
        "reasoning_tag_quoted",
    ),
    "closing in quotes": (
        '{o}the "{c}" ends it{c}A',
        'the "{c}" ends it',
        "A",
        "reasoning_tag_quoted",
    ),
    "opening quoted": (
        "{o}a `{o}` begins it{c}A",
        "a `{o}` begins it",
        "A",
        "reasoning_tag_quoted",
    ),
    "quoted in the answer": (
        "{o}w{c}use `{o}` and `{c}`",
        "w",
        "use `{o}` and `{c}`",
        "reasoning_tag_quoted",
    ),
    "nested": ("{o}out {o}in{c} more{c}A", "out {o}in{c} more", "A", "reasoning_nested"),
    "nested twice": ("{o}a{o}b{o}c{c}d{c}e{c}A", "a{o}b{o}c{c}d{c}e", "A", "reasoning_nested"),
    "opened twice": ("{o}a {o}b{c}Answer", "a {o}b", "Answer", "reasoning_unbalanced"),
    "closed twice": ("{o}a{c}b{c}Answer", "a", "b{c}Answer", "reasoning_stray_closing"),
    "two blocks": ("{o}one{c}text{o}two{c}A", "one\ntwo", "textA", "reasoning_several"),
    "second not closed": ("{o}one{c}text{o}two", "one\ntwo", "text", "reasoning_not_closed"),
    "in a fence": ("```\n{o}x{c}\n```\nA", "", "```\n{o}x{c}\n```\nA", "reasoning_tag_fence"),
    "fence in reasoning": (
        "{o}w\n```\n{c}\n```\nmore{c}A",
        "w\n```\n{c}\n```\nmore",
        "A",
        "reasoning_tag_fence",
    ),
    "fence left open": (
        "{o}w\n```\nx\n{c}\nuse\n```\ny\n",
        "w\n```\nx",
        "use\n```\ny",
        "reasoning_closed_in_fence",
    ),
    "closing inside a sentence": (
        "weigh A and so{c} Answer A",
        "weigh A and so",
        "Answer A",
        "reasoning_opening_missing",
    ),
}
