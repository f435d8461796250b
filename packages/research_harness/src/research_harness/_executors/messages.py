"""What the driver and a worker say to each other, as bytes."""

from collections.abc import Iterable

import msgspec


class Opening(msgspec.Struct, frozen=True, tag="opening"):
    """A part of the bundle that a worker begins with, and its share of the limits of models."""

    part: bytes
    last: bool
    share: float


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """Run a trial; ``ticket`` names this try of it."""

    ticket: int
    attempt: int
    index: int
    condition: str
    item: bytes
    repeat: int
    seed: int
    arm: str
    block: str
    period: int
    limited: bool


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Cancel a trial that is under way."""

    ticket: int


class Granted(msgspec.Struct, frozen=True, tag="granted"):
    """A call may be sent, or not; ``reason`` is None when it may."""

    ticket: int
    call: int
    reason: str | None


class Close(msgspec.Struct, frozen=True, tag="close"):
    """Cancel all that is under way, tear down, and end."""


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The worker is ready, or says why it is not."""

    problem: str = ""
    in_setup: str = ""


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """A finished row, in the form of the journal, with its calls, its trace and its events."""

    ticket: int
    row: bytes
    calls: bytes
    trace: bytes
    wait_s: float
    events: bytes


class Cancelled(msgspec.Struct, frozen=True, tag="cancelled"):
    """A trial has ended without a row."""

    ticket: int


class Reserve(msgspec.Struct, frozen=True, tag="reserve"):
    """May this call be sent? ``worst`` is the most it may take, as ``Worst`` has it."""

    ticket: int
    call: int
    model: str
    names: list[str]
    worst: tuple[float | None, float | None, int, float | None, float | None]


class Settle(msgspec.Struct, frozen=True, tag="settle"):
    """A call that was granted has ended; ``spent`` is what it took, as ``Spent`` has it."""

    ticket: int
    call: int
    spent: tuple[float | None, float | None, int, float]
    answered: bool


class Warned(msgspec.Struct, frozen=True, tag="warned"):
    """A text for the user."""

    text: str


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """The worker has torn down; nothing comes after it."""


ToWorker = Opening | Begin | Cancel | Granted | Close
ToDriver = Opened | Finished | Cancelled | Reserve | Settle | Warned | Closed
_encode = msgspec.msgpack.Encoder().encode
_to_worker = msgspec.msgpack.Decoder(list[ToWorker])
_to_driver = msgspec.msgpack.Decoder(list[ToDriver])
# Ray sends arguments of less than 100 kB straight to an actor; longer ones go to its object store,
# which may be written to a disk.
PART_BYTES = 64_000


def packed(messages: Iterable[ToWorker | ToDriver]) -> bytes:
    """Messages as bytes."""
    return _encode(list(messages))


def for_worker(data: bytes) -> list[ToWorker]:
    """The messages in what a driver sent.

    Raises:
        msgspec.MsgspecError: They are not those of this version.
    """
    return _to_worker.decode(data)


def for_driver(data: bytes) -> list[ToDriver]:
    """The messages in what a worker sent.

    Raises:
        msgspec.MsgspecError: They are not those of this version.
    """
    return _to_driver.decode(data)


def parts_of(bundle: bytes, share: float) -> list[Opening]:
    """A bundle in parts that are small enough to be sent directly."""
    starts = range(0, max(1, len(bundle)), PART_BYTES)
    last = starts[-1]
    return [Opening(bundle[at : at + PART_BYTES], at == last, share) for at in starts]
