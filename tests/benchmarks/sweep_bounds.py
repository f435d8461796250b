"""Every reader and every function of a text with hostile inputs of 2 MB: time and memory.

    uv run python tests/benchmarks/sweep_bounds.py --list
    uv run python tests/benchmarks/sweep_bounds.py
    uv run python tests/benchmarks/sweep_bounds.py "causal_trace text" --megabytes .5

None may take more than 10 s of processor time or 300 MB, or end with another error than its
library's. Each is tried with a twentieth of the size first, then with a quarter
and the whole where that took so much that it could exceed the limits if time grows with the
square of the size. The calls run in child processes with limits. What exceeds them is printed,
with the slowest and the largest of each; the suite has a small version
(tests/fuzz/test_bounds.py). Needs Linux.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "fuzz"))

from further_readers import FURTHER_READERS
from measured import Cost, costs
from other_readers import FILE_READERS
from readers import READERS as QUICK_READERS
from readers import Reader
from server_readers import SERVER_READERS
from text_functions import TEXT_FUNCTIONS, call
from wide_inputs import grown, packed, plain

READERS = (*QUICK_READERS, *FILE_READERS, *SERVER_READERS, *FURTHER_READERS)
MB = 1 << 20
PARTS = (20, 4, 1)  # of the size, one after the other


def main() -> None:
    """Sweep what is named on the command line, or all."""
    names = [*(each.name for each in READERS), *TEXT_FUNCTIONS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", metavar="NAME", help="names; all when left out")
    parser.add_argument("--megabytes", type=float, default=2.0, help="the size of each input")
    parser.add_argument("--list", action="store_true", help="print the names")
    options = parser.parse_args()
    if unknown := {*options.what} - {*names}:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; see --list")
    if options.list:
        print("\n".join(names))
        return
    size = int(options.megabytes * MB)
    over = calls = whole = 0
    for name in options.what or names:
        found: dict[str, Cost] = {}
        chosen: set[str] | None = None
        for part in PARTS:
            now = dict(_swept(name, size // part, chosen))
            found |= now
            chosen = {form for form, cost in now.items() if _may_exceed(cost, part)}
            calls, whole = calls + len(now) * (part == PARTS[0]), whole + len(now) * (part == 1)
            if not chosen:
                break
        over += _told(name, found)
    print(f"{calls:,} inputs, {whole:,} of them with {size / MB:g} MB: {over} over")
    sys.exit(bool(over))


def _may_exceed(cost: Cost, part: int) -> bool:
    """Whether a form may be too much with its whole size, if time grows with the square."""
    return not cost.within(seconds=10 / part**2 / 1.25, megabytes=300 // part)


def _told(name: str, found: dict[str, Cost]) -> int:
    """Print what was found of one name; how many forms were too much."""
    over = {form: cost for form, cost in found.items() if not cost.within()}
    for form, cost in over.items():
        print(f"OVER {name}: {form}: {_shown(cost)}", flush=True)
    print(f"{name}: {len(found)} forms, {_worst(found)}", flush=True)
    return len(over)


def _worst(found: dict[str, Cost]) -> str:
    slow = max(found, key=lambda form: found[form].seconds)
    large = max(found, key=lambda form: found[form].megabytes)
    return f"slowest {slow}: {_shown(found[slow])}; largest {large}: {_shown(found[large])}"


def _swept(name: str, size: int, chosen: set[str] | None = None) -> Iterator[tuple[str, Cost]]:
    """The forms of a size, or those that are chosen, with their costs."""
    reader = next((each for each in READERS if each.name == name), None)
    if reader is None:

        def texts() -> Iterator[tuple[str, Callable[[], object]]]:
            for form, content in plain(size):
                if chosen is None or form in chosen:
                    yield form, partial(call, name, content.decode("utf-8", "surrogateescape"))

        yield from costs(texts, ())
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / reader.file

        def files() -> Iterator[tuple[str, Callable[[], object]]]:
            for form, content in _forms(reader, size, chosen):
                if chosen is None or form in chosen:
                    path.write_bytes(content)
                    yield form, partial(reader.read, path)

        yield from costs(files, (reader.allowed,))


def _forms(reader: Reader, size: int, chosen: set[str] | None) -> Iterator[tuple[str, bytes]]:
    yield from packed(reader.file, size, chosen)
    yield from plain(size)
    yield from grown(reader.example, size)


def _shown(found: Cost) -> str:
    return f"{found.seconds:.1f} s, {found.megabytes} MB, {found.end}"


if __name__ == "__main__":
    main()
