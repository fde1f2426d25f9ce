"""Proving that a mutant changes no decision: by deciding in every cell.

The facts that the policy and its statute test are taken through every combination of the values between which they can
tell, at every action of the changed clause, for permissions before and after every closing, with and without what
clauses of money speak of (a gift, postage, duty, two units). Where both decide alike in all of them, no request tells
the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

from policy_service.contract.money import to_text
from policy_service.language.clause import Clause
from policy_service.language.document import Document
from policy_service.scenarios.cells import classes, during_tests, tests_by_fact
from policy_service.scenarios.levers import Json, pull
from policy_service.scenarios.merge import merged
from policy_service.scenarios.paths import Path
from policy_service.scenarios.witness import Base, Pair, moved, told_apart

MOST_CELLS = 5_000


def indistinguishable(
    base: Base, documents: Sequence[Document], clauses: Sequence[Clause], pair: Pair, most: int
) -> tuple[bool, int]:
    """Whether the pair decides alike in every cell of the documents, for the clauses' actions, and the requests tried.

    False also where `most` requests are too few to try them all. `documents` are the policy and, if any, its statute.
    """
    names, choices = _choices(documents)
    actions = sorted({action for clause in clauses for action in clause.actions})
    if prod(map(len, choices)) * len(actions) > MOST_CELLS:
        return False, 0
    timed = any(clause.effect.role == "permission" for clause in clauses)
    tried = 0
    seen: set[str] = set()
    for start in _variants(base.request):
        for action in actions:
            for values in product(*choices):
                request = _pulled(start, documents[0], [("action", action), *zip(names, values, strict=True)])
                if request is None or (key := repr(request)) in seen:
                    continue
                seen.add(key)
                later = moved(request, pair) if timed else ()
                for each in (request, *later):
                    if tried >= most or told_apart(base, each, pair):
                        return False, tried
                    tried += 1
    return True, tried


def _choices(documents: Sequence[Document]) -> tuple[list[str], list[list[Any]]]:
    """Every fact that is tested, with a value for each way in which the documents can see it."""
    clauses = [clause for document in documents for clause in document.clauses]
    tests, days = tests_by_fact(clauses), during_tests(clauses)
    vocabulary = documents[0].vocabulary
    # Liability hangs on the reason; which action and stage it is, is said by the one who asks.
    given = ("action", "stage", *(["liability"] if "reason" in tests else []))
    names = [name for name in vocabulary.facts if (name in tests or name in days) and name not in given]
    return names, [
        classes(vocabulary.facts[name], tests.get(name, []), days.get(name, []), vocabulary=vocabulary)
        for name in names
    ]


def _variants(request: Json) -> Iterator[Json]:
    """The request as it is, and with everything in it that some clause of money might speak of."""
    yield request
    line = request["lines"][0]
    place = next(number for number, each in enumerate(request["order"]["lines"]) if each["id"] == line["order_line"])
    here: Path = ("order", "lines", place)
    some = to_text(1000, request["order"]["currency"])
    rich: list[tuple[Path, Any]] = [
        (("order", "shipping_paid"), some),
        (("order", "gifts"), [{"sku": "GIFT-1", "with": [line["order_line"]], "value": some}]),
        ((*here, "tax"), some),
        ((*here, "duty_paid"), some),
        ((*here, "quantity"), 2),
        ((*here, "returned_quantity"), None),
        (("lines", 0, "exchange_for"), {"sku": "OTHER-1", "unit_price": to_text(5, request["order"]["currency"])}),
    ]
    yield merged(request, rich)


def _pulled(request: Json, document: Document, pulls: Sequence[tuple[str, Any]]) -> Json | None:
    changed: Json | None = request
    for fact, value in pulls:
        changed = pull(changed, 0, document, fact, value) if changed is not None else None
    return changed
