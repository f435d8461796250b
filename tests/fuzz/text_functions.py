"""Every public function of the libraries that takes a text of others."""

import contextlib
from collections.abc import Callable
from typing import Any

from other_readers import SCORERS

import causal_trace
import dataset_manager
import ensemble
import hedging
import reporter
import telemetry_research

_CHOICES = ["a", "b", "c", "d"]


def _item(scorer: str, expected: Any) -> dataset_manager.Item:
    chosen = any(each in scorer for each in ("choice", "mmlu", "arc", "truthful", "gpqa"))
    metadata: Any = {"choices": _CHOICES, "subset": "boolean"}
    return dataset_manager.Item(
        id="1", input="q", expected=0 if chosen else expected, metadata=metadata
    )


def _scored(scorer: str) -> Callable[[str], object]:
    return lambda text: dataset_manager.score(text, _item(scorer, "12"), scorer=scorer)


def _expected(scorer: str) -> Callable[[str], object]:
    return lambda text: dataset_manager.score("12", _item(scorer, text), scorer=scorer)


def _fed(text: str) -> object:
    stream = causal_trace.TraceStream("c")
    for start in range(0, len(text), 1 << 16):
        stream.feed(text[start : start + (1 << 16)])
    return stream.close() if hasattr(stream, "close") else None


def _chain(text: str) -> causal_trace.Chain:
    event = {
        "type": "decision",
        "id": "1",
        "decision": text[: 1 << 20],
        "reasoning": text[1 << 20 :],
    }
    return causal_trace.chain_from_dict({"id": "c", "name": "c", "events": [event]})


def _message(form: Any, payload: Callable[[str], dict[str, Any]]) -> Callable[[str], object]:
    return lambda text: causal_trace.read_message(payload(text), form=form)


def _report(text: str) -> reporter.Report:
    return reporter.Report(
        title=text[:2000],
        sections=[reporter.Section("s", [reporter.Paragraph(text)])],
    )


def _rendered(form: str) -> Callable[[str], object]:
    return lambda text: reporter.render(_report(text), form)


def _recorded(text: str) -> object:
    with telemetry_research.recording("x") as experiment:
        telemetry_research.record("a.stop", {"duration_ns": 5}, {"text": text, text[:100]: "b"})
    return telemetry_research.prometheus_text([experiment]), str(experiment.metrics())


def _remote(text: str) -> None:
    headers = {"traceparent": text, "tracestate": text, "baggage": text}
    with telemetry_research.remote_parent(headers):
        telemetry_research.traceparent()


def _policy(text: str) -> object:
    for name in ("budget", "enabled", "grace_ms"):
        with contextlib.suppress(hedging.PolicyError):
            hedging.Policy.from_text({name: text})
    return hedging.Policy.from_text({text: "1"})


def _pushback(text: str) -> object:
    class Error(Exception):
        headers = {"retry-after": text, "retry-after-ms": text}  # noqa: RUF012
        response = None

    return hedging.pushback_seconds(Error(text))


def _choices(text: str) -> object:
    return ensemble.choices_normalizer(["Paris", "London"])(text)


