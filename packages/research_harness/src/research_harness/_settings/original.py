"""The configuration keys of the Elixir framework, and what they are here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
# Keys whose value stands in a table here: the table and the key in it.
_MOVED = {
    "cost_limit": ("ceilings", "max_cost_usd"),
    "experiment_timeout": ("ceilings", "max_time_ms"),
    "retry_delay": ("retries", "first_pause_ms"),
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
    "rate_limit": "limits of requests belong to the models: ensemble.Limits",
    "cache_results": "ensemble.ResponseCache keeps responses",
    "cache_dir": "ensemble.ResponseCache keeps responses",
    "execution_engine": "there is one engine; crucible run --executor ray uses many machines",
    "metric_validation": "a value out of its range is refused in its row, with the reason",
    "save_config": "config.json is always written",
    "track_cost": "costs are always counted",
}
_ELSEWHERE = {
    "ensemble": "models read their keys from the environment or .env",
    "dataset_manager": "CRUCIBLE_CACHE names the folder of data sets",
    "telemetry_research": "telemetry_research.recording takes the store",
}


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the original: the one it is here, its keys, and those without an effect."""

    here: str
    keys: Mapping[str, str]
    without_effect: Mapping[str, str]


_BUDGET = _Table(
    "ceilings",
    {"max_total": "max_cost_usd", "warn_threshold": "warn_at"},
    {
        "max_per_condition": "ceilings of conditions are set in the experiment",
        "currency": "costs are in dollars",
        "abort_on_exceed": "a run that reaches a ceiling stops",
    },
)
_PAUSES = "pauses double, with full jitter"
_CAUSES = "retries.causes says which failures are asked again"
_DEAD = "rows that failed for good are always in dead.jsonl of the run"
_STORM = "a service that is away pauses the run, and stops it after outage_ms"
_ERROR_HANDLING = _Table(
    "retries",
    {
        "max_retries": "max_retries",
        "initial_delay_ms": "first_pause_ms",
        "max_delay_ms": "max_pause_ms",
    },
    {
        "retry_strategy": _PAUSES,
        "backoff_factor": _PAUSES,
        "jitter": _PAUSES,
        "retryable_errors": _CAUSES,
        "permanent_errors": _CAUSES,
        "dlq_enabled": _DEAD,
        "dlq_path": _DEAD,
        "max_failure_rate": _STORM,
        "failure_window": _STORM,
    },
)
_TABLES = {
    "cost_budget": _BUDGET,
    "default_cost_budget": _BUDGET,
    "error_handling": _ERROR_HANDLING,
}


def translated(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A configuration with the keys of this library, and notes on keys that have no effect here.

    Args:
        given: The keys as written; those of this library stay as they are and are stronger.
    """
    found: dict[str, Any] = {}
    notes: list[str] = []
    for key, value in _of_the_harness(given):
        if key in _WITHOUT_EFFECT:
            notes.append(f"{key} has no effect: {_WITHOUT_EFFECT[key]}")
        elif key in _ELSEWHERE:
            notes.append(f"{key} has no effect: {_ELSEWHERE[key]}")
        elif key in _TABLES and isinstance(value, Mapping):
            _translate(key, value, found, notes)
        elif key in _MOVED:
            table, name = _MOVED[key]
            found.setdefault(table, {}).setdefault(name, value)
        elif key == "retry_on_failure":
            if value is False:
                found.setdefault("retries", {})["max_retries"] = 0
        elif key in ("ceilings", "retries") and isinstance(value, Mapping):
            found.setdefault(key, {}).update(value)
        else:
            found.setdefault(_SAME_VALUE.get(key, key), value)
    return found, notes


def _of_the_harness(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The keys, those in the original's table of the harness as if they stood outside of it."""
    for key, value in given.items():
        if key == "research_harness" and isinstance(value, Mapping):
            yield from value.items()
        else:
            yield key, value


def _translate(
    name: str, given: Mapping[str, Any], found: dict[str, Any], notes: list[str]
) -> None:
    table = _TABLES[name]
    into = found.setdefault(table.here, {})
    for key, value in given.items():
        if key in table.without_effect:
            notes.append(f"{name}.{key} has no effect: {table.without_effect[key]}")
        else:
            into.setdefault(table.keys.get(key, key), value)
