"""Chains as JSON files in a folder, one file for each chain."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from .._core.deprecated import renamed_arguments
from .._core.errors import ChainNotFoundError, CorruptChainError, UnsafeIdError
from .._core.events import emit
from .._core.ids import is_portable
from .._core.plain_files import read_plain
from .._core.times import read_time
from .._model.chain import Chain
from .._model.records import chain_from_dict
from .summary import ChainSummary, summary
from .whole_files import whole_file

_SAFE_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


class JsonStore:
    """A folder of chains.

    Args:
        folder: The folder; it is made on the first save.

    Attributes:
        folder: The folder.

    Example:
        >>> import tempfile
        >>> store = JsonStore(tempfile.mkdtemp())
        >>> chain = Chain(name="session cache")
        >>> path = store.save(chain)
        >>> store.load(chain.id) == chain, len(store.list())
        (True, 1)
    """

    folder: Path

    def __init__(self, folder: str | Path = "causal_traces") -> None:
        self.folder = Path(folder)

    def save(self, chain: Chain) -> Path:
        """Write a chain. A file of the same id is replaced at once, never half written.

        Args:
            chain: The chain.

        Returns:
            The path of its file.

        Raises:
            UnsafeIdError: Its id cannot be a file name, or differs from that of another chain in
                upper and lower case alone, which is the same file here.
        """
        path = self._path(chain.id)
        self.folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.name not in (each.name for each in self.folder.iterdir()):
            raise UnsafeIdError(chain.id)  # macOS and Windows have it in other letters
        with whole_file(path, names=_SAFE_ID.pattern) as file:
            file.write(chain.to_json().encode("utf-8"))
        emit("trace.chain.saved", {"events": len(chain)}, {"chain_id": chain.id})
        return path

    def load(self, chain_id: str) -> Chain:
        """Read a chain.

        Args:
            chain_id: The id of the chain.

        Returns:
            The chain.

        Raises:
            ChainNotFoundError: No chain has this id.
            CorruptChainError: The file does not hold a chain.
            UnsafeIdError: The id cannot be a file name.
        """
        chain = _read_chain(self._existing(chain_id))
        emit("trace.chain.loaded", {"events": len(chain)}, {"chain_id": chain.id})
        return chain

    def delete(self, chain_id: str) -> None:
        """Remove a chain.

        Args:
            chain_id: The id of the chain.

        Raises:
            ChainNotFoundError: No chain has this id.
            UnsafeIdError: The id cannot be a file name.
        """
        self._existing(chain_id).unlink()

    def list(self) -> tuple[ChainSummary, ...]:
        """Return a summary of each stored chain, oldest first.

        Raises:
            CorruptChainError: A file does not hold a chain.
        """
        summaries = [summary(chain) for chain in self._chains()]
        return tuple(sorted(summaries, key=lambda each: (read_time(each.created_at), each.id)))

    def search(
        self,
        *,
        name_contains: str = "",
        created_after: str | datetime | None = None,
        created_before: str | datetime | None = None,
        min_events: int = 0,
        max_events: int | None = None,
    ) -> tuple[ChainSummary, ...]:
        """Return a summary of each chain that meets all conditions, oldest first.

        Args:
            name_contains: A part of the name, in upper or lower case.
            created_after: The earliest time, ISO 8601 or a ``datetime``, in UTC if it has no time
                zone. A date alone means its beginning.
            created_before: The latest time.
            min_events: The smallest number of events.
            max_events: The largest number of events; None for any.

        Returns:
            The summaries; read a chain with ``load``.

        Raises:
            ValueError: A time is not an ISO 8601 time.
            CorruptChainError: A file does not hold a chain.
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
            yield _read_chain(path)

    def _existing(self, chain_id: str) -> Path:
        path = self._path(chain_id)
        if not path.is_file():
            raise ChainNotFoundError(chain_id, self.folder)
        return path

    def _path(self, chain_id: str) -> Path:
        if not _SAFE_ID.fullmatch(chain_id) or not is_portable(f"{chain_id}.json"):
            raise UnsafeIdError(chain_id)
        return self.folder / f"{chain_id}.json"


@renamed_arguments(storage_dir="folder")
def save_chain(chain: Chain, folder: str | Path = "causal_traces") -> Path:
    """Write a chain into a folder, as ``JsonStore(folder).save(chain)`` does.

    Args:
        chain: The chain.
        folder: The folder; it is made if it is missing.

    Returns:
        The path of its file.

    Raises:
        UnsafeIdError: Its id cannot be a file name.
    """
    return JsonStore(folder).save(chain)


@renamed_arguments(storage_dir="folder")
def load_chain(chain_id: str, folder: str | Path = "causal_traces") -> Chain:
    """Read a chain from a folder, as ``JsonStore(folder).load(chain_id)`` does.

    Args:
        chain_id: The id of the chain.
        folder: The folder.

    Returns:
        The chain.

    Raises:
        ChainNotFoundError: No chain has this id.
        CorruptChainError: The file does not hold a chain.
        UnsafeIdError: The id cannot be a file name.
    """
    return JsonStore(folder).load(chain_id)


def _read_chain(path: Path) -> Chain:
    try:
        values: Any = json.loads(read_plain(path))
        if isinstance(values, dict):
            values.setdefault("id", path.stem)
        chain = chain_from_dict(values)
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptChainError(path, str(error) or type(error).__name__) from error
    if chain.id != path.stem:
        raise CorruptChainError(path, f"its id is {chain.id!r}; rename the file to {chain.id}.json")
    return chain
