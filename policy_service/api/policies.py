"""`GET /v1/policies` and `GET /v1/policies/{merchant}`: what is in force, clause by clause, in the merchant's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from policy_service.api.answers import answer
from policy_service.api.shell import Shell
from policy_service.catalog.errors import UnknownMerchant
from policy_service.catalog.version import Version
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.language.clause import Clause
from policy_service.language.document import Document

if TYPE_CHECKING:
    from policy_service.api.shapes import policies as shapes


def blueprint(shell: Shell) -> Blueprint:
    """The policies that requests are decided by."""
    gate, catalog = shell.gate, shell.catalog
    policies = Blueprint("policies", __name__)

    @policies.get("/v1/policies")
    def every() -> Response:
        gate.enter()
        found: shapes.Policies = {
            "policies": [
                {"merchant": merchant, "versions": [version_json(each) for each in catalog.versions(merchant)]}
                for merchant in catalog.merchants()
            ]
        }
        return answer(found)

    @policies.get("/v1/policies/<merchant>")
    def one(merchant: str) -> Response:
        gate.enter()
        try:
            versions = catalog.versions(merchant)
        except UnknownMerchant as error:
            raise ProblemError(problems.unknown_merchant(error.merchant, error.hint)) from None
        found: shapes.PolicyInFull = {"merchant": merchant, "versions": [_in_full(each) for each in versions]}
        return answer(found)

    return policies


def version_json(version: Version) -> shapes.PolicyVersion:
    """The head of one version: when it is in force, where, and by which digest decisions cite it."""
    document = version.document
    return {
        "version": document.version,
        "digest": version.digest,
        "title": dict(document.title),
        "effective": _effective(document),
        "timezone": document.timezone,
        "currency": document.currency,
        "ships_from": document.ships_from,
        "statutes": list(document.statutes),
    }


def _in_full(version: Version) -> shapes.PolicyVersionInFull:
    return {
        **version_json(version),
        "facts": [
            {"name": fact.name, "about": fact.about, "type": fact.type, "doc": dict(fact.doc)}
            for fact in version.document.declared.values()
        ],
        "clauses": [clause_json(clause) for clause in version.document.clauses],
        "rights": [
            {
                "statute": law.name,
                "version": law.version,
                "title": dict(law.title),
                "effective": _effective(law),
                "countries": list(law.countries),
                "clauses": [clause_json(clause) for clause in law.clauses],
            }
            for editions in version.statutes.values()
            for law in editions
        ],
    }


def _effective(document: Document) -> shapes.Effective:
    through = document.effective_through
    return {"from": document.effective_from.isoformat(), "through": through.isoformat() if through else None}


def clause_json(clause: Clause) -> shapes.PolicyClause:
    """A clause as customers' software shows it: its id, kind, actions in alphabetical order, and texts by language."""
    return {"id": clause.id, "kind": clause.kind, "actions": sorted(clause.actions), "text": dict(clause.text)}
