"""Who departs from the others: each against the rest of its group, those found out taken out of the rest.

Without that, one bad sku makes its whole category look bad, and the good ones in it look too good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from policy_service.ledger.reports.counting import share
from policy_service.ledger.reports.statistics import LEVEL, corrected, exact_p

ENOUGH = 30
"""A rest of fewer trials says little: then the next wider group is the measure."""


@dataclass(frozen=True, slots=True)
class Counted:
    """`hits` of `trials` of somebody who belongs to these groups, the narrowest first."""

    name: str
    trials: int
    hits: int
    groups: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Judged:
    """The rate, that of the rest, the corrected p-value, and whether it stands out as `more` or `fewer`."""

    counted: Counted
    rate: float
    rest: float
    p: float
    verdict: str


def judge(everybody: Sequence[Counted]) -> list[Judged]:
    """Each against the rest. Found out one after another, the clearest first, until nobody more is."""
    found: dict[str, float] = {}
    while True:
        rests = _rests(everybody, set(found))
        adjusted = corrected(exact_p([(each.hits, each.trials) for each in everybody], rests))
        new = [
            (p, each.name)
            for each, p in zip(everybody, adjusted, strict=True)
            if p <= LEVEL and each.name not in found and len(everybody) > 1
        ]
        if not new:
            break
        found[min(new)[1]] = min(new)[0]
    judged = []
    for each, rest, p in zip(everybody, rests, adjusted, strict=True):
        rate = share(each.hits, each.trials)
        verdict = ("more" if rate > rest else "fewer") if each.name in found else ""
        judged.append(Judged(each, rate, rest, round(found.get(each.name, p), 6), verdict))
    return judged


def _rests(everybody: Sequence[Counted], out: set[str]) -> list[float]:
    """For each the rate of the others in its narrowest group that has enough of them."""
    trials: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for each in everybody:
        if each.name not in out:
            for group in each.groups:
                trials[group] += each.trials
                hits[group] += each.hits
    rests = []
    for each in everybody:
        mine = (0, 0) if each.name in out else (each.trials, each.hits)
        others = [(trials[group] - mine[0], hits[group] - mine[1]) for group in each.groups]
        n, k = next((pair for pair in others if pair[0] >= ENOUGH), others[-1])
        rests.append(share(k, n))
    return rests
