"""What distinguishes one request from another, the same in every process."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from .._core.models import Model


def canonical(value: Any) -> Any:
    """A value in one form: 1.0 is 1, and sets have an order that no hash seed changes."""
    if isinstance(value, str) or value is None:  # most values
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): canonical(each) for key, each in sorted(value.items(), key=_by_text)}
    if isinstance(value, AbstractSet):
        return sorted((canonical(each) for each in value), key=repr)
    if isinstance(value, list | tuple):
        return [canonical(each) for each in value]
    return value


def check_identity(model: Model) -> None:
    """Refuse a function that could be taken for another one.

    Raises:
        ValueError: It uses objects whose content is not known.
    """
    identity = getattr(model, "cache_identity", None)
    if isinstance(identity, Mapping) and identity.get("unknown"):
        raise ValueError(
            f"the function of model {model.name!r} uses {identity['unknown']}, whose content is not"
            " known: another one could have its answers; pass version= and change it with the"
            " function"
        )


def _by_text(item: tuple[Any, Any]) -> str:
    return str(item[0])
