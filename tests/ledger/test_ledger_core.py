"""What is answered is recorded, once, whole, and in a chain that shows every change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exc, text

import policy_service.ledger
from policy_service.api.ledger import openapi_paths
from policy_service.language.kinds.process import EVENTS
from policy_service.ledger.database import LATEST
from policy_service.ledger.personal import Pseudonyms
from policy_service.ledger.reading import write_cursor
from policy_service.ledger.schema import metadata
from policy_service.ledger.transitions import RULES


def breaks(shop: Any) -> list[str]:
    return [found.what for chain in shop.ledger.verify() for found in chain.breaks]


def tamper(shop: Any, statement: str) -> None:
    """Changes the database behind the ledger's back, its guards taken down."""
    with shop.ledger.database.writing() as connection:
        if shop.ledger.database.sqlite:
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def test_the_migrations_make_the_schema_that_the_code_knows(shop: Any) -> None:
    with shop.ledger.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_one_that_the_code_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(policy_service.ledger.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [LATEST]


def test_an_answer_is_read_back_byte_for_byte_after_a_restart(shop: Any) -> None:
    answer = shop.client.post("/v1/decisions", json=shop.asked())
    shop.ledger.close()
    shop.open()
    assert shop.client.get(f"/v1/decisions/{answer.get_json()['id']}").data == answer.data


def test_the_request_is_kept_as_evaluated(shop: Any) -> None:
    decision = shop.decide()
    kept = shop.get(f"/v1/decisions/{decision['id']}/request")
    assert kept == {**shop.asked(), "requested_at": decision["decided_at"]}


def test_a_decision_that_is_not_there_is_a_404(shop: Any) -> None:
    assert shop.get("/v1/decisions/none", 404)["detail"] == "there is no decision `none`"


@pytest.mark.parametrize(("id", "most"), [("a" * 5000, 84), ("a" * 4000 + "`" + "a" * 1000, 601), ("`a" * 2000, 601)])
def test_an_id_that_is_none_is_quoted_in_short(any_shop: Any, id: str, most: int) -> None:
    assert len(any_shop.get(f"/v1/decisions/{id}", 404)["detail"]) <= most


def test_decisions_are_found_by_what_they_are_about(shop: Any) -> None:
    first = shop.decide(case="RMA-1")
    second = shop.decide(case="RMA-2", price="2000.00")
    found = {
        "case_id": shop.get("/v1/decisions", case_id="RMA-1"),
        "outcome": shop.get("/v1/decisions", outcome="review"),
        "clause": shop.get("/v1/decisions", clause="high-value"),
        "order_id": shop.get("/v1/decisions", order_id="SO-1"),
        "nothing": shop.get("/v1/decisions", merchant="other"),
    }
    ids = {name: [each["id"] for each in page["decisions"]] for name, page in found.items()}
    assert ids == {
        "case_id": [first["id"]],
        "outcome": [second["id"]],
        "clause": [second["id"]],
        "order_id": [second["id"], first["id"]],
        "nothing": [],
    }


def test_pages_follow_each_other_without_gap_or_overlap(shop: Any) -> None:
    made = [shop.decide(case=f"RMA-{n}")["id"] for n in range(5)]
    seen: list[str] = []
    cursor = {}
    while True:
        page = shop.get("/v1/decisions", limit=2, **cursor)
        seen += [each["id"] for each in page["decisions"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"cursor": "nonsense"}, 400),
        ({"limit": "0"}, 400),
        ({"from": "yesterday"}, 400),
        ({"to": "2025"}, 400),
        ({"merchnt": "shop"}, 400),
        ({"merchant": ["shop", "other"]}, 400),
    ],
)
def test_a_query_that_does_not_read_is_refused(shop: Any, query: dict[str, Any], status: int) -> None:
    shop.get("/v1/decisions", status, **query)


NUMBERED = ("/v1/decisions", "/v1/reviews", "/v1/cases", "/v1/events")


@pytest.mark.parametrize(
    ("path", "position"),
    [
        *((path, position) for path in NUMBERED for position in ([2**64 - 1], [2**63], [-1], [True], ["5"], [5, "x"])),
        *(
            ("/v1/events/deliveries", position)
            for position in (["²", "x"], ["9" * 30, "x"], [2**63, "x"], [-1, "x"], [5, "\0"], [5], [5, "x", "y"])
        ),
        *(("/v1/stock", position) for position in (["shop"], ["shop", 5], ["shop", "\0"])),
    ],
    ids=str,
)
def test_a_cursor_that_no_page_gave_is_refused(shop: Any, path: str, position: list[Any]) -> None:
    problem = shop.get(path, 400, cursor=write_cursor(*position))
    assert problem["detail"].endswith("is not a cursor of this list: send `next` of the page before")


