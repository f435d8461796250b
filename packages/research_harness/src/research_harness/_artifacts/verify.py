"""Whether a run matches its manifest, and whether two runs agree."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from .._analysis.analysis import columns_of
from .._analysis.answers import AnswerCounts
from .._core.errors import HarnessError, OutputError, SigningError
from .._core.files import is_there, read_json
from .._core.signatures import check_signature, sign_file
from .._core.system import release_memory, require_file
from .._core.text import error_text, on_lines, type_name
from .._design.stored import design_of
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._outcome.responses import FIELDS, ResponseRecord
from .._plan.plan import Plan
from .._plan.recorded import read_places
from .._rows.parquet_files import parquet_rows
from .._rows.store import JournalRows
from .differences import Difference, event_differences, file_differences, manifest_differences
from .environment import other_versions
from .events import event_counts
from .folder import RunFolder, find_run
from .manifest import (
    MANIFEST,
    SIGNATURE,
    file_hash,
    read_manifest,
    unlisted_files,
    unnamed_files,
)
from .recompute import (
    DoubledRows,
    analysis_differences,
    functions_text,
    prepared_from,
    record_differences,
    recorded_conditions,
    table_differences,
)
from .responses import RESPONSES, read_response_file

_MAX_SHOWN = 20
_MAX_ROWS = 10_000_000
_DAMAGED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of a verification.

    Attributes:
        checked: What was compared, in words.
        differences: The first 20 differences; empty when everything agrees.
    """

    checked: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def agree(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def __str__(self) -> str:
        lines = [f"checked {each}" for each in self.checked]
        lines += [f"DIFFERENT {each}" for each in self.differences]
        lines.append("agree" if self.agree else "do not agree")
        return on_lines(lines)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "agree": self.agree,
            "checked": list(self.checked),
            "differences": [str(each) for each in self.differences],
        }


def verify(
    first: str | Path,
    second: str | Path | None = None,
    *,
    output_dir: str | Path = "results",
    allowed_signers: str | Path | None = None,
    signature: str | Path | None = None,
    signer: str | None = None,
) -> Verification:
    """Check a run against its own manifest and journal, or two runs against each other.

    Of two runs, the files are compared that every rerun with the same seed must reproduce:
    settings, data, results and analysis. Measured latencies, and what is made from them, are left
    out unless time was simulated in both.

    Args:
        first: A run, by id or path.
        second: Another run.
        output_dir: The folder of all runs, for ids.
        allowed_signers: Who may have signed the manifest of the first run: a file of lines with a
            name and a public key of SSH. Without it no signature is checked.
        signature: The signature; ``MANIFEST.json.sig`` in the run when left out.
        signer: The one who must have signed; anyone of the file when left out.

    Returns:
        What was checked, and what differs.

    Raises:
        RunNotFoundError: A run is not there, or is not finished and so has no manifest.
        OutputError: The files of a run do not have the form of a run.
        SigningError: The signature cannot be checked.
    """
    if allowed_signers is None and (signature is not None or signer is not None):
        raise SigningError("a signature is checked against allowed_signers; give such a file")
    one = find_run(first, Path(output_dir))
    two = None if second is None else find_run(second, Path(output_dir))
    try:
        for folder in (one, *([two] if two else [])):
            _require_plain_files(folder)
        found = _self_check(one) if two is None else _compare(one, two)
        if allowed_signers is None:
            return found
        place = one.file(SIGNATURE) if signature is None else Path(signature)
        return _with_signature(found, one, place, Path(allowed_signers), signer)
    except HarnessError:
        raise
    except (*_DAMAGED, _dataset_error()) as error:
        # The files may come from anywhere; what they hold is not an error of this library.
        raise OutputError(
            one.path,
            f"its files do not have the form of a run ({type_name(error)}: {error_text(error)})",
            reading=True,
        ) from error


def sign_run(run: str | Path, *, key: str | Path, output_dir: str | Path = "results") -> Path:
    """Sign the manifest of a finished run, which holds the hash of each of its files.

    Args:
        run: The run, by id or path.
        key: A private key of SSH, or the public one of a key in the agent.
        output_dir: The folder of all runs, for ids.

    Returns:
        The signature, ``MANIFEST.json.sig`` in the run.

    Raises:
        RunNotFoundError: The run is not there, or is not finished and so has no manifest.
        OutputError: Its files do not have the form of a run.
        SigningError: Its files do not agree with the manifest, or the key cannot sign.
    """
    folder = find_run(run, Path(output_dir))
    found = verify(folder.path)
    if not found.agree:
        raise SigningError(f"{folder.path} is not signed, since {found.differences[0]}")
    sign_file(folder.file(MANIFEST), Path(key), folder.file(SIGNATURE))
    return folder.file(SIGNATURE)


