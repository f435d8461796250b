"""The prompt that asks a model for its decisions in the form that ``parse`` reads."""

_TEMPLATE = """\
<spec>
{spec}
</spec>

State each significant decision you take, as it happens, in this form:

<event type="hypothesis_formed">
  <decision>what you decide</decision>
  <alternatives>what else you considered; separated by semicolons</alternatives>
  <reasoning>why</reasoning>
  <confidence>a number from 0 to 1</confidence>
  <code_section>the part of the code it is about, if any</code_section>
  <spec_reference>the part of the specification it follows, if any</spec_reference>
</event>

Types of events:
- task_decomposed: you split the task into parts
- hypothesis_formed: you settle on an approach to try
- alternative_rejected: you decide against an approach
- constraint_evaluated: you find or weigh a constraint
- pattern_applied: you use a known pattern
- decision_made: you decide anything else
- ambiguity_flagged: the specification leaves something open
- confidence_updated: you become more or less certain

State at least: architecture, data structures and algorithms, interfaces, error handling, and where
you trade speed for clarity. After all events, give the implementation in:

<code>
...
</code>
"""


def build_causal_prompt(spec: str) -> str:
    """Return a prompt that asks for an implementation of a specification and for its decisions.

    Args:
        spec: The specification.

    Returns:
        The prompt. An answer to it can be read with ``parse``.

    Example:
        >>> build_causal_prompt("A cache for session tokens.").splitlines()[1]
        'A cache for session tokens.'
    """
    return _TEMPLATE.format(spec=spec)
