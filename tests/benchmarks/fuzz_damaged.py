"""Damaged forms of valid files for readers, as many and with any seed.

uv run python tests/benchmarks/fuzz_damaged.py causal_trace --inputs 200000 --seed 7

The suite reads fewer with a fixed seed (tests/fuzz). The inputs are divided over the readers. An
input that gives another error than the library's own, or takes more than 5 s of CPU time, is
printed, and the search goes on.
"""

import argparse
import io
import random
import sys
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "fuzz"))

from further_readers import FURTHER_READERS
from mutations import damaged
from other_readers import FILE_READERS
from readers import READERS, Reader
from server_readers import SERVER_READERS

ALL = (*READERS, *FILE_READERS, *SERVER_READERS, *FURTHER_READERS)
MAX_SECONDS = 5.0
KEPT = 300  # inputs that were read, which are damaged again


def main() -> None:
    """Read damaged files with the readers of a library."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", help="how their names begin, such as causal_trace")
    parser.add_argument("--inputs", type=int, default=10_000, help="how many over all readers")
    parser.add_argument("--seed", type=int, default=0, help="where the damage is drawn from")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    chosen = [each for each in ALL if each.name.startswith(options.readers)]
    broken = 0
    for reader in chosen:
        broken += _search(reader, options.inputs // len(chosen) + 1, options.seed)
    print(f"{len(chosen)} readers, {options.inputs:,} inputs; broken: {broken}")
    sys.exit(bool(broken))


def _search(reader: Reader, inputs: int, seed: int) -> int:
    """Read damaged forms of a reader's example; return how many broke it."""
    path = Path(tempfile.mkdtemp()) / reader.file
    chance = random.Random(f"{seed} {reader.name}")
    kept, read, broken, slowest, begin = [reader.example], 0, 0, 0.0, time.process_time()
    for _ in range(inputs):
        content = _damaged(chance.choice(kept), chance)
        path.write_bytes(content)
        before = time.process_time()
        try:
            reader.read(path)
        except reader.allowed:
            pass
        except Exception as error:  # noqa: BLE001  # what is searched for
            broken += 1
            print(f"{reader.name}: {type(error).__name__}: {error}\n  {content[:1500]!r}")
        else:
            read += 1
            if len(content) < 4 * len(reader.example) + 4000:
                kept = [*kept[-KEPT:], content]
        slowest = max(slowest, time.process_time() - before)
    if slowest > MAX_SECONDS:
        broken += 1
    spent = time.process_time() - begin
    print(f"{reader.name}: {read:,} of {inputs:,} read, {spent:.0f} s, slowest {slowest:.2f} s")
    sys.stdout.flush()
    return broken


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """A damaged form of a file; of a packed one also with whole sums and a damaged member."""
    if not content.startswith(b"PK") or chance.random() < 0.3:
        return _changed(content, chance)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001  # zipfile raises many kinds for damaged files
        return _changed(content, chance)
    changed = chance.choice(list(members) or [""])
    members[changed] = _changed(members.get(changed, b""), chance)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, member in members.items():
            archive.writestr(name or "a", member)
    return packed.getvalue()


def _changed(content: bytes, chance: random.Random) -> bytes:
    try:
        return damaged(content, chance)
    except RecursionError:  # a file that an earlier damage made too deep for json
        return content[: chance.randrange(len(content))]


if __name__ == "__main__":
    main()
