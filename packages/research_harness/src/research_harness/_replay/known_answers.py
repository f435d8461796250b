"""Which answers of batch jobs the finished rows of a run have."""

from collections.abc import Iterator

from .._artifacts.folder import RunFolder
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog


def known_answers(folder: RunFolder) -> Iterator[str]:
    """The providers' ids of the answers that finished rows have.

    Responses are on disk before their row, so that those of rows that a kill has cut off are in
    the log; they do not count.

    Args:
        folder: The folder of the run.
    """
    rows = {(row.condition, row.item_id, row.repeat) for row in Journal(folder.journal).ends()}
    log = ResponseLog(folder.responses)
    try:
        for row, request in log.request_ids():
            if row in rows:
                yield request
    finally:
        log.close()
