"""What a caller may need to know: the vocabulary, the reason codes, the JSON Schemas, the OpenAPI document.

All of it is the same for the life of a process, so each answer is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response

from policy_service.api import schemas
from policy_service.api.answers import answer, written
from policy_service.api.openapi import openapi
from policy_service.api.shell import Shell
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.contract.reasons import REASON_CODES, ReasonCode
from policy_service.language.kinds import KINDS
from policy_service.language.reasons import STANDARD
from policy_service.language.vocabulary import FACTS, Fact, FactValue

if TYPE_CHECKING:
    from policy_service.api.shapes import reference as shapes


def blueprint(shell: Shell, paths: Sequence[Callable[[], Mapping[str, Any]]] = ()) -> Blueprint:
    """The reference endpoints; reading them needs any key, and `/openapi.json` none.

    `paths` give further parts of the OpenAPI document.
    """
    gate = shell.gate
    reference = Blueprint("reference", __name__)

    @reference.get("/v1/vocabulary")
    def read_vocabulary() -> Response:
        gate.enter()
        return written(_written(vocabulary_json))

    @reference.get("/v1/reason-codes")
    def read_reason_codes() -> Response:
        gate.enter()
        return written(_written(reason_codes_json))

    @reference.get("/v1/schemas")
    def list_schemas() -> Response:
        gate.enter()
        names: shapes.SchemaNames = {"schemas": list(schemas.NAMES)}
        return answer(names)

    @reference.get("/v1/schemas/<name>")
    def read_schema(name: str) -> Response:
        gate.enter()
        if name not in schemas.NAMES:
            raise ProblemError(problems.not_found("schema", name))
        return written(_schema(name))

    @reference.get("/openapi.json")
    def read_openapi() -> Response:
        return written(_document())

    @cache
    def _document() -> bytes:
        return orjson.dumps(openapi(part() for part in paths))

    return reference


@cache
def _written(make: Callable[[], Mapping[str, Any]]) -> bytes:
    return orjson.dumps(make())


@cache
def _schema(name: str) -> bytes:
    return orjson.dumps(schemas.schema(name))


def vocabulary_json() -> shapes.Vocabulary:
    """The facts that clauses test, the reason tree with who is liable, and the kinds of clause."""
    return {
        "facts": [_fact(fact) for fact in FACTS.values()],
        "reasons": [{"path": path, "liability": liability} for path, liability in STANDARD.items()],
        "kinds": [
            {
                "kind": kind,
                "role": effect.role,
                "actions": sorted(effect.actions),
                "doc": {"en": effect.doc, "zh-CN": effect.doc_zh},
            }
            for kind, effect in KINDS.items()
        ],
    }


def _fact(fact: Fact) -> shapes.BuiltInFact:
    return {
        "name": fact.name,
        "type": fact.type.value,
        "about": fact.scope,
        "source": fact.source,
        "values": list(fact.values),
        "default": _plain(fact.default),
        "unit": fact.unit,
        "optional": fact.optional,
        "moves_with_time": fact.clock,
        "doc": {"en": fact.doc, "zh-CN": fact.doc_zh},
    }


def _plain(value: FactValue | None) -> str | int | bool | list[str] | None:
    if isinstance(value, frozenset):
        return sorted(value)
    return value if value is None or isinstance(value, str | bool | int) else str(value)


def reason_codes_json() -> shapes.ReasonCodes:
    """The published reason codes; policies add their own, which mean what the policy's clause says."""
    return {"reason_codes": [_code(each) for each in REASON_CODES.values()]}


def _code(reason: ReasonCode) -> shapes.PublishedCode:
    return {
        "code": reason.code,
        "outcomes": list(reason.outcomes),
        "doc": {"en": reason.about, "zh-CN": reason.about_zh},
    }
