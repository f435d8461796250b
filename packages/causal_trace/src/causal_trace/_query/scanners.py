"""Functions that look for something in chains, and how well they find what people labelled."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .._core.intervals import Interval, wilson
from .._core.json_values import Value
from .._core.shown import shown
from .._model.chain import Chain
from .._model.checks import check_level
from .._model.event import TraceEvent
from .success import check_outcomes

Scanner = Callable[[Chain], Iterable[TraceEvent] | bool]
"""Returns whether a chain has a property, or the events that show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult(Value):
    """What a scanner found in one chain.

    Attributes:
        chain_id: The id of the chain.
        found: Whether it has the property; None when the scanner failed.
        event_ids: The events that show it.
        error: The error of the scanner; None when it did not fail.
    """

    chain_id: str
    found: bool | None
    event_ids: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerValidation(Value):
    """How well a scanner meets the labels of people.

    Attributes:
        n: The number of labelled chains.
        true_positives: Found, and labelled.
        false_positives: Found, and not labelled.
        false_negatives: Labelled, and not found; chains on which the scanner failed are among them.
        true_negatives: Neither found nor labelled.
        failed: The number of chains on which the scanner failed.
        precision: The share of what was found that is labelled; None when nothing was found.
        precision_interval: Wilson's interval.
        recall: The share of what is labelled that was found; None when nothing is labelled.
        recall_interval: Wilson's interval.
    """

    n: int
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    failed: int
    precision: float | None
    precision_interval: Interval
    recall: float | None
    recall_interval: Interval

    @shown
    def __str__(self) -> str:
        shown = [
            f"{name} {'unknown' if value is None else format(value, '.2f')} {interval}"
            for name, value, interval in (
                ("precision", self.precision, self.precision_interval),
                ("recall", self.recall, self.recall_interval),
            )
        ]
        return f"{', '.join(shown)} on {self.n} labelled chains"


def scan(scanner: Scanner, chains: Iterable[Chain]) -> Iterator[ScanResult]:
    """Yield what a scanner finds in each chain. Its failure on one chain does not stop the others.

    Args:
        scanner: The scanner.
        chains: The chains.
    """
    for chain in chains:
        yield _scan(scanner, chain)


def validate_scanner(
    scanner: Scanner, chains: Sequence[Chain], labels: Sequence[bool], *, level: float = 0.95
) -> ScannerValidation:
    """Return how well a scanner meets the labels of people.

    Args:
        scanner: The scanner.
        chains: The labelled chains; not those with which the scanner was made.
        labels: Whether each chain has the property.
        level: The level of the intervals.

    Returns:
        Precision and recall with intervals.

    Raises:
        InvalidTraceError: The two sequences differ in length, a label is neither true nor false, or
            ``level`` is not between 0 and 1.
    """
    check_level(level)
    check_outcomes(chains, labels)
    results = list(scan(scanner, chains))
    counts = {
        (found, label): sum(
            bool(result.found) is found and bool(stated) is label
            for result, stated in zip(results, labels, strict=True)
        )
        for found in (True, False)
        for label in (True, False)
    }
    hits, wrong, missed = counts[True, True], counts[True, False], counts[False, True]
    return ScannerValidation(
        n=len(chains),
        true_positives=hits,
        false_positives=wrong,
        false_negatives=missed,
        true_negatives=counts[False, False],
        failed=sum(result.error is not None for result in results),
        precision=hits / (hits + wrong) if hits + wrong else None,
        precision_interval=wilson(hits, hits + wrong, level=level),
        recall=hits / (hits + missed) if hits + missed else None,
        recall_interval=wilson(hits, hits + missed, level=level),
    )


def _scan(scanner: Scanner, chain: Chain) -> ScanResult:
    try:
        found = scanner(chain)
        if isinstance(found, bool):
            return ScanResult(chain_id=chain.id, found=found)
        ids = tuple(event.id for event in found)
    except Exception as error:  # noqa: BLE001  # a scanner is not ours
        return ScanResult(chain_id=chain.id, found=None, error=_described(error))
    return ScanResult(chain_id=chain.id, found=bool(ids), event_ids=ids)


def _described(error: Exception) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001  # its text can fail too
        return type(error).__name__
