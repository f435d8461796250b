"""A sequential test of whether the backups of a key win often enough to shorten the tail.

A backup that does not win has saved nothing, and the P99 falls only when the requests beyond it are
among those that are saved. They are the share 0.01 / budget of the late requests, so a P99 that
falls by 4 % takes a share of about 0.02 + 0.6 x 0.01 / budget of backups that win (log-normal,
exponential and two-mode services with copies alike by 0 to 0.95). Half of that gains less than 2 %.
The logarithm of the likelihood ratio of the two shares (Wald 1945) is kept between two
bounds, so that it follows a service that changes.
"""

import math

# The likelihood ratio 1 : 12 against backups, and the same for them.
_BOUND = 2.5
# From here down to the bound the share of late requests that get a backup falls to the least.
_DOUBT = 1.0
# Backups per request that go on when they save nothing: they notice when that changes.
_PROBES = 0.002
_TAIL = 0.01


class Usefulness:
    """Follows which backups win.

    Args:
        budget: Backups per request that are allowed.
    """

    __slots__ = ("_least", "_loss", "_win", "evidence")

    def __init__(self, budget: float) -> None:
        useful = min(0.5, 0.02 + 0.6 * _TAIL / max(budget, 1e-9))
        useless = useful / 2
        self._win: float = math.log(useful / useless)
        self._loss: float = math.log((1 - useful) / (1 - useless))
        self._least: float = min(1.0, _PROBES / max(budget, 1e-9))
        # The logarithm of the likelihood ratio.
        self.evidence: float = 0.0

    def record(self, *, won: bool) -> None:
        """Take the result of a late request that got a backup."""
        evidence = self.evidence + (self._win if won else self._loss)
        self.evidence = max(-_BOUND, min(evidence, _BOUND))

    def restore(self, evidence: float) -> None:
        """Take back the evidence of a snapshot."""
        self.evidence = max(-_BOUND, min(evidence, _BOUND))

    def share(self) -> float:
        """The share of the late requests that should get a backup."""
        if self.evidence >= -_DOUBT:
            return 1.0
        left = (self.evidence + _BOUND) / (_BOUND - _DOUBT)
        return self._least + (1 - self._least) * left
