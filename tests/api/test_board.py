from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from policy_service.api.app import create_app
from policy_service.api.board import MAX_PROCESSES, Board
from policy_service.api.counting import counted
from policy_service.catalog.catalog import Catalog
from policy_service.service import Service
from tests.api.corner import rules


def count(board: Board) -> None:
    row = board.row()
    for _ in range(1000):
        row.answered("decision", 200)
        row.decided("approved", 300)


def test_processes_count_beside_each_other() -> None:
    context = get_context("spawn")
    board = Board(context=context)
    workers = [context.Process(target=count, args=(board,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert board.total("answers/decision/200") == 3000
    assert dict(board.buckets())["0.0005"] == 3000


def test_a_bucket_includes_those_below_it() -> None:
    board = Board(processes=1)
    row = board.row()
    for took_us in (100, 200, 201, 6_000_000):
        row.decided("denied", took_us)
    buckets = dict(board.buckets())
    assert [buckets[bound] for bound in ("0.0002", "0.0005", "5.0", "+Inf")] == [2, 3, 3, 4]
    assert board.total("outcomes/request/denied") == 4


@pytest.mark.parametrize(
    ("method", "path", "status", "cell"),
    [
        ("POST", "/v1/decisions", "200 OK", "answers/decision/200"),
        ("POST", "/v1/decisions", "409 CONFLICT", "answers/decision/409"),
        ("POST", "/v1/decisions", "429 TOO MANY REQUESTS", "answers/decision/429"),
        ("POST", "/v1/decisions", "418 I'M A TEAPOT", "answers/decision/other"),
        ("GET", "/v1/decisions", "200 OK", "answers/other/200"),
        ("POST", "/v1/decisions/batch", "200 OK", "answers/batch/200"),
        ("POST", "/v1/decisions/0197/inspection", "422 UNPROCESSABLE", "answers/inspection/422"),
        ("POST", "/v1/decisions/0197/resolution", "200 OK", "answers/resolution/200"),
        ("POST", "/v1/decisions/0197/replay", "200 OK", "answers/other/200"),
        ("POST", "/v1/cases/a/b/events", "201 CREATED", "answers/event/201"),
        ("GET", "/v1/events", "200 OK", "answers/other/200"),
        ("POST", "", "404 NOT FOUND", "answers/other/404"),
    ],
)
def test_an_answer_is_counted_by_its_route_and_its_very_status(method: str, path: str, status: str, cell: str) -> None:
    board = Board(processes=1)

    def app(_: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(status, [])
        return []

    counted(app, board.row())({"REQUEST_METHOD": method, "PATH_INFO": path}, lambda *_: None)
    assert board.total(cell) == 1


def test_more_processes_than_rows_share_them() -> None:
    board = Board(processes=2)
    for _ in range(5):
        board.row().reloaded(True)
    assert board.total("reloads/ok") == 5
    assert MAX_PROCESSES >= 1024


def test_a_worker_with_other_rules_than_those_published_says_so(tmp_path: Path) -> None:
    catalog, board = Catalog(rules(tmp_path)), Board(1)
    shop = create_app(Service(catalog), catalog=catalog, board=board).test_client()
    told = []
    for edition in (0, catalog.edition, 1):
        board.publish(edition)
        told.append(shop.get("/readyz").get_json()["rules"])
    assert [each["current"] for each in told] == [True, True, False]
    assert told[2]["errors"] == [
        "a worker decides by other policies than the process that started it: read the rules again with SIGHUP"
    ]