def _with_signature(
    found: Verification, folder: RunFolder, place: Path, allowed: Path, signer: str | None
) -> Verification:
    """The result with that of the signature of the manifest, before all other differences."""
    checked = check_signature(folder.file(MANIFEST), place, allowed, signer)
    if checked.problem:
        problem = Difference(
            file=place.name, location="", first="a signature", second=checked.problem
        )
        return replace(found, differences=(problem, *found.differences)[:_MAX_SHOWN])
    lines = [f"the manifest is signed by {checked.signer}"]
    later = unlisted_files(folder, read_manifest(folder))
    if later:
        lines.append(f"{len(later)} files came later and are not signed: {', '.join(later[:5])}")
    return replace(found, checked=(*found.checked, *lines))


def _dataset_error() -> type[Exception]:
    """The base class of the errors of the library that reads the data set."""
    import dataset_manager

    return dataset_manager.DatasetError


def _require_plain_files(folder: RunFolder) -> None:
    """Refuse devices and pipes, which never end, wherever they are in the folder."""
    for path in (folder.journal, *folder.path.rglob("*")):
        if path.exists() and not path.is_dir():
            require_file(path)


def _is_inside(name: object) -> bool:
    """Whether a name in a manifest leads to a file of the run."""
    return isinstance(name, str) and not any(
        part in ("..", "") or set(part) & {"\\", ":"} for part in name.split("/")
    )


def _self_check(folder: RunFolder) -> Verification:
    manifest = read_manifest(folder)
    found: list[Difference] = []
    names = [*manifest["files"], *manifest["beside"]]
    if any(not _is_inside(name) for name in names):
        raise OutputError(folder.path, "its manifest names files outside of the run", reading=True)
    paths = {name: folder.file(name) for name in manifest["files"]}
    paths |= {f"../{folder.id}_{name}": folder.beside(name) for name in manifest["beside"]}
    hashes = [*manifest["files"].values(), *manifest["beside"].values()]
    for (name, path), expected in zip(paths.items(), hashes, strict=True):
        actual = file_hash(path) if is_there(path) else "no file"
        if actual != expected:
            found.append(
                Difference(
                    file=name, location="", first=f"manifest {expected[:12]}", second=actual[:12]
                )
            )
    found += [
        Difference(file=name, location="", first="every run has it", second="not in the manifest")
        for name in unnamed_files(folder, manifest)
    ]
    config = read_json(folder.file("config.json"))
    counts = event_counts(folder)
    found += event_differences(manifest, counts)
    found += manifest_differences(folder, manifest, virtual_time=bool(config.get("virtual_time")))
    found += record_differences(manifest, folder)
    release_memory()
    found += islice(_rebuild(folder, config), _MAX_SHOWN)
    return Verification(
        checked=(
            f"{len(paths)} files against the manifest",
            "the data set against its recorded hash",
            "results.csv and results.parquet against the journal",
            _analysis_text(folder, config),
            "responses.parquet against the log of responses",
            _events_text(counts, _row_count(folder)),
            *_records_text(manifest),
            *_later_text(folder, manifest),
        ),
        differences=tuple(found[:_MAX_SHOWN]),
    )


def _analysis_text(folder: RunFolder, config: dict[str, Any]) -> str:
    """What of the analysis and the reports is compared with the rows, in words."""
    if config.get("reading") is None:
        return "no analysis, whose settings this run of before 0.2 did not record"
    functions = functions_text(config)
    others = other_versions(read_json(folder.file("environment.json")))
    if not others:
        return f"the analysis and the reports against the rows{functions}"
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return (
        f"the analysis against the rows{functions}, and the reports by their hashes alone: they"
        f" were written with {others[0]}{more}, which may render them in another way"
    )


def _later_text(folder: RunFolder, manifest: dict[str, Any]) -> tuple[str, ...]:
    """That there are files of which the manifest knows nothing."""
    later = unlisted_files(folder, manifest)
    shown = ", ".join(later[:5])
    return (f"nothing of {len(later)} files that the manifest does not name: {shown}",) * bool(
        later
    )


def _records_text(manifest: dict[str, Any]) -> tuple[str, ...]:
    count = len(manifest.get("records", ()))
    return (f"the values of {count} logs and event files",) * bool(count)


