"""How a decision made again differs from the one that was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policy_service.contract.money import to_minor, to_text
from policy_service.scenarios.compare import same_value
from policy_service.scenarios.paths import show_path
from policy_service.scenarios.writing import differences

Json = Mapping[str, Any]

# How a decision reads on another day or release while the answer stays the same.
UNTOLD = frozenset({"assumptions", "counterfactuals", "alternatives", "stable_until", "decided_at", "notifications"})
NO_CLAUSE = "(no clause)"
MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One decision that came out differently: each path with what was and what is, and the clauses behind it."""

    id: str
    paths: tuple[tuple[str, Any, Any], ...]
    clauses: tuple[str, ...]
    outcome: tuple[str, str]
    currency: str
    refund: tuple[int, int]
    entitlements: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def gain(self) -> int:
        """What the customer gets more (or, negative, less), in minor units; what is owed counts against it."""
        return self.refund[1] - self.refund[0]


def change_between(id: str, was: Json, now: Json) -> Change | None:
    """The change from one decision to another, None where they say the same."""
    paths = tuple(_paths(was, now))
    if not paths:
        return None
    gained = tuple(sorted(set(now["entitlements"]) - set(was["entitlements"])))
    lost = tuple(sorted(set(was["entitlements"]) - set(now["entitlements"])))
    return Change(
        id,
        paths,
        tuple(sorted(_clauses_behind(was, now))) or (NO_CLAUSE,),
        (was["outcome"], now["outcome"]),
        now["refund"]["currency"],
        (_net(was), _net(now)),
        (gained, lost),
    )


def _paths(was: Json, now: Json) -> Iterator[tuple[str, Any, Any]]:
    mine = {show_path(path): value for path, value in differences(was, now) if not _untold(path)}
    theirs = {show_path(path): value for path, value in differences(now, was) if not _untold(path)}
    for path in dict.fromkeys([*mine, *theirs]):
        before, after = mine.get(path, "absent"), theirs.get(path, "absent")
        if not same_value(before, after):
            yield path, before, after


def _untold(path: tuple[Any, ...]) -> bool:
    return any(segment in UNTOLD for segment in path)


def _net(decision: Json) -> int:
    refund = decision["refund"]
    currency = refund["currency"]
    return to_minor(refund["total"], currency) - to_minor(refund["amount_due"], currency)


def _clauses_behind(was: Json, now: Json) -> set[str]:
    """Clauses that only one of the decisions names, or names with something else beside them."""
    before, after = _named(was), _named(now)
    return {clause for clause in before.keys() | after.keys() if before.get(clause) != after.get(clause)}


def _named(decision: Any, found: dict[str, Counter[str]] | None = None) -> dict[str, Counter[str]]:
    named = found if found is not None else {}
    if isinstance(decision, Mapping):
        clause = decision.get("clause")
        if isinstance(clause, str):
            beside = {key: value for key, value in decision.items() if key not in ("message", "days_left")}
            named.setdefault(clause, Counter())[repr(sorted(beside.items(), key=lambda item: item[0]))] += 1
        for key, part in decision.items():
            if key not in UNTOLD:
                _named(part, named)
    elif isinstance(decision, list):
        for part in decision:
            _named(part, named)
    return named


@dataclass
class Group:
    """The changes behind which the same clauses are.

    Every decision that came out differently counts; what customers get is that of those which still hold, for a return
    whose goods were inspected has two decisions and is paid once. `superseded` is how many others there are.
    """

    clauses: tuple[str, ...]
    count: int = 0
    superseded: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    gains: Counter[str] = field(default_factory=Counter)  # minor units by currency
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    examples: list[Change] = field(default_factory=list)

    def add(self, change: Change) -> None:
        """Count one more change."""
        self.count += 1
        if change.outcome[0] != change.outcome[1]:
            self.outcomes[change.outcome] += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(change)

    def settle(self, change: Change, *, superseded: bool) -> None:
        """Count what customers get by a change that was added, now that it is known whether its decision holds."""
        if superseded:
            self.superseded += 1
            return
        self.gains[change.currency] += change.gain
        self.gained.update(change.entitlements[0])
        self.lost.update(change.entitlements[1])

    @property
    def sums(self) -> dict[str, str]:
        """What all customers together get more, by currency; currencies with nothing changed are left out."""
        return {currency: to_text(minor, currency) for currency, minor in sorted(self.gains.items()) if minor}
