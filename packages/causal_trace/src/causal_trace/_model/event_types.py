"""The types of events, each with its category."""

from collections.abc import Mapping
from types import MappingProxyType

_BY_CATEGORY = {
    "task decomposition": ("task_decomposed",),
    "hypothesis formation": ("hypothesis_formed",),
    "pattern application": ("pattern_applied",),
    "alternative consideration": ("alternative_considered", "alternative_rejected"),
    "constraint identification": ("constraint_identified", "constraint_evaluated"),
    "decision making": ("decision_made",),
    "uncertainty flagging": ("uncertainty_noted", "ambiguity_flagged"),
    "other": ("assumption_made", "spec_referenced", "synthesis", "confidence_updated"),
    "native reasoning": ("reasoning", "reasoning_summary", "reasoning_redacted"),
    "tool use": ("tool_called", "tool_answered"),
    "message": ("prompt_given", "answer_given"),
    "machine learning": (
        "training_started",
        "training_completed",
        "epoch_started",
        "epoch_completed",
        "batch_processed",
        "loss_computed",
        "metric_recorded",
        "gradient_computed",
        "checkpoint_saved",
        "checkpoint_loaded",
        "early_stopped",
        "deployment_started",
        "model_loaded",
        "inference_completed",
        "deployment_completed",
        "reward_received",
        "policy_updated",
        "experience_sampled",
        "stage_started",
        "stage_completed",
    ),
}

EVENT_TYPES: Mapping[str, str] = MappingProxyType(
    {name: category for category, names in _BY_CATEGORY.items() for name in names}
)
"""The known types of events, each with its category."""
