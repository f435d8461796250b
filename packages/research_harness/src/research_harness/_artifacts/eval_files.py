"""The scores of a run as records of Every Eval Ever, one file for each condition."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._analysis.schema import Analysis, ConditionValues
from .._core.errors import OutputError
from .._core.files import write_text
from .._report.numbers import metric_number
from .._report.wording import metric_text
from .folder import RunFolder, slug

EVERY_EVAL_EVER = "every-eval-ever"


def write_eval_records(
    config: Mapping[str, Any],
    analysis: Analysis,
    environment: Mapping[str, Any],
    *,
    folder: RunFolder,
    target: Path,
) -> Path:
    """Write one record for each condition that has a share, such as an accuracy.

    A condition is a system: it may ask several models. Prices and latencies are texts of the
    record, since the schema asks for the greatest possible score.

    Returns:
        The folder of the records.

    Raises:
        OutputError: No condition has a share.
    """
    made = target / f"{folder.id}_every_eval_ever"
    texts = {
        each["name"]: text
        for each in analysis["conditions"]
        if (text := _record(each, config, analysis, environment)) is not None
    }
    if not texts:
        reason = f"no condition has a share, which {EVERY_EVAL_EVER} asks for"
        raise OutputError(folder.path, reason, reading=True)
    made.mkdir(parents=True, exist_ok=True)
    for number, (name, text) in enumerate(texts.items(), start=1):
        write_text(made / f"{number:02d}_{slug(name)}.json", text)
    return made


def _record(
    condition: ConditionValues,
    config: Mapping[str, Any],
    analysis: Analysis,
    environment: Mapping[str, Any],
) -> str | None:
    import reporter

    scores = [
        reporter.ScoreRecord(
            name=found["metric"],
            number=metric_number(found),
            samples=found["items"],
            description=f"{config['scorer']}; the mean over items and repeats",
        )
        for found in condition["metrics"]
        if found["unit"] == "share" and found["value"] is not None
    ]
    if not scores:
        return None
    others = {
        found["metric"]: metric_text(found)
        for found in condition["metrics"]
        if found["unit"] != "share"
    }
    return reporter.every_eval_ever(
        scores,
        model=condition["name"],
        model_id=f"{slug(config['name'])}/{slug(condition['name'])}",
        dataset=config["dataset"]["name"],
        organization=config.get("author") or "unknown",
        library="crucible",
        library_version=(environment.get("crucible") or {}).get("research-harness") or "unknown",
        evaluated_at=environment["recorded_at"],
        relationship="other",
        details={
            **others,
            "failed_rows": f"{condition['failures']:,} of {condition['rows']:,}",
            "simulated": str(analysis["origin"]["simulated"]).lower(),
            "dataset_sha256": str(config["dataset_hash"]),
            "seed": str(config["seed"]),
        },
    )
