"""The words that the conditions of one document may use: built-in facts, its own, and the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from policy_service.language.builtin_facts import FACTS
from policy_service.language.fact import UNKNOWN, About, DeclaredFact, Fact, FactType, FactValue
from policy_service.language.reasons import ReasonTree

__all__ = [
    "ANCHORS",
    "FACTS",
    "UNKNOWN",
    "About",
    "DeclaredFact",
    "Fact",
    "FactType",
    "FactValue",
    "Vocabulary",
    "absent_value",
]

ANCHORS = ("delivery", "last_delivery", "shipment", "order")
"""What windows count from, besides declared dates."""

_ABSENT: Mapping[str, FactValue] = {"boolean": False, "text": UNKNOWN, "set": frozenset()}


@dataclass(frozen=True)
class Vocabulary:
    """The facts of one document: the built-in ones and its own."""

    facts: Mapping[str, Fact]
    reasons: ReasonTree
    currency: str

    @classmethod
    def of(cls, declared: Mapping[str, DeclaredFact], reasons: ReasonTree, currency: str) -> Vocabulary:
        """The vocabulary of a document that declares these facts; a declared date `x` also gives `days_since_x`."""
        facts = dict(FACTS)
        for own in declared.values():
            for fact in _facts_of(own):
                facts.setdefault(fact.name, fact)
        return cls(MappingProxyType(facts), reasons, currency)

    def tree_of(self, fact: Fact) -> ReasonTree | None:
        """The tree whose nodes are all that a fact can be; None where any path may be named."""
        return self.reasons if fact.name == "reason" else None


def absent_value(fact: DeclaredFact) -> FactValue | None:
    """What absence of a declared fact means: its default; else false, `unknown`, nothing, or None (numbers, dates)."""
    return fact.default if fact.default is not None else _ABSENT.get(fact.type)


def _facts_of(own: DeclaredFact) -> tuple[Fact, ...]:
    source = f"{own.about}.attributes.{own.name}"
    doc, doc_zh = own.doc.get("en", ""), own.doc.get("zh-CN", "")
    kind = FactType(own.type)
    unit = {FactType.MONEY: "minor units", FactType.DATE: "local date"}.get(kind)
    fact = Fact(
        own.name,
        kind,
        own.about,
        source,
        doc,
        doc_zh,
        None,
        default=absent_value(own),
        unit=unit,
        optional=True,
        least=0 if kind is FactType.MONEY else None,
    )
    if kind is not FactType.DATE:
        return (fact,)
    since = Fact(
        f"days_since_{own.name}",
        FactType.INTEGER,
        own.about,
        source,
        f"Calendar days since `{own.name}`.",
        f"自 {own.name} 起的自然日天数。",
        {"over": 30},
        unit="days",
        clock=True,
        optional=True,
        least=0,
    )
    return fact, since
