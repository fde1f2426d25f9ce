"""The query of a request: only what the OpenAPI document declares for it, and each name once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from flask import Flask, request

from policy_service.api.openapi import paths_of
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError

Declared = tuple[tuple[str, ...], tuple[str, ...]]
"""The names that an operation takes in its query, and those of its headers."""

NONE: Final[Declared] = ((), ())
_PLACE: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def register(app: Flask, parts: Iterable[Callable[[], Mapping[str, Any]]]) -> None:
    """Refuse what the document does not declare; `parts` give what further resources add to its `paths`."""
    sources = tuple(parts)

    @cache
    def declared() -> Mapping[tuple[str, str], Declared]:
        # Made for the first query that comes: many services never get one.
        return {
            (path, method): _declared(operation)
            for path, operations in paths_of(part() for part in sources).items()
            for method, operation in operations.items()
        }

    @app.before_request
    def check() -> None:
        # Nothing has such a name, and PostgreSQL does not even take the question.
        if "\0" in request.path:
            raise ProblemError(problems.not_found("path", request.path))
        if request.environ.get("QUERY_STRING") and request.url_rule is not None:
            path = _PLACE.sub(r"{\1}", request.url_rule.rule)
            method = "get" if request.method == "HEAD" else request.method.lower()
            _check(*declared().get((path, method), NONE))


def _declared(operation: Mapping[str, Any]) -> Declared:
    def those_in(place: str) -> tuple[str, ...]:
        return tuple(each["name"] for each in operation["parameters"] if each["in"] == place)

    return those_in("query"), those_in("header")


def _check(names: tuple[str, ...], headers: tuple[str, ...]) -> None:
    """Raises ProblemError 400 for names that mean nothing here, and for one that comes twice."""
    unknown = [name for name in request.args if name not in names]
    if unknown:
        raise ProblemError(problems.unknown_parameters(unknown, names, headers))
    for name, values in request.args.lists():
        if len(values) > 1:
            raise ProblemError(problems.bad_parameter(name, "there once"))
        if "\0" in values[0]:
            raise ProblemError(problems.bad_parameter(name, "free of NUL characters"))


def read_query() -> dict[str, str]:
    """The parameters of the current request that are not empty; which names there may be was checked before."""
    return {name: value for name, value in request.args.items() if value}
