"""Judging counts with SciPy: exact binomial tests, corrected for how many are made, and exact intervals.

Whole columns at once: a thousand skus are a thousand tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from policy_service.ledger.errors import NotInstalled

LEVEL = 0.05
"""The share of false alarms among all alarms that is put up with."""
CONFIDENCE = 0.95

Trials = Sequence[tuple[int, int]]
"""Successes and trials, one pair per test."""


def exact_p(trials: Trials, expected: Sequence[float]) -> list[float]:
    """Two-sided p-values of `k` of `n` at these probabilities, each twice the smaller exact binomial tail."""
    special = _special()
    found = []
    for (k, n), p in zip(trials, expected, strict=True):
        p = min(max(p, 0.0), 1.0)
        below = float(special.bdtr(k, n, p)) if n else 1.0
        above = float(special.bdtrc(k - 1, n, p)) if k > 0 else 1.0
        found.append(min(1.0, 2 * min(below, above)))
    return found


def corrected(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for many tests, by Benjamini and Hochberg (1995): flag those of at most `LEVEL`."""
    m = len(p_values)
    adjusted = [1.0] * m
    least = 1.0
    for rank, index in zip(range(m, 0, -1), sorted(range(m), key=lambda each: -p_values[each]), strict=True):
        least = min(least, p_values[index] * m / rank)
        adjusted[index] = least
    return adjusted


def interval(k: int, n: int) -> tuple[float, float]:
    """The exact 95% interval of a share, by Clopper and Pearson (1934)."""
    special = _special()
    tail = (1 - CONFIDENCE) / 2
    low = float(special.betaincinv(k, n - k + 1, tail)) if k else 0.0
    high = float(special.betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return round(low, 4), round(high, 4)


def is_installed() -> bool:
    """Whether counts can be judged here, without loading what judges them: it takes tens of megabytes."""
    return find_spec("scipy") is not None


def _special() -> Any:
    try:
        from scipy import special
    except ImportError:
        raise NotInstalled("this report", "SciPy", "install `policy-service[reports]`") from None
    return special
