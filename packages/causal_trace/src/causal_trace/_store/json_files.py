"""Chains as JSON files in a folder, one file a chain."""

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from .._core.errors import ChainNotFoundError, CorruptChainError, UnsafeIdError
from .._core.events import emit
from .._core.ids import new_id
from .._core.times import read_time
from .._model.chain import Chain, chain_from_dict
from .summary import ChainSummary, summary

_SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


class JsonStore:
    """A folder of chains.

    Args:
        folder: The folder; made on the first save.
    """

    def __init__(self, folder: str | Path = "causal_traces") -> None:
        self.folder = Path(folder)

    def save(self, chain: Chain) -> Path:
        """Write a chain; it replaces an older one of the same id, at once and never by halves.

        Raises:
            UnsafeIdError: Its id is no plain file name.
        """
        path = self._path(chain.id)
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(chain.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        # Hidden, and a name of its own, so that two writers do not meet in it.
        temporary = self.folder / f".{chain.id}.{new_id()}.part"
        try:
            # Halves of surrogate pairs become the escapes that JSON reads back.
            with temporary.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        emit("trace.chain.saved", {"events": len(chain)}, {"chain_id": chain.id})
        return path

    def load(self, chain_id: str) -> Chain:
        """Read a chain.

        Raises:
            ChainNotFoundError: There is none of this id.
            CorruptChainError: Its file cannot be read.
            UnsafeIdError: The id is no plain file name.
        """
        chain = read_chain(self._existing(chain_id))
        emit("trace.chain.loaded", {"events": len(chain)}, {"chain_id": chain.id})
        return chain

    def delete(self, chain_id: str) -> None:
        """Remove a chain.

        Raises:
            ChainNotFoundError: There is none of this id.
        """
        self._existing(chain_id).unlink()

    def list(self) -> tuple[ChainSummary, ...]:
        """What is stored, oldest first.

        Raises:
            CorruptChainError: A file cannot be read.
        """
        found = [summary(chain) for chain in self._chains()]
        return tuple(sorted(found, key=lambda each: (read_time(each.created_at), each.id)))

    def search(
        self,
        *,
        name_contains: str = "",
        created_after: str | datetime | None = None,
        created_before: str | datetime | None = None,
        min_events: int = 0,
        max_events: int | None = None,
    ) -> tuple[ChainSummary, ...]:
        """The stored chains that fit.

        Args:
            name_contains: A part of the name, in any case.
            created_after: A moment, ISO 8601 or a datetime; UTC when it has no zone. A day alone
                means its begin.
            created_before: A moment; that moment itself still fits.
            min_events: At least so many events.
            max_events: At most so many.

        Raises:
            ValueError: A time is no ISO 8601 time.
            CorruptChainError: A file cannot be read.
        """
        after = read_time(created_after) if created_after else None
        before = read_time(created_before) if created_before else None
        return tuple(
            each
            for each in self.list()
            if name_contains.casefold() in each.name.casefold()
            and (after is None or read_time(each.created_at) >= after)
            and (before is None or read_time(each.created_at) <= before)
            and each.event_count >= min_events
            and (max_events is None or each.event_count <= max_events)
        )

    def _chains(self) -> Iterator[Chain]:
        for path in sorted(self.folder.glob("*.json")):
            yield read_chain(path)

    def _existing(self, chain_id: str) -> Path:
        path = self._path(chain_id)
        if not path.is_file():
            raise ChainNotFoundError(chain_id, self.folder)
        return path

    def _path(self, chain_id: str) -> Path:
        if not _SAFE.fullmatch(chain_id):
            raise UnsafeIdError(chain_id)
        return self.folder / f"{chain_id}.json"


def read_chain(path: Path) -> Chain:
    """Read the chain in a file.

    Raises:
        CorruptChainError: The file cannot be read as a chain.
    """
    try:
        values: Any = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(values, dict):
            values.setdefault("id", path.stem)
        chain = chain_from_dict(values)
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptChainError(path, str(error) or type(error).__name__) from error
    if chain.id != path.stem:
        raise CorruptChainError(path, f"it holds the chain {chain.id!r}; name the file after it")
    return chain


def save(chain: Chain, storage_dir: str | Path = "causal_traces") -> Path:
    """Write a chain into a folder and give its path."""
    return JsonStore(storage_dir).save(chain)


def load(chain_id: str, storage_dir: str | Path = "causal_traces") -> Chain:
    """Read a chain from a folder by its id."""
    return JsonStore(storage_dir).load(chain_id)
