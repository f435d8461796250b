"""What a store of chains can do, for stores of your own."""

from typing import Protocol

from .._model.chain import Chain
from .summary import ChainSummary


class TraceStore(Protocol):
    """A store of chains, such as ``JsonStore`` and ``TraceLog``."""

    def save(self, chain: Chain) -> object:
        """Store a chain; one of the same id is replaced as a whole."""
        ...

    def load(self, chain_id: str) -> Chain:
        """Return a stored chain.

        Raises:
            ChainNotFoundError: No chain has this id.
        """
        ...

    def list(self) -> tuple[ChainSummary, ...]:
        """Return a summary of each stored chain, oldest first."""
        ...
