"""Stock of returned goods: where units went, alerts on how many, repair orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from policy_service.ledger import schema
from policy_service.ledger.commit import Transaction
from policy_service.ledger.errors import Conflict, Unknown
from policy_service.ledger.instants import write_us
from policy_service.ledger.messages import Message
from policy_service.ledger.outbox import post
from policy_service.ledger.reading import Execute
from policy_service.ledger.records import NewDecision, Stored

if TYPE_CHECKING:
    from policy_service.ledger.shapes.messages import RepairData, StockAlertData
    from policy_service.ledger.shapes.stock import ClearedStock, FiredAlert, StockCount

Place = tuple[str, str]
"""A sku and a disposition."""


def move_goods(
    transaction: Transaction, new: NewDecision, before: Stored | None, now: int, *, merchant: str, case_id: str
) -> None:
    """Puts the units of an inspection where it says, after taking back what a superseded inspection had put."""
    id = str(new.decision["id"])
    if before is not None and before.stage == "inspection":
        _take_back(transaction, before.id, now, merchant, case_id)
    skus = {line["id"]: line["sku"] for line in new.request["order"]["lines"]}
    touched: set[Place] = set()
    for index, line in enumerate(new.decision["lines"]):
        for item in line["disposition"]:
            place = (skus[line["order_line"]], item["to"])
            move(transaction, merchant, place, item["quantity"], "inspection", case_id, id, now)
            touched.add(place)
            if item["to"] == "repair":
                _open_repair(transaction, f"{id}/{index}", line, place[0], item["quantity"], id, now, merchant, case_id)
    _alert(transaction, new.duties.alerts, touched, id, now, merchant, case_id)


def move(
    transaction: Transaction,
    merchant: str,
    place: Place,
    quantity: int,
    cause: str,
    case_id: str,
    decision: str,
    now: int,
) -> None:
    """One move of units in (or, negative, out)."""
    transaction.add(
        schema.stock_moves,
        {
            "seq": transaction.number(schema.stock_moves),
            "merchant": merchant,
            "sku": place[0],
            "disposition": place[1],
            "quantity": quantity,
            "cause": cause,
            "case_id": case_id,
            "decision": decision,
            "at": now,
        },
    )


def _take_back(transaction: Transaction, decision: str, now: int, merchant: str, case_id: str) -> None:
    moves = schema.stock_moves
    for row in (
        transaction.execute(select(moves).where(moves.c.decision == decision, moves.c.case_id == case_id))
        .mappings()
        .all()
    ):
        move(
            transaction,
            merchant,
            (row["sku"], row["disposition"]),
            -row["quantity"],
            "superseded",
            case_id,
            decision,
            now,
        )
    orders = schema.repair_orders
    transaction.execute(
        update(orders)
        .where(orders.c.decision == decision, orders.c.closed_at.is_(None))
        .values(closed_at=now, withdrawn=True)
    )


def _open_repair(
    transaction: Transaction,
    id: str,
    line: Mapping[str, Any],
    sku: str,
    quantity: int,
    decision: str,
    now: int,
    merchant: str,
    case_id: str,
) -> None:
    order: RepairData = {
        "id": id,
        "decision": decision,
        "sku": sku,
        "quantity": quantity,
        "goes_to": "return_to_customer" if line["action"] == "repair" else "sellable",
    }
    transaction.add(
        schema.repair_orders,
        {**order, "merchant": merchant, "case_id": case_id, "opened_at": now, "closed_at": None, "withdrawn": False},
    )
    post(transaction, Message("repair_opened", order), now, merchant=merchant, case_id=case_id)


def close_repairs(transaction: Transaction, now: int, *, merchant: str, case_id: str) -> None:
    """Closes a case's repair orders: units of the merchant's become sellable, the customer's own go back."""
    orders = schema.repair_orders
    mine = (orders.c.merchant == merchant, orders.c.case_id == case_id, orders.c.closed_at.is_(None))
    for row in transaction.execute(select(orders).where(*mine)).mappings().all():
        transaction.execute(update(orders).where(orders.c.id == row["id"]).values(closed_at=now))
        for place, quantity in (("repair", -row["quantity"]), (row["goes_to"], row["quantity"])):
            move(transaction, merchant, (row["sku"], place), quantity, "repair_done", case_id, row["decision"], now)
        closed: RepairData = {
            "id": row["id"],
            "decision": row["decision"],
            "sku": row["sku"],
            "quantity": row["quantity"],
            "goes_to": row["goes_to"],
        }
        post(transaction, Message("repair_closed", closed), now, merchant=merchant, case_id=case_id)


