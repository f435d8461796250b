"""Experiments on language models as Python classes: plan, run, resume, analyse, report, verify."""

from ._artifacts.differences import Difference
from ._artifacts.verify import Verification, verify
from ._core.errors import (
    ExperimentError,
    ExperimentFileError,
    HarnessError,
    JournalError,
    OutcomeError,
    OutputError,
    ResumeRefusedError,
    RunExistsError,
    RunLockedError,
    RunNotFoundError,
    UnknownMetricError,
)
from ._core.events import EVENTS
from ._definition.condition import Condition, condition
from ._definition.criteria import Criterion
from ._definition.dataset import DatasetSpec
from ._definition.experiment import Experiment
from ._definition.load import load_experiment
from ._definition.metrics import Metric, metric_names, register_metric
from ._outcome.outcome import Outcome
from ._outcome.row import Row
from ._plan.plan import Plan, Trial
from ._run.estimate import ConditionEstimate, Estimate, estimate, estimate_sync
from ._run.result import RunResult
from ._run.run import resume, resume_sync, run, run_sync

__all__ = [
    "EVENTS",
    "Condition",
    "ConditionEstimate",
    "Criterion",
    "DatasetSpec",
    "Difference",
    "Estimate",
    "Experiment",
    "ExperimentError",
    "ExperimentFileError",
    "HarnessError",
    "JournalError",
    "Metric",
    "Outcome",
    "OutcomeError",
    "OutputError",
    "Plan",
    "ResumeRefusedError",
    "Row",
    "RunExistsError",
    "RunLockedError",
    "RunNotFoundError",
    "RunResult",
    "Trial",
    "UnknownMetricError",
    "Verification",
    "condition",
    "estimate",
    "estimate_sync",
    "load_experiment",
    "metric_names",
    "register_metric",
    "resume",
    "resume_sync",
    "run",
    "run_sync",
    "verify",
]
