"""The wire corpus read by this client and by the official SDKs, each served over loopback.

Run in an environment with the SDKs::

    uv run --isolated --package crucible-framework-ensemble --with pytest --with openai \
        --with anthropic --with google-genai python tests/benchmarks/bench_ensemble_wire.py list

An SDK gives objects of its own, so text, tool calls and tokens are compared, and of an error only
whether there is one. What the SDK leaves to its user is done here as its documentation has it: the
choice with index 0 is read, the pieces of a call are joined by index, a failed response or an event
``error`` is an error. Names of dialects choose some; ``list`` prints the ids as well.
"""

import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2] / "packages" / "ensemble" / "tests" / "providers"))
corpus: Any = import_module("test_wire_replay")

MESSAGES: Any = [{"role": "user", "content": "q"}]
SILENCE_S, STALL_S = 20.0, 0.5
Calls = list[tuple[str, Any]]


class Reading(NamedTuple):
    """What a client makes of one response."""

    text: Any
    calls: Calls
    tokens: tuple[int | None, int | None]


def arguments(text: Any) -> Any:
    """The arguments of a call; None where they are no JSON object."""
    if isinstance(text, dict):
        return text
    try:
        found = json.loads(text or "{}")
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None


async def openai_chat(url: str, *, in_pieces: bool, silence_s: float) -> Reading:
    """The SDK of OpenAI, chat completions."""
    library = import_module("openai")
    async with library.AsyncOpenAI(
        base_url=url, api_key="k", max_retries=0, timeout=silence_s
    ) as client:
        asked = {"model": "m", "messages": MESSAGES}
        if not in_pieces:
            answer = await client.chat.completions.create(**asked)
            message, usage = answer.choices[0].message, answer.usage
            calls = [
                (each.function.name, arguments(each.function.arguments))
                for each in message.tool_calls or ()
            ]
            return Reading(message.content or "", calls, _openai_tokens(usage))
        text, usage = "", None
        parts: dict[int, list[str]] = {}
        async for chunk in await client.chat.completions.create(**asked, stream=True):
            usage = chunk.usage or usage
            for choice in (each for each in chunk.choices if each.index == 0):
                text += choice.delta.content or ""
                for call in choice.delta.tool_calls or ():
                    part = parts.setdefault(call.index, ["", ""])
                    part[0] += call.function.name or ""
                    part[1] += call.function.arguments or ""
        return Reading(text, [(n, arguments(a)) for n, a in parts.values()], _openai_tokens(usage))


def _openai_tokens(usage: Any) -> tuple[int | None, int | None]:
    return getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)


async def openai_responses(url: str, *, in_pieces: bool, silence_s: float) -> Reading:
    """The SDK of OpenAI, responses."""
    library = import_module("openai")
    async with library.AsyncOpenAI(
        base_url=url, api_key="k", max_retries=0, timeout=silence_s
    ) as client:
        if in_pieces:
            answer = None
            async for event in await client.responses.create(model="m", input="q", stream=True):
                if event.type == "error":
                    raise ValueError(event.message)
                answer = getattr(event, "response", None) or answer
            assert answer is not None
        else:
            answer = await client.responses.create(model="m", input="q")
        if answer.status not in ("completed", "incomplete", None):
            raise ValueError(answer.error)
        calls = [
            (each.name, arguments(each.arguments))
            for each in answer.output
            if each.type == "function_call"
        ]
        usage = answer.usage
        tokens = getattr(usage, "input_tokens", None), getattr(usage, "output_tokens", None)
        return Reading(answer.output_text, calls, tokens)


async def anthropic(url: str, *, in_pieces: bool, silence_s: float) -> Reading:
    """The SDK of Anthropic."""
    library = import_module("anthropic")
    async with library.AsyncAnthropic(
        base_url=url, api_key="k", max_retries=0, timeout=silence_s
    ) as client:
        asked = {"model": "m", "max_tokens": 9, "messages": MESSAGES}
        if in_pieces:
            async with client.messages.stream(**asked) as pieces:
                answer = await pieces.get_final_message()
        else:
            answer = await client.messages.create(**asked)
        text = "".join(each.text for each in answer.content if each.type == "text")
        calls = [(each.name, each.input) for each in answer.content if each.type == "tool_use"]
        usage = answer.usage
        read = [
            getattr(usage, name, None)
            for name in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
        ]
        tokens = None if read[0] is None else sum(each or 0 for each in read)
        return Reading(text, calls, (tokens, getattr(usage, "output_tokens", None)))


