"""A case as an agent reads it: where it stands, what happened, the decisions in words, who owes what by when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from policy_service.contract.money import to_text
from policy_service.ledger.cases import Case, Happening
from policy_service.ledger.instants import from_us, read_us, write_us
from policy_service.ledger.records import Stored

if TYPE_CHECKING:
    from policy_service.ledger.shapes import cases as shapes

WORDS: dict[str, tuple[str, str]] = {
    "approved": ("approved", "批准"),
    "denied": ("denied", "拒绝"),
    "review": ("waits for a person", "待人工审核"),
    "partial": ("partly approved", "部分批准"),
    "request": ("decided on the claim", "按申请作出决定"),
    "inspection": ("decided on what the warehouse found", "按验货结果作出决定"),
    "resolution": ("settled by {by}", "由 {by} 裁定"),
    "label_issued": ("return label issued", "已出具退货面单"),
    "shipped": ("sent back by the customer", "客户已寄回"),
    "shipped_abroad": ("sent back by the customer, across a border", "客户已寄回（跨境）"),
    "received": ("received by the warehouse", "仓库已签收"),
    "repair_started": ("repair started", "开始维修"),
    "repair_done": ("repair done", "维修完成"),
    "refunded": ("refunded {amount} {currency}", "已退款 {amount} {currency}"),
    "exchanged": ("exchange sent", "换货已发出"),
    "reshipped": ("sent to the customer", "已重新寄出"),
    "closed": ("closed", "已结案"),
    "cancelled": ("cancelled", "已取消"),
    "feedback": ("feedback: {score} of 5", "评价：{score} 分（满分 5 分）"),
    "note": ("note: {text}", "备注：{text}"),
    "decide": ("decide the review", "完成人工审核"),
    "send_back": ("send the goods back", "寄回商品"),
    "inspect": ("inspect the goods", "验货"),
    "refund": ("refund {amount} {currency}", "退款 {amount} {currency}"),
    "pay": ("pay {amount} {currency}", "补付 {amount} {currency}"),
    "exchange": ("send the exchange", "发出换货商品"),
    "repair": ("send the repaired goods back", "寄回维修后的商品"),
    "reship": ("send the goods again", "重新发货"),
    "pay_back": ("pay back {amount} {currency} refunded too much", "退还多付的 {amount} {currency}"),
    "supply_evidence": ("supply evidence: {evidence}", "补充凭证：{evidence}"),
}
"""What an agent reads, in English and Chinese."""


def say(key: str, locale: str, **known: Any) -> str:
    """One phrase."""
    english, chinese = WORDS[key]
    return (chinese if locale == "zh-CN" else english).format_map(_Blank(known))


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"  # erased, or never said


def tell(case: Case, now: int, locale: str) -> shapes.Case:
    """The whole case."""
    return {
        **summary(case, now),
        "owed": list(_owed(case, now, locale)),
        "timeline": timeline(case, locale),
        "decisions": [_decision(decision, case, locale) for decision in case.decisions],
    }


def summary(case: Case, now: int) -> shapes.CaseSummary:
    """One case in a list."""
    return {
        "case_id": case.id,
        "merchant": case.merchant,
        "order_id": case.order_id,
        "state": case.state,
        "opened_at": case.decisions[0].decision["decided_at"],
        "currency": case.currency,
        "refund": to_text(case.refund_total, case.currency),
        "refunded": to_text(case.refunded, case.currency),
        "overdue": case.overdue(now),
    }


def _owed(case: Case, now: int, locale: str) -> Iterator[shapes.Owed]:
    if case.over:
        return

    def owed(by: str, what: str, deadline: str | None, **known: str) -> shapes.Owed:
        due = case.deadline_as_said(deadline) if deadline else None
        late = due is not None and read_us(due) <= now
        item = {"by": by, "what": what, "due": due, "overdue": late}
        return cast("shapes.Owed", {**item, "text": say(what, locale, **known), **known})

    def sum_of(minor: int) -> dict[str, str]:
        return {"amount": to_text(minor, case.currency), "currency": case.currency}

    if case.reviewing:
        yield owed("merchant", "decide", "respond_by")
    yield from (owed("customer", "supply_evidence", None, evidence=", ".join(kinds)) for kinds in _evidence(case))
    if case.open_deadline("ship_back_by"):
        yield owed("customer", "send_back", "ship_back_by")
    if case.open_deadline("inspect_by"):
        yield owed("merchant", "inspect", "inspect_by")
    if case.refund_left:
        yield owed("merchant", "refund", "refund_by", **sum_of(case.refund_left))
    if case.amount_due:
        yield owed("customer", "pay", None, **sum_of(case.amount_due))
    if case.overpaid:
        yield owed("customer", "pay_back", None, **sum_of(case.overpaid))
    for action in case.undelivered():
        yield owed("merchant", action, None)


def _evidence(case: Case) -> Iterator[list[str]]:
    for decision in case.effective:
        for line in decision.decision["lines"]:
            for item in line["obligations"]:
                if item["code"] == "supply_evidence":
                    yield item["evidence"]


def timeline(case: Case, locale: str) -> list[shapes.TimelineEntry]:
    """Decisions and events in the order in which they were recorded."""
    entries: list[tuple[int, shapes.TimelineEntry]] = [
        *((d.n, _decided(d, locale)) for d in case.decisions),
        *((e.n, _event(e, case, locale)) for e in case.events),
    ]
    return [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]


def _decided(decision: Stored, locale: str) -> shapes.TimelineDecision:
    resolution = decision.decision.get("resolution")
    how = say("resolution", locale, **resolution) if resolution else say(decision.stage, locale)
    text = f"{how}: {say(decision.outcome, locale)}" if locale != "zh-CN" else f"{how}：{say(decision.outcome, locale)}"
    return {"at": write_us(decision.recorded_at), "type": "decision", "id": decision.id, "text": text}


def _event(event: Happening, case: Case, locale: str) -> shapes.TimelineEvent:
    key = "shipped_abroad" if event.type == "shipped" and event.data.get("international") else event.type
    text = say(key, locale, currency=case.currency, **event.data)
    data = cast("shapes.EventData", event.data)
    return {"at": write_us(event.at), "type": event.type, "id": event.id, "text": text, "data": data}


def _decision(decision: Stored, case: Case, locale: str) -> shapes.CaseDecision:
    body = decision.decision
    superseded = all(decision.id != current.id for current in case.effective)
    money = body["refund"]
    return {
        "id": decision.id,
        "stage": decision.stage,
        "outcome": decision.outcome,
        "in_force": not superseded,
        "policy": body["policy"]["version"],
        "recorded_at": from_us(decision.recorded_at).isoformat(),
        "refund": {"currency": money["currency"], "total": money["total"], "amount_due": money["amount_due"]},
        "lines": [
            {
                "order_line": line["order_line"],
                "action": line["action"],
                "quantity": line["quantity"],
                "outcome": line["outcome"],
                "text": f"{say(line['outcome'], locale)}: "
                + "; ".join(reason["message"] for reason in line["reasons"]),
                "refund": line["refund"],
            }
            for line in body["lines"]
        ],
        "deadlines": body["deadlines"],
    }