def _events_text(counts: dict[str, dict[str, int]], finished: int) -> str:
    events, rows = (sum(each[kind] for each in counts.values()) for kind in ("events", "rows"))
    text = f"{events:,} events, {rows:,} of them ends of rows"
    lost = finished - rows
    # A session that is killed loses the events of its last moment.
    return text + (f"; {lost:,} of {finished:,} rows have no such event" if lost > 0 else "")


def _row_count(folder: RunFolder) -> int:
    """How many rows the table of results has; 0 for one that is a difference itself."""
    import pyarrow.parquet as pq

    path = folder.file("results.parquet")
    try:
        parquet_rows(path)
    except OutputError:
        return 0
    with pq.ParquetFile(path) as file:
        return int(file.metadata.num_rows)


def _rebuild(folder: RunFolder, config: dict[str, Any]) -> Iterator[Difference]:
    """Make the results again from the raw record and see whether they are those in the file."""
    import dataset_manager

    items = dataset_manager.Dataset.from_file(folder.file("dataset.jsonl"))
    if items.content_hash != config["dataset_hash"]:
        yield Difference(
            file="dataset.jsonl",
            location="content hash",
            first=config["dataset_hash"][:12],
            second=items.content_hash[:12],
        )
        return
    conditions = recorded_conditions(config)
    planned = config["repeat"] * len(items) * len(conditions)
    if not 0 <= planned <= _MAX_ROWS:
        raise OutputError(folder.path, f"its settings ask for {planned:,} rows", reading=True)
    plan = Plan(
        conditions,
        items,
        repeat=config["repeat"],
        seed=config["seed"],
        randomize=config["randomize"],
        design=design_of(config.get("design"), read_places(folder.path)),
    )
    doubled = DoubledRows(len(plan))
    rows = JournalRows(plan, Journal(folder.journal), doubled.look)
    yield from doubled.found
    prepared = prepared_from(config, items, read_places(folder.path))
    columns = None if prepared is None else columns_of(prepared, rows, filled=False)
    yield from table_differences(folder, plan, rows, columns)
    answers = None
    if folder.file(RESPONSES).is_file():
        answers = AnswerCounts()
        logged = ResponseLog(folder.responses).of_rows(rows.identities())
        yield from _response_differences(folder, answers.counted(logged))
    yield from analysis_differences(
        folder, config, rows, prepared, answers=answers, columns=columns
    )


def _response_differences(
    folder: RunFolder, logged: Iterator[ResponseRecord]
) -> Iterator[Difference]:
    """Where the table of responses is not what the log gives."""
    pairs = zip_longest(logged, read_response_file(folder.file(RESPONSES)))
    for number, (first, second) in enumerate(pairs, start=1):
        if first is None or second is None:
            ends = ("no call" if each is None else f"{each.model}" for each in (first, second))
            yield Difference(
                file=RESPONSES, location=f"call {number}", first=next(ends), second=next(ends)
            )
        elif first != second:
            names = [name for name in FIELDS if getattr(first, name) != getattr(second, name)]
            one, two = (str(getattr(each, names[0]))[:60] for each in (first, second))
            yield Difference(
                file=RESPONSES, location=f"call {number}, column {names[0]}", first=one, second=two
            )


def _compare(first: RunFolder, second: RunFolder) -> Verification:
    one, two = read_manifest(first), read_manifest(second)
    volatile = frozenset({*one["volatile_columns"], *two["volatile_columns"]})
    names = sorted({*one["deterministic"], *two["deterministic"]} - {"results.parquet", RESPONSES})
    if RESPONSES in one["deterministic"] and RESPONSES in two["deterministic"]:
        names.append(RESPONSES)  # runs of before 0.2 have none
    if not volatile:
        names.append("results.parquet")
    skip = _volatile_metrics(first, volatile) | _volatile_metrics(second, volatile)
    found: list[Difference] = []
    for name in names:
        paths = first.file(name), second.file(name)
        if all(map(is_there, paths)) and file_hash(paths[0]) == file_hash(paths[1]):
            continue
        differing = file_differences(name, *paths, volatile=volatile, skip=skip)
        found += islice(differing, _MAX_SHOWN)
    left_out = f" (without {', '.join(sorted(volatile))})" if volatile else ""
    return Verification(
        checked=tuple(f"{name}{left_out if name != 'config.json' else ''}" for name in names),
        differences=tuple(found[:_MAX_SHOWN]),
    )


def _volatile_metrics(folder: RunFolder, volatile: frozenset[str]) -> frozenset[str]:
    metrics = read_json(folder.file("config.json"))["metrics"]
    return frozenset(each["name"] for each in metrics if each["column"] in volatile)
