"""Policies that say something else than was meant, and cost money: windows that shorten nothing, fees beyond the price.

Everything here is allowed, and answers requests; a person is asked whether it is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from policy_service.language.clause import Clause
from policy_service.language.kinds import (
    Disposition,
    Effect,
    Extend,
    Fee,
    NoReason,
    Permission,
    ReturnShipping,
    StockAlert,
    Warranty,
)
from policy_service.language.lint import covers
from policy_service.language.problem import Problem
from policy_service.language.vocabulary import Vocabulary

__all__ = ["Head", "permits_nothing", "pitfalls"]

Found = tuple[Clause, Problem]

MOST_COMPARED = 200
DENIED_GO_TO = "return_to_customer"
SHORTEST_MONTH, LONGEST_MONTH = 28, 31


@dataclass(frozen=True, slots=True)
class Head:
    """What clauses are read beside: their document's own file, the first day it is in force, how it counts days."""

    file: str
    begins: date | None
    counting: str


def permits_nothing(clauses: Sequence[Clause]) -> bool:
    """Whether no clause opens anything, and none says that this is meant by denying everything."""
    return not any(_opens(clause.effect) or _denies_all(clause) for clause in clauses)


def _opens(effect: Effect) -> bool:
    return isinstance(effect, Permission) and not (isinstance(effect, NoReason) and effect.refused)


def _denies_all(clause: Clause) -> bool:
    return clause.kind == "deny" and clause.when is None and not clause.unless and clause.during is None


def pitfalls(clauses: Sequence[Clause], vocabulary: Vocabulary, head: Head) -> Iterator[Found]:
    """Each clause that does nothing, or more than can be meant, with what to ask about it."""
    yield from _shortening_nothing(clauses, vocabulary, head)
    for clause in clauses:
        yield from ((clause, problem) for problem in _by_itself(clause, head))
    yield from _lengthening_nothing(clauses)
    yield from _counting_nothing(clauses)


def _by_itself(clause: Clause, head: Head) -> Iterator[Problem]:
    path, effect = (*clause.path, clause.kind), clause.effect
    match effect:
        # An included file serves several versions: a day in it may have been ahead of another's first.
        case Permission(until=date() as day) | Extend(until=date() as day) if (
            head.begins and day < head.begins and clause.file == head.file
        ):
            does = "lengthens nothing" if isinstance(effect, Extend) else "is never open"
            yield Problem(
                "PS408-before-the-version",
                (*path, "until"),
                f"`{clause.id}` {does}: `{day}` is over when this version begins",
                f"every order that it governs is placed on `{head.begins}` or later",
            )
        case Fee(rate=rate) if rate is not None and rate > 1:
            yield Problem(
                "PS412-more-than-the-price",
                (*path, "rate"),
                "this fee is more than the goods cost",
                "a rate is of what was paid; a sum is written `amount`",
            )
        case ReturnShipping(payer=payer, charge=charge) if charge is not None and payer != "customer":
            yield Problem(
                "PS411-charge-without-payer",
                (*path, "charge"),
                f"nobody is charged this where the {payer} pays",
                "write `payer: customer`, or remove `charge`",
                True,
            )


def _shortening_nothing(clauses: Sequence[Clause], vocabulary: Vocabulary, head: Head) -> Iterator[Found]:
    """Windows beside a longer one that is open wherever they are: any that is open will do, so they change nothing."""
    replaced = [each.instead_of for each in clauses if each.instead_of is not None]
    lengthened = [each.effect.windows for each in clauses if isinstance(each.effect, Extend) and each.effect.windows]
    windows = [each for each in clauses if _opens(each.effect) and not isinstance(each.effect, Warranty)]
    for short in windows[:MOST_COMPARED]:
        if short.instead_of is not None:
            continue
        for long in windows[:MOST_COMPARED]:
            if (
                _outlasts(long, short, head.counting)
                and _has_powers_of(long, short)
                and not any(named == "all" or long.id in named for named in replaced)
                and not any(short.id in names and long.id not in names for names in lengthened)
                and covers(long, short, vocabulary)
            ):
                yield (
                    short,
                    Problem(
                        "PS407-shortens-nothing",
                        (*short.path, "id"),
                        f"`{short.id}` shortens nothing",
                        f"`{long.id}` is open longer wherever this is: add `instead_of: [{long.id}]` if this should "
                        f"take its place",
                    ),
                )
                break


def _has_powers_of(long: Clause, short: Clause) -> bool:
    mine, others = long.overrides, short.overrides
    return not others or mine == "all" or (mine is not None and others != "all" and mine >= others)


def _outlasts(long: Clause, short: Clause, counting: str) -> bool:
    """Whether the one is seen to be open as soon and longer than the other, on every line where both apply."""
    one, other = long.effect, short.effect
    assert isinstance(one, Permission)
    assert isinstance(other, Permission)
    if one.not_after not in (None, other.not_after):
        return False
    if one.unlimited:
        return not other.unlimited and one.after in (None, other.after)
    if one.after != other.after or other.fallback not in (None, one.fallback):
        return False
    if (one.counting, one.if_last_day_closed) != (other.counting, other.if_last_day_closed):
        return False
    if one.until and other.until:
        return one.until > other.until
    if one.months is not None and other.months is not None:
        return one.months > other.months
    if one.days is not None and other.days is not None:
        return one.days > other.days
    if (one.counting or counting) == "business_days":
        return False
    if one.months is not None and other.days is not None:
        return one.months * SHORTEST_MONTH > other.days
    return one.days is not None and other.months is not None and one.days > other.months * LONGEST_MONTH


def _lengthening_nothing(clauses: Sequence[Clause]) -> Iterator[Found]:
    windows = {each.id: each.effect for each in clauses if each.kind in ("window", "no_reason")}
    ending = {name for name, effect in windows.items() if _opens(effect) and not getattr(effect, "unlimited", False)}
    for clause in clauses:
        effect = clause.effect
        if not isinstance(effect, Extend):
            continue
        named = set(effect.windows or windows)
        if named.isdisjoint(ending) and named <= set(windows):  # another name is an error of its own
            yield (
                clause,
                Problem(
                    "PS409-lengthens-nothing",
                    (*clause.path, "extend"),
                    f"`{clause.id}` lengthens nothing",
                    "there is no `window` and no `no_reason` that ends; a warranty is not lengthened, and statutes "
                    "lengthen their own",
                    True,
                ),
            )


def _counting_nothing(clauses: Sequence[Clause]) -> Iterator[Found]:
    """Alerts for a disposition that nothing gets; units of a denied line go back to the customer without a clause."""
    given = {each.effect.to for each in clauses if isinstance(each.effect, Disposition)} | {DENIED_GO_TO}
    for clause in clauses:
        if isinstance(clause.effect, StockAlert) and clause.effect.disposition not in given:
            disposition = clause.effect.disposition
            yield (
                clause,
                Problem(
                    "PS410-no-such-disposition",
                    (*clause.path, "stock_alert", "disposition"),
                    f"no clause of this policy gives `{disposition}`",
                    f"add one, such as `disposition: {disposition}`, or count another",
                ),
            )
