"""What the blueprints share: the service, who may do what, where decisions are kept, where answers are counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint

from policy_service.api.board import Board, Row
from policy_service.api.gate import Gate
from policy_service.api.recording import NoRecord, Recorder
from policy_service.catalog.catalog import Catalog
from policy_service.service import Service

Check = Callable[[], str | None]
"""Says why the service cannot answer now, or None when it can."""


@dataclass(frozen=True)
class Shell:
    """Everything around the service. `row` is where this process counts on the board of all."""

    service: Service
    catalog: Catalog
    gate: Gate = field(default_factory=Gate)
    recorder: Recorder = field(default_factory=NoRecord)
    board: Board = field(default_factory=lambda: Board(processes=1))
    row: Row = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "row", self.board.row())


def _nothing() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its blueprint, its part of the OpenAPI `paths`, and what must hold for the service to be ready."""

    blueprint: Callable[[Shell], Blueprint]
    paths: Callable[[], Mapping[str, Any]] = _nothing
    checks: tuple[Check, ...] = ()
