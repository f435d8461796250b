"""Rows of the file of batch jobs: jobs and requests as they are kept."""

from typing import NamedTuple

from .interface import JobStatus


class JobRow(NamedTuple):
    """A job as it is kept.

    Attributes:
        key: Our name of it.
        id: The provider's; None until it is known.
        identity: Which client it belongs to.
        model: The model's name.
        provider: The provider.
        status: How it stands.
        n: The number of its requests.
        done: How many of them have ended; None when unknown.
        submitted_at: When it was sent, in seconds since 1970.
        ended_at: When its end was seen.
        error: Why it failed as a whole.
    """

    key: str
    id: str | None
    identity: str
    model: str
    provider: str | None
    status: JobStatus
    n: int
    done: int | None
    submitted_at: float
    ended_at: float | None
    error: str


class RequestRow(NamedTuple):
    """A request as it is kept.

    Attributes:
        key: The hash of the request.
        job: Our name of its job.
        custom_id: Its name in the job.
        status: ``pending``, ``answered``, ``failed``, or ``unsent``: the provider never had it.
        response: The answer as JSON.
        error: The failure as JSON.
        cost_usd: What it cost; None when unknown.
    """

    key: str
    job: str
    custom_id: str
    status: str
    response: str | None
    error: str | None
    cost_usd: float | None
