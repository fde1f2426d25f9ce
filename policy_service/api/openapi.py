"""The OpenAPI 3.1 document, built from the contract's JSON Schemas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policy_service import __version__
from policy_service.api import schemas
from policy_service.api.keys import Scope
from policy_service.api.references import AT, refer, referred
from policy_service.contract.messages import LOCALES

Json = dict[str, Any]

ROOTS: Final = {"request": "Request", "decision": "Decision", "inspection": "Inspection", "problem": "Problem"}

_DEFS: Final = "#/$defs/"

ACCEPT_LANGUAGE: Final = {
    "name": "Accept-Language",
    "in": "header",
    "description": "the language of messages: `en`, or Chinese of any region as `zh-CN`",
    "schema": {"type": "string", "examples": ["zh-CN"]},
}
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "where decisions are kept: the same key with the same body gets the first answer again",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
REPLAYED: Final = {
    "Idempotent-Replayed": {
        "description": "`true` where the same `Idempotency-Key` was answered before: this is that answer",
        "schema": {"type": "string", "const": "true"},
    }
}


def varying(*headers: str) -> Json:
    """The header that names those of the request by which the answer differs."""
    return {
        "Vary": {
            "description": "the headers of the request by which the answer differs",
            "required": True,
            "schema": {"type": "string", "enum": [", ".join(headers[:more]) for more in range(1, len(headers) + 1)]},
        }
    }


IN_LANGUAGE: Final = {
    "Content-Language": {
        "description": "the language of messages; absent where an earlier answer is given again",
        "schema": {"type": "string", "enum": list(LOCALES)},
    },
    **varying("Accept-Language"),
}

_RETRY: Final = {
    "Retry-After": {
        "description": "seconds after which to ask again",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    }
}
_WAYS_IN: Final = {
    "WWW-Authenticate": {
        "description": "how to say who asks",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    }
}
_TAKEN: Final = {
    "Accept": {"description": "of a media type: the one that is taken", "schema": {"type": "string"}},
    "Accept-Encoding": {"description": "of a compressed body: the coding that is taken", "schema": {"type": "string"}},
}
_REFUSALS: Final[Mapping[int, tuple[str, str, Json]]] = {
    400: ("NotUnderstood", "not JSON, or a header or query that cannot be understood", {}),
    401: ("Unauthorized", "no API key, or an unknown one", _WAYS_IN),
    403: ("Forbidden", "the API key lacks a scope", {}),
    404: ("NotFound", "there is no such thing", {}),
    409: ("Conflict", "it contradicts what is recorded", {}),
    413: ("TooLarge", "the body is too large", {}),
    415: ("MediaType", "the body is not declared as JSON", _TAKEN),
    422: ("Unfit", "the body does not fit the contract", {}),
    429: ("TooManyRequests", "too many requests", _RETRY),
    500: ("Failed", "a fault of the service, which its log tells", {}),
    501: ("NotInstalled", "a library that this needs is not installed here", {}),
    503: ("NotReady", "not ready", _RETRY),
}
"""How a refusal of that status is called among the components, what it means, and the headers beside it."""


def openapi(paths: Iterable[Mapping[str, Any]] = ()) -> Json:
    """The document; `paths` are those of further resources, each as its own part of `paths`."""
    # Imported here: the types of all answers take 0.9 MB, and most workers are never asked for them.
    from policy_service.api.components import components

    served, contract = paths_of(paths), _contract()
    # What the contract has refers to nothing else; what an answer has may quote the contract.
    answers = components(sorted(set(referred(served)) - set(contract)))
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "policy-service",
            "version": __version__,
            "summary": "Decides returns, exchanges, repairs and refunds by the merchant's policy",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": served,
        "components": {
            "schemas": {**contract, **answers},
            "responses": {name: _refusal(text, headers) for name, text, headers in _REFUSALS.values()},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "an API key; an operation names the scope that the key must have been given. "
                    "Where no keys are configured, none is asked for",
                }
            },
        },
    }


def paths_of(parts: Iterable[Mapping[str, Any]] = ()) -> Json:
    """Every operation, by path and method; `parts` are those of further resources."""
    served = _paths()
    for each in parts:
        for path, operations in each.items():
            served[path] = {**served.get(path, {}), **operations}
    return served


def reference(root: str) -> Json:
    """A reference to one of the contract's schemas: `request`, `decision`, `inspection` or `problem`."""
    return refer(ROOTS[root])


