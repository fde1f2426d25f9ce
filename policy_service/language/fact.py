"""What a fact is: a named value of a request that clauses may test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

__all__ = ["UNKNOWN", "About", "DeclaredFact", "Fact", "FactType", "FactValue"]

UNKNOWN = "unknown"
"""What a name that was not sent is taken for."""

FactValue = str | bool | int | Decimal | date | frozenset[str]
About = Literal["line", "order", "request", "customer"]


class FactType(StrEnum):
    """What a fact's values are, and so which tests it allows."""

    BOOLEAN = "boolean"
    ENUM = "enum"
    TREE = "tree"
    TEXT = "text"
    SET = "set"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"

    @property
    def ordered(self) -> bool:
        """Whether values can be more or less than others."""
        return self in (FactType.INTEGER, FactType.NUMBER, FactType.MONEY, FactType.DATE)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    `source` is the request field it is read from; `optional` says that it can be absent, `default` what absence means
    (None: unknown, and so is every comparison); `clock` says that the answer moves with time. `values` are the members
    of an enumeration, `known` the only names that a text can have (empty: any), `separator` what parts the steps of a
    tree's paths, `least` the smallest number, in minor units where it is money.
    """

    name: str
    type: FactType
    scope: About
    source: str
    doc: str
    doc_zh: str
    example: object
    default: FactValue | None = None
    values: tuple[str, ...] = ()
    unit: str | None = None
    clock: bool = False
    optional: bool = False
    least: int | None = None
    known: frozenset[str] = frozenset()
    separator: str = ""

    def below(self, path: str, root: str) -> bool:
        """Whether a path of this tree lies under another."""
        return path.startswith(root + self.separator)


@dataclass(frozen=True, slots=True)
class DeclaredFact:
    """A policy's own fact, sent in the `attributes` of what it is about.

    `type` is a FactType other than `enum` and `tree`; a default of money is in minor units of the document's currency.
    """

    name: str
    about: Literal["line", "order", "customer"]
    type: str
    default: FactValue | None = None
    doc: Mapping[str, str] = field(default_factory=dict)
