"""Search for inputs that break a reader, led by the code that each input reaches (atheris).

    uv run --with atheris python tests/benchmarks/fuzz_readers.py --list
    uv run --with atheris python tests/benchmarks/fuzz_readers.py "causal_trace text" --runs 100000

The suite damages the same files without such a lead (tests/fuzz). An input that gives another error
than the library's own stops the search; it is printed, and kept in the current folder.
"""

import argparse
import contextlib
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent / "fuzz"))

_LIBRARIES = [
    "causal_trace",
    "dataset_manager",
    "ensemble",
    "hedging",
    "reporter",
    "telemetry_research",
]

with atheris.instrument_imports(include=_LIBRARIES):
    from other_readers import FILE_READERS
    from readers import READERS as QUICK_READERS
    from server_readers import SERVER_READERS

READERS = (*QUICK_READERS, *FILE_READERS, *SERVER_READERS)


def main() -> None:
    """Fuzz the reader that is named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", nargs="?", choices=[each.name for each in READERS])
    parser.add_argument("--runs", type=int, default=100_000, help="how many inputs")
    parser.add_argument("--list", action="store_true", help="print the names of the readers")
    options = parser.parse_args()
    if options.list or options.reader is None:
        print("\n".join(each.name for each in READERS))
        return
    reader = next(each for each in READERS if each.name == options.reader)
    folder = Path(tempfile.mkdtemp())
    path, corpus = folder / reader.file, folder / "corpus"
    corpus.mkdir()
    (corpus / "example").write_bytes(reader.example)

    def one(content: bytes) -> None:
        path.write_bytes(content)
        with contextlib.suppress(reader.allowed):
            reader.read(path)

    warnings.simplefilter("ignore")
    # libFuzzer ends the process after the last run.
    atheris.Setup([sys.argv[0], f"-runs={options.runs}", "-timeout=10", str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
