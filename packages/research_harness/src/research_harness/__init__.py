"""Experiments on language models as Python classes: plan, run, resume, analyse, report, verify."""

from ._criteria import Criterion
from ._errors import (
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
from ._estimate import ConditionEstimate, Estimate, estimate, estimate_sync
from ._events import EVENTS
from ._experiment import Condition, DatasetSpec, Experiment, condition
from ._job import RunResult
from ._load import load_experiment
from ._metrics import Metric, metric_names, register_metric
from ._outcome import Outcome
from ._plan import Plan, Trial
from ._row import Row
from ._run import resume, resume_sync, run, run_sync
from ._verify import Difference, Verification, verify

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
