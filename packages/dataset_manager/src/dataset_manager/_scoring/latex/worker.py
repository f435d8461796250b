"""The process that compares answers by symbolic algebra, through math-verify.

A term such as 9^{9^9} would take forever, so that each pair has a limit of processor time, after
which the kernel ends the process. It is run as a script and imports nothing of this library.
"""

import json
import logging
import resource
import signal
import sys

_SECONDS = 2.0  # of processor time for a pair
_BYTES = 2 << 30


def main() -> None:
    """Read pairs as lines of JSON, and write for each whether they are equal."""
    from math_verify import parse, verify  # noqa: PLC0415  # its import is not a pair's time

    logging.disable()
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
        try:
            right, given = (
                parse(f"${text}$", parsing_timeout=None, fallback_mode="no_fallback")
                for text in json.loads(line)
            )
            same = bool(right and given and verify(right, given, timeout_seconds=None))
        except Exception:  # noqa: BLE001  # an answer that cannot be read is not the right one
            same = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        sys.stdout.write(f"{int(same)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
