"""Experiments on language models as Python classes: plan, run, resume, analyse, report, verify."""

import typing as _typing

from ._core.names import names_of_modules as _names_of_modules

if _typing.TYPE_CHECKING:  # imported when one of their names is used first
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

_LATER = {
    "._analysis.schema": (
        "Analysis ComparisonValues ConditionValues CriterionValues DetectableValues "
        "IntervalValues MetricValues Origin PairValues"
    ),
    "._artifacts.differences": "Difference",
    "._artifacts.reports": "report",
    "._artifacts.responses": "read_responses",
    "._artifacts.verify": "Verification sign_run verify",
    "._batches.batches": "Batches",
    "._canaries.canaries": "Canaries",
    "._compare.compare": "compare",
    "._compare.comparison": "LogComparison",
    "._compare.results": "DifferingItem PairResult PooledDifference SystemScore",
    "._control.broken": "BrokenRunError",
    "._core.errors": (
        "CeilingReachedError ComparisonError EditRefusedError ExperimentError "
        "ExperimentFileError HarnessError HostError JournalError LabelsError MetricError "
        "MismatchError MissingExtraError OutcomeError OutputError ReplayRefusedError "
        "RequestRefusedError ResumeRefusedError RevoteError RunExistsError RunIdError "
        "RunLockedError RunningLoopError RunNotFoundError ScorerError SettingsError "
        "SetupError SigningError TransferError UnknownDatasetOptionError UnknownMetricError "
        "UntrustedFileError WorkerEndedError WorkersError"
    ),
    "._core.events": "EVENTS",
    "._core.interval": "Interval",
    "._definition.ceilings": "Ceiling Ceilings LatencyBudget",
    "._definition.condition": "Condition condition",
    "._definition.criteria": "Criterion",
    "._definition.dataset": "DatasetOptions DatasetSpec",
    "._definition.experiment": "Experiment",
    "._definition.grid": "ConditionGrid grid",
    "._definition.load": "load_experiment",
    "._definition.metrics": "Metric metric_names register_metric",
    "._definition.retries": "Retries",
    "._definition.stop_when": "StopWhen",
    "._design.design": "ExperimentDesign",
    "._design.designs": "Between Blocks LatinSquare TimeSeries Within",
    "._design.grids": "DoseResponse Factorial",
    "._design.layout": "ItemLabels Layout Place",
    "._disclosure.checklists": "fill_checklist",
    "._exchange.export": "export_run",
    "._exchange.import_logs": "import_logs",
    "._executors.executor": "Executor Link",
    "._executors.ray_cluster": "RayExecutor",
    "._executors.worker": "WorkerSession",
    "._history.history": "history",
    "._history.records": "HistoryChange HistoryEntry",
    "._history.value": "History",
    "._item_plan.labels": "JudgeCosts",
    "._item_plan.plan": "ItemPlan plan_items",
    "._item_plan.stages": "run_item_plan",
    "._item_plan.study": "ItemStudy analyze_item_plan",
    "._judging.check": "check_judge",
    "._judging.results": "JudgeCheck JudgedCondition JudgedDifference",
    "._outcome.outcome": "Outcome",
    "._outcome.responses": "ResponseRecord",
    "._outcome.row": "Row",
    "._plan.plan": "Plan Trial",
    "._planning.assumptions": "DesignAssumptions",
    "._planning.forecast": "ConditionEstimate Estimate",
    "._planning.outlook": "DesignPower",
    "._planning.power": "DesignOption",
    "._revote.revote": "revote",
    "._revote.votes": "Recount",
    "._run.estimate": "EstimateOptions estimate estimate_sync",
    "._run.options": "ResumeOptions RunOptions",
    "._run.reanalysis": "reanalyze",
    "._run.result": "RunResult",
    "._run.run": "resume resume_sync run run_sync",
}

if not _typing.TYPE_CHECKING:
    __getattr__ = _names_of_modules(__name__, _LATER)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