def operation(
    name: str,
    summary: str,
    answer: Any,
    *,
    scope: Scope | None = None,
    key: bool = True,
    errors: Iterable[int] = (),
    body: Any = None,
    parameters: Iterable[Any] = (),
    status: int = 200,
    headers: Mapping[str, Any] | None = None,
    media: Mapping[str, Any] | None = None,
) -> Json:
    """One operation.

    `answer` is the schema of what it answers as JSON with `status`, with `headers`; None where it does not: `media` are
    the schemas of what else it answers, by media type. `body` is the schema of what it takes. `scope` is what a `key`
    must have, `key` whether one is asked for. `errors` are the statuses that do not follow from the rest.
    """
    refused = {400, 500, *errors}
    if key:
        refused |= {401, 429}
    if scope is not None:
        refused.add(403)
    if body is not None:
        refused |= {413, 415, 422}
    content = {} if answer is None else {"application/json": {"schema": answer}}
    content |= {kind: {"schema": written} for kind, written in (media or {}).items()}
    done: Json = {"description": "recorded" if status == 201 else "done", "content": content}
    if headers:
        done["headers"] = dict(headers)
    found: Json = {
        "operationId": name,
        "summary": summary,
        # The empty one: without keys configured nobody is asked for one.
        "security": [{}, {"key": [] if scope is None else [scope.value]}] if key else [],
        "parameters": list(parameters),
        "responses": {
            str(status): done,
            **{str(each): {"$ref": f"#/components/responses/{_REFUSALS[each][0]}"} for each in sorted(refused)},
        },
    }
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def _refusal(description: str, headers: Json) -> Json:
    problem = {"application/problem+json": {"schema": reference("problem")}}
    return {"description": description, **({"headers": headers} if headers else {}), "content": problem}


def _paths() -> Json:
    asked = (ACCEPT_LANGUAGE, IDEMPOTENCY_KEY)
    request, decision = reference("request"), reference("decision")
    batch = {
        "type": "object",
        "required": ["requests"],
        "properties": {"requests": {"type": "array", "items": request, "minItems": 1, "maxItems": 1000}},
        "additionalProperties": False,
    }
    merchant = {"name": "merchant", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": list(schemas.NAMES)}}
    anything = {"type": "object", "description": "a document of its own kind, which says its version"}
    return {
        "/v1/decisions": {
            "post": operation(
                "decide",
                "Decide a return request",
                decision,
                scope=Scope.DECIDE,
                body=request,
                errors=(404, 409, 503),
                parameters=asked,
                headers={**REPLAYED, **IN_LANGUAGE},
            )
        },
        "/v1/decisions/batch": {
            "post": operation(
                "decideBatch",
                "Decide up to 1,000 requests, each with its own answer, in order",
                refer("BatchResults"),
                scope=Scope.DECIDE,
                body=batch,
                errors=(409, 503),
                parameters=asked,
                headers={**REPLAYED, **IN_LANGUAGE},
            )
        },
        "/v1/policies": {"get": operation("listPolicies", "Every merchant and version", refer("Policies"))},
        "/v1/policies/{merchant}": {
            "get": operation(
                "readPolicy",
                "A merchant's versions with their clauses",
                refer("PolicyInFull"),
                errors=(404,),
                parameters=(merchant,),
            )
        },
        "/v1/vocabulary": {"get": operation("readVocabulary", "Facts, reasons, kinds of clause", refer("Vocabulary"))},
        "/v1/reason-codes": {"get": operation("readReasonCodes", "Published reason codes", refer("ReasonCodes"))},
        "/v1/schemas": {"get": operation("listSchemas", "The names of the JSON Schemas", refer("SchemaNames"))},
        "/v1/schemas/{name}": {
            "get": operation("readSchema", "A JSON Schema", anything, errors=(404,), parameters=(name,))
        },
        "/healthz": {"get": operation("alive", "Whether the process answers", refer("Alive"), key=False)},
        "/readyz": {
            "get": operation("ready", "Whether the service can decide", refer("Ready"), key=False, errors=(503,))
        },
        "/metrics": {
            "get": operation(
                "readMetrics",
                "Counts and times of all workers, as Prometheus reads them",
                None,
                scope=Scope.ADMIN,
                media={"text/plain": {"type": "string"}},
            )
        },
        "/openapi.json": {"get": operation("readDocument", "This document", anything, key=False)},
    }


def _contract() -> Json:
    """The contract's schemas side by side: the definitions inside each become components of their own."""
    found: Json = {}
    for name, component in ROOTS.items():
        whole = dict(schemas.schema(name))
        definitions = whole.pop("$defs", {})
        for key in ("$schema", "$id"):
            whole.pop(key, None)
        found[component] = _moved(whole, component)
        found |= {f"{component}.{inner}": _moved(value, component) for inner, value in definitions.items()}
    return found


def _moved(value: Any, component: str) -> Any:
    if isinstance(value, dict):
        return {
            key: f"{AT}{component}.{inner.removeprefix(_DEFS)}"
            if key == "$ref" and isinstance(inner, str) and inner.startswith(_DEFS)
            else _moved(inner, component)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_moved(each, component) for each in value]
    return value
