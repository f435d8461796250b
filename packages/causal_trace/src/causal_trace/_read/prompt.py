"""The prompt that asks a model for its decisions in a form that ``parse`` reads."""

from typing import Any, Literal

from .._core.errors import InvalidTraceError
from .json_events import TOOL_NAME

PromptForm = Literal["tags", "json", "tool_call"]

_TAGS = """\
State each significant decision you take, as it happens, in this form:

<event type="hypothesis_formed">
  <decision>what you decide</decision>
  <alternatives>what else you considered; separated by semicolons</alternatives>
  <reasoning>why</reasoning>
  <confidence>a number from 0 to 1</confidence>
  <code_section>the part of the code it is about, if any</code_section>
  <spec_reference>the part of the specification it follows, if any</spec_reference>
</event>
"""
_JSON = """\
State the significant decisions you take as JSON, in this form:

```json
{"events": [
  {"type": "hypothesis_formed",
   "decision": "what you decide",
   "alternatives": ["what else you considered"],
   "reasoning": "why",
   "confidence": 0.5,
   "code_section": "the part of the code it is about, or null",
   "spec_reference": "the part of the specification it follows, or null"}
]}
```

Confidence is a number from 0 to 1.
"""
_TOOL = """\
Call the tool record_events with each significant decision you take, as it happens.
"""
_TYPES = {
    "task_decomposed": "you split the task into parts",
    "hypothesis_formed": "you settle on an approach to try",
    "alternative_rejected": "you decide against an approach",
    "constraint_evaluated": "you find or weigh a constraint",
    "pattern_applied": "you use a known pattern",
    "decision_made": "you decide anything else",
    "ambiguity_flagged": "the specification leaves something open",
    "confidence_updated": "you become more or less certain",
}
_END = """\
State at least: architecture, data structures and algorithms, interfaces, error handling, and where
you trade speed for clarity. After all events, give the implementation in:

<code>
...
</code>
"""
_FORMS: dict[str, str] = {"tags": _TAGS, "json": _JSON, "tool_call": _TOOL}


def build_causal_prompt(spec: str, *, form: PromptForm = "tags") -> str:
    """Return a prompt that asks for an implementation of a specification and for its decisions.

    Args:
        spec: The specification.
        form: How decisions are to be stated: as tags, as JSON, or by calls of the tool that
            ``causal_tool`` describes.

    Returns:
        The prompt. An answer to it can be read with ``parse``, one with tool calls with
        ``parse_message``.

    Raises:
        InvalidTraceError: The form is unknown.

    Example:
        >>> build_causal_prompt("A cache for session tokens.").splitlines()[1]
        'A cache for session tokens.'
    """
    if form not in _FORMS:
        known = ", ".join(_FORMS)
        raise InvalidTraceError("prompt", f"form {form!r} is unknown; use one of {known}")
    types = "\n".join(f"- {name}: {meaning}" for name, meaning in _TYPES.items())
    return "\n".join(
        [f"<spec>\n{spec}\n</spec>\n", _FORMS[form], f"Types of events:\n{types}\n", _END]
    )


def causal_tool(provider: Literal["openai", "anthropic"] = "openai") -> dict[str, Any]:
    """Return the description of the tool with which a model states its decisions.

    Args:
        provider: ``openai`` for chat completions, ``anthropic`` for Messages.

    Returns:
        An entry for the list of tools of a request.

    Raises:
        InvalidTraceError: The provider is unknown.
    """
    about = "State significant decisions as you take them."
    if provider == "anthropic":
        return {"name": TOOL_NAME, "description": about, "input_schema": _schema()}
    if provider == "openai":
        function = {"name": TOOL_NAME, "description": about, "parameters": _schema()}
        return {"type": "function", "function": function}
    raise InvalidTraceError("prompt", f"provider {provider!r} is unknown; use openai or anthropic")


def _schema() -> dict[str, Any]:
    text = {"type": "string"}
    event = {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": list(_TYPES)},
            "decision": text,
            "alternatives": {"type": "array", "items": text},
            "reasoning": text,
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "code_section": text,
            "spec_reference": text,
        },
        "required": ["type", "decision", "reasoning"],
    }
    return {
        "type": "object",
        "properties": {"events": {"type": "array", "items": event}},
        "required": ["events"],
    }
