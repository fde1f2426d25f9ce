from __future__ import annotations

from pathlib import Path

import pytest

from policy_service.catalog.catalog import Catalog
from policy_service.cli._account import account
from policy_service.contract.problems import ProblemError
from policy_service.service import Service
from tests.api.crowd import folder, requests


def test_every_decision_can_be_explained_with_every_clause_named(tmp_path: Path) -> None:
    service = Service(Catalog(folder(tmp_path)))
    told = 0
    for request in requests(80):
        try:
            decided = service.decide(request)
        except ProblemError:
            continue
        text = "\n".join(line.text for line in account(decided))
        governing = decided.trace.governing
        assert all(clause.id in text for book in governing.books for clause in book.document.clauses)
        assert decided.decision["refund"]["total"] in text
        assert not any(word in text for word in ("False", "None", "[]", "['", "{"))
        told += 1
    assert told > 60


@pytest.mark.parametrize("outcome", ["approved", "denied", "review", "partial"])
def test_the_first_line_says_the_outcome(tmp_path: Path, outcome: str) -> None:
    service = Service(Catalog(folder(tmp_path)))
    for request in requests(300):
        try:
            decided = service.decide(request)
        except ProblemError:
            continue
        if decided.decision["outcome"] == outcome:
            assert next(account(decided)).text.startswith(f"{outcome}: a request to {request['merchant']}")
            return
    pytest.fail(f"no request leads to {outcome}")
