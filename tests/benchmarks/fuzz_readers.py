"""Search for inputs that break a reader, led by the code that each input reaches (atheris).

    uv run --with atheris python tests/benchmarks/fuzz_readers.py --list
    uv run --with atheris python tests/benchmarks/fuzz_readers.py "causal_trace text" --runs 100000
    uv run --with atheris python tests/benchmarks/fuzz_readers.py --runs 1500

The suite damages the same files without such a lead (tests/fuzz). Without names, every reader is
searched, each in a process of its own. An input that gives another error than the library's own,
or takes 10 s, stops the search of its reader; it is printed, and kept in the current folder.
"""

import argparse
import contextlib
import os
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
    "research_harness",
    "telemetry_research",
]

with atheris.instrument_imports(include=_LIBRARIES):
    from further_readers import FURTHER_READERS
    from other_readers import FILE_READERS
    from readers import READERS as QUICK_READERS
    from readers import Reader
    from server_readers import SERVER_READERS

READERS = (*QUICK_READERS, *FILE_READERS, *SERVER_READERS, *FURTHER_READERS)


def main() -> None:
    """Fuzz the readers that are named on the command line, or all."""
    names = [each.name for each in READERS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help="names; all when left out")
    parser.add_argument("--runs", type=int, default=100_000, help="how many inputs of each")
    parser.add_argument("--list", action="store_true", help="print the names of the readers")
    options = parser.parse_args()
    if unknown := {*options.readers} - {*names}:
        parser.error(f"no readers {', '.join(sorted(unknown))}; see --list")
    if options.list:
        print("\n".join(names))
        return
    chosen = [each for each in READERS if each.name in (options.readers or names)]
    broken = [each.name for each in chosen if not _ends_well(each, options.runs)]
    print(f"{len(chosen)} readers, {options.runs:,} inputs each; broken: {broken or 'none'}")
    sys.exit(bool(broken))


def _ends_well(reader: Reader, runs: int) -> bool:
    """Fuzz one reader in a child, since libFuzzer ends its process after the last run."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _fuzz(reader, runs)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    print(f"{reader.name}: {'ok' if status == 0 else 'BROKEN'}", flush=True)
    return status == 0


def _fuzz(reader: Reader, runs: int) -> None:
    folder = Path(tempfile.mkdtemp())
    path, corpus = folder / reader.file, folder / "corpus"
    corpus.mkdir()
    (corpus / "example").write_bytes(reader.example)

    def one(content: bytes) -> None:
        path.write_bytes(content)
        with contextlib.suppress(reader.allowed):
            reader.read(path)

    warnings.simplefilter("ignore")
    options = [f"-runs={runs}", "-timeout=10", "-verbosity=0", f"-artifact_prefix={os.getpid()}-"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