@pytest.mark.parametrize(
    ("path", "query", "detail"),
    [
        ("/v1/cases/A/B", "merchnat=shop", "`merchnat` is not a parameter here: did you mean `merchant`?"),
        ("/v1/stock", "sku=LAMP", "`sku` is not a parameter here, only `merchant`, `cursor`, `limit`"),
        ("/v1/decisions/1/request", "merchant=shop", "`merchant` is not a parameter here: there are none"),
        ("/v1/reviews", "merchant=shop&merchant=other", "`merchant` must be there once"),
    ],
)
def test_a_query_that_does_not_read_is_told_what_does(any_shop: Any, path: str, query: str, detail: str) -> None:
    answer = any_shop.client.get(f"{path}?{query}")
    assert (answer.status_code, answer.get_json(force=True)["detail"]) == (400, detail)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/decisions?merchant=%00", 400),
        ("/v1/events?type=a%00", 400),
        ("/v1/events/deliveries?endpoint=a%00", 400),
        ("/v1/reports/money?merchant=%00", 400),
        ("/v1/decisions/a%00b", 404),
        ("/v1/cases/a%00b", 404),
        ("/v1/stock/a%00", 404),
    ],
)
def test_a_name_with_a_nul_is_nobodys_on_any_database(shop: Any, path: str, status: int) -> None:
    assert shop.client.get(path).status_code == status


def test_every_operation_on_the_ledger_refuses_a_query_name_that_it_does_not_have(any_shop: Any) -> None:
    for path, operations in openapi_paths().items():
        for method in operations:
            answer = any_shop.client.open(
                path.format(id="1", name="reasons", sku="LAMP") + "?colour=red", method=method
            )
            assert (answer.status_code, answer.get_json(force=True)["detail"][:8]) == (400, "`colour`"), path


def test_the_chain_of_each_merchant_holds(shop: Any) -> None:
    for n in range(3):
        shop.decide(case=f"RMA-{n}")
        shop.event(f"RMA-{n}", "shipped", carrier="SF", tracking_number=f"SF{n}")
    [chain] = shop.ledger.verify()
    assert (chain.merchant, chain.records, chain.breaks) == ("shop", 6, [])


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("UPDATE decisions SET outcome = 'denied' WHERE seq = 2", "the record was changed"),
        ("UPDATE decisions SET took_us = 1 WHERE seq = 2", "the record was changed"),
        ("UPDATE decisions SET n = 7 WHERE seq = 3", "place 4 of the chain is missing"),
        ("DELETE FROM case_events WHERE seq = 1", "the link does not fit the one before"),
        ("UPDATE personal SET customer = NULL, data = '{}'", "its personal data was changed"),
        ("UPDATE heads SET n = 99 WHERE name = 'merchant:shop'", "the chain has 4 records and a head at 99"),
    ],
)
def test_tampering_shows(shop: Any, statement: str, shown: str) -> None:
    shop.decide(case="RMA-0")
    shop.decide(case="RMA-1")
    shop.event("RMA-0", "shipped")
    shop.decide(case="RMA-2")
    assert breaks(shop) == []
    tamper(shop, statement)
    assert shown in breaks(shop)


def test_cutting_the_end_off_a_chain_shows(shop: Any) -> None:
    shop.decide()
    shop.event("RMA-1", "note", text="hello")
    tamper(shop, "DELETE FROM case_events")
    assert breaks(shop) == ["the chain has 1 records and a head at 2"]


