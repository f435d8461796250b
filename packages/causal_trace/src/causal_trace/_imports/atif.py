"""ATIF, the Agent Trajectory Interchange Format, versions 1.0 to 1.8: read; 1.7: written.

Source: https://github.com/laude-institute/harbor, docs/rfcs/0001-trajectory-format.md. Prompt
tokens include the cached ones. Steps with ``is_copied_context`` were counted before and bring no
tokens.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._core.errors import InvalidTraceError
from .._messages.parts import MessagePart, mappings, text_of
from .._model.chain import Chain
from .._model.event import TraceEvent
from .._model.records import chain_from_dict, event_from_dict
from .turns import Turn, chain_of, stated_time

if TYPE_CHECKING:
    from .atif_models import Agent, Step

_VERSION = "ATIF-v1.7"
_OWN = "causal_trace"


def fits(payload: Any) -> bool:
    """Return whether a decoded file is a trajectory of this form."""
    version = payload.get("schema_version") if isinstance(payload, Mapping) else None
    return isinstance(version, str) and version.upper().startswith("ATIF")


def read(payload: Mapping[str, Any], origin: str) -> Iterator[Chain]:
    """Yield the chain of a trajectory, then those of its sub-agents."""
    from pydantic import ValidationError  # noqa: PLC0415  # slow to import

    from .atif_models import Trajectory  # noqa: PLC0415  # pydantic is slow to import

    try:
        trajectory = Trajectory.model_validate(payload)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5]
        ]
        raise InvalidTraceError("trajectory", "; ".join(problems)) from None
    name = trajectory.trajectory_id or trajectory.session_id or origin
    own = (trajectory.extra or {}).get(_OWN, {})
    chain = chain_of(
        (turn for step in trajectory.steps for turn in _turns(step, trajectory.agent)),
        name=own.get("name", name),
        origin=f"{origin}/{name}",
        metadata={
            "source_form": trajectory.schema_version,
            "agent": trajectory.agent.name,
            "model": trajectory.agent.model_name,
            "session_id": trajectory.session_id,
        },
    )
    yield _restored(chain, own) if own else chain
    for number, inner in enumerate(trajectory.subagent_trajectories or ()):
        yield from read(inner, f"{origin}/{name}/{number}")


def to_atif(chain: Chain) -> dict[str, Any]:
    """Return a chain as a trajectory of version 1.7, one step for each event.

    The form needs one step at least: a chain without events has an empty one.
    """
    steps = [_step(number, event) for number, event in enumerate(chain, start=1)]
    own = {
        key: value for key, value in chain.to_dict().items() if key not in ("events", "statistics")
    }
    model = chain.metadata.get("model")
    agent = {
        "name": "model",
        "version": "unknown",
        "model_name": model if isinstance(model, str) else None,
    }
    return {
        "schema_version": _VERSION,
        "session_id": chain.id,
        "agent": {key: value for key, value in agent.items() if value is not None},
        "steps": steps or [{"step_id": 1, "source": "system", "message": ""}],
        "extra": {_OWN: own},
    }


def _step(number: int, event: TraceEvent) -> dict[str, Any]:
    native = event.evidence == "native_reasoning"
    step: dict[str, Any] = {
        "step_id": number,
        "timestamp": event.timestamp,
        "source": "agent",
        "message": event.decision,
        "extra": {_OWN: event.to_dict()},
    }
    if event.reasoning:
        step["reasoning_content" if native else "message"] = (
            event.reasoning if native else f"{event.decision}: {event.reasoning}".strip(": ")
        )
    metrics = {
        "prompt_tokens": event.input_tokens,
        "completion_tokens": event.output_tokens,
        "cost_usd": event.cost_usd,
    }
    known = {key: value for key, value in metrics.items() if value is not None}
    return {**step, **({"metrics": known} if known else {})}


def _restored(chain: Chain, own: Mapping[str, Any]) -> Chain:
    return chain_from_dict({**own, "events": [event.to_dict() for event in chain]})


def _turns(step: "Step", agent: "Agent") -> Iterator[Turn]:
    extra = step.extra or {}
    time = stated_time(step.timestamp)
    if isinstance(extra.get(_OWN), Mapping):
        yield Turn(role="assistant", events=(event_from_dict(extra[_OWN]),))
        return
    copied = bool(step.is_copied_context)
    metrics = None if copied else step.metrics
    about = {
        "step_id": step.step_id,
        "reasoning_effort": step.reasoning_effort,
        "copied_context": copied or None,
        "llm_call_count": step.llm_call_count,
    }
    yield Turn(
        role="assistant" if step.source == "agent" else step.source,
        parts=tuple(_parts(step)),
        timestamp=time,
        model=step.model_name or (agent.model_name if step.source == "agent" else None),
        input_tokens=metrics.prompt_tokens if metrics else None,
        output_tokens=metrics.completion_tokens if metrics else None,
        cost_usd=metrics.cost_usd if metrics else None,
        metadata={key: value for key, value in about.items() if value is not None},
    )
    results = step.observation.results if step.observation else []
    if results:
        parts = [
            MessagePart(kind="tool_result", text=_text(each.content), id=each.source_call_id)
            for each in results
        ]
        yield Turn(role="tool", parts=parts, timestamp=time, metadata={"step_id": step.step_id})


def _parts(step: "Step") -> Iterator[MessagePart]:
    if step.reasoning_content and step.reasoning_content.strip():
        yield MessagePart(kind="reasoning", text=step.reasoning_content)
    text = _text(step.message)
    if text:
        yield MessagePart(kind="text", text=text)
    for call in step.tool_calls or ():
        yield MessagePart(
            kind="tool_call",
            text=text_of(call.arguments),
            name=call.function_name,
            id=call.tool_call_id,
        )


def _text(content: Any) -> str:
    """Return the text of a content, which is text or a list of parts since version 1.6."""
    if isinstance(content, Sequence) and not isinstance(content, str):
        return "\n".join(text_of(each["text"]) for each in mappings(content) if "text" in each)
    return text_of(content)
