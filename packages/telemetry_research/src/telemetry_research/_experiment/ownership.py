"""One store belongs to one experiment."""

from weakref import WeakKeyDictionary

from .._core.errors import StoreInUseError
from .._stores.store import Store

_owners: "WeakKeyDictionary[Store, str]" = WeakKeyDictionary()


def own_store(store: Store, experiment_id: str) -> None:
    """Note that a store belongs to an experiment.

    Raises:
        StoreInUseError: It belongs to another one, whose events would mix.
    """
    try:
        owner = _owners.setdefault(store, experiment_id)
    except TypeError:  # a store of a user that cannot be hashed
        return
    if owner != experiment_id:
        raise StoreInUseError(
            f"{store!r} holds experiment {owner}; give {experiment_id} a store of its own"
        )