async def gemini(url: str, *, in_pieces: bool, silence_s: float) -> Reading:
    """The SDK of Google."""
    genai = import_module("google.genai")
    client = genai.Client(
        api_key="k", http_options={"base_url": url, "timeout": round(silence_s * 1000)}
    )
    text, calls, usage = "", [], None
    models = client.aio.models
    if in_pieces:
        answers = [
            each async for each in await models.generate_content_stream(model="m", contents="q")
        ]
    else:
        answers = [await models.generate_content(model="m", contents="q")]
    for answer in answers:
        usage = answer.usage_metadata or usage
        text += answer.text or ""
        calls += [(each.name, each.args or {}) for each in answer.function_calls or ()]
    written = [
        getattr(usage, name, None) for name in ("candidates_token_count", "thoughts_token_count")
    ]
    tokens = None if written[0] is None else sum(each or 0 for each in written)
    await client.aio.aclose()
    return Reading(text, calls, (getattr(usage, "prompt_token_count", None), tokens))


SDKS: dict[str, tuple[str, Callable[..., Awaitable[Reading]]]] = {
    "openai_chat": ("openai", openai_chat),
    "openai_responses": ("openai", openai_responses),
    "anthropic": ("anthropic", anthropic),
    "gemini": ("google-genai", gemini),
}


def verdict(entry: dict[str, Any], got: Reading | Exception) -> str:
    """How a reading compares with what the corpus says."""
    wanted = [entry["expect"], *entry.get("expect_also", [])]
    if isinstance(got, Exception):
        errs = any(each["kind"] == "error" for each in wanted)
        return "right" if errs else "an answer refused"
    answers = [each for each in wanted if each["kind"] == "response"]
    if not answers:
        return "an error not seen"
    for each in answers:
        calls = [(call["name"], call["arguments"]) for call in each["tool_calls"]]
        if (each["text"], calls) == (got.text, got.calls):
            tokens = each["input_tokens"], each["output_tokens"]
            return "right" if tokens == got.tokens else "other tokens"
    return "another answer"


async def compared(dialects: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """The ids of all entries by dialect, and by how the SDK read them; ours that went wrong."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    server = corpus.WireServer()
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        for entry in (each for each in corpus.ENTRIES if each["dialect"] in dialects):
            server.entry = entry
            kinds = found[entry["dialect"]]
            partial, got = await corpus.reading(entry, server.url)
            readings = [entry["expect"], *entry.get("expect_also", [])]
            if not any(corpus.fits(each, partial, got) for each in readings):
                kinds["ours wrong"].append(entry["id"])
            stalls = entry.get("ends") == "stall"
            read = SDKS[entry["dialect"]][1]
            silence_s = STALL_S if stalls else SILENCE_S
            try:
                asked = read(server.url, in_pieces=entry["stream"], silence_s=silence_s)
                outcome: Reading | Exception = await asyncio.wait_for(asked, 2 * silence_s)
            except Exception as error:  # whatever leaves the SDK counts  # noqa: BLE001
                outcome = error
            kinds[verdict(entry, outcome)].append(entry["id"])
    return found


def main() -> None:
    """Print the table, and with ``list`` the entries behind it."""
    kinds = ("right", "other tokens", "another answer", "an answer refused", "an error not seen")
    print("| dialect | SDK | entries | ours wrong |", " | ".join(f"SDK: {k}" for k in kinds), "|")
    print("|---" * (4 + len(kinds)) + "|")
    chosen = [each for each in sys.argv[1:] if each in SDKS] or list(SDKS)
    found = asyncio.run(compared(chosen))
    for dialect, ids in found.items():
        library = SDKS[dialect][0]
        counts = Counter({kind: len(each) for kind, each in ids.items()})
        entries = sum(counts[kind] for kind in kinds)
        cells = [dialect, f"{library} {version(library)}", entries, counts["ours wrong"]]
        print("|", " | ".join(map(str, [*cells, *(counts[kind] for kind in kinds)])), "|")
    if "list" in sys.argv[1:]:
        for kind in ("ours wrong", *kinds[1:]):
            print(
                f"\n{kind}:",
                *(f"  {each}" for ids in found.values() for each in ids[kind]),
                sep="\n",
            )


if __name__ == "__main__":
    main()
