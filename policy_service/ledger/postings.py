"""What reports count, drawn from a decision once, when it is recorded.

Each line gives one posting, each clause behind it a ground. What belongs to the decision as a whole (postage, parcel,
totals) stands on its first posting. A decision that takes another's place takes that one's postings back, so sums over
all of them speak of what holds now. Compensation is given once a case, with the request or the review settled on it: an
inspection neither adds to it nor takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy_service.contract.money import to_minor
from policy_service.ledger.instants import day_of, monday_of, read_us

Json = Mapping[str, Any]
Row = dict[str, Any]

BENEFITS = ("coupon", "points")
BENEFIT = "benefit"
"""The role of a clause that compensates."""


def postings(seq: int, decision: Json, request: Json, act: Json) -> list[Row]:
    """The postings of a decision, in the order of its lines."""
    currency = decision["refund"]["currency"]
    day = day_of(read_us(decision["decided_at"]))
    order_lines = {line["id"]: line for line in request["order"]["lines"]}
    claims = _claims(decision["lines"], request, act)
    rows = []
    for index, (line, claim) in enumerate(zip(decision["lines"], claims, strict=True)):
        order_line = order_lines[line["order_line"]]
        handled = claim.get("handled_by") or {}
        given = _compensation(decision, line)
        rows.append(
            {
                "decision": seq,
                "line": index,
                "sign": 1,
                "merchant": decision["policy"]["merchant"],
                "day": day,
                "week": monday_of(day),
                "action": line["action"],
                "outcome": line["outcome"],
                "reason": claim["reason"],
                "top": claim["reason"].partition(".")[0],
                "liability": line["liability"],
                "category": order_line.get("category") or "",
                "product": order_line.get("product") or order_line["sku"],
                "sku": order_line["sku"],
                "batch": order_line.get("batch") or "",
                "fit": claim.get("fit") or "",
                "picker": handled.get("picker") or "",
                "packer": handled.get("packer") or "",
                "quantity": line["quantity"],
                "currency": currency,
                "items": _minor(line["items"], currency),
                "fees": sum(_minor(fee["amount"], currency) for fee in line["fees"]),
                "deductions": sum(_minor(fee["amount"], currency) for fee in line["deductions"]),
                "coupons": sum(_minor(item["amount"], currency) for item in given if item["code"] == "coupon"),
                "points": sum(item["points"] for item in given if item["code"] == "points"),
                **(_of_the_whole(decision) if index == 0 else NOTHING),
            }
        )
    return rows


NOTHING: Row = {"other": 0, "freight": 0, "payer": "", "refund": 0, "due": 0}


def take_back(posting: Row, seq: int, by: Json) -> Row:
    """The posting of a superseded decision as the one that takes its place, `by` of number `seq`, takes it back."""
    kept = {} if _compensates(by) else {"coupons": 0, "points": 0}
    return {**posting, **kept, "decision": seq, "sign": -1}


def take_back_grounds(found: Sequence[Row], seq: int, by: Json) -> list[Row]:
    """Likewise the grounds."""
    return [{**each, "decision": seq, "sign": -1} for each in found if _compensates(by) or each["role"] != BENEFIT]


def _compensates(decision: Json) -> bool:
    """Whether what a decision says of compensation counts."""
    return bool(decision["stage"] == "request")


def _compensation(decision: Json, line: Json) -> list[Json]:
    """What a line gives of it."""
    return [item for item in line["entitlements"] if item["code"] in BENEFITS] if _compensates(decision) else []


def _of_the_whole(decision: Json) -> Row:
    refund = decision["refund"]
    currency = refund["currency"]
    parcel = decision["return_shipping"]
    return {
        "other": sum(_minor(refund[name], currency) for name in ("exchange", "tax", "outbound_shipping", "duties")),
        "freight": _minor(parcel["charge"], currency) if parcel else 0,
        "payer": parcel["payer"] if parcel else "",
        "refund": _minor(refund["total"], currency),
        "due": _minor(refund["amount_due"], currency),
    }


def _claims(lines: Sequence[Json], request: Json, act: Json) -> list[Json]:
    """What was claimed of each decided line; at inspection a line may be a part, with another reason found."""
    asked = request["lines"]
    if act["type"] == "decide" or (len(lines) == len(asked) and "inspection" not in act):
        return list(asked)
    found: dict[str, list[Json]] = {}
    for seen in (act.get("inspection") or {}).get("lines", ()):
        found.setdefault(seen["order_line"], []).append(seen)
    claims = []
    for line in lines:
        same = [claim for claim in asked if claim["order_line"] == line["order_line"]]
        claim = next((claim for claim in same if claim["action"] == line["action"]), same[0])
        if line["disposition"]:
            seen_lines = found.get(line["order_line"])
            seen = seen_lines.pop(0) if seen_lines else None
            if seen and seen.get("reason"):
                claim = {**claim, "reason": seen["reason"]}
        claims.append(claim)
    return claims


def grounds(seq: int, decision: Json) -> list[Row]:
    """Every clause that a decision cites, with its role and its sum."""
    currency = decision["refund"]["currency"]
    common = {
        "decision": seq,
        "sign": 1,
        "merchant": decision["policy"]["merchant"],
        "day": day_of(read_us(decision["decided_at"])),
        "currency": currency,
    }
    return [
        {**common, "position": position, **ground}
        for position, ground in enumerate(
            ground for line in decision["lines"] for ground in _of_line(decision, line, currency)
        )
    ]


def _of_line(decision: Json, line: Json, currency: str) -> Iterator[Row]:
    outcome = line["outcome"]

    def ground(role: str, item: Json, amount: int = 0) -> Row:
        return {
            "clause": item.get("clause") or "",
            "role": role,
            "code": item["code"],
            "outcome": outcome,
            "amount": amount,
        }

    for reason in line["reasons"]:
        yield ground("reason", reason)
    for role, items in (("fee", line["fees"]), ("deduction", line["deductions"])):
        for item in items:
            yield ground(role, item, _minor(item["amount"], currency))
    for item in _compensation(decision, line):
        yield ground(BENEFIT, item, _minor(item["amount"], currency) if "amount" in item else item["points"])
    for item in line["entitlements"]:
        if item["code"] not in BENEFITS:
            yield ground("grant", item)


def _minor(text: str, currency: str) -> int:
    return to_minor(text, currency, allow_negative=True)
