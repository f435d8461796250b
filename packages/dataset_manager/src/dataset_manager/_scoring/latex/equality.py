"""Whether two answers are equal as mathematics, asked of a process of its own."""

import atexit
import json
import os
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path

from ..._core.extras import optional

_PROGRAM = Path(__file__).with_name("worker.py")


class _Worker:
    """The process, started when it is first needed and again after it was ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[str] | None = None
        self.owner = 0

    def equal(self, right: str, given: str) -> bool:
        """Whether two answers are equal; False where that takes too long."""
        with self.lock:
            process = self._running()
            try:
                process.stdin.write(json.dumps([right, given]) + "\n")  # type: ignore[union-attr]  # a pipe
                process.stdin.flush()  # type: ignore[union-attr]
                answer = process.stdout.readline()  # type: ignore[union-attr]
            except OSError:
                answer = ""
            if not answer:
                self.stop()
            return answer.strip() == "1"

    def _running(self) -> subprocess.Popen[str]:
        if self.process is None or self.owner != os.getpid() or self.process.poll() is not None:
            self.owner = os.getpid()
            self.process = subprocess.Popen(  # noqa: S603  # our own file
                [sys.executable, str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        return self.process

    def stop(self) -> None:
        """End the process and close its pipes."""
        process, self.process = self.process, None
        if process is None or self.owner != os.getpid():
            return
        process.kill()
        process.communicate()


_worker = _Worker()
atexit.register(_worker.stop)


@lru_cache(maxsize=4096)
def equal(right: str, given: str) -> bool:
    """Whether an answer is equal to the right one as mathematics.

    Args:
        right: The right answer, in LaTeX.
        given: The answer.

    Raises:
        MissingExtraError: math-verify is not installed.
    """
    optional("math_verify", extra="math", purpose="the equality of answers in LaTeX")
    return _worker.equal(right, given)
