"""What the page of the dashboard shows during a run of 1,000 rows a second, against the journal.

    uv run python tests/benchmarks/bench_dashboard_page.py [seconds] [--pictures FOLDER]

A study begins 1,000 rows a second in a process of its own, in two conditions, with wrong answers
and failures. Chromium has the page of the run open and notes ten times a second what it shows.
Afterwards the journal is followed up to the row of each note, and every number has to agree.
"""

import argparse
import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from research_harness._artifacts.folder import RunFolder
from research_harness._dashboard.serve import serving
from research_harness._engine.journal import row_text
from research_harness._following.follower import RunFollower
from research_harness._following.tail import JournalTail

sys.path.insert(0, str(Path(__file__).parents[2] / "packages/research_harness/tests/dashboard"))
from browser import Browser  # type: ignore[import-not-found]

STUDY = """
import asyncio, sys, time
from research_harness import Experiment, Outcome, condition, run_sync

class Paced(Experiment):
    name = "A thousand rows a second"
    metrics = ("accuracy",)
    scorer = "text"
    formats = ()
    concurrency = 2_000
    dataset = [{"id": f"i{n}", "input": str(n), "answer": str(n)} for n in range(int(sys.argv[2]))]
    begun = 0
    start = 0.0

    async def paced(self, item, wrong):
        self.start = self.start or time.monotonic()
        due = self.start + self.begun / 1_000
        self.begun += 1
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        n = int(item.input)
        if n % 97 == 0:
            raise ValueError("no answer")
        return Outcome(prediction="?" if n % wrong == 0 else item.input, cost_usd=0.0001)

    @condition
    async def plain(self, item):
        return await self.paced(item, 5)

    @condition
    async def other(self, item):
        return await self.paced(item, 7)

run_sync(Paced, output_dir=sys.argv[1], run_id="run")
"""
NOTES = """
window.notes = []; window.noting = setInterval(() => {
  const table = document.querySelector("table[aria-label=conditions] tbody");
  const facts = [...document.querySelectorAll(".facts dd")].map((e) => e.firstChild.textContent);
  if (table && facts.length) notes.push({ at: Date.now(), facts, rows: [...table.children].map(
    (row) => [...row.children].map((cell) => cell.firstElementChild
      ? cell.firstElementChild.firstElementChild?.textContent ?? "" : cell.textContent)) });
}, 100);
"""
NONE = "\N{EN DASH}"
SIZES = {"desktop": (1280, 900, "light"), "dark": (1280, 900, "dark"), "phone": (360, 780, "light")}


def pictures(browser: Any, folder: Path) -> None:
    """Pictures of the page as it is now; whether something is wider than the window."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (width, height, scheme) in SIZES.items():
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        browser._send("Emulation.setDeviceMetricsOverride", **size)
        feature = [{"name": "prefers-color-scheme", "value": scheme}]
        browser._send("Emulation.setEmulatedMedia", features=feature)
        time.sleep(1.5)
        wide = browser.run("document.documentElement.scrollWidth > innerWidth")
        options = {"format": "png", "captureBeyondViewport": True}
        data = browser._send("Page.captureScreenshot", **options)["data"]
        (folder / f"{name}.png").write_bytes(base64.b64decode(data))
        print(f"{name}: {'wider than the window' if wide else 'fits'}")


def snapshots(run: Path, scratch: Path, counts: list[int]) -> Iterator[tuple[dict[str, Any], int]]:
    """The state after so many rows of the journal, and when the last of them ended, in ms."""
    lines = []
    tail = JournalTail(RunFolder(run).journal)
    while found := tail.read().lines:
        lines += [line for _, line in found if row_text(line) is not None]
    folder = RunFolder(scratch)
    folder.journal.parent.mkdir(parents=True)
    shutil.copy(run / "config.json", scratch)
    shutil.copy(RunFolder(run).state, folder.state)
    follower = RunFollower(folder)
    done = 0
    for count in counts:
        with folder.journal.open("ab") as file:
            file.write(b"".join(lines[done:count]))
        done = count
        while follower.poll():
            pass
        last = json.loads(row_text(lines[count - 1]) or b"{}") if count else {}
        ended = last.get("started_us", 0) / 1e3 + last.get("duration_ms", 0.0)
        yield follower.snapshot(), round(ended)
    follower.close()


def differences(note: dict[str, Any], state: dict[str, Any]) -> list[str]:
    """What a note says otherwise than the journal."""
    wrong = []
    for cells, (name, known) in zip(note["rows"], state["conditions"].items(), strict=True):
        low, high = known.get("interval_low"), known.get("interval_high")
        interval = NONE if low is None else f"[{100 * low:.1f} %, {100 * high:.1f} %]"
        estimate = f"{100 * known['estimate']:.1f} %" if known["rows"] else NONE
        pairs = {
            "condition": (cells[0], name),
            "rows": (cells[1], f"{known['rows']:,}"),
            "estimate": (cells[2], estimate),
            "interval": (cells[3], interval),
            "failed": (cells[9], f"{known['failed']:,}"),
        }
        wrong += [f"{name}: {key} {a!r}, {b!r}" for key, (a, b) in pairs.items() if a != b]
    failed = f"{state['failed']:,}"
    return wrong + ([f"failed {note['facts'][1]}"] if note["facts"][1] != failed else [])


def watched(folder: Path, seconds: int, shots: Path | None) -> tuple[list[Any], list[Any]]:
    """The notes of the page during the run, and what the console says."""
    command = [sys.executable, "-c", STUDY, str(folder / "runs"), str(500 * seconds)]
    with serving(folder / "runs") as address, Browser(folder) as browser:
        study = subprocess.Popen(command)
        while not (folder / "runs" / "run" / "config.json").exists():
            time.sleep(0.2)
        browser.open(address)
        browser.run('location.hash = "#/run/run"')
        browser.run(NOTES)
        if shots is not None:
            time.sleep(seconds / 3)
            pictures(browser, shots)
        study.wait()
        browser.wait("document.querySelector('.badge').textContent === 'complete'")
        browser.run("new Promise((done) => setTimeout(done, 1000))")
        return browser.run("notes"), browser.problems()


def main() -> int:
    """Print what was compared.

    Returns:
        0, or 1 when the page showed something else than the journal.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", nargs="?", type=int, default=60)
    parser.add_argument("--pictures", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "runs").mkdir()
        notes, problems = watched(folder, options.seconds, options.pictures)
        known = {int(each["facts"][0].replace(",", "")): each for each in reversed(notes)}
        counts = sorted(known)
        late, wrong = [], []
        states = snapshots(folder / "runs" / "run", folder / "scratch" / "run", counts)
        for count, (state, ended) in zip(counts, states, strict=True):
            if count:
                late.append(known[count]["at"] - ended)
                wrong += [f"after {count:,} rows: {e}" for e in differences(known[count], state)]
        ends = [known[counts[0]]["at"], known[counts[-1]]["at"]]
    rate = (counts[-1] - counts[0]) / ((ends[1] - ends[0]) / 1e3)
    print(
        f"{counts[-1]:,} rows, {rate:,.0f} a second; {len(notes):,} notes, {len(counts):,} states;"
        f" {median(late):.0f} ms behind (at most {max(late):.0f}); console: {problems or 'clean'}"
    )
    print("\n".join(wrong[:20]) or "every state is that of the journal")
    return 1 if wrong or problems else 0


if __name__ == "__main__":
    sys.exit(main())
