"""Experiments on language models as Python classes: plan, run, resume, analyse, report, verify."""

from ._analysis.schema import (
    Analysis,
    ComparisonValues,
    ConditionValues,
    CriterionValues,
    DetectableValues,
    IntervalValues,
    MetricValues,
    Origin,
    PairValues,
)
from ._artifacts.differences import Difference
from ._artifacts.reports import report
from ._artifacts.responses import read_responses
from ._artifacts.verify import Verification, sign_run, verify
from ._batches.batches import Batches
from ._canaries.canaries import Canaries
from ._compare.compare import compare
from ._compare.comparison import LogComparison
from ._compare.results import DifferingItem, PairResult, PooledDifference, SystemScore
from ._control.broken import BrokenRunError
from ._core.errors import (
    CeilingReachedError,
    ComparisonError,
    EditRefusedError,
    ExperimentError,
    ExperimentFileError,
    HarnessError,
    HostError,
    JournalError,
    LabelsError,
    MetricError,
    MismatchError,
    MissingExtraError,
    OutcomeError,
    OutputError,
    ReplayRefusedError,
    RequestRefusedError,
    ResumeRefusedError,
    RevoteError,
    RunExistsError,
    RunIdError,
    RunLockedError,
    RunningLoopError,
    RunNotFoundError,
    ScorerError,
    SettingsError,
    SetupError,
    SigningError,
    TransferError,
    UnknownDatasetOptionError,
    UnknownMetricError,
    UntrustedFileError,
    WorkerEndedError,
    WorkersError,
)
from ._core.events import EVENTS
from ._core.interval import Interval
from ._definition.ceilings import Ceiling, Ceilings, LatencyBudget
from ._definition.condition import Condition, condition
from ._definition.criteria import Criterion
from ._definition.dataset import DatasetOptions, DatasetSpec
from ._definition.experiment import Experiment
from ._definition.grid import ConditionGrid, grid
from ._definition.load import load_experiment
from ._definition.metrics import Metric, metric_names, register_metric
from ._definition.retries import Retries
from ._definition.stop_when import StopWhen
from ._design.design import ExperimentDesign
from ._design.designs import Between, Blocks, LatinSquare, TimeSeries, Within
from ._design.grids import DoseResponse, Factorial
from ._design.layout import ItemLabels, Layout, Place
from ._disclosure.checklists import fill_checklist
from ._exchange.export import export_run
from ._exchange.import_logs import import_logs
from ._executors.executor import Executor, Link
from ._executors.ray_cluster import RayExecutor
from ._executors.worker import WorkerSession
from ._history.history import history
from ._history.records import HistoryChange, HistoryEntry
from ._history.value import History
from ._item_plan.labels import JudgeCosts
from ._item_plan.plan import ItemPlan, plan_items
from ._item_plan.stages import run_item_plan
from ._item_plan.study import ItemStudy, analyze_item_plan
from ._judging.check import check_judge
from ._judging.results import JudgeCheck, JudgedCondition, JudgedDifference
from ._outcome.outcome import Outcome
from ._outcome.responses import ResponseRecord
from ._outcome.row import Row
from ._plan.plan import Plan, Trial
from ._planning.assumptions import DesignAssumptions
from ._planning.forecast import ConditionEstimate, Estimate
from ._planning.outlook import DesignPower
from ._planning.power import DesignOption
from ._revote.revote import revote
from ._revote.votes import Recount
from ._run.estimate import EstimateOptions, estimate, estimate_sync
from ._run.options import ResumeOptions, RunOptions
from ._run.reanalysis import reanalyze
from ._run.result import RunResult
from ._run.run import resume, resume_sync, run, run_sync

__all__ = [
    "EVENTS",
    "Analysis",
    "Batches",
    "Between",
    "Blocks",
    "BrokenRunError",
    "Canaries",
    "Ceiling",
    "CeilingReachedError",
    "Ceilings",
    "ComparisonError",
    "ComparisonValues",
    "Condition",
    "ConditionEstimate",
    "ConditionGrid",
    "ConditionValues",
    "Criterion",
    "CriterionValues",
    "DatasetOptions",
    "DatasetSpec",
    "DesignAssumptions",
    "DesignOption",
    "DesignPower",
    "DetectableValues",
    "Difference",
    "DifferingItem",
    "DoseResponse",
    "EditRefusedError",
    "Estimate",
    "EstimateOptions",
    "Executor",
    "Experiment",
    "ExperimentDesign",
    "ExperimentError",
    "ExperimentFileError",
    "Factorial",
    "HarnessError",
    "History",
    "HistoryChange",
    "HistoryEntry",
    "HostError",
    "Interval",
    "IntervalValues",
    "ItemLabels",
    "ItemPlan",
    "ItemStudy",
    "JournalError",
    "JudgeCheck",
    "JudgeCosts",
    "JudgedCondition",
    "JudgedDifference",
    "LabelsError",
    "LatencyBudget",
    "LatinSquare",
    "Layout",
    "Link",
    "LogComparison",
    "Metric",
    "MetricError",
    "MetricValues",
    "MismatchError",
    "MissingExtraError",
    "Origin",
    "Outcome",
    "OutcomeError",
    "OutputError",
    "PairResult",
    "PairValues",
    "Place",
    "Plan",
    "PooledDifference",
    "RayExecutor",
    "Recount",
    "ReplayRefusedError",
    "RequestRefusedError",
    "ResponseRecord",
    "ResumeOptions",
    "ResumeRefusedError",
    "Retries",
    "RevoteError",
    "Row",
    "RunExistsError",
    "RunIdError",
    "RunLockedError",
    "RunNotFoundError",
    "RunOptions",
    "RunResult",
    "RunningLoopError",
    "ScorerError",
    "SettingsError",
    "SetupError",
    "SigningError",
    "StopWhen",
    "SystemScore",
    "TimeSeries",
    "TransferError",
    "Trial",
    "UnknownDatasetOptionError",
    "UnknownMetricError",
    "UntrustedFileError",
    "Verification",
    "Within",
    "WorkerEndedError",
    "WorkerSession",
    "WorkersError",
    "analyze_item_plan",
    "check_judge",
    "compare",
    "condition",
    "estimate",
    "estimate_sync",
    "export_run",
    "fill_checklist",
    "grid",
    "history",
    "import_logs",
    "load_experiment",
    "metric_names",
    "plan_items",
    "read_responses",
    "reanalyze",
    "register_metric",
    "report",
    "resume",
    "resume_sync",
    "revote",
    "run",
    "run_item_plan",
    "run_sync",
    "sign_run",
    "verify",
]
