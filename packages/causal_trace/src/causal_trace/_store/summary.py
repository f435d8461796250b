"""A stored chain without its events."""

from dataclasses import dataclass

from .._model.chain import Chain


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSummary:
    """A stored chain without its events.

    Attributes:
        id: Its id.
        name: Its name.
        description: Its description.
        event_count: How many events it has.
        created_at: When it was made.
        updated_at: When it was last changed.
    """

    id: str
    name: str
    description: str | None
    event_count: int
    created_at: str
    updated_at: str


def summary(chain: Chain) -> ChainSummary:
    """The summary of a chain."""
    return ChainSummary(
        id=chain.id,
        name=chain.name,
        description=chain.description,
        event_count=len(chain),
        created_at=chain.created_at,
        updated_at=chain.updated_at,
    )
