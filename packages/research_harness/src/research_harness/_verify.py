"""Does a run still match its manifest, and do two runs agree?"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ._experiment import Condition
from ._folder import RunFolder, find_run, read_json
from ._journal import Journal
from ._manifest import file_hash, read_manifest
from ._plan import Plan
from ._results import csv_text, read_rows, records

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where two things that should be equal are not.

    Attributes:
        file: The file, relative to the artifact folder.
        place: Where in it: a row and column, or a path through the JSON; empty for all of it.
        first: What the first run (or the manifest) has there.
        second: What the second run (or the file itself) has there.
    """

    file: str
    place: str
    first: str
    second: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: {self.first} != {self.second}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification found.

    Attributes:
        checked: What was compared, in words.
        differences: Everything that differs, the first 20; empty when all is well.
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
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "agree": self.agree,
            "checked": list(self.checked),
            "differences": [str(each) for each in self.differences],
        }


def verify(
    first: str | Path, second: str | Path | None = None, *, output_dir: str | Path = "results"
) -> Verification:
    """Check a run against its own manifest and journal, or two runs against each other.

    Of two runs, the files are compared that every rerun with the same seed must reproduce:
    settings, data, results and analysis. Measured latencies, and what is made from them, are left
    out unless time was simulated in both.

    Args:
        first: A run, by id or path.
        second: Another run.
        output_dir: The folder of all runs, for ids.

    Raises:
        RunNotFoundError: A run is not there, or is not finished and so has no manifest.
    """
    one = find_run(first, Path(output_dir))
    if second is None:
        return _self_check(one)
    return _compare(one, find_run(second, Path(output_dir)))


def _self_check(folder: RunFolder) -> Verification:
    manifest = read_manifest(folder)
    found: list[Difference] = []
    paths = {name: folder.file(name) for name in manifest["files"]}
    paths |= {f"../{folder.id}_{name}": folder.beside(name) for name in manifest["beside"]}
    hashes = [*manifest["files"].values(), *manifest["beside"].values()]
    for (name, path), expected in zip(paths.items(), hashes, strict=True):
        actual = file_hash(path) if path.is_file() else "no file"
        if actual != expected:
            found.append(
                Difference(
                    file=name, place="", first=f"manifest {expected[:12]}", second=actual[:12]
                )
            )
    found += _rebuild(folder)
    return Verification(
        checked=(
            f"{len(paths)} files against the manifest",
            "the data set against its recorded hash",
            "results.csv against the journal",
        ),
        differences=tuple(found[:_MOST_SHOWN]),
    )


def _rebuild(folder: RunFolder) -> Iterator[Difference]:
    """Make the results again from the raw record and see whether they are those in the file."""
    import dataset_manager

    config = read_json(folder.file("config.json"))
    items = dataset_manager.load_sync(
        config["dataset"]["name"], source=folder.file("dataset.jsonl")
    )
    if items.content_hash != config["dataset_hash"]:
        yield Difference(
            file="dataset.jsonl",
            place="content hash",
            first=config["dataset_hash"][:12],
            second=items.content_hash[:12],
        )
        return
    conditions = [Condition(name=each["name"], function=str) for each in config["conditions"]]
    plan = Plan(
        conditions,
        items,
        repeat=config["repeat"],
        seed=config["seed"],
        randomize=config["randomize"],
    )
    table = csv_text(*records(read_rows(plan, Journal(folder.journal)), plan))
    yield from _csv_differences(
        "results.csv", table, folder.file("results.csv").read_text(encoding="utf-8"), frozenset()
    )


def _compare(first: RunFolder, second: RunFolder) -> Verification:
    one, two = read_manifest(first), read_manifest(second)
    volatile = frozenset({*one["volatile_columns"], *two["volatile_columns"]})
    names = sorted({*one["deterministic"], *two["deterministic"]} - {"results.parquet"})
    if not volatile:
        names.append("results.parquet")
    skip = _volatile_metrics(first, volatile) | _volatile_metrics(second, volatile)
    found: list[Difference] = []
    for name in names:
        paths = first.file(name), second.file(name)
        if all(path.is_file() for path in paths) and file_hash(paths[0]) == file_hash(paths[1]):
            continue
        found += _file_differences(name, *paths, volatile=volatile, skip=skip)
    left_out = f" (without {', '.join(sorted(volatile))})" if volatile else ""
    return Verification(
        checked=tuple(f"{name}{left_out if name != 'config.json' else ''}" for name in names),
        differences=tuple(found[:_MOST_SHOWN]),
    )


