"""Waiting that can be cancelled, in a thread of ``load`` or any other."""

import time

_SLICE = 0.05


def pause(seconds: float) -> None:
    """Sleep; a thread that ``load`` started wakes up soon after ``load`` is cancelled."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        stop_if_cancelled()
        time.sleep(min(left, _SLICE))


def stop_if_cancelled() -> None:
    """Raise the cancellation of the ``load`` that waits for this thread, if there is one."""
    import anyio.from_thread  # noqa: PLC0415  # half of the import time of this library

    try:
        anyio.from_thread.check_cancelled()
    except RuntimeError:  # no event loop waits for this thread
        return
