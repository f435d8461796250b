"""The facts of a finished run, each with the file that shows it."""

from collections.abc import Callable, Mapping
from typing import Any

from .._analysis.schema import Analysis
from .._report.wording import count_text

_NEVER = "not applicable"
_Fact = tuple[str, str, str]


def facts_of(
    config: Mapping[str, Any], analysis: Analysis, environment: Mapping[str, Any]
) -> dict[str, _Fact]:
    """What is known about a run, by the names of ``reporter.CHECKLIST_FACTS``.

    Args:
        config: The content of ``config.json``.
        analysis: The content of ``analysis.json``.
        environment: The content of ``environment.json``.

    Returns:
        For each fact its text, the file or section that shows it, and the answer it gives. What
        the run does not know is left out.
    """
    found = {**_of_config(config), **_of_analysis(analysis), **_of_environment(environment)}
    found["participants"] = ("The run asks models; no people take part.", "config.json", _NEVER)
    found["assumptions"] = (
        "The run proves no theorem; the assumptions of each test are reported.",
        "report, section Assumptions and sensitivity",
        _NEVER,
    )
    found["commands"] = (
        "The commands that run, verify and report it again are in the report.",
        "report, section Reproducibility",
        "yes",
    )
    found["artifacts"] = (
        "Every row, every answer and the hash of every file are kept.",
        "MANIFEST.json, results.parquet, responses.parquet",
        "yes",
    )
    return {name: fact for name, fact in found.items() if fact[0]}


def _of_config(config: Mapping[str, Any]) -> dict[str, _Fact]:
    shown: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "hypothesis": lambda values: str(values.get("hypothesis") or ""),
        "data": _data,
        "license": _license,
        "sample": _sample,
        "repeats": lambda values: f"Each item is asked {count_text(values['repeat'], 'time')}.",
        "seeds": lambda values: f"The seed is {values['seed']}.",
        "code": _code,
        "design": _design,
        "models": _models,
        "model_versions": _versions,
        "parameters": _parameters,
        "metrics": _metrics,
        "scorer": lambda values: f"Answers are scored by {values['scorer'] or 'the conditions'}.",
        "baseline": lambda values: f"The control is {values['control']}.",
    }
    found = {name: (text(config), "config.json", "yes") for name, text in shown.items()}
    if config.get("calls"):
        text = "Each prompt is kept as it was sent, with its answer."
        found["prompts"] = (text, "responses.parquet", "yes")
    return found


def _data(config: Mapping[str, Any]) -> str:
    data = config["dataset"]
    version, split = data.get("version") or "without a version", data.get("split")
    part = f", split {split}" if split else ""
    return f"{data['name']} {version}{part}; SHA-256 of its items {config['dataset_hash'][:16]}."


def _license(config: Mapping[str, Any]) -> str:
    license_ = (config["dataset"].get("metadata") or {}).get("license")
    return f"The data are under {license_}." if license_ else ""


def _sample(config: Mapping[str, Any]) -> str:
    items = count_text(config["dataset"]["size"], "item")
    order = "in a random order" if config.get("randomize") else "in their order"
    return f"{items}, asked {order}."


def _code(config: Mapping[str, Any]) -> str:
    files = ", ".join(config.get("code") or ())
    return f"The source and its hashes are kept: {files}." if files else ""


def _design(config: Mapping[str, Any]) -> str:
    names = ", ".join(each["name"] for each in config["conditions"])
    kind = (config.get("design") or {}).get("kind")
    if kind is not None:
        return f"The design is {kind}, with the conditions {names}."
    return f"Every condition answers every item: {names}."


def _models(config: Mapping[str, Any]) -> str:
    called = dict.fromkeys(str(each.get("model")) for each in config.get("calls") or ())
    named = list(called) or list(config.get("models") or ())
    return f"Models: {', '.join(named)}." if named else ""


def _versions(config: Mapping[str, Any]) -> str:
    pairs = {
        f"{each.get('model')}: {version}": None
        for each in config.get("calls") or ()
        for version in each.get("model_version") or ()
    }
    return f"As returned by the providers: {'; '.join(pairs)}." if pairs else ""


def _parameters(config: Mapping[str, Any]) -> str:
    calls = config.get("calls")
    return f"The parameters of {count_text(len(calls), 'kind')} of calls are kept." if calls else ""


def _metrics(config: Mapping[str, Any]) -> str:
    return f"Metrics: {', '.join(each['name'] for each in config['metrics'])}."


def _of_analysis(analysis: Analysis) -> dict[str, _Fact]:
    metrics = [each for condition in analysis["conditions"] for each in condition["metrics"]]
    methods = dict.fromkeys(each["interval"]["method"] for each in metrics if each["interval"])
    tests = dict.fromkeys(
        pair["result"]["title"]
        for comparison in analysis["comparisons"]
        for pair in comparison["pairs"]
        if pair["result"]
    )
    verdicts = ", ".join(f"{each['claim']}: {each['verdict']}" for each in analysis["criteria"])
    where = "analysis.json"
    level = f"{analysis['level']:.0%}"
    rows, failures = (
        count_text(analysis["rows"], "row"),
        count_text(analysis["failures"], "failed row"),
    )
    cost = any(each["unit"] == "usd" and each["value"] is not None for each in metrics)
    return {
        "claims": (f"Claims with their verdicts: {verdicts}." if verdicts else "", where, "yes"),
        "uncertainty": (f"Intervals at {level}: {'; '.join(methods)}." if methods else "",
                        where, "yes"),
        "tests": (f"Tests: {'; '.join(tests)}; claims form a Holm family." if tests else "",
                  where, "yes"),
        "failures": (f"{rows}, {failures}, by condition and kind.", where, "yes"),
        "missing": ("Failed rows count as wrong; unknown costs and latencies give bounds.",
                    "analysis.json", "yes"),
        "cost": ("The cost of every row is kept." if cost else "", "results.parquet", "yes"),
        "limitations": ("The report lists what limits the numbers.",
                        "report, section Limitations", "yes"),
    }  # fmt: skip


def _of_environment(environment: Mapping[str, Any]) -> dict[str, _Fact]:
    machine = f"{environment['machine']}, {count_text(environment['cpu_count'], 'processor')}"
    versions = ", ".join(f"{name} {each}" for name, each in environment["crucible"].items())
    where = "environment.json"
    return {
        "compute": (f"{machine}, {environment['system']} {environment['release']}.", where, "yes"),
        "environment": (f"Python {environment['python']}; {versions}.", where, "yes"),
    }
