"""Rows on a Ray cluster of this machine: the same files, with workers and the driver killed.

    uv run --with ray --with cloudpickle python tests/benchmarks/bench_harness_ray.py ROWS KILLS

Prints rows per second, bytes a row, the processor time of the driver, and whether the files are
those of one process. In one run so many workers are killed at random rows, and the driver midway,
which is then resumed. A key is planted in the experiment and looked for in what Ray wrote.

``--keep FOLDER`` keeps the runs. The same command goes on with them after an interrupt, which then
is one more kill of the driver.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KEY = "planted-key-7d1f0c9a4e"
FILES = ("config.json", "dataset.jsonl", "results.csv", "results.parquet", "analysis.json")
STUDY = """
from research_harness import Condition, Experiment, Outcome

import helper


class Sums(Experiment):
    name = "Sums"
    scorer = "number"
    metrics = ("accuracy",)
    concurrency = ROWS_AT_A_TIME
    formats = ("markdown",)

    def __init__(self):
        import os
        self.key = os.environ["PLANTED_API_KEY"]

    def dataset(self):
        return [
            {"id": f"q{n}", "input": f"{n} + 1?", "expected": n + 1} for n in range(ROWS)
        ]

    def all_conditions(self):
        return (Condition(name="right", function=self.right),)

    async def right(self, item):
        assert self.key.startswith("planted")
        return Outcome(prediction=helper.add(item.input), latency_ms=5.0, cost_usd=0.25)
