"""The runs of a folder that are watched, brought up to date in the background."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

from .._artifacts.folder import RunFolder
from .._core.errors import RunNotFoundError
from .._core.text import error_text, safe_text, type_name
from .._following.follower import RunFollower
from .._following.recorded_costs import CostsOfRuns
from .._following.run_state import RunState, is_run
from .changes import Topic

# Four times a second, and the list of runs once a second.
_RUN_SECONDS = 0.25
_LIST_SECONDS = 1.0
_IDLE_SECONDS = 60.0
_BEHIND_SECONDS = 0.2
_MAX_FOLLOWED = 48
_MAX_LISTED = 500
# Of each second; the costs that are not read yet come with the next lists.
_COST_SECONDS = 0.2
LISTED = ("rows", "failed", "cost_usd", "unknown_costs", "rate", "eta_seconds", "simulated")
T = TypeVar("T")


class WatchedRun:
    """A run that is followed, for one thread at a time.

    Args:
        folder: The run.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.topic = Topic()
        self.used = time.monotonic()
        self._follower = RunFollower(folder)
        self._lock = threading.Lock()
        self._ending = False

    def step(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Take what was appended.

        Returns:
            The state, and the path of each condition's interval.
        """
        with self._lock:
            end = time.monotonic() + _BEHIND_SECONDS
            while self._follower.poll() and time.monotonic() < end:
                pass
            state = self._follower.snapshot(history=True)
        history = {
            name: each.pop("history")
            for name, each in state["conditions"].items()
            if "history" in each
        }
        return state, history

    def catch_up(self) -> None:
        """Take all that was appended, or less when the server ends; others may ask in between."""
        more = True
        while more and not self._ending:
            with self._lock:
                more = self._follower.poll()

    def ask(self, question: Callable[[RunFollower], T]) -> T:
        """Ask the follower something."""
        self.used = time.monotonic()
        with self._lock:
            return question(self._follower)

    def end(self) -> None:
        """Have what catches up stop soon."""
        self._ending = True

    def close(self) -> None:
        """Give its files back."""
        with self._lock:
            self._follower.close()


class Hub:
    """All runs of a folder: a list of them, and those that someone looks at.

    Args:
        output_dir: The folder of all runs.
    """

    def __init__(self, output_dir: Path) -> None:
        self._output_dir = output_dir
        self._states: dict[str, RunState] = {}
        self._costs = CostsOfRuns()
        self._watched: dict[str, WatchedRun] = {}
        self._task: asyncio.Task[None] | None = None
        self.runs = Topic()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for each in self._watched.values():
            each.close()
        self._watched.clear()

    def end(self) -> None:
        """Have what reads long journals stop soon, because the server ends."""
        for each in self._watched.values():
            each.end()

    @property
    def watchers(self) -> int:
        """How many streams of single runs are open."""
        return sum(each.topic.watchers for each in self._watched.values())

    def watched(self, run: str) -> WatchedRun:
        """A run by its id, followed from now on.

        Args:
            run: The id.

        Raises:
            RunNotFoundError: No run of the folder has this id.
        """
        found = self._watched.get(run)
        if found is None:
            folder = self.folder(run)
            self._make_room()
            found = self._watched[run] = WatchedRun(folder)
        found.used = time.monotonic()
        return found

    def folder(self, run: str) -> RunFolder:
        """The folder of a run.

        Args:
            run: Its id, which is compared with the names in the folder and never made a path.

        Raises:
            RunNotFoundError: No run of the folder has this id.
        """
        for path in self._folders():
            if path.name == run:
                return RunFolder(path)
        raise RunNotFoundError(self._output_dir / safe_text(run, limit=100))

    async def state(self, run: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The state of a run as it is now, with the paths of its intervals."""
        watched = self.watched(run)
        found = await asyncio.to_thread(watched.step)
        watched.topic.publish(*found)
        return found

    def listed(self, *, cost_seconds: float = _COST_SECONDS) -> dict[str, Any]:
        """A line for each run, by its id.

        Args:
            cost_seconds: For how long the costs of finished runs may be read.
        """
        folders = self._folders()
        names = {path.name for path in folders}
        self._states = {name: each for name, each in self._states.items() if name in names}
        lines = [self._line(path) for path in folders]
        lines.sort(key=lambda each: str(each.get("started_at", "")), reverse=True)
        kept = lines[:_MAX_LISTED]
        self._costs.add_to(
            kept, {run: each.folder for run, each in self._states.items()}, cost_seconds
        )
        return {
            "runs": {str(each["id"]): each for each in kept},
            "left_out": len(lines) - len(kept),
        }

    def _line(self, path: Path) -> dict[str, Any]:
        """The line of a run; what is wrong with it costs no other run anything."""
        try:
            return self._known_line(path)
        except Exception as error:  # noqa: BLE001  # files of others
            problem = f"{type_name(error)}: {error_text(error)}"
            name = safe_text(path.name, limit=300)
            return {"id": name, "name": name, "state": "damaged", "problem": problem}

    def _known_line(self, path: Path) -> dict[str, Any]:
        state = self._states.setdefault(path.name, RunState(RunFolder(path)))
        found: dict[str, Any] = state.to_dict()
        watched = self._watched.get(path.name)
        if watched is not None and watched.topic.state is not None:
            known = watched.topic.state
            found |= {name: known[name] for name in LISTED if name in known}
        elif state.rows is not None:
            found["rows"] = state.rows
        found["conditions"] = len(state.conditions)
        return found

    def _folders(self) -> list[Path]:
        try:
            return [path for path in self._output_dir.iterdir() if is_run(path)]
        except OSError:
            return []

    async def _go_on(self) -> None:
        listed = 0.0
        while True:
            began = time.monotonic()
            if self.runs.watchers and began - listed >= _LIST_SECONDS:
                listed = began
                found = await asyncio.to_thread(self.listed)
                self._follow_running(found)
                self.runs.publish(found)
            for run, watched in list(self._watched.items()):
                if watched.topic.watchers or self.runs.watchers:
                    await self._publish(watched)
                elif began - watched.used > _IDLE_SECONDS:
                    self._drop(run)
            await asyncio.sleep(max(0.05, _RUN_SECONDS - (time.monotonic() - began)))

    async def _publish(self, watched: WatchedRun) -> None:
        """Bring a run up to date; what goes wrong is shown, and costs no other run anything."""
        try:
            watched.topic.publish(*await asyncio.to_thread(watched.step))
        except Exception as error:  # noqa: BLE001  # foreign files, a full disk
            problem = f"{type_name(error)}: {error_text(error)}"
            watched.topic.publish({**(watched.topic.state or {}), "problem": problem})

    def _follow_running(self, found: dict[str, Any]) -> None:
        """Follow runs that go on or were killed, so that the list has their numbers."""
        for run, each in found["runs"].items():
            going = each["state"] not in {"complete", "incomplete", "damaged"}
            if (
                (going or "rows" not in each)
                and run not in self._watched
                and len(self._watched) < _MAX_FOLLOWED // 2
            ):
                with contextlib.suppress(Exception):  # files of others
                    self.watched(run)

    def _make_room(self) -> None:
        """Drop the run that was looked at longest ago, when there are too many."""
        if len(self._watched) < _MAX_FOLLOWED:
            return
        unwatched = [run for run, each in self._watched.items() if not each.topic.watchers]
        if unwatched:
            self._drop(min(unwatched, key=lambda run: self._watched[run].used))

    def _drop(self, run: str) -> None:
        self._watched.pop(run).close()
