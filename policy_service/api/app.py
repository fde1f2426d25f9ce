"""The Flask application.

catalog = Catalog("rules")
app = create_app(Service(catalog), catalog=catalog)
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response

from policy_service.api import decisions, errors, health, metrics, policies, queries, reference
from policy_service.api.board import Board
from policy_service.api.bodies import BATCH
from policy_service.api.counting import counted
from policy_service.api.direct import direct
from policy_service.api.gate import Gate
from policy_service.api.recording import NoRecord, Recorder
from policy_service.api.shell import Resource, Shell
from policy_service.catalog.catalog import Catalog
from policy_service.service import Service


class _App(Flask):
    """Tells which methods a resource takes as it is: an answer without content, not an empty page."""

    def make_default_options_response(self) -> Response:
        methods = ", ".join(sorted(super().make_default_options_response().allow))
        response = Response(status=HTTPStatus.NO_CONTENT, headers={"Allow": methods})
        del response.headers["Content-Type"]
        return response


def create_app(
    service: Service,
    *,
    catalog: Catalog,
    gate: Gate | None = None,
    ledger: Recorder | None = None,
    board: Board | None = None,
    resources: Sequence[Resource] = (),
) -> Flask:
    """The app: everything it needs is given to it, so one process may hold several.

    `ledger` keeps every decision before it is answered; `resources` are further blueprints, such as the ledger's own.
    """
    shell = Shell(service, catalog, gate or Gate(), ledger or NoRecord(), board or Board(processes=1))
    desk = decisions.Desk(shell)
    app = _App("policy_service", static_folder=None)
    app.extensions["catalog"] = catalog
    # The default lets no body in unbounded; each view that reads one says its own limit.
    app.config["MAX_CONTENT_LENGTH"] = BATCH
    app.config["PROPAGATE_EXCEPTIONS"] = False
    # An id may hold two slashes in a row, and a path that is wrong is a problem, not a page that leads elsewhere.
    app.url_map.merge_slashes = False
    errors.register(app)
    parts = [resource.paths for resource in resources]
    queries.register(app, parts)
    checks = [check for resource in resources for check in resource.checks]
    for blueprint in (
        decisions.blueprint(desk),
        policies.blueprint(shell),
        reference.blueprint(shell, parts),
        health.blueprint(shell, checks),
        metrics.blueprint(shell),
        *(resource.blueprint(shell) for resource in resources),
    ):
        app.register_blueprint(blueprint)
    wsgi: Any = counted(direct(app.wsgi_app, desk), shell.row)
    app.wsgi_app = wsgi  # type: ignore[method-assign]
    return app
