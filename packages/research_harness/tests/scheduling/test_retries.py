"""Failed rows are asked again within bounds, and one service that is away pauses no other."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from research_harness import Condition, Experiment, ExperimentError, Retries, resume_sync, run_sync
from research_harness._artifacts.folder import RunFolder
from research_harness._cli.main import cli
from research_harness._scheduling.attempts import read_attempts

Answer = Callable[[Any], Any]


def experiment(
    *answers: Answer, retries: Retries | None = None, size: int = 12, **options: Any
) -> type[Experiment]:
    def condition(name: str, answer: Answer) -> Condition[..., Any]:
        async def ask(item: Any) -> object:
            await asyncio.sleep(1)
            return answer(item)

        return Condition(name=name, function=ask)

    class Tried(Experiment):
        name = "tried"
        metrics = ("accuracy",)
        formats = ()
        concurrency = 4
        virtual_time = True
        conditions = tuple(
            condition(name, each) for name, each in zip("abc", answers, strict=False)
        )

        def dataset(self) -> list[dict[str, str]]:
            return [{"id": f"i{n}", "input": "2 + 2", "expected": "4"} for n in range(size)]

    Tried.retries = retries
    for name, value in options.items():
        setattr(Tried, name, value)
    return Tried


class Flaky:
    """Fails the first times that an item is asked."""

    def __init__(self, times: int, error: Callable[[int], Exception], *, only: str = "") -> None:
        self.times, self.error, self.only = times, error, only
        self.asked: Counter[str] = Counter()

    def __call__(self, item: Any) -> object:
        self.asked[item.id] += 1
        if self.asked[item.id] <= self.times and self.only in ("", item.id):
            raise self.error(self.asked[item.id])
        return "4"


def attempts(folder: Path) -> list[Any]:
    return list(read_attempts(RunFolder(folder).attempts))


def test_failed_rows_are_asked_again_and_their_attempts_are_recorded(tmp_path: Path) -> None:
    flaky = Flaky(2, lambda n: TimeoutError(f"slow {n}"))

    result = run_sync(experiment(flaky, retries=Retries()), output_dir=tmp_path, run_id="x")

    assert result.failures == 0
    assert result.complete
    assert set(flaky.asked.values()) == {3}
    recorded = attempts(tmp_path / "x")
    assert Counter(each.attempt for each in recorded) == {1: 12, 2: 12}
    assert {each.why for each in recorded} == {"retry"}
    assert all(0 <= (each.pause_ms or 0) <= 1_000 for each in recorded)


def test_retries_are_bounded_in_number_and_give_dead_letters(tmp_path: Path) -> None:
    flaky = Flaky(99, lambda n: TimeoutError(f"slow {n}"), only="i3")
    tried = experiment(flaky, retries=Retries(max_retries=2))

    first = run_sync(tried, output_dir=tmp_path, run_id="x")

    assert first.failures == 1
    assert flaky.asked["i3"] == 3
    dead = [json.loads(line) for line in (tmp_path / "x" / "dead.jsonl").read_text().splitlines()]
    assert [(each["item_id"], len(each["attempts"])) for each in dead] == [("i3", 3)]

    flaky.times = 0
    again = resume_sync("x", tried, output_dir=tmp_path, retry_failed=["time"])
    assert again.failures == 0
    assert (tmp_path / "x" / "dead.jsonl").read_text() == ""


def test_the_same_error_again_and_again_is_given_up(tmp_path: Path) -> None:
    flaky = Flaky(99, lambda _: TimeoutError("slow"), only="i3")
    retries = Retries(max_retries=9, max_identical=2)

    run_sync(experiment(flaky, retries=retries), output_dir=tmp_path)

    assert flaky.asked["i3"] == 2


def test_only_the_named_causes_are_asked_again(tmp_path: Path) -> None:
    flaky = Flaky(1, lambda _: ValueError("no"))

    assert run_sync(experiment(flaky, retries=Retries()), output_dir=tmp_path).failures == 12
    flaky.asked.clear()
    every = Retries(causes=("world", "time", "answer"))
    assert run_sync(experiment(flaky, retries=every), output_dir=tmp_path).failures == 0


def test_a_row_is_not_asked_before_the_service_allows_it(tmp_path: Path) -> None:
    class BusyError(TimeoutError):
        retry_after_s = 50.0

    flaky = Flaky(1, lambda _: BusyError("later"), only="i3")

    run_sync(experiment(flaky, retries=Retries()), output_dir=tmp_path, run_id="x")

    assert [each.pause_ms for each in attempts(tmp_path / "x")] == [50_000]


def test_a_condition_that_fails_the_same_way_again_and_again_is_closed(tmp_path: Path) -> None:
    broken = Flaky(99, lambda _: PermissionError("the key is wrong"))
    tried = experiment(broken, lambda _: "4", retries=Retries(quarantine_after=3), concurrency=1)

    result = run_sync(tried, output_dir=tmp_path)

    assert sum(broken.asked.values()) == 3
    rows = {each["name"]: each["rows"] for each in result.analysis["conditions"]}
    assert rows == {"a": 3, "b": 12}
    assert "the key is wrong" in result.analysis["stopped"]


def test_one_service_that_is_away_pauses_its_condition_and_no_other(tmp_path: Path) -> None:
    clock: list[float] = []
    done: dict[str, list[float]] = {"a": [], "b": []}

    def away(item: Any) -> object:
        now = asyncio.get_running_loop().time()
        clock[:] = clock or [now]
        if 5 < now - clock[0] < 65:
            raise ConnectionRefusedError("nothing listens")
        done["a"].append(now - clock[0])
        return "4"

    def there(item: Any) -> object:
        done["b"].append(asyncio.get_running_loop().time() - (clock or [0.0])[0])
        return "4"

    tried = experiment(away, there, size=100, outage_ms=300_000)

    result = run_sync(tried, output_dir=tmp_path)

    assert result.failures == 0
    assert result.complete
    assert len(done["a"]) == len(done["b"]) == 100
    assert max(done["b"]) < 65 < max(done["a"])


def test_settings_of_retries_that_make_no_sense_are_named() -> None:
    with pytest.raises(ExperimentError, match="max_retries is -1") as caught:
        run_sync(experiment(lambda _: "4", retries=Retries(max_retries=-1, causes=("x",))))  # type: ignore[arg-type]  # wrong on purpose

    assert "causes" in str(caught.value)


EXPERIMENT = """
from pathlib import Path
from research_harness import Experiment, condition


