"""The same input gives the same decision, whatever the order of keys and of independent clauses, and in any process.

Every case of the suites is decided again: with the clauses of additive kinds in other orders, with the keys of the
request in other orders, with and without the memo, and in fresh processes with other hash seeds. Lists are compared as
sets.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from policy_service.contract.canonical import canonical
from policy_service.language.clause import Clause
from policy_service.language.document import Document
from policy_service.scenarios.mutation import Prepared, grounds_of
from policy_service.scenarios.reading import suites_in
from policy_service.scenarios.report import show_value
from policy_service.scenarios.shop import Shop
from policy_service.scenarios.witness import answers
from policy_service.scenarios.writing import UNEXPECTED, differences
from policy_service.service import Service

ORDERS = 3
HASH_SEEDS = ("0", "1", "4242")
MOST_SHOWN = 10


def tell(paths: Sequence[str], console: Console, *, shuffle: bool, fresh: bool) -> bool:
    """Decide everything again and tell what differs; whether nothing did."""
    suites = tuple(str(file.resolve()) for file in suites_in([Path(path.partition("::")[0]) for path in paths]))
    cases = grounds_of(suites).prepared
    found: list[str] = []
    if shuffle:
        found.extend(_shuffled(cases))
    if fresh:
        found.extend(_fresh(suites, cases))
    for each in found[:MOST_SHOWN]:
        console.print(f"DIFFERS {each}\n", markup=False, highlight=False, soft_wrap=True)
    ways = " and ".join([*(["in other orders"] if shuffle else []), *(["in fresh processes"] if fresh else [])])
    said = f"{len(found)} decisions differ" if found else "every decision is the same"
    console.print(f"{len(cases)} scenarios decided again {ways}: {said}", markup=False, highlight=False)
    return not found


def decision_of(shop: Shop, each: Prepared, request: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A case's last decision under a shop, without what names the decision itself; lists in one order."""
    ask = answers(Service(shop))
    inspection = each.bench.inspection_of(each.case.then) if each.case.then else None
    decision = ask(dict(request or each.request), inspection)
    return dict(_sorted({key: value for key, value in (decision or {}).items() if key not in UNEXPECTED}))


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(part) for key, part in value.items()}
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=canonical)
    return value


def _shuffled(cases: Sequence[Prepared]) -> Iterator[str]:
    chance = random.Random(0)
    for shop in {id(each.bench.shop): each.bench.shop for each in cases}.values():
        asked = [each for each in cases if each.bench.shop is shop]
        others = [("with clauses in another order", _reordered(shop, chance)) for _ in range(ORDERS)]
        others.append(("without the memo", Shop(shop.versions, memo=not shop.memo)))
        for each in asked:
            wanted = decision_of(shop, each)
            for how, other in others:
                yield from _difference(each, how, wanted, decision_of(other, each))
            for _ in range(ORDERS):
                turned = _keys_shuffled(each.request, chance)
                yield from _difference(each, "with keys in another order", wanted, decision_of(shop, each, turned))


def _reordered(shop: Shop, chance: random.Random) -> Shop:
    other = shop
    for document in shop.documents:
        other = other.replaced(document, shuffled(document, chance))
    return other


def shuffled(document: Document, chance: random.Random) -> Document:
    """The document with its clauses of additive kinds in another order.

    Fees stay where they are, since of two with one code the first counts, and so do permissions, since of two that
    close together the first governs.
    """
    places = [place for place, clause in enumerate(document.clauses) if _is_free(clause)]
    turned = places[:]
    chance.shuffle(turned)
    clauses = list(document.clauses)
    for place, source in zip(places, turned, strict=True):
        clauses[place] = replace(document.clauses[source], index=place)
    return replace(document, clauses=tuple(clauses))


def _is_free(clause: Clause) -> bool:
    return clause.effect.additive and clause.kind != "fee" and clause.effect.role != "permission"


def _keys_shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, Mapping):
        keys = list(value)
        chance.shuffle(keys)
        return {key: _keys_shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        return [_keys_shuffled(part, chance) for part in value]
    return value


def _difference(each: Prepared, how: str, wanted: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[str]:
    if wanted == got:
        return
    lines = [f"{each.case.file.name}: {each.case.label}, {how}"]
    for path, value in list(differences(wanted, got))[:5]:
        lines.append(f"  - {'.'.join(map(str, path))}: {show_value(value)}")
    for path, value in list(differences(got, wanted))[:5]:
        lines.append(f"  + {'.'.join(map(str, path))}: {show_value(value)}")
    yield "\n".join(lines)


def _fresh(suites: tuple[str, ...], cases: Sequence[Prepared]) -> Iterator[str]:
    wanted = _decisions(cases)
    for seed in HASH_SEEDS:
        command = [sys.executable, "-m", "policy_service.scenarios.determinism", *suites]
        run = subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        for each, ours, theirs in zip(cases, wanted, json.loads(run.stdout), strict=True):
            yield from _difference(each, f"in a fresh process with hash seed {seed}", ours, theirs)


def _decisions(cases: Sequence[Prepared]) -> list[dict[str, Any]]:
    return [decision_of(each.bench.shop, each) for each in cases]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_decisions(grounds_of(tuple(sys.argv[1:])).prepared)))
