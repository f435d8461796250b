"""Field mappings: which field of a record is the question, the answer and so on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .item import Item, item_from_mapping, mapped_item

# A field by its name (``a.b`` for nested ones), or a function of the whole record.
Source = str | Callable[[Mapping[str, Any]], Any]
_TARGETS = ("id", "input", "expected", "choices")
_NONE = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """Which field of a record is the question, the answer and so on.

    Attributes:
        input: The question: ``input``, ``question``, ``query``, ``prompt`` or ``text`` otherwise.
        expected: The answer: ``expected``, ``answer``, ``label``, ``target``, ``answerKey`` or
            ``answers`` otherwise.
        id: The id; ``id`` otherwise, or made of the name and the line.
        choices: The choices: one field with a list, or several fields with one choice each.
        metadata: The fields to keep; all others when left out.
        transforms: Functions that change ``input``, ``expected``, ``id`` or ``choices``, by name.
    """

    input: Source | None = None
    expected: Source | None = None
    id: Source | None = None
    choices: Source | Sequence[str] | None = None
    metadata: Sequence[str] | None = None
    transforms: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        strangers = sorted({*self.transforms} - {*_TARGETS})
        if strangers:
            raise ValueError(
                f"transforms: {', '.join(strangers)}: only {', '.join(_TARGETS)} can be changed"
            )

    def apply(self, record: Mapping[str, Any], *, default_id: str = "") -> Item:
        """The item of a record.

        Args:
            record: The fields by name.
            default_id: The id of a record without one.

        Raises:
            ValueError: A field is missing or of the wrong kind, or a transform failed.
        """
        rest, found = dict(record), {}
        for target in _TARGETS:
            source = getattr(self, target)
            if source is not None:
                found[target] = self._value(target, record, source)
                for name in [source] if isinstance(source, str) else _names(source):
                    rest.pop(name, None)
        if self.metadata is not None:
            found["metadata"] = {name: _field(record, name) for name in self.metadata}
        make = item_from_mapping if self.expected is None else mapped_item
        item = make({**rest, **found}, default_id=default_id)
        if self.metadata is not None:
            item = Item(item.id, item.input, item.expected, found["metadata"])
        return self._changed(item) if self.transforms else item

    def _value(self, target: str, record: Mapping[str, Any], source: Source | Sequence[str]) -> Any:
        if isinstance(source, str):
            return _field(record, source)
        if callable(source):
            return _called(source, record, f"the function for {target!r}")
        return [_field(record, name) for name in source if record.get(name) not in (None, "")]

    def _changed(self, item: Item) -> Item:
        values: dict[str, Any] = {
            "id": item.id,
            "input": item.question if item.choices else item.input,
            "expected": item.expected,
            "choices": list(item.choices),
        }
        for target, change in self.transforms.items():
            values[target] = _called(change, values[target], f"the transform of {target!r}")
        question, choices = values["input"], list(values["choices"])
        asked = {"question": question, "choices": choices} if choices else question
        return Item(str(values["id"]), asked, values["expected"], item.metadata)


def _called(function: Callable[[Any], Any], value: Any, what: str) -> Any:
    try:
        return function(value)
    except Exception as error:
        raise ValueError(f"{what} failed: {error!r}") from error


def _names(source: Any) -> Sequence[str]:
    return () if callable(source) else tuple(source)


def _field(record: Mapping[str, Any], name: str) -> Any:
    value: Any = record
    for part in (name,) if name in record else name.split("."):
        value = value.get(part, _NONE) if isinstance(value, Mapping) else _NONE
        if value is _NONE:
            fields = ", ".join(map(repr, record)) or "no fields"
            raise ValueError(f"FieldMapping: no field {name!r} (the record has {fields})")
    return value