def _file_differences(
    name: str, first: Path, second: Path, *, volatile: frozenset[str], skip: frozenset[str]
) -> Iterator[Difference]:
    missing = [str(path) for path in (first, second) if not path.is_file()]
    if missing:
        yield Difference(file=name, place="", first="in one run", second=f"missing: {missing[0]}")
    elif name.endswith(".json"):
        values = (_pruned(read_json(path), skip) for path in (first, second))
        yield from _json_differences(name, "", *values)
    elif name.endswith(".csv"):
        one, two = (path.read_text(encoding="utf-8") for path in (first, second))
        yield from _csv_differences(name, one, two, volatile)
    elif name.endswith(".jsonl"):
        yield from _line_differences(name, first, second)
    else:
        yield Difference(
            file=name, place="", first=file_hash(first)[:12], second=file_hash(second)[:12]
        )


def _volatile_metrics(folder: RunFolder, volatile: frozenset[str]) -> frozenset[str]:
    metrics = read_json(folder.file("config.json"))["metrics"]
    return frozenset(each["name"] for each in metrics if each["column"] in volatile)


def _pruned(value: Any, skip: frozenset[str]) -> Any:
    """JSON without the entries that speak of metrics to be skipped."""
    if isinstance(value, dict):
        return {key: _pruned(entry, skip) for key, entry in value.items()}
    if isinstance(value, list):
        return [
            _pruned(entry, skip)
            for entry in value
            if not (isinstance(entry, dict) and entry.get("metric") in skip)
        ]
    return value


def _json_differences(name: str, place: str, first: Any, second: Any) -> Iterator[Difference]:
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted({*first, *second}):
            inner = f"{place}.{key}" if place else key
            yield from _json_differences(name, inner, first.get(key), second.get(key))
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for number, pair in enumerate(zip(first, second, strict=True)):
            yield from _json_differences(name, f"{place}[{number}]", *pair)
    elif first != second:
        yield Difference(file=name, place=place, first=_short(first), second=_short(second))


def _csv_differences(
    name: str, first: str, second: str, volatile: frozenset[str]
) -> Iterator[Difference]:
    tables = [list(csv.reader(text.splitlines(keepends=True))) for text in (first, second)]
    heads = [table[0] if table else [] for table in tables]
    if heads[0] != heads[1]:
        yield Difference(file=name, place="line 1", first=str(heads[0]), second=str(heads[1]))
        return
    for number, rows in enumerate(zip_longest(tables[0][1:], tables[1][1:]), start=1):
        if rows[0] is None or rows[1] is None:
            lengths = (f"{len(table) - 1} rows" for table in tables)
            yield Difference(
                file=name, place="", **dict(zip(("first", "second"), lengths, strict=True))
            )
            return
        for column, one, two in zip(heads[0], rows[0], rows[1], strict=False):
            if one != two and column not in volatile:
                yield Difference(
                    file=name,
                    place=f"row {number}, column {column}",
                    first=_short(one),
                    second=_short(two),
                )


def _line_differences(name: str, first: Path, second: Path) -> Iterator[Difference]:
    with first.open(encoding="utf-8") as one, second.open(encoding="utf-8") as two:
        for number, (line, other) in enumerate(zip_longest(one, two, fillvalue=""), start=1):
            if line != other:
                yield Difference(
                    file=name, place=f"line {number}", first=_short(line), second=_short(other)
                )


def _short(value: object) -> str:
    text = value.strip() if isinstance(value, str) else json.dumps(value, default=repr)
    text = repr(text) if isinstance(value, str) else text
    return text if len(text) <= 60 else f"{text[:57]}..."