class E(Experiment):
    name = "e"
    metrics = ("accuracy",)
    formats = ()
    dataset = [{"id": str(n), "input": "q", "expected": "4"} for n in range(8)]
    concurrency = 1

    @condition
    async def a(self, item):
        if not Path(__file__).with_name("there").exists():
            raise ValueError("no")
        return "4"
"""


@pytest.mark.slow
def test_the_command_asks_dead_rows_again_and_leaves_missing_ones(tmp_path: Path) -> None:
    file = tmp_path / "e.py"
    file.write_text(EXPERIMENT)
    common = ["--quiet", "--output-dir", str(tmp_path)]

    def typed(*words: str) -> Result:
        return CliRunner().invoke(cli, [*words, *common])

    begun = typed("run", str(file), "--id", "x")
    (journal,) = (tmp_path / "x" / "checkpoints").glob("journal*")
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:3]))
    (tmp_path / "there").write_text("")

    same = typed("retry", "x")
    again = typed("retry", "x", "--only", "dead")
    dead = (tmp_path / "x" / "dead.jsonl").read_text()
    shown = CliRunner().invoke(cli, ["show", "x", "--output-dir", str(tmp_path), "--limit", "1"])
    rest = typed("resume", "x")

    assert "8 rows in" in begun.output
    assert (same.exit_code, again.exit_code, rest.exit_code) == (3, 3, 0), again.output
    assert "0 rows in" in same.output
    command = f"failed; ask again with: crucible retry {tmp_path / 'x'} --only dead\n"
    assert command in begun.output
    assert command in same.output  # which asks again what was away or late, and no other row
    assert "ask again with" not in again.output
    assert "right at try 2" in shown.output
    assert "3 rows in" in again.output
    assert "go on with: crucible resume" in again.output
    assert dead == ""
    assert "5 rows in" in rest.output


def test_a_run_that_stopped_early_counts_the_rows_that_are_there(tmp_path: Path) -> None:
    broken = Flaky(99, lambda _: PermissionError("the key is wrong"))
    tried = experiment(broken, lambda _: "4", retries=Retries(quarantine_after=3), concurrency=1)

    result = run_sync(tried, output_dir=tmp_path, run_id="x")
    again = resume_sync("x", tried, output_dir=tmp_path)

    assert (result.complete, result.rows, result.resumed_rows) == (False, 15, 0)
    assert (again.rows - again.resumed_rows) == 3
