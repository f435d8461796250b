"""The configuration keys and variables of the Elixir framework, and what they are here."""

from collections.abc import Mapping
from typing import Any

_SAME_VALUE = {
    "results_dir": "output_dir",
    "max_concurrent_queries": "concurrency",
    "max_concurrency": "concurrency",
    "max_parallel": "concurrency",
    "default_report_formats": "formats",
    "random_seed": "seed",
    "timeout": "timeout_ms",
    "query_timeout": "timeout_ms",
    "show_progress": "progress",
    "show_progress_bar": "progress",
}
_WITHOUT_EFFECT = {
    "checkpoint_dir": "checkpoints are in the folder of each run",
    "checkpoint_interval": "every row is on disk as soon as it is done",
    "auto_resume": "resume is a command of its own",
    "available_report_formats": "reporter.format_names() lists them",
    "progress_update_interval": "progress follows every row",
    "confirm_costs": "a run is not asked for its price; set a ceiling",
    "default_latency_budget": "latency_budget is set in the experiment",
    "global_rate_limit": "limits of requests belong to the models: ensemble.Limits",
    "cache_results": "ensemble.ResponseCache keeps responses",
    "cache_dir": "ensemble.ResponseCache keeps responses",
}
_BUDGET = {"max_total": "max_cost_usd", "warn_threshold": "warn_at"}
_BUDGET_NOTES = {
    "max_per_condition": "ceilings of conditions are set in the experiment",
    "currency": "costs are in dollars",
    "abort_on_exceed": "a run that reaches a ceiling stops",
}


def translated(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A configuration with the keys of this library, and notes on keys that have no effect here.

    Args:
        given: The keys as written; those of this library stay as they are.
    """
    found: dict[str, Any] = {}
    notes: list[str] = []
    for key, value in given.items():
        if key in _WITHOUT_EFFECT:
            notes.append(f"{key} has no effect: {_WITHOUT_EFFECT[key]}")
        elif key in ("cost_budget", "default_cost_budget") and isinstance(value, Mapping):
            _budget(value, found.setdefault("ceilings", {}), notes)
        elif key == "ceilings" and isinstance(value, Mapping):
            found.setdefault("ceilings", {}).update(value)
        else:
            found.setdefault(_SAME_VALUE.get(key, key), value)
    return found, notes


def _budget(budget: Mapping[str, Any], ceilings: dict[str, Any], notes: list[str]) -> None:
    for key, value in budget.items():
        if key in _BUDGET_NOTES:
            notes.append(f"cost_budget.{key} has no effect: {_BUDGET_NOTES[key]}")
        else:
            ceilings.setdefault(_BUDGET.get(key, key), value)
