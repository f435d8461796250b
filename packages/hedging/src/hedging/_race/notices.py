"""Functions of the caller that hear of a backup and of a loser, and may fail."""

import logging
from collections.abc import Callable
from typing import Any

_STOPS = (KeyboardInterrupt, SystemExit)


def notify(function: Callable[..., object] | None, *about: Any) -> None:
    """Call a function of the caller; an error of it is logged and does not break the request."""
    if function is None:
        return
    try:
        function(*about)
    except _STOPS:
        raise
    except BaseException:
        logging.getLogger("crucible").exception("on_hedge or on_loser failed")
