"""What travels to a worker: the user's code, and no key."""

import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_manager import Item
from research_harness import Condition, Experiment, Outcome, load_experiment, run_sync
from research_harness._engine.journal import Journal
from research_harness._executors.messages import Finished, for_driver, packed
from research_harness._executors.travelling import bundle_of, pickled_experiment, unpacked
from research_harness._executors.worker_line import WorkerLine
from research_harness._outcome.row import Row, decode_row, encode_row
from research_harness._plan.preparation import prepare

ITEMS = [{"id": "q1", "input": "1 + 1?", "expected": 2}]
KEY = "planted-key-5e1f7a2b90"


class Keyed(Experiment):
    name = "Keyed"
    dataset = ITEMS
    scorer = "number"
    metrics = ("accuracy",)
    formats = ()
    loop_block_ms = None

    def __init__(self, key: str = "") -> None:
        self.header = f"Bearer {key}".encode()
        self.key = key

    def all_conditions(self) -> Any:
        return (Condition(name="asked", function=self._asked),)

    async def _asked(self, item: Any) -> Outcome:
        whole = self.key.endswith("90") and self.header.endswith(b"2b90")
        return Outcome(prediction=2 if whole else 0, latency_ms=1.0)


def bundle(experiment: Any) -> bytes:
    pytest.importorskip("cloudpickle", reason="the extra ray is not installed")
    prepared = prepare(experiment)
    return bundle_of(prepared, pickled_experiment(prepared), "run")


@pytest.mark.slow
def test_a_key_reaches_the_worker_and_is_in_nothing_that_is_sent(
    tmp_path: Path, fake_executor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED_API_KEY", KEY)
    executor = fake_executor(1)

    result = run_sync(Keyed(KEY), output_dir=tmp_path, run_id="a", executor=executor)

    (row,) = Journal(result.folder / "checkpoints" / "journal.jsonl")
    assert row.correct
    assert executor.sent
    assert not any(KEY.encode() in data for data in executor.sent)


@pytest.mark.slow
def test_a_variable_that_the_worker_does_not_have_is_named(
    fake_executor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED_API_KEY", KEY)
    sent = bundle(Keyed(KEY))
    monkeypatch.delenv("PLANTED_API_KEY")

    with pytest.raises(LookupError, match="PLANTED_API_KEY is not set in the environment"):
        unpacked(sent)


STUDY = """
from research_harness import Experiment, condition
from travelling_words import WORD
import threading

LOCK = threading.Lock()  # cannot be pickled; a module is imported, so it need not be


class Study(Experiment):
    name = "Study"
    dataset = [{"id": "q1", "input": "?", "expected": WORD}]
    scorer = "exact_match"
    metrics = ("accuracy",)

    @condition
    async def asked(self, item):
        from later.parts import part  # imported when it is needed
        with LOCK:
            return part() + item.input
"""
WORKER = """
import asyncio, pathlib, sys
from research_harness._executors.travelling import unpacked

experiment = unpacked(pathlib.Path(sys.argv[1]).read_bytes()).experiment
(condition,) = experiment.all_conditions()
item = type("Item", (), {"input": "!"})()
print(asyncio.run(condition.function(item)))
"""


@pytest.mark.slow
def test_modules_of_the_user_are_imported_in_a_process_that_does_not_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "study"
    (folder / "later").mkdir(parents=True)
    (folder / "travelling_study.py").write_text(STUDY)
    (folder / "travelling_words.py").write_text("WORD = 'yes'\n")
    (folder / "later" / "__init__.py").write_text("")
    (folder / "later" / "parts.py").write_text(
        "from travelling_words import WORD\n\ndef part():\n    return WORD\n"
    )
    monkeypatch.setattr(sys, "path", list(sys.path))
    for number in range(600):  # more modules than are sent
        other = ModuleType(f"other_module_{number}")
        other.__file__ = str(tmp_path / "other.py")
        monkeypatch.setitem(sys.modules, other.__name__, other)
    (tmp_path / "other.py").write_text("")
    sent = tmp_path / "bundle"
    sent.write_bytes(bundle(load_experiment(folder / "travelling_study.py")))
    for name in ("experiment_travelling_study", "travelling_words"):
        sys.modules.pop(name)
    folder.rename(tmp_path / "moved")

    ended = subprocess.run(
        [sys.executable, "-c", WORKER, str(sent)], capture_output=True, text=True, check=False
    )

    assert (ended.stdout, ended.stderr) == ("yes!\n", "")


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=40)
@given(
    prediction=plain,
    latency=st.none() | st.floats(0, 1e9),
    values=st.dictionaries(st.text(max_size=4), st.floats(-1e9, 1e9), max_size=3),
)
def test_a_row_that_comes_back_is_journaled_as_the_same_bytes(
    prediction: Any, latency: float | None, values: dict[str, float]
) -> None:
    row = Row(
        index=3,
        item_id="q",
        condition="c",
        repeat=1,
        prediction=prediction,
        latency_ms=latency,
        values=values,
        metadata={"seen": prediction},
    )
    text = encode_row(row)

    assert encode_row(decode_row(text)) == text


async def test_the_answer_of_a_worker_that_was_given_up_is_not_taken() -> None:
    line = WorkerLine(on_warning=lambda text: None, on_open=lambda: None)
    stale = Finished(ticket=99, row=b"{}", calls=b"", trace=b"", wait_s=0.0, events=b"")

    (message,) = for_driver(packed([stale]))
    line._take(message)

    assert line.tickets == {}


def test_bytes_of_another_version_are_refused() -> None:
    with pytest.raises(msgspec.MsgspecError):
        for_driver(msgspec.msgpack.encode([{"type": "unheard"}]))


def test_items_travel_as_they_are() -> None:
    item = Item(id="q", input="?", expected={"a": [1, None]}, metadata={"k": "v"})

    assert pickle.loads(pickle.dumps(item)) == item  # noqa: S301  # its own
