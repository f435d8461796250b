"""Handlers of signals are shared by the blocks that need them, and restored by the last one."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from research_harness._terminal.signals import ending_signals


@pytest.fixture(autouse=True)
def _default() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("first", [0, 1])
def test_blocks_that_end_in_any_order_restore_the_handler_at_the_last_end(first: int) -> None:
    blocks = [ExitStack(), ExitStack()]
    came = [each.enter_context(ending_signals()) for each in blocks]

    blocks[first].close()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert came[1 - first] == [signal.SIGTERM]
    assert came[first] == []

    blocks[1 - first].close()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_signal_reaches_all_blocks() -> None:
    with ending_signals() as one, ending_signals() as two:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)

        assert one == two == [signal.SIGTERM]


def test_a_handler_that_a_thread_could_not_restore_ends_the_program_as_before() -> None:
    block = ExitStack()
    entered, leave = threading.Event(), threading.Event()

    def in_a_thread() -> None:
        with ending_signals():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=in_a_thread)
    thread.start()
    entered.wait()
    block.enter_context(ending_signals())
    block.close()
    leave.set()
    thread.join()
    reached: list[int] = []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signal, "raise_signal", reached.append)
        handler = signal.getsignal(signal.SIGTERM)
        assert callable(handler)
        handler(signal.SIGTERM, None)

    assert reached == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_handler_of_the_program_is_kept() -> None:
    def own(*_: object) -> None:
        return

    signal.signal(signal.SIGTERM, own)
    with ending_signals() as came:
        signal.raise_signal(signal.SIGTERM)

    assert came == []
    assert signal.getsignal(signal.SIGTERM) is own
