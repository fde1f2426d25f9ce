"""The OpenAPI 3.1 document, built from the contract's JSON Schemas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policy_service import __version__
from policy_service.api.schemas import schema

Json = dict[str, Any]

ROOTS: Final = {"request": "Request", "decision": "Decision", "inspection": "Inspection", "problem": "Problem"}

_DEFS: Final = "#/$defs/"
_COMPONENTS: Final = "#/components/schemas/"
_ACCEPT_LANGUAGE: Final = {
    "name": "Accept-Language",
    "in": "header",
    "description": "the language of messages: `en`, or Chinese of any region as `zh-CN`",
    "schema": {"type": "string", "examples": ["zh-CN"]},
}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "where decisions are kept: the same key with the same body gets the first answer again",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_TITLES: Final = {
    400: "not JSON, or a header or query that cannot be understood",
    401: "no API key, or an unknown one",
    403: "the API key lacks the scope",
    404: "there is no such thing",
    409: "it contradicts what is recorded",
    413: "the body is too large",
    415: "the body is not declared as JSON",
    422: "the body does not fit the contract",
    429: "too many requests; `Retry-After` says when to come back",
    503: "not ready",
}


def openapi(paths: Iterable[Mapping[str, Any]] = ()) -> Json:
    """The document; `paths` are those of further resources, each as its own part of `paths`."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "policy-service",
            "version": __version__,
            "summary": "Decides returns, exchanges, repairs and refunds by the merchant's policy",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"key": []}],
        "paths": paths_of(paths),
        "components": {
            "schemas": _components(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "an API key"}},
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
    return {"$ref": f"{_COMPONENTS}{ROOTS[root]}"}


def operation(
    name: str,
    summary: str,
    answer: Any,
    *,
    errors: Iterable[int] = (),
    body: Any = None,
    parameters: Iterable[Any] = (),
) -> Json:
    """One operation: `answer` is the schema of its 200, `body` that of what it takes, `errors` the other statuses."""
    found: Json = {
        "operationId": name,
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            "200": {"description": "done", "content": {"application/json": {"schema": answer}}},
            **{str(status): _problem(status) for status in sorted(errors)},
        },
    }
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


READING: Final = (400, 401, 429)
"""What reading may be refused with."""
WRITING: Final = (400, 401, 403, 413, 415, 422, 429, 503)
"""What a body may be refused with."""


def _problem(status: int) -> Json:
    return {"description": _TITLES[status], "content": {"application/problem+json": {"schema": reference("problem")}}}


def _paths() -> Json:
    decision, request = reference("decision"), reference("request")
    anything = {"type": "object"}
    merchant = {"name": "merchant", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    return {
        "/v1/decisions": {
            "post": operation(
                "decide",
                "Decide a return request",
                decision,
                body=request,
                errors=(*WRITING, 404, 409),
                parameters=(_ACCEPT_LANGUAGE, _IDEMPOTENCY_KEY),
            )
        },
        "/v1/decisions/batch": {
            "post": operation(
                "decideBatch",
                "Decide up to 1,000 requests, each with its own answer, in order",
                _list("results", {"anyOf": [_result("decision", decision), _result("problem", reference("problem"))]}),
                body={**_list("requests", request, most=1000), "additionalProperties": False},
                errors=(*WRITING, 409),
                parameters=(_ACCEPT_LANGUAGE, _IDEMPOTENCY_KEY),
            )
        },
        "/v1/policies": {
            "get": operation("listPolicies", "Every merchant and version", _list("policies", anything), errors=READING)
        },
        "/v1/policies/{merchant}": {
            "get": operation(
                "readPolicy",
                "A merchant's versions with their clauses",
                anything,
                errors=(*READING, 404),
                parameters=(merchant,),
            )
        },
        "/v1/vocabulary": {
            "get": operation("readVocabulary", "Facts, reasons, kinds of clause", anything, errors=READING)
        },
        "/v1/reason-codes": {
            "get": operation(
                "readReasonCodes", "Published reason codes", _list("reason_codes", anything), errors=READING
            )
        },
        "/v1/schemas": {"get": operation("listSchemas", "The names of the JSON Schemas", anything, errors=READING)},
        "/v1/schemas/{name}": {
            "get": operation("readSchema", "A JSON Schema", anything, errors=(*READING, 404), parameters=(name,))
        },
        "/healthz": {"get": operation("alive", "Whether the process answers", anything, errors=(400,))},
        "/readyz": {"get": operation("ready", "Whether the service can decide", anything, errors=(400, 503))},
    }


def _list(key: str, items: Any, most: int | None = None) -> Json:
    array: Json = {"type": "array", "items": items}
    if most is not None:
        array |= {"minItems": 1, "maxItems": most}
    return {"type": "object", "required": [key], "properties": {key: array}}


def _result(key: str, content: Any) -> Json:
    return {
        "type": "object",
        "required": ["status", key],
        "properties": {"status": {"type": "integer"}, key: content},
        "additionalProperties": False,
    }


def _components() -> Json:
    """The contract's schemas side by side: the definitions inside each become components of their own."""
    components: Json = {}
    for name, component in ROOTS.items():
        whole = dict(schema(name))
        definitions = whole.pop("$defs", {})
        for key in ("$schema", "$id"):
            whole.pop(key, None)
        components[component] = _moved(whole, component)
        components |= {f"{component}.{inner}": _moved(value, component) for inner, value in definitions.items()}
    return components


def _moved(value: Any, component: str) -> Any:
    if isinstance(value, dict):
        return {
            key: f"{_COMPONENTS}{component}.{inner.removeprefix(_DEFS)}"
            if key == "$ref" and isinstance(inner, str) and inner.startswith(_DEFS)
            else _moved(inner, component)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_moved(each, component) for each in value]
    return value
