"""The funds of a run: what is spent and reserved under each of its ceilings."""

from collections.abc import Callable, Iterable, Mapping

from .._definition.ceilings import Ceilings
from .amounts import NOTHING, Amount, Fund
from .spending_log import Key


class Funds:
    """All ceilings of a run with what is spent and reserved of each.

    Args:
        ceilings: The ceilings.
        before: What earlier sessions spent.
        on_warning: Called with a text when a share of a ceiling is spent.
    """

    def __init__(
        self,
        ceilings: Ceilings,
        before: Mapping[Key, Amount],
        on_warning: Callable[[str], None],
    ) -> None:
        self._warn_at = ceilings.warn_at
        self._on_warning = on_warning
        self._funds = {
            (kind, name): Fund(_in_words(kind, name), each, before.get((kind, name), NOTHING))
            for kind, name, each in ceilings.parts
        }

    @property
    def run(self) -> Fund:
        """The fund of the whole run."""
        return self._funds["run", ""]

    def all(self) -> Iterable[Fund]:
        """Every fund, that of the run first."""
        return self._funds.values()

    def of(self, condition: str, names: Iterable[str] = ()) -> list[tuple[Key, Fund]]:
        """The funds that a row of a condition draws on, and a call to these providers."""
        keys = [("run", ""), ("condition", condition), *(("provider", name) for name in names)]
        return [(key, self._funds[key]) for key in keys if key in self._funds]

    def short_of(self, wanted: Iterable[tuple[Key, Fund]], more: Amount) -> tuple[Key, str] | None:
        """The first fund in which there is no room, with the reason; None where all have it."""
        for key, fund in wanted:
            unit = fund.short_of(more)
            if unit:
                return key, fund.reason(unit, more)
        return None

    def settle(self, funds: Iterable[tuple[Key, Fund]], reserved: Amount, spent: Amount) -> None:
        """Release what was reserved and book what was spent."""
        for _, fund in funds:
            fund.reserved = fund.reserved.minus(reserved)
            fund.spent = fund.spent.plus(spent)
            if not fund.warned and fund.share() >= self._warn_at:
                fund.warned = True
                self._on_warning(f"{100 * fund.share():.0f} % of the ceiling for {fund.name} spent")


def _in_words(kind: str, name: str) -> str:
    return "the run" if kind == "run" else f"the {kind} {name!r}"