TEXT_FUNCTIONS: dict[str, Callable[[str], object]] = {
    "causal_trace.build_causal_prompt": causal_trace.build_causal_prompt,
    "causal_trace.extract_code": causal_trace.extract_code,
    "causal_trace.extract_metadata": causal_trace.extract_metadata,
    "causal_trace.hinted_prompt": lambda text: causal_trace.hinted_prompt(text, text, "grader"),
    "causal_trace.make_mistake": causal_trace.make_mistake,
    "causal_trace.mentions_hint": lambda text: causal_trace.mentions_hint(text, "grader", "a"),
    "causal_trace.parse": lambda text: causal_trace.parse(text, "c"),
    "causal_trace.parse_events": causal_trace.parse_events,
    "causal_trace.parse_llm_output": lambda text: causal_trace.parse_llm_output(text, "c"),
    "causal_trace.read_reasoning": causal_trace.read_reasoning,
    "causal_trace.split_events_and_code": causal_trace.split_events_and_code,
    "causal_trace.validate_events": causal_trace.validate_events,
    "causal_trace.TraceStream": _fed,
    "causal_trace.redact": lambda text: causal_trace.redact(_chain(text)),
    "causal_trace.str": lambda text: str(_chain(text)),
    "causal_trace.to_markdown": lambda text: causal_trace.to_markdown(_chain(text)),
    "causal_trace.to_csv": lambda text: causal_trace.to_csv(_chain(text)),
    "causal_trace.to_mermaid": lambda text: causal_trace.to_mermaid(_chain(text)),
    "causal_trace.to_graphviz": lambda text: causal_trace.to_graphviz(_chain(text)),
    "causal_trace.visualize": lambda text: causal_trace.visualize(_chain(text)),
    "causal_trace.to_otel": lambda text: causal_trace.to_otel(_chain(text)),
    "causal_trace.to_prov": lambda text: causal_trace.to_prov(_chain(text)),
    "causal_trace.read_message chat": _message(
        "chat_completions",
        lambda text: {"choices": [{"message": {"role": "assistant", "content": text}}]},
    ),
    "causal_trace.read_message anthropic": _message(
        "anthropic", lambda text: {"role": "assistant", "content": [{"type": "text", "text": text}]}
    ),
    **{f"dataset_manager.score {each}": _scored(each) for each in SCORERS},
    **{f"dataset_manager.score {each}, expected": _expected(each) for each in SCORERS},
    "dataset_manager.codebleu": lambda text: dataset_manager.codebleu([text], [text]),
    "dataset_manager.extract_boolean": dataset_manager.extract_boolean,
    "dataset_manager.extract_choice": lambda text: dataset_manager.extract_choice(text, _CHOICES),
    "dataset_manager.extract_code": lambda text: dataset_manager.extract_code(text, "f"),
    "dataset_manager.extract_number": dataset_manager.extract_number,
    "dataset_manager.numbers_match": lambda text: dataset_manager.numbers_match(text, text),
    "dataset_manager.search_datasets": dataset_manager.search_datasets,
    "ensemble.choices_normalizer": _choices,
    **{
        f"ensemble.read_answer {name}": lambda text, name=name: ensemble.read_answer(text, name)  # type: ignore[misc]
        for name in ensemble.normalizer_names()
    },
    "ensemble.find_capabilities": ensemble.find_capabilities,
    "ensemble.find_price": ensemble.find_price,
    "ensemble.resolve_model": ensemble.resolve_model,
    "hedging.Policy.from_text": _policy,
    "hedging.pushback_seconds": _pushback,
    **{
        f"reporter.check_text {form}": lambda text, form=form: reporter.check_text(text, form)  # type: ignore[misc]
        for form in ("text", "html", "markdown", "latex", "jupyter", "typst")
    },
    **{
        f"reporter.check_text {form}, report": lambda text, form=form: reporter.check_text(  # type: ignore[misc]
            text, form, report=_report("We found 1 of 2.")
        )
        for form in ("text", "html", "markdown", "latex", "jupyter", "typst")
    },
    "reporter.check_text text, report of others": lambda text: reporter.check_text(
        f"7 {text} 8", report=_report(text)
    ),
    "reporter.fill_template": lambda text: reporter.fill_template(text, _report("p")),
    "reporter.check_report": lambda text: reporter.check_report(_report(text)),
    **{
        f"reporter.render {form}": _rendered(form)
        for form in ("html", "html-interactive", "json", "jupyter", "latex", "markdown", "typst")
    },
    "telemetry_research.record": _recorded,
    "telemetry_research.remote_parent": _remote,
}


def call(name: str, text: str) -> object:
    """Call one of the functions.

    Args:
        name: A key of ``TEXT_FUNCTIONS``.
        text: The text that it gets.

    Returns:
        What it returns, or the error of its library.
    """
    try:
        return TEXT_FUNCTIONS[name](text)
    except Exception as error:
        if type(error).__module__.partition(".")[0] == name.partition(".")[0]:
            return error
        raise
