"""Experiments are found by id, tag, status and name."""

import pytest

from telemetry_research import (
    ExperimentNotFoundError,
    cleanup_experiment,
    get_experiment,
    list_experiments,
    record,
    recording,
    start_experiment,
    stop_experiment,
)

from ..support import captured


def test_an_experiment_is_found_by_id_and_tag_until_it_is_forgotten() -> None:
    experiment = captured()

    assert get_experiment(experiment.id) is experiment
    assert experiment in list_experiments(tag="tag-a")
    cleanup_experiment(experiment)
    with pytest.raises(ExperimentNotFoundError, match=experiment.id):
        get_experiment(experiment.id)


def test_an_experiment_needs_a_name() -> None:
    with pytest.raises(ValueError, match="name"):
        start_experiment("  ")


def test_status_and_duration_follow_the_experiment() -> None:
    experiment = start_experiment("one")
    running = experiment.status
    stop_experiment(experiment)

    assert (running, experiment.status) == ("running", "stopped")
    assert experiment.duration_ms == experiment.duration_ms > 0
    assert experiment.to_dict()["status"] == "stopped"


def test_an_experiment_is_a_table_with_escaped_cells() -> None:
    with recording("<b>one</b>") as experiment:
        record("a.stop")

    assert "<td>&lt;b&gt;one&lt;/b&gt;</td>" in experiment._repr_html_()
    assert str(experiment).endswith("stopped: 1 event")


def test_a_running_experiment_names_the_code_that_started_it() -> None:
    experiment = start_experiment("left running")
    with recording("block") as block:
        running = repr(block)
    shown = repr(experiment)
    stop_experiment(experiment)

    assert __file__ in experiment.started_in[0]
    assert experiment.started_in[0].endswith(
        "in test_a_running_experiment_names_the_code_that_started_it"
    )
    assert f"started in {experiment.started_in[0]}" in shown
    assert __file__ in running
    assert "started in" not in repr(experiment)