@pytest.mark.parametrize(
    "table", ["decisions", "case_events", "policies", "outbox", "postings", "grounds", "stock_moves"]
)
@pytest.mark.parametrize("change", ["UPDATE {} SET merchant = 'x'", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_what_is_kept(shop: Any, table: str, change: str) -> None:
    shop.decide(tier="gold")
    shop.event("RMA-1", "received")
    decision = shop.get("/v1/decisions")["decisions"][0]["id"]
    shop.post(f"/v1/decisions/{decision}/inspection", {"lines": [{"order_line": "1", "quantity": 1}]})
    with pytest.raises(exc.DBAPIError, match="append-only"), shop.ledger.database.writing() as connection:
        connection.execute(text(change.format(table)))


def test_a_customer_is_erased_and_the_chain_holds(shop: Any) -> None:
    decision = shop.decide(line={"serial": "SN-1"})
    shop.decide(case="RMA-2", customer="C-2")
    shop.event("RMA-1", "shipped", tracking_number="SF1")
    shop.event("RMA-1", "feedback", score=2, text="my name is Li Lei")
    assert shop.ledger.erase("C-1") == 3
    kept = shop.get(f"/v1/decisions/{decision['id']}/request")
    assert "id" not in kept["customer"]
    assert "serial" not in kept["lines"][0]
    assert "Li Lei" not in str(shop.get("/v1/cases/RMA-1"))
    [chain] = shop.ledger.verify()
    assert (chain.records, chain.erased, chain.breaks) == (4, 3, [])
    replay = shop.post(f"/v1/decisions/{decision['id']}/replay", {})
    assert (replay["same"], replay["erased"]) == (True, True)
    assert shop.get("/v1/decisions", case_id="RMA-2")["decisions"]


def test_customers_can_be_pseudonyms_and_still_be_erased(shop: Any) -> None:
    shop.ledger.pseudonyms = Pseudonyms(b"k" * 32)
    decision = shop.decide()
    again = shop.decide(case="RMA-2")
    names = {shop.get(f"/v1/decisions/{each['id']}/request")["customer"]["id"] for each in (decision, again)}
    assert len(names) == 1
    assert names.pop().startswith("p-")
    with shop.ledger.database.reading() as connection:
        assert "C-1" not in str(connection.execute(text("SELECT * FROM personal")).all())
    assert shop.post(f"/v1/decisions/{decision['id']}/replay", {})["same"]
    assert shop.ledger.erase("C-1") == 2


def test_every_decision_replays_bit_for_bit_after_its_policy_is_gone(shop: Any) -> None:
    approved = shop.decide(case="RMA-1")
    review = shop.decide(case="RMA-2", price="2000.00")
    settled = shop.post(f"/v1/decisions/{review['id']}/resolution", {"outcome": "approved", "by": "agent-1"})
    shop.event("RMA-1", "received")
    found = shop.post(
        f"/v1/decisions/{approved['id']}/inspection",
        {"lines": [{"order_line": "1", "quantity": 1, "condition": "used"}]},
    )
    policy = shop.rules / "1.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("10%", "50%"), encoding="utf-8")
    shop.ledger.close()
    shop.open()
    for each in (approved, review, settled, found):
        replay = shop.post(f"/v1/decisions/{each['id']}/replay", {})
        assert (replay["same"], replay["differs"]) == (True, [])
    assert shop.decide(case="RMA-9")["refund"]["fees"] == "50.00"
    late = shop.post(f"/v1/decisions/{settled['id']}/inspection", {"lines": [{"order_line": "1", "quantity": 1}]})
    assert late["refund"]["fees"] == "200.00"
    assert shop.post(f"/v1/decisions/{late['id']}/replay", {})["same"]


@pytest.mark.parametrize("now", ["not: [a policy", None], ids=["broken", "gone"])
def test_a_policy_in_use_decides_and_replays_whatever_becomes_of_its_file(shop: Any, now: str | None) -> None:
    policy = shop.rules / "1.yaml"
    policy.write_bytes(policy.read_bytes().replace(b"\n", b"\r\n"))
    shop.catalog.reload()
    policy.unlink() if now is None else policy.write_text(now, encoding="utf-8")
    id = shop.decide()["id"]
    assert shop.post(f"/v1/decisions/{id}/replay", {})["same"]
    shop.ledger.close()
    (shop.folder / "rules" / "shop" / "1.yaml").write_text(
        "merchant: shop\nversion: '2'\neffective: {from: 2025-01-01}\ntimezone: Asia/Shanghai\ncurrency: CNY\n"
        "clauses:\n  - id: never\n    deny: {code: never}\n",
        encoding="utf-8",
    )
    shop.open()
    assert shop.post(f"/v1/decisions/{id}/replay", {})["same"]


def test_retention_erases_everybody_before_a_date(shop: Any) -> None:
    old = shop.decide(case="RMA-1")
    shop.clock.forward(days=10)
    new = shop.decide(case="RMA-2")
    assert shop.ledger.erase_before(shop.clock.now) == 1
    customers = [shop.get(f"/v1/decisions/{each['id']}/request")["customer"] for each in (old, new)]
    assert customers == [{"tier": "normal"}, {"id": "C-1", "tier": "normal"}]
    assert breaks(shop) == []


def test_every_event_of_a_case_is_offered_to_whoever_writes_a_notify_clause() -> None:
    assert set(RULES) - {"feedback", "note"} <= set(EVENTS)
