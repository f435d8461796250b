"""Many chains in one append-only file, each line linked to the one before by its hash."""

import json
import os
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .._core.errors import ChainNotFoundError, InvalidTraceError
from .._core.events import emit
from .._core.json_values import Value
from .._core.plain_files import bounded_lines, open_plain
from .._core.times import read_time
from .._model.chain import Chain
from .._model.records import chain_from_dict
from .file_lock import locked
from .hashing import FIRST, canonical, linked_hash
from .summary import ChainSummary, summary

_BLOCK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCheck(Value):
    """Whether a log is complete and unchanged.

    Attributes:
        ok: Whether there is no problem.
        chains: The number of lines that hold a chain.
        last_hash: The hash of the last one. Kept apart, it shows whether the end was cut off.
        problems: One sentence for each line that is torn, changed or out of order.
    """

    ok: bool
    chains: int
    last_hash: str
    problems: tuple[str, ...]


def is_log_line(line: str) -> bool:
    """Return whether a line of a file is one of a ``TraceLog``.

    Args:
        line: The line.
    """
    return _line(line.encode("utf-8", "surrogateescape")) is not None


class TraceLog:
    """One file with one chain in each line, as a run writes them.

    A line is appended as a whole and synced. A process that dies in between leaves a torn last
    line, which reading passes over and ``verify`` names. A chain whose id appears again replaces
    the earlier one.

    Args:
        path: The file; it is made with the first chain.

    Attributes:
        path: The file.

    Example:
        >>> import tempfile
        >>> log = TraceLog(Path(tempfile.mkdtemp()) / "traces.jsonl")
        >>> log.save(Chain(name="session cache"))
        >>> log.verify().ok, len(log.list())
        (True, 1)
    """

    path: Path

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def save(self, chain: Chain) -> None:
        """Append a chain.

        Args:
            chain: The chain.
        """
        self.save_all([chain])

    def save_all(self, chains: Iterable[Chain]) -> None:
        """Append chains, each in a line of its own, and sync the file once.

        Args:
            chains: The chains, oldest first.
        """
        found = list(chains)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file, locked(file):
            before, torn = _end(file)
            lines = [b""] if torn else []
            for chain in found:
                text = canonical(chain.to_dict())
                line = {"before": before, "hash": linked_hash(before, text), "chain": text}
                before = line["hash"]
                lines.append(json.dumps(line).encode())
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        for chain in found:
            emit("trace.chain.saved", {"events": len(chain)}, {"chain_id": chain.id})

    async def save_async(self, chain: Chain) -> None:
        """Append a chain in a thread, so that the event loop does not wait for the disk.

        Args:
            chain: The chain.
        """
        import asyncio  # noqa: PLC0415  # slow to import

        await asyncio.to_thread(self.save, chain)

    def load(self, chain_id: str) -> Chain:
        """Return a chain.

        Args:
            chain_id: The id of the chain.

        Raises:
            ChainNotFoundError: No chain has this id.
        """
        found = None
        for values in self._values():
            if values.get("id") == chain_id:
                found = values
        if found is None:
            raise ChainNotFoundError(chain_id, self.path)
        chain = chain_from_dict(found)
        emit("trace.chain.loaded", {"events": len(chain)}, {"chain_id": chain.id})
        return chain

    def chains(self, ids: Container[str] | None = None) -> Iterator[Chain]:
        """Yield the newest chain of each id, in the order of the file.

        Args:
            ids: The ids of those that are wanted; None wants all.
        """
        newest = {
            values.get("id"): number
            for number, values in enumerate(self._values())
            if ids is None or values.get("id") in ids
        }
        kept = set(newest.values())
        for number, values in enumerate(self._values()):
            if number in kept:
                yield chain_from_dict(values)

    def list(self) -> tuple[ChainSummary, ...]:
        """Return a summary of each chain, oldest first."""
        summaries = [summary(chain) for chain in self.chains()]
        return tuple(sorted(summaries, key=lambda each: (read_time(each.created_at), each.id)))

    def verify(self) -> LogCheck:
        """Return whether every line is complete, unchanged and in its order."""
        before, count = FIRST, 0
        problems: list[str] = []
        for number, line in self._lines():
            if line is None:
                problems.append(f"line {number} is torn or not a line of a log")
                continue
            count += 1
            if line["before"] != before:
                problems.append(f"line {number} does not follow the line before it")
            if linked_hash(line["before"], line["chain"]) != line["hash"]:
                problems.append(f"line {number} was changed")
            before = line["hash"]
        return LogCheck(ok=not problems, chains=count, last_hash=before, problems=tuple(problems))

    def _values(self) -> Iterator[dict[str, Any]]:
        for number, line in self._lines():
            if line is not None:
                try:
                    values = json.loads(line["chain"])
                except (ValueError, RecursionError):
                    values = None
                if not isinstance(values, dict):
                    text = f"{self.path}, line {number} does not hold a chain"
                    raise InvalidTraceError("log", text)
                yield values

    def _lines(self) -> Iterator[tuple[int, dict[str, str] | None]]:
        if not self.path.exists():
            return
        try:
            with open_plain(self.path) as file:
                for number, raw in enumerate(bounded_lines(file), start=1):
                    if raw.strip():
                        yield number, _line(raw)
        except ValueError as error:
            raise InvalidTraceError("log", f"{self.path}: {error}") from None


def _line(raw: bytes) -> dict[str, str] | None:
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    keys = ("before", "hash", "chain")
    if isinstance(line, dict) and all(isinstance(line.get(key), str) for key in keys):
        return line
    return None


def _end(file: IO[bytes]) -> tuple[str, bool]:
    """Return the hash of the last complete line, and whether the file ends within a line."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return FIRST, False
    tail, position = b"", size
    while position > 0:
        step = min(_BLOCK, position)
        position -= step
        file.seek(position)
        tail = file.read(step) + tail
        lines = tail.splitlines(keepends=True)
        # The first piece may be the end of a longer line, unless the file begins with it.
        for raw in reversed(lines if position == 0 else lines[1:]):
            line = _line(raw)
            if line is not None:
                return line["hash"], not tail.endswith(b"\n")
    return FIRST, not tail.endswith(b"\n")
