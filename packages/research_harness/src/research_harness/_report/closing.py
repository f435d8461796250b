"""The last sections: limitations, what was simulated, claims before the run, how to repeat it."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from .._analysis.schema import Analysis
from .references import references_of
from .wording import count_text


def limitations_section(config: Mapping[str, Any], analysis: Analysis) -> Any:
    """What the run does not show, from its own data."""
    import reporter

    data = config["dataset"]
    texts = [
        (
            f"The items are {count_text(analysis['items'], 'item')} of {data['name']}. Intervals"
            " and tests speak of items like these, not of other tasks, languages or prompts."
        ),
        (
            "Providers change their models under one name: the numbers hold for the models as they"
            " answered on the day of the run."
        ),
    ]
    families = [each for each in analysis["comparisons"] if each["pairs"]]
    if len(families) > 1:
        texts.append(
            f"{len(families)} metrics were compared. p-values are adjusted over the pairs of a"
            " metric, not over the metrics."
        )
    if analysis["repeat"] == 1:
        texts.append("Each item was answered once: how much an answer varies is not measured.")
    unknown = sum(found["unknown"] for each in analysis["conditions"] for found in each["metrics"])
    if unknown:
        texts.append(f"{count_text(unknown, 'value')} unknown: see failures and missing values.")
    if analysis["failures"]:
        texts.append(
            f"{count_text(analysis['failures'], 'row')} failed and count as wrong, which mixes"
            " the quality of answers with the availability of services."
        )
    if analysis["state"] != "complete":
        texts.append("The run is incomplete: what is missing may differ from what is there.")
    texts.append(
        "Not tested: other orders of the items than the seeded one, other prompts than those of"
        " the conditions, and items that the models may have seen in training."
    )
    return reporter.Section("Limitations", [reporter.Bullets(texts)])


def simulated_section(analysis: Analysis) -> Any:
    """What was simulated, generated or replayed."""
    import reporter

    origin = analysis["origin"]
    pairs = (
        ("Answers", ", ".join(origin["sources"]) or "of unknown source"),
        ("Items", "generated" if origin["synthetic_data"] else "as loaded"),
        ("Time", "simulated" if origin["virtual_time"] else "measured"),
    )
    text = (
        f"SIMULATED: {', '.join(origin['reasons'])}. No model is measured by these numbers."
        if origin["simulated"]
        else "Nothing that the numbers speak of was simulated."
        if not origin["reasons"]
        else f"Simulated: {', '.join(origin['reasons'])}."
    )
    blocks: list[Any] = [reporter.Paragraph(text), reporter.KeyValues(pairs)]
    return reporter.Section("What was simulated", blocks)


def claims_section(config: Mapping[str, Any], analysis: Analysis, state: Mapping[str, Any]) -> Any:
    """The claims as stated before the run, and every deviation."""
    import reporter

    blocks: list[Any] = []
    if config.get("hypothesis"):
        blocks.append(reporter.Paragraph(f"Hypothesis: {config['hypothesis']}"))
    late = {each["claim"] for each in analysis["criteria"] if each.get("post_hoc")}
    rows = [
        (each["claim"], each["holds_when"], "after" if each["claim"] in late else "before")
        for each in config.get("criteria", ())
    ]
    if rows:
        blocks.append(
            reporter.Table(
                columns=("Claim", "Holds when", "Stated before or after the first row"),
                rows=rows,
                caption="The claims in the code of the experiment",
            )
        )
    else:
        blocks.append(reporter.Paragraph("No claims were stated before the run."))
    started = [str(each.get("started_at", "")) for each in state.get("sessions", ())]
    if started:
        blocks.append(reporter.Paragraph(f"Sessions began at: {', '.join(started)}."))
    deviations = analysis["deviations"] or ["No deviation is recorded."]
    blocks.append(reporter.Section("Deviations", [reporter.Bullets(deviations)]))
    return reporter.Section("Pre-registration and deviations", blocks)


def reproducibility_section(
    config: Mapping[str, Any],
    environment: Mapping[str, Any],
    state: Mapping[str, Any],
    hashes: Mapping[str, str],
    *,
    run_id: str,
) -> Any:
    """Versions, hashes, and the commands that repeat, check and report the run."""
    import reporter

    commit = environment.get("commit")
    machine = f"{environment.get('system')} {environment.get('machine')}"
    versions = environment.get("crucible") or {}
    pairs = (
        ("Run", run_id),
        ("Content of the data set, SHA-256", str(config["dataset_hash"])),
        ("Code of the experiment, SHA-256", _code_text(config["code"])),
        ("Commit", _commit_text(commit)),
        ("Python", f"{environment.get('python')} on {machine}"),
        ("Crucible", ", ".join(f"{name} {version}" for name, version in versions.items())),
        ("Other packages", f"{len(environment.get('packages') or {})} in environment.json"),
    )
    blocks: list[Any] = [reporter.KeyValues(pairs)]
    if config.get("imported"):
        blocks.append(_imported_table(config["imported"]))
    blocks.append(reporter.Code(_commands(config, state, commit, run_id), language="sh"))
    if hashes:
        artifacts = [
            reporter.Artifact(path=name, sha256=value, description=_FILES.get(name, ""))
            for name, value in hashes.items()
        ]
        blocks.append(reporter.Provenance(artifacts))
    return reporter.Section("Reproducibility", blocks)


def _imported_table(sources: Sequence[Mapping[str, Any]]) -> Any:
    """The logs that the rows were read from."""
    import reporter

    rows = []
    for each in sources:
        tool = " ".join(filter(None, (each["tool"], each["version"])))
        planned = "" if each["planned"] is None else f" of {each['planned']:,}"
        ended, sha256 = each["status"] or "-", str(each["sha256"])
        answers = f"{each['answers']:,}{planned}"
        rows.append((each["system"], each["source"], tool, answers, ended, sha256))
    return reporter.Table(
        columns=("System", "Log", "Written by", "Answers", "Ended as", "SHA-256"),
        rows=rows,
        caption="The logs of other tools that the rows were read from",
    )


def references_section(
    config: Mapping[str, Any], analysis: Analysis, environment: Mapping[str, Any]
) -> Any:
    """The methods and data that the run used."""
    import reporter

    entries = [
        reporter.Reference(key=key, text=text, url=url)
        for key, text, url in references_of(config, analysis, environment)
    ]
    return reporter.Section("References", [reporter.References(entries)]) if entries else None


def _commands(config: Mapping[str, Any], state: Mapping[str, Any], commit: Any, run_id: str) -> str:
    lines = []
    if commit:
        lines.append(f"git checkout {shlex.quote(str(commit['id']))}")
    command = [str(part) for part in state.get("command") or ()]
    if command[1:2] in (["run"], ["resume"]):
        command = ["crucible", *command[1:]]
        lines.append(f"EXPERIMENT_SEED={config['seed']} {shlex.join(command)}")
    lines.append(f"crucible verify {shlex.quote(run_id)}")
    lines.append(f"crucible report {shlex.quote(run_id)} --format latex")
    return "\n".join(lines)


def _commit_text(commit: Any) -> str:
    if not commit:
        return "none"
    return str(commit["id"]) + (" (changed)" if commit.get("dirty") else "")


def _code_text(code: Any) -> str:
    """The hashes of the code's parts; runs of before 0.2 have one for all."""
    if isinstance(code, str):
        return code
    return ", ".join(f"{name} {value[:16]}" for name, value in code.items())


_FILES = {
    "config.json": "the settings",
    "environment.json": "versions and machine",
    "dataset.jsonl": "the items",
    "results.csv": "every row",
    "analysis.json": "the statistics",
}
