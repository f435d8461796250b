"""Records of Every Eval Ever have the fields that its schema asks for."""

import json

import pytest

from reporter import Interval, Number, ReportError, ScoreRecord, every_eval_ever

ACCURACY = ScoreRecord(
    name="accuracy",
    number=Number(value=0.9, unit="share", interval=Interval(low=0.8, high=0.95, method="Wilson")),
    samples=200,
)


def record(
    score: ScoreRecord = ACCURACY, *, evaluated_at: str = "2026-11-28T12:00:00+00:00"
) -> str:
    return every_eval_ever(
        [score],
        model="m <b>",
        model_id="lab/m",
        dataset="d",
        organization="lab",
        library="crucible",
        library_version="0.2.0",
        evaluated_at=evaluated_at,
        details={"cost": "$4.00"},
    )


def test_a_record_has_every_required_field_and_the_interval() -> None:
    made = json.loads(record())

    required = {
        "schema_version",
        "evaluation_id",
        "retrieved_timestamp",
        "source_metadata",
        "model_info",
        "eval_library",
        "evaluation_results",
    }
    assert required <= made.keys()
    assert made["evaluation_id"] == "d/lab/m/1795867200"
    assert made["model_info"]["additional_details"] == {
        "deployment_type": "unknown",
        "model_availability": "unknown",
        "cost": "$4.00",
    }
    (result,) = made["evaluation_results"]
    assert result["metric_config"]["score_type"] == "continuous"
    assert result["score_details"] == {
        "score": 0.9,
        "uncertainty": {
            "num_samples": 200,
            "confidence_interval": {
                "lower": 0.8,
                "upper": 0.95,
                "confidence_level": 0.95,
                "method": "Wilson",
            },
        },
    }
    assert record() == record()


@pytest.mark.parametrize(
    "number",
    [
        Number(value=None, unit="share"),
        Number(value=1.2, unit="share"),
        Number(value=float("nan"), unit="share"),
        Number(value=3.0, unit="usd"),
    ],
)
def test_only_shares_are_scores(number: Number) -> None:
    with pytest.raises(ReportError, match="give a share"):
        ScoreRecord(name="x", number=number, samples=3)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ReportError, match="not an ISO 8601 time"):
        record(evaluated_at="yesterday")
    with pytest.raises(ReportError, match="no time zone"):
        record(evaluated_at="2026-11-28T12:00:00")
    with pytest.raises(ReportError, match="scores is empty"):
        every_eval_ever(
            [],
            model="m",
            model_id="m",
            dataset="d",
            organization="o",
            library="l",
            library_version="1",
            evaluated_at="2026-11-28T12:00:00+00:00",
        )
