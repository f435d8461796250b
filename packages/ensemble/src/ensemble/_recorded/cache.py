"""A file of answers that were paid for once, given again for the same request."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

from .._catalogue.plain_files import bounded_lines, open_plain
from .._core.errors import CacheFileError
from .._core.old_calls import rescaled_argument
from .._models.conversion import ModelLike
from .cached import CachedModel, Mode
from .records import MISREAD, record_of, row_of
from .store import ResponseStore


class ResponseCache(ResponseStore):
    """A file of answers by model, parameters, prompt and sample number.

    It may be open in several processes; of two that ask the same, the quicker one's answer is kept
    and both give it. It holds questions and answers, never keys or headers. Keep it on a local
    disk. Use it with ``with``, or close it.

    Args:
        path: The file; created when it does not exist.
        clock: Gives the seconds since 1970.

    Raises:
        CacheFileError: The file is something else, or was written by a later version.
    """

    def wrap(
        self,
        model: ModelLike,
        *,
        mode: Mode = "replay",
        version: str = "",
        charge_hits: bool = False,
    ) -> CachedModel:
        """The model with this cache before it; the arguments are those of ``CachedModel``.

        Args:
            model: A model, a function of the item, or a model's name.
            mode: As of ``CachedModel``.
            version: As of ``CachedModel``.
            charge_hits: As of ``CachedModel``.

        Returns:
            The model with this cache before it.
        """
        return CachedModel(model, self, mode=mode, version=version, charge_hits=charge_hits)

    @rescaled_argument("older_than_s", "older_than_ms", 1000.0)
    def forget(self, *, model: str | None = None, older_than_ms: float = 0.0) -> int:
        """Remove answers.

        Args:
            model: Those of this model; of all when left out.
            older_than_ms: Those that are older than this.

        Returns:
            How many were removed.
        """
        return self._file.remove(model, self._clock() - older_than_ms / 1000)

    def export_jsonl(self, path: str | Path) -> int:
        """Write all answers to a file, a JSON object a line, as ``ReplayModel`` reads them too.

        Args:
            path: The file.

        Returns:
            How many there are.
        """
        count, path = 0, Path(path)
        # A random name, so that no link can wait in its place, and a link at the path is replaced.
        partial = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.part")
        try:
            # Half a surrogate pair, which some models write, is an escape in JSON.
            with partial.open("x", encoding="utf-8", errors="backslashreplace") as file:
                for record in self:
                    file.write(json.dumps(record.to_dict(), ensure_ascii=False) + "\n")
                    count += 1
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return count

    def import_jsonl(self, path: str | Path) -> int:
        """Add the answers of a file that ``export_jsonl`` wrote; what is there stays.

        Args:
            path: The file.

        Returns:
            How many were added.

        Raises:
            CacheFileError: A line is not an exported answer; nothing is added.
        """
        rows = []
        for number, line in _numbered_lines(Path(path)):
            try:
                rows.append(row_of(record_of(json.loads(line))))
            except MISREAD as error:
                raise CacheFileError(
                    str(path), f"line {number} is not an exported answer ({error})"
                ) from error
        return self._file.add_all(rows)


def _numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not blank, with their numbers."""
    try:
        opened = open_plain(path)
        with io.TextIOWrapper(opened, encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(bounded_lines(file), start=1):
                if line.strip():
                    yield number, line
    except ValueError as error:
        raise CacheFileError(str(path), str(error)) from error
