"""Events as a data frame, one row for each."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .._core.errors import MissingExtraError
from .._model.chain import Chain

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ("experiment", "condition", "item", "repeat")


def to_frame(chains: Chain | Iterable[Chain]) -> "pd.DataFrame":
    """Return the events of chains as a pandas data frame.

    Group it by ``evidence`` before any statistic: kinds of evidence are not to be mixed.

    Args:
        chains: One chain, or several.

    Returns:
        One row for each event: the keys of its chain, its number, all its fields and its category.

    Raises:
        MissingExtraError: The extra ``frame`` is not installed.
    """
    try:
        import pandas as pd  # noqa: PLC0415  # an extra
    except ImportError:
        raise MissingExtraError("frame", "pandas") from None
    rows = [
        row for chain in ([chains] if isinstance(chains, Chain) else chains) for row in _rows(chain)
    ]
    return pd.DataFrame(rows)


def _rows(chain: Chain) -> list[dict[str, Any]]:
    shared = {"chain_id": chain.id, **{key: getattr(chain, key) for key in _KEYS}}
    return [
        {**shared, "number": number, **_clean(event.to_dict()), "category": event.category}
        for number, event in enumerate(chain, start=1)
    ]


def _clean(value: Any) -> Any:
    """Replace halves of surrogate pairs, which columns of text cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value
