"""Counts answers by route and status, around the app: cheaper than hooks inside it, and it misses none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from policy_service.api.board import OTHER, Row

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PLAIN: Final = {"/v1/decisions": "decision", "/v1/decisions/batch": "batch"}
_ENDING: Final = {
    ("decisions", "inspection"): "inspection",
    ("decisions", "resolution"): "resolution",
    ("cases", "events"): "event",
}
"""Where an id stands between the two words."""


def route_of(environ: WSGIEnvironment) -> str:
    """The route that a request is counted under: what changes something by its name, all else as `other`."""
    if environ.get("REQUEST_METHOD") != "POST":
        return OTHER
    path: str = environ.get("PATH_INFO", "")
    return _PLAIN.get(path) or _ENDING.get((path[4:].partition("/")[0], path.rpartition("/")[2]), OTHER)


def counted(app: WSGIApplication, row: Row) -> WSGIApplication:
    """The app, with each of its answers counted on `row`."""

    def counting(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            row.answered(route_of(environ), int(status[:3]))
            return start_response(status, headers, *rest)

        return app(environ, start)

    return counting