def _alert(
    transaction: Transaction,
    alerts: Iterable[Mapping[str, Any]],
    touched: set[Place],
    decision: str,
    now: int,
    merchant: str,
    case_id: str,
) -> None:
    table = schema.stock_alerts
    for alert in alerts:
        place = (alert["sku"], alert["disposition"])
        if place not in touched:
            continue
        count = _count(transaction.execute, merchant, place)
        key = {"merchant": merchant, "sku": place[0], "disposition": place[1], "clause": alert["clause"]}
        known = [getattr(table.c, name) == value for name, value in key.items()]
        armed = transaction.execute(select(table.c.armed).where(*known)).scalar()
        if count < alert["reaches"] or armed is False:
            continue
        if armed is None:
            transaction.add(table, {**key, "reaches": alert["reaches"], "armed": False, "since": now})
        else:
            transaction.execute(update(table).where(*known).values(armed=False, since=now, reaches=alert["reaches"]))
        told: StockAlertData = {
            "sku": place[0],
            "disposition": place[1],
            "count": count,
            "reaches": alert["reaches"],
            "clause": alert["clause"],
            "decision": decision,
        }
        post(transaction, Message("stock_alert", told), now, merchant=merchant, case_id=case_id)


def _count(execute: Execute, merchant: str, place: Place) -> int:
    moves = schema.stock_moves.c
    query = select(func.coalesce(func.sum(moves.quantity), 0)).where(
        moves.merchant == merchant, moves.sku == place[0], moves.disposition == place[1]
    )
    return int(execute(query).scalar_one())


def counts(
    execute: Execute, merchant: str | None, sku: str | None, limit: int, after: tuple[str, str] | None
) -> list[StockCount]:
    """Units by merchant, sku and disposition, with the alerts that fired; in the order of the names."""
    moves = schema.stock_moves.c
    query = select(moves.merchant, moves.sku, moves.disposition, func.sum(moves.quantity).label("quantity"))
    keys = select(moves.merchant, moves.sku).distinct().order_by(moves.merchant, moves.sku).limit(limit)
    if merchant is not None:
        keys = keys.where(moves.merchant == merchant)
    if sku is not None:
        keys = keys.where(moves.sku == sku)
    if after is not None:
        keys = keys.where((moves.merchant > after[0]) | ((moves.merchant == after[0]) & (moves.sku > after[1])))
    wanted = [(row[0], row[1]) for row in execute(keys)]
    query = query.where(moves.sku.in_({name for _, name in wanted})).group_by(
        moves.merchant, moves.sku, moves.disposition
    )
    units: dict[tuple[str, str], Counter[str]] = {key: Counter() for key in wanted}
    for row in execute(query):
        if (row.merchant, row.sku) in units and row.quantity:
            units[row.merchant, row.sku][row.disposition] = row.quantity
    fired = _fired(execute, {name for _, name in wanted})
    return [
        {"merchant": key[0], "sku": key[1], "counts": dict(sorted(found.items())), "alerts": fired.get(key, [])}
        for key, found in units.items()
    ]


def _fired(execute: Execute, skus: set[str]) -> dict[tuple[str, str], list[FiredAlert]]:
    table = schema.stock_alerts
    found: dict[tuple[str, str], list[FiredAlert]] = {}
    for row in execute(select(table).where(table.c.sku.in_(skus), ~table.c.armed)).mappings():
        alert: FiredAlert = {
            "clause": row["clause"],
            "disposition": row["disposition"],
            "reaches": row["reaches"],
            "since": write_us(row["since"]),
        }
        found.setdefault((row["merchant"], row["sku"]), []).append(alert)
    return found


def clear(transaction: Transaction, merchant: str | None, sku: str, disposition: str | None, now: int) -> ClearedStock:
    """Takes units out of the count and arms their alerts again. Raises Unknown, or Conflict for a shared sku."""
    found = counts(transaction.execute, merchant, sku, 2, None)
    if not found:
        raise Unknown(f"no units of `{sku}` were ever counted")
    if len(found) > 1:
        raise Conflict(f"several merchants have a sku `{sku}`", f"say which: `merchant={found[0]['merchant']}`")
    merchant = str(found[0]["merchant"])
    cleared = {to: count for to, count in found[0]["counts"].items() if disposition in (None, to)}
    for to, count in cleared.items():
        move(transaction, merchant, (sku, to), -count, "clear", "", "", now)
    table = schema.stock_alerts
    mine = [table.c.merchant == merchant, table.c.sku == sku, ~table.c.armed]
    if disposition is not None:
        mine.append(table.c.disposition == disposition)
    transaction.execute(update(table).where(*mine).values(armed=True, since=now))
    return {"merchant": merchant, "sku": sku, "cleared": cleared}
