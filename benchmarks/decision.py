"""How long a whole decision takes in process, bytes in and bytes out, and what each stage of it costs.

    python -m benchmarks.decision

The contenders take turns in one run, so that a busy machine slows them alike. Times are medians of CPU time, since a
decision waits for nothing and a busy machine takes the processor away for longer than one takes; the quickest of each
is what a quiet machine gives. Ratios are to a bare skeleton that reads the same JSON, validates it and writes JSON of a
decision's size, which is the floor of any service.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

import orjson

from policy_service.contract.request import parse_request
from policy_service.decision.case import Case
from policy_service.decision.decide import claims_of
from policy_service.decision.gifts import Gifts
from policy_service.decision.horizon import stable_until
from policy_service.decision.judge import Judge
from policy_service.decision.process import benefits, deadlines
from policy_service.decision.prospects import alternatives, counterfactuals
from policy_service.decision.rulebook import Governing, Rulebook
from policy_service.decision.rulings import rule
from policy_service.decision.settlement import settle
from policy_service.language.loader import load
from policy_service.service import Service

RULES = Path(__file__).resolve().parent.parent / "rules"
ROUNDS, TIMES = 400, 5

REQUEST: dict[str, Any] = {
    "merchant": "dg-home",
    "requested_at": "2025-06-20T10:00:00+08:00",
    "case_id": "RMA-1001",
    "order": {
        "id": "SO-1",
        "currency": "CNY",
        "country": "CN",
        "placed_at": "2025-05-30T20:15:00+08:00",
        "delivered_at": "2025-06-01T15:30:00+08:00",
        "discounts": [{"code": "TEN", "amount": "10.00"}],
        "shipping_paid": "0.00",
        "lines": [
            {"id": "1", "sku": "SOFA-3", "category": "furniture/sofa", "quantity": 1, "unit_price": "1999.00"},
            {"id": "2", "sku": "CHAIR", "category": "furniture/chair", "quantity": 4, "unit_price": "199.00"},
            {"id": "3", "sku": "LAMP", "quantity": 1, "unit_price": "99.00", "tags": ["special-offer"]},
        ],
        "gifts": [{"sku": "PILLOW", "with": ["1"], "value": "99.00"}],
    },
    "customer": {"id": "C-7", "tier": "diamond", "returns_90d": 1},
    "lines": [
        {"order_line": "1", "quantity": 1, "action": "return", "reason": "preference", "gifts_returned": ["PILLOW"]},
        {"order_line": "2", "quantity": 2, "action": "return", "reason": "quality.cosmetic_defect"},
        {"order_line": "3", "quantity": 1, "action": "return", "reason": "preference.disliked"},
    ],
}


class OnePolicy:
    """A catalogue of one policy."""

    def __init__(self, *, memo: bool) -> None:
        document = load(RULES / "dg-home" / "2025-06.yaml").document
        if document is None:
            raise SystemExit("rules/dg-home/2025-06.yaml does not load")
        self.governing = Governing(Rulebook(document, memo=memo), None, document.digest)

    def govern(self, *_: object) -> Governing:
        return self.governing


def contenders() -> dict[str, Callable[[], object]]:
    """What takes part, the floor first."""
    warm, cold = Service(OnePolicy(memo=True)), Service(OnePolicy(memo=False))
    three = orjson.dumps(REQUEST)
    one = orjson.dumps({**REQUEST, "lines": REQUEST["lines"][:1]})
    answer = warm.decide(three).decision

    def skeleton() -> bytes:
        parse_request(three)
        return orjson.dumps(answer)

    def whole(service: Service, body: bytes) -> bytes:
        return orjson.dumps(service.decide(body).decision)

    return {
        "skeleton: read, validate, write": skeleton,
        "decision, 1 line, memo": partial(whole, warm, one),
        "decision, 3 lines, memo": partial(whole, warm, three),
        "decision, 3 lines, no memo": partial(whole, cold, three),
        **stages(warm, three),
    }


def stages(service: Service, body: bytes) -> dict[str, Callable[[], object]]:
    """The stages of one 3-line decision, each on what the one before it made."""
    parsed = parse_request(body)
    governing = service.govern(parsed)

    def case_of() -> Case:
        return Case(parsed, governing.policy.document, None, claims_of(parsed.request, {}))

    case = case_of()
    moment = case.moment(parsed.request.requested_at or service.clock())
    rulings, gifts = rule(case, governing, moment)
    judge = Judge(case, governing, moment, gifts)

    def prospects() -> None:
        for ruling in rulings:
            alternatives(judge, ruling)
            counterfactuals(judge, ruling)

    def process() -> None:
        benefits(case, rulings, gifts, moment)
        deadlines(case, rulings, moment)

    def never(*_: object) -> Gifts:
        raise AssertionError("the first threshold of this request changes its outcome")

    return {
        "  stage: read and validate": partial(parse_request, body),
        "  stage: prices and conversions": case_of,
        "  stage: clauses and verdicts": partial(rule, case, governing, moment),
        "  stage: money": partial(settle, case, rulings, gifts, moment),
        "  stage: benefits and deadlines": process,
        "  stage: alternatives, counterfactuals": prospects,
        "  stage: stable_until": partial(stable_until, case, governing, moment, rulings, gifts, never),
    }


def main() -> None:
    taking_part = contenders()
    times: dict[str, list[float]] = {name: [] for name in taking_part}
    for _ in range(ROUNDS):
        for name, run in taking_part.items():
            start = thread_time_ns()
            for _ in range(TIMES):
                run()
            times[name].append((thread_time_ns() - start) / TIMES / 1000)
    floor = median(next(iter(times.values())))
    print(f"{'':40} {'median':>10} {'quickest':>11} {'ratio':>8}")
    for name, found in times.items():
        print(f"{name:40} {median(found):7.1f} us {min(found):8.1f} us {median(found) / floor:7.1f}x")


if __name__ == "__main__":
    main()
