"""The conversations of a log as traces of a run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from .._artifacts.folder import RunFolder
from .._artifacts.traces import TraceWriter
from .._plan.plan import Trial
from .rows import call_of
from .systems import LoggedSystem

_FORM = "ATIF-v1.4"


class ImportedTraces:
    """Writes a chain for each answer; use it as a context manager.

    The whole conversation of an Inspect log is kept, with reasoning and calls of tools. Other
    logs have the prompt and the answer.

    Args:
        folder: The run.
        systems: The logs.
    """

    def __init__(self, folder: RunFolder, systems: Sequence[LoggedSystem]) -> None:
        self._writer = TraceWriter(folder)
        self._known = {
            each.path: _conversations(each.path) for each in systems if each.log.format == "inspect"
        }
        self._paths = {each.name: each.path for each in systems}

    def save(self, trial: Trial, logged: Any) -> None:
        """Keep the chain of an answer.

        Args:
            trial: Its row.
            logged: The answer.
        """
        known = self._known.get(self._paths[trial.condition.name], {})
        chain = known.get((logged.id, logged.epoch)) or _chain(trial, logged)
        if chain is not None:
            self._writer.save(chain, trial)

    def __enter__(self) -> Self:
        self._writer.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.__exit__(*error)


def _conversations(path: Path) -> dict[tuple[str, int], Any]:
    """The chains of an Inspect log by sample and epoch; none where they cannot be read."""
    import causal_trace

    try:
        chains = causal_trace.import_chains(path, form="inspect")
    except causal_trace.TraceError:
        return {}
    found = {}
    for chain in chains:
        found[str(chain.item), int(chain.metadata.get("epoch") or 1)] = chain
    return found


def _chain(trial: Trial, logged: Any) -> Any:
    """The prompt and the answer as a chain; None for an answer without text."""
    import causal_trace

    call = call_of(logged, trial.condition.name)
    if not call.get("answer"):
        return None
    steps = [
        {"step_id": 1, "source": "user", "message": call.get("prompt", "")},
        {"step_id": 2, "source": "agent", "message": call["answer"]},
    ]
    payload = json.loads(json.dumps({"schema_version": _FORM, "steps": steps}))
    try:
        chains = causal_trace.import_chains(payload, form="atif")
    except causal_trace.TraceError:
        return None
    return chains[0] if chains else None