"""
_MAX_DRIVERS = 50
HELPER = "def add(text):\n    return int(text.split()[0]) + 1\n"


def drive(folder: Path, output: Path, how: str, address: str, kills: int) -> None:
    """Run, or resume what was begun, in this process; prints figures as one line of JSON."""
    from research_harness import load_experiment, resume_sync, run_sync
    from research_harness._executors.ray_cluster import RayExecutor, RayLink

    passed = [0, 0, 0]
    kept = folder / "killed"
    executor = None if how == "here" else RayExecutor(workers=2, address=address)
    if executor is not None:
        _count_bytes(RayLink, passed)
    if output.name == "broken":
        with (folder / "drivers").open("a") as file:
            file.write(f"{os.getpid()}\n")
    chance = random.Random(kills)
    rows = int((folder / "rows").read_text())
    at = sorted(chance.sample(range(1, rows), kills)) if kills else []
    killed: set[int] = set()
    first = True

    def progress(done: int, total: int) -> None:
        nonlocal first
        print(done, file=sys.stderr, flush=True) if done % 1000 == 0 else None
        while first and at and at[0] < done:  # an earlier session had these
            at.pop(0)
        first = False
        if not at or done < at[0] or executor is None:
            return
        alive = [each.pid for each in executor.links[-2:] if each.pid not in killed]
        if alive:  # else it is killed once another has started
            at.pop(0)
            pid = chance.choice(alive)
            killed.add(pid)
            os.kill(pid, signal.SIGKILL)
            with kept.open("a") as file:
                file.write(f"{done} {pid}\n")

    experiment = load_experiment(folder / "study.py")
    started, cpu = time.perf_counter(), time.process_time()
    if (output / "a").exists():
        result = resume_sync("a", experiment, output_dir=output, executor=executor,
                             on_progress=progress)  # fmt: skip
    else:
        result = run_sync(experiment, output_dir=output, run_id="a", executor=executor,
                          on_progress=progress)  # fmt: skip
    print(json.dumps({
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
        "rows": result.rows - result.resumed_rows,
        "complete": result.complete,
        "failures": result.failures,
        "to_workers": passed[0],
        "from_workers": passed[1],
        "calls": passed[2],
    }))  # fmt: skip


def _count_bytes(link: Any, passed: list[int]) -> None:
    send, receive = link.send, link.receive

    async def counted_send(self: Any, data: bytes) -> None:
        passed[0] += len(data)
        passed[2] += 1
        await send(self, data)

    async def counted_receive(self: Any) -> bytes:
        data: bytes = await receive(self)
        passed[1] += len(data)
        passed[2] += 1
        return data

    link.send, link.receive = counted_send, counted_receive


def started(folder: Path, output: Path, how: str, address: str, kills: int = 0) -> Any:
    """A driver in a process of its own; what it prints is in the file ``printed``."""
    command = [sys.executable, __file__, "--drive", how, str(folder), str(output)]
    command += ["--address", address, "--kills", str(kills)]
    with (folder / "printed").open("w") as printed:
        return subprocess.Popen(command, stdout=printed, stderr=subprocess.PIPE, text=True)


def ended(start: Callable[[], Any], folder: Path) -> dict[str, Any]:
    """The figures of the first driver that ends well; why others ended is printed."""
    for _ in range(_MAX_DRIVERS):
        driver = start()
        _, errors = driver.communicate()
        if not driver.returncode:
            figures: dict[str, Any] = json.loads((folder / "printed").read_text().splitlines()[-1])
            return figures
        print(f"a driver ended by itself: {errors.strip().splitlines()[-1]}", flush=True)
    sys.exit("no driver ends well")


def killed_at(start: Callable[[], Any], rows: int) -> None:
    """Kill a driver once so many rows are done; why others ended before is printed."""
    for _ in range(_MAX_DRIVERS):
        driver, last = start(), ""
        for line in driver.stderr:
            last = line.strip() or last
            if line.strip().isdigit() and int(line) >= rows:
                driver.kill()
                driver.communicate()
                return
        driver.communicate()
        print(f"a driver ended by itself: {last}", flush=True)
    sys.exit("no driver comes so far")


def compared(first: Path, second: Path) -> str:
    differing = [
        name for name in FILES if (first / name).read_bytes() != (second / name).read_bytes()
    ]
    return f"differing: {', '.join(differing)}" if differing else "byte-identical"


def doubled(run: Path) -> int:
    from research_harness._engine.journal import Journal

    indexes = [row.index for row in Journal(run / "checkpoints" / "journal.jsonl")]
    return len(indexes) - len(set(indexes))


def line(what: str, figures: dict[str, Any], note: str = "") -> None:
    rate = figures["rows"] / figures["seconds"]
    print(f"{what:34} {figures['rows']:>8,} rows {figures['seconds']:8.1f} s {rate:9,.0f} rows/s"
          f" driver {1e6 * figures['cpu_seconds'] / max(1, figures['rows']):6.0f} µs/row  {note}",
          flush=True)  # fmt: skip


def measure(folder: Path, rows: int, kills: int, address: str) -> None:
    here, there, broken = (folder / name for name in ("here", "there", "broken"))
    if not (here / "a" / "MANIFEST.json").exists():
        at_a_time = max(8, min(512, rows // (4 * max(1, kills))))  # else few rows are left at once
        study = STUDY.replace("ROWS_AT_A_TIME", str(at_a_time)).replace("ROWS", str(rows))
        (folder / "study.py").write_text(study)
        (folder / "helper.py").write_text(HELPER)
        (folder / "rows").write_text(str(rows))
        line("one process", ended(lambda: started(folder, here, "here", address), folder))
    halfway = folder / "halfway"
    if not halfway.exists():
        killed_at(lambda: started(folder, broken, "ray", address, kills), rows // 2)
        halfway.touch()
    figures = ended(lambda: started(folder, broken, "ray", address, kills), folder)
    killed, drivers = (
        len(path.read_text().splitlines()) if path.exists() else 0
        for path in (folder / "killed", folder / "drivers")
    )
    note = f"{compared(here / 'a', broken / 'a')}; {doubled(broken / 'a')} doubled"
    what = f"{killed:,} workers killed, driver {drivers - 1}"
    line(what, figures, f"{figures['failures']} failures; {note}")
    figures = ended(lambda: started(folder, there, "ray", address), folder)
    out, back = figures["to_workers"] / rows, figures["from_workers"] / rows
    size = f"{out:.0f} bytes/row out, {back:.0f} back"
    line("two actors", figures, f"{compared(here / 'a', there / 'a')}; {size}")


def holders_of_the_key(folders: list[Path]) -> list[str]:
    """The files that hold the planted key."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                if path.is_file() and KEY.encode() in path.read_bytes():
                    found.append(str(path))
            except OSError:
                continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("numbers", nargs="*", type=int, default=[])
    parser.add_argument("--address", default="")
    parser.add_argument("--drive", nargs=3, default=None)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=None)
    given = parser.parse_args()
    os.environ["PLANTED_API_KEY"] = KEY
    os.environ["RAY_ENABLE_UV_RUN_RUNTIME_ENV"] = "0"
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    # Else workers have a lower priority than the driver, and on a busy machine hardly start.
    os.environ.setdefault("RAY_worker_niceness", "0")
    if given.drive:
        how, folder, output = given.drive
        drive(Path(folder), Path(output), how, given.address, given.kills)
        return
    import ray

    print(f"ray {ray.__version__}, {os.cpu_count()} processors, {time.strftime('%Y-%m-%d')}")
    numbers: list[int] = given.numbers
    rows, kills = [*numbers, *(100_000, 1)[len(numbers) :]]
    began = time.perf_counter()
    options: dict[str, Any] = {"address": given.address} if given.address else {
        "num_cpus": 2, "include_dashboard": False, "object_store_memory": 100_000_000}  # fmt: skip
    context: Any = ray.init(**options, log_to_driver=False)
    print(f"ray.init took {time.perf_counter() - began:.1f} s")
    with tempfile.TemporaryDirectory() as place:
        folder = (given.keep or Path(place)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        measure(folder, rows, kills, context.address_info["address"])
    session = Path(context.address_info["session_dir"])
    print(
        "files of Ray with the planted key:",
        holders_of_the_key([session, Path("/", "dev", "shm")]) or "none",
    )
    ray.shutdown()


if __name__ == "__main__":
    main()
