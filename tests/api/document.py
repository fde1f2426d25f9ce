"""The OpenAPI document as a net under the API's tests: every answer that they are given is held against it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from policy_service.api.ledger import openapi_paths
from policy_service.api.openapi import openapi

Json = dict[str, Any]

AUTOMATIC = ("HEAD", "OPTIONS")
"""Methods that the framework answers by itself."""
HERE = "urn:document"


class Document:
    """One document. `check` raises AssertionError for an answer that it does not describe."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._registry = Registry().with_resource(HERE, Resource.from_contents(document, DRAFT202012))
        # The most particular first: `/v1/cases/{id}/events` before `/v1/cases/{id}`, whose id may have slashes.
        self._paths = [
            (re.compile(re.sub(r"\\{\w+\\}", "(.+)", re.escape(path))), path)
            for path in sorted(document["paths"], key=len, reverse=True)
        ]
        self._validators: dict[str, Draft202012Validator] = {}

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Hold an answer against the document; `headers` by their names in lower case."""
        if method in AUTOMATIC:
            return
        said = f"{method} {path} answered {status}"
        found = self._operation(method, path)
        if found is None:
            assert status in (400, 404, 405), f"{said}, which no operation does"
            self._hold(
                said,
                "components/responses/NotFound",
                self._document["components"]["responses"]["NotFound"],
                headers,
                body,
            )
            return
        at, operation = found
        assert str(status) in operation["responses"], f"{said}, which {operation['operationId']} does not declare"
        at = f"{at}/responses/{status}"
        response = operation["responses"][str(status)]
        if "$ref" in response:
            at = response["$ref"].removeprefix("#/")
            response = self._document["components"]["responses"][at.rpartition("/")[2]]
        self._hold(said, at, response, headers, body)

    def _operation(self, method: str, path: str) -> tuple[str, Json] | None:
        for pattern, template in self._paths:
            operations = self._document["paths"][template]
            if method.lower() in operations and pattern.fullmatch(path):
                escaped = template.replace("~", "~0").replace("/", "~1")
                return f"paths/{escaped}/{method.lower()}", operations[method.lower()]
        return None

    def _hold(self, said: str, at: str, response: Json, headers: Mapping[str, str], body: bytes) -> None:
        kind = headers.get("content-type", "").partition(";")[0]
        assert kind in response["content"], f"{said} as `{kind}`, not as one of {list(response['content'])}"
        for name, header in response.get("headers", {}).items():
            value = headers.get(name.lower())
            assert value is not None or not header.get("required"), f"{said} without `{name}`"
            if value is not None:
                Draft202012Validator(header["schema"]).validate(value)
        escaped = kind.replace("/", "~1").replace("+", "%2B")
        content = json.loads(body) if kind.endswith("json") else body.decode()
        wrong = [
            f"{error.json_path}: {error.message[:500]}"
            for error in self._validator(f"{at}/content/{escaped}/schema").iter_errors(content)
        ]
        assert not wrong, "\n".join([f"{said}, but", *wrong])

    def _validator(self, at: str) -> Draft202012Validator:
        if at not in self._validators:
            at_quoted = at.replace("{", "%7B").replace("}", "%7D")
            self._validators[at] = Draft202012Validator({"$ref": f"{HERE}#/{at_quoted}"}, registry=self._registry)
        return self._validators[at]


@cache
def document(*, ledger: bool) -> Document:
    """The document of a service with or without a ledger."""
    return Document(openapi([openapi_paths()] if ledger else []))


def held(app: Any, *, ledger: bool) -> Any:
    """The WSGI app, with each of its answers held against the document."""

    def answering(environ: Json, start_response: Any) -> Iterable[bytes]:
        started: list[tuple[int, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            started.append((int(status[:3]), headers))
            return start_response(status, headers, *rest)

        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        answer = app(environ, start)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = started[-1]
        found = {name.lower(): value for name, value in headers}
        document(ledger=ledger).check(method, path, status, found, body)
        return [body]

    return answering
