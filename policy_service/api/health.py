"""`/healthz`: the process answers. `/readyz`: it can decide, and whether its rules are those on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from policy_service import __version__
from policy_service.api.answers import answer
from policy_service.api.board import Board
from policy_service.api.keys import Scope
from policy_service.api.shell import Check, Shell
from policy_service.catalog.catalog import Catalog
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    from policy_service.api.shapes.reference import Alive, Ready, RulesInUse

MOST_TOLD = 20
APART = "a worker decides by other policies than the process that started it: read the rules again with SIGHUP"


def blueprint(shell: Shell, checks: Sequence[Check] = ()) -> Blueprint:
    """Both probes; neither needs a key. Which files have mistakes is for callers with the scope `admin`."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        said: Alive = {"status": "ok", "version": __version__}
        return answer(said)

    @health.get("/readyz")
    def ready() -> Response:
        for check in checks:
            if (reason := check()) is not None:
                raise ProblemError(problems.not_ready(reason))
        in_full = shell.gate.opens(Scope.ADMIN)
        said: Ready = {"status": "ready", "rules": _rules(shell.catalog, shell.board, in_full=in_full)}
        if (current := shell.gate.keys_current) is not None:
            said["keys"] = {"current": current}
        return answer(said)

    return health


def _rules(catalog: Catalog, board: Board, *, in_full: bool) -> RulesInUse:
    last = catalog.last_reload
    rules: RulesInUse = {
        "merchants": len(catalog.merchants()),
        "read_at": last.at.isoformat(timespec="seconds"),
        "current": last.ok,
    }
    if not last.ok:
        rules["mistakes"] = len(last.diagnostics)
    said = [_told(each, catalog) for each in last.diagnostics[:MOST_TOLD]]
    if board.is_apart(catalog.edition):
        rules["current"] = False
        said.append(APART)
    if said and in_full:
        rules["errors"] = said
    return rules


def _told(diagnostic: Diagnostic, catalog: Catalog) -> str:
    """A mistake with its file below the rules folder; where that folder is, is nobody's business."""
    file = os.path.relpath(os.path.realpath(diagnostic.file), os.path.realpath(catalog.root))
    inside = not file.startswith("..") and file != "."
    place = f"{file}:{diagnostic.position.line}:{diagnostic.position.column}: " if inside else ""
    return f"{place}{diagnostic.code}: {diagnostic.message}"
