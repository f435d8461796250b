"""A stored chain without its events."""

from dataclasses import dataclass

from .._core.json_values import Value
from .._model.chain import Chain


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSummary(Value):
    """A stored chain without its events.

    Attributes:
        id: The id of the chain.
        name: Its name.
        description: Its description.
        event_count: The number of its events.
        created_at: When it was made; ISO 8601.
        updated_at: When it was last changed; ISO 8601.
    """

    id: str
    name: str
    description: str | None
    event_count: int
    created_at: str
    updated_at: str


def summary(chain: Chain) -> ChainSummary:
    """Return the summary of a chain."""
    return ChainSummary(
        id=chain.id,
        name=chain.name,
        description=chain.description,
        event_count=len(chain),
        created_at=chain.created_at,
        updated_at=chain.updated_at,
    )
