"""The applying clauses of one document, grouped: what depends on which clauses apply and on nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from policy_service.language.clause import Clause
from policy_service.language.kinds import Deny, Effect, Extend, NoReason, Permission, Warranty

E = TypeVar("E", bound=Effect)


@dataclass(frozen=True, slots=True)
class Permit:
    """An applying permission and the applying denials that block it.

    `blockers` block where the customer is liable; `firm` are those of them that block whoever is. `frees` says that,
    open and evidenced, it frees the line of fees and return shipping. `extends` lengthen its window.
    """

    clause: Clause[Permission]
    blockers: tuple[Clause, ...]
    firm: tuple[Clause, ...]
    evidence: tuple[str, ...]
    frees: bool
    extends: tuple[Clause[Extend], ...]


@dataclass(frozen=True, slots=True)
class Applying:
    """The applying clauses of one document for one line; everything here is independent of time and money."""

    clauses: tuple[Clause, ...]
    permits: tuple[Permit, ...]
    denials: tuple[Clause, ...]
    groups: Mapping[type[Effect], tuple[Clause, ...]]

    def all(self, kind: type[E]) -> tuple[Clause[E], ...]:
        """The clauses of a kind, in file order."""
        # A group holds clauses of the kind that it is kept under.
        return cast("tuple[Clause[E], ...]", self.groups.get(kind, ()))

    def first(self, kind: type[E]) -> Clause[E] | None:
        """The clause of a single-valued kind that counts."""
        found = self.all(kind)
        return found[0] if found else None


NOTHING = Applying((), (), (), {})


def group(clauses: tuple[Clause, ...]) -> Applying:
    """The clauses, which are in file order, as they stand to one another."""
    groups: dict[type[Effect], list[Clause]] = {}
    for clause in clauses:
        groups.setdefault(type(clause.effect), []).append(clause)
    grouped = Applying((), (), (), {kind: tuple(members) for kind, members in groups.items()})
    permissions: list[Any] = [c for c in clauses if isinstance(c.effect, Permission) and not _refuses(c)]
    denials = tuple(c for c in clauses if isinstance(c.effect, Deny) or _refuses(c))
    extends = grouped.all(Extend)
    permits = tuple(_permit(clause, denials, extends) for clause in _standing(permissions))
    return Applying(clauses, permits, denials, grouped.groups)


def _refuses(clause: Clause) -> bool:
    """`no_reason: false` is a denial of returns for which the customer is liable."""
    return isinstance(clause.effect, NoReason) and clause.effect.refused


def _permit(clause: Clause[Permission], denials: tuple[Clause, ...], extends: tuple[Clause[Extend], ...]) -> Permit:
    blockers = tuple(denial for denial in denials if not _names(clause.overrides, denial.id))
    firm = tuple(denial for denial in blockers if isinstance(denial.effect, Deny))
    warranty = clause.effect if isinstance(clause.effect, Warranty) else None
    lengthened = tuple(extend for extend in extends if _lengthens(extend.effect, clause, warranty is not None))
    if warranty is None:
        return Permit(clause, blockers, firm, (), frees=False, extends=lengthened)
    return Permit(clause, blockers, firm, warranty.evidence, warranty.free, lengthened)


def _lengthens(extend: Extend, permission: Clause[Permission], warranty: bool) -> bool:
    return not warranty if extend.windows is None else permission.id in extend.windows


def _names(ids: Any, wanted: str) -> bool:
    return ids == "all" or (ids is not None and wanted in ids)


def _standing(permissions: list[Clause[Permission]]) -> list[Clause[Permission]]:
    """The permissions left after `instead_of`, in file order: one set aside sets none aside; warranties stay."""
    aside: set[str] = set()
    for clause in permissions:
        if clause.instead_of is not None and clause.id not in aside:
            aside.update(
                other.id
                for other in permissions
                if other is not clause and other.kind != "warranty" and _names(clause.instead_of, other.id)
            )
    return [clause for clause in permissions if clause.id not in aside]
