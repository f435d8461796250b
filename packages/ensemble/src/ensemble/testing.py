"""For tests of programs that ask models: a provider on this machine that keeps its own accounts."""

from ._testing.provider import LoopbackProvider, Served
from ._testing.troubles import Trouble, Troubles

__all__ = ["LoopbackProvider", "Served", "Trouble", "Troubles"]
