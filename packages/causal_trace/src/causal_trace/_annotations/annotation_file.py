"""Annotations in an append-only file beside the chains."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from .._core.errors import InvalidTraceError, TraceError
from .._core.plain_files import read_plain
from .annotation import Annotation, annotation_from_dict


class AnnotationFile:
    """A file with one annotation in each line. A later one of a rater about an event counts.

    Args:
        path: The file; it is made with the first annotation. A JSON list, as the page saves it,
            can be read too.

    Attributes:
        path: The file.

    Example:
        >>> import tempfile
        >>> file = AnnotationFile(Path(tempfile.mkdtemp()) / "notes.jsonl")
        >>> file.add(Annotation(chain_id="c", event_id="e", rater="r1", label="unclear"))
        >>> file.ratings()
        {('c', 'e'): {'r1': 'unclear'}}
    """

    path: Path

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def add(self, *annotations: Annotation) -> None:
        """Append annotations.

        Args:
            *annotations: The annotations.

        Raises:
            InvalidTraceError: The file is a JSON list; read it and write a new file.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(each.to_dict()) + "\n" for each in annotations)
        with self.path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(0)
                if file.read(1) == b"[":
                    text = f"{self.path} is a JSON list; read it and write a new file"
                    raise InvalidTraceError("annotation", text)
                file.seek(-1, os.SEEK_END)
                lines = lines if file.read(1) == b"\n" else "\n" + lines
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())

    def annotations(self) -> tuple[Annotation, ...]:
        """Return all annotations in the order they were made.

        Raises:
            InvalidTraceError: A line is not an annotation.
        """
        if not self.path.exists():
            return ()
        try:
            text = read_plain(self.path)
            if text.lstrip().startswith("["):
                return tuple(map(annotation_from_dict, json.loads(text)))
            lines = [line for line in text.split("\n") if line.strip()]
            return tuple(annotation_from_dict(json.loads(line)) for line in lines)
        except TraceError:
            raise
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidTraceError("annotation", f"{self.path}: {error}") from None

    def ratings(self) -> dict[tuple[str, str], dict[str, str]]:
        """Return the last label of each rater, for each chain and event."""
        found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for each in self.annotations():
            found[each.chain_id, each.event_id][each.rater] = each.label
        return dict(found)

    def rating_columns(self, raters: Iterable[str] | None = None) -> dict[str, list[str | None]]:
        """Return the labels of each rater over the same events, with None where one gave none.

        ``bench.agreement(*columns.values(), method="krippendorff")`` gives the agreement.

        Args:
            raters: The raters in order; None takes all, sorted.
        """
        ratings = self.ratings()
        names = sorted({rater for each in ratings.values() for rater in each})
        rows = [labels for _, labels in sorted(ratings.items())]
        chosen = names if raters is None else list(raters)
        return {rater: [labels.get(rater) for labels in rows] for rater in chosen}
