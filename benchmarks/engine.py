"""How fast clauses fire: a plain Python function of the same policy, the engine, and the engine's memo.

    python -m benchmarks.engine

The contenders answer the same requests in turn, in one run, so that a busy machine slows them alike; the answers are
compared first. Times are medians per evaluation; ratios are to the plain function, the floor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from statistics import median
from time import perf_counter_ns
from typing import Any

import yaml

from policy_service.engine.program import Program
from policy_service.language.clause import Clause, parse_clause
from policy_service.language.kinds import KindContext
from policy_service.language.reasons import ReasonTree
from policy_service.language.vocabulary import Vocabulary

POLICY = """
- {id: return-30, window: {days: 30, after: delivery}, for: [return, exchange]}
- {id: return-90-diamond, window: {days: 90, after: delivery}, for: [return], when: {tier: diamond}}
- {id: phones-15, window: {days: 15, after: delivery}, when: {category: electronics/phone}, instead_of: [return-30]}
- id: warranty
  warranty: {months: 12, after: delivery}
  when: {category: electronics, reason: quality, human_damage: false}
- {id: used, deny: {code: used_goods}, when: {condition: [used, damaged], liability: customer}}
- id: final-sale
  deny: {code: final_sale}
  when: {tags: [clearance, final]}
  unless: [{liability: [merchant, carrier]}, {tier: diamond, requested_on: {at_most: 2025-06-30}}]
- {id: underwear, deny: {code: hygiene}, when: {category: clothing/underwear}, unless: {liability: merchant}}
- id: depreciation
  fee: {code: restocking, rate: 10%}
  when: {category: furniture}
  unless: {liability: [merchant, carrier]}
- id: late-fee
  fee: {code: late, rate: 5%}
  when: {days_since_delivery: {over: 14}}
  unless: {tier: [gold, diamond]}
- {id: small-parcel, fee: {code: handling, amount: "5.00"}, when: {line_paid: {under: "50.00"}, return_method: pickup}}
- id: freight
  return_shipping: {payer: merchant}
  when: {any: [{liability: merchant}, {tier: diamond}, {country: CN}]}
- {id: freight-abroad, return_shipping: {payer: customer, charge: "12.00"}, when: {not: {country: [CN, HK, MO]}}}
- {id: diamond, grant: [free_pickup, free_return_shipping], when: {tier: diamond}}
- {id: proof, require: {evidence: [photo]}, when: {reason: [quality, logistics.damaged_in_transit]}}
- {id: abuse, review: {code: many_returns}, when: {returns_90d: {at_least: 10}}, unless: {tier: diamond}}
- {id: costly, review: {code: high_value}, when: {line_paid: {at_least: "5000.00"}}}
- {id: keep, grant: [keep_item], when: {line_paid: {under: "20.00"}, liability: merchant}}
- {id: six-one-eight, extend: {days: 15}, when: {promotions: "618"}, during: {from: 2025-06-01, through: 2025-06-18}}
- {id: coupon, compensate: {coupon: "20.00"}, when: {liability: merchant, evidence: {all: [photo, video]}}}
- {id: informed, notify: {events: [approved, denied], via: [sms]}}
"""
VOCABULARY = Vocabulary.of({}, ReasonTree(), "CNY")
ROUNDS, REQUESTS = 60, 300


def plain_function(values: Sequence[Any], action: str) -> tuple[list[int], list[int]]:
    """The policy above as a programmer would write it; None is unknown, as in the engine."""
    (reason, liability, condition, human_damage, category, tags, line_paid, evidence, promotions, country) = values[:10]
    (ordered_on, days_since_delivery, return_method, requested_on, tier, returns_90d) = values[10:]
    applies, unknown = [], []
    denied = action in ("return", "exchange", "refund_only")
    refunded = action in ("return", "refund_only")
    at_fault = liability in ("merchant", "carrier")
    if action in ("return", "exchange"):
        applies.append(0)
    if action == "return" and tier == "diamond":
        applies.append(1)
    if action == "return" and (category == "electronics/phone" or category.startswith("electronics/phone/")):
        applies.append(2)
    if (
        action in ("exchange", "repair")
        and (category == "electronics" or category.startswith("electronics/"))
        and (reason == "quality" or reason.startswith("quality."))
        and not human_damage
    ):
        applies.append(3)
    if denied and condition in ("used", "damaged") and liability == "customer":
        applies.append(4)
    if (
        denied
        and ("clearance" in tags or "final" in tags)
        and not at_fault
        and not (tier == "diamond" and requested_on <= date(2025, 6, 30))
    ):
        applies.append(5)
    if (
        denied
        and (category == "clothing/underwear" or category.startswith("clothing/underwear/"))
        and liability != "merchant"
    ):
        applies.append(6)
    if refunded and (category == "furniture" or category.startswith("furniture/")) and not at_fault:
        applies.append(7)
    if refunded and tier not in ("gold", "diamond"):
        if days_since_delivery is None:
            unknown.append(8)
        elif days_since_delivery > 14:
            applies.append(8)
    if refunded and line_paid < 5000 and return_method == "pickup":
        applies.append(9)
    if liability == "merchant" or tier == "diamond" or country == "CN":
        applies.append(10)
    if country not in ("CN", "HK", "MO"):
        applies.append(11)
    if tier == "diamond":
        applies.append(12)
    if reason in ("quality", "logistics.damaged_in_transit") or reason.startswith(
        ("quality.", "logistics.damaged_in_transit.")
    ):
        applies.append(13)
    if returns_90d >= 10 and tier != "diamond":
        applies.append(14)
    if line_paid >= 500000:
        applies.append(15)
    if line_paid < 2000 and liability == "merchant":
        applies.append(16)
    if "618" in promotions and date(2025, 6, 1) <= ordered_on <= date(2025, 6, 18):
        applies.append(17)
    if liability == "merchant" and "photo" in evidence and "video" in evidence:
        applies.append(18)
    applies.append(19)
    return applies, unknown


def clauses(times: int = 1) -> list[Clause]:
    """The policy, that many times over, each time with other categories and numbers."""
    found: list[Clause] = []
    for turn in range(times):
        text = (
            POLICY
            if turn == 0
            else POLICY.replace("category: ", f"category: range-{turn}/").replace("over: 14", f"over: {turn}")
        )
        text = text.replace("at_least: 10", f"at_least: {10 + turn}").replace("5000.00", f"{5000 + turn}.00")
        for data in yaml.safe_load(text):
            clause, problems = parse_clause(data, KindContext(VOCABULARY, "CNY"), len(found), ())
            if clause is None:
                raise SystemExit(f"{data['id']}: {problems}")
            found.append(clause)
    return found


def request(draw: Random) -> tuple[dict[str, Any], str]:
    """A plausible request: its facts and its action."""
    ordered = date(2025, 5, 1) + timedelta(draw.randrange(90))
    reason = draw.choice(("quality.functional_failure", "preference.changed_mind", "size.too_small", "logistics.late"))
    facts = {
        "reason": reason,
        "liability": {"quality": "merchant", "logistics": "carrier"}.get(reason.partition(".")[0], "customer"),
        "condition": draw.choice(("unopened", "opened", "opened", "used", "unknown")),
        "human_damage": draw.random() < 0.1,
        "category": draw.choice(
            ("furniture/sofa", "electronics/phone", "clothing/shirt", "clothing/underwear", "toys")
        ),
        "tags": frozenset(draw.sample(("clearance", "oversize", "fragile"), draw.choice((0, 0, 1)))),
        "line_paid": draw.randrange(1_000, 600_000),
        "evidence": frozenset(draw.sample(("photo", "video"), draw.choice((0, 1, 2)))),
        "promotions": frozenset(draw.sample(("618", "spring"), draw.choice((0, 1)))),
        "country": draw.choice(("CN", "CN", "CN", "HK", "DE", "US")),
        "ordered_on": ordered,
        "days_since_delivery": draw.choice((None, *range(40))),
        "return_method": draw.choice(("pickup", "parcel", "unknown")),
        "requested_on": ordered + timedelta(draw.randrange(40)),
        "tier": draw.choice(("normal", "normal", "gold", "diamond", "unknown")),
        "returns_90d": draw.choice((0, 0, 1, 2, 12)),
    }
    return facts, draw.choice(("return", "return", "exchange", "refund_only", "repair"))


def nanoseconds(work: Callable[[], object]) -> int:
    start = perf_counter_ns()
    work()
    return perf_counter_ns() - start


def main() -> None:
    draw = Random(618)
    policy = clauses()
    large = clauses(10)
    programs = {
        "memo": Program(policy, VOCABULARY, name="benchmark"),
        "cold": Program(policy, VOCABULARY, name="benchmark", memo=False),
        "cold, 200 clauses": Program(large, VOCABULARY, name="benchmark", memo=False),
        "memo, 200 clauses": Program(large, VOCABULARY, name="benchmark"),
    }
    tested = programs["memo"].tested
    requests = [
        ([facts[name] for name in tested], action) for facts, action in (request(draw) for _ in range(REQUESTS))
    ]
    for values, action in requests:
        expected = plain_function(values, action)
        for name in ("memo", "cold"):
            fired = programs[name].fire(values, action)
            if (list(fired.applies), list(fired.unknown)) != expected:
                raise SystemExit(f"{name} disagrees with the plain function on {action} of {values}")
        programs["memo, 200 clauses"].fire(values, action)

    def all_of(answer: Callable[[Sequence[Any], str], object]) -> None:
        for values, action in requests:
            answer(values, action)

    contenders: dict[str, Callable[[], object]] = {"plain function": partial(all_of, plain_function)}
    contenders |= {f"engine, {name}": partial(all_of, program.fire) for name, program in programs.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    compiles: list[float] = []
    for number in range(ROUNDS):
        for name, work in contenders.items():
            times[name].append(nanoseconds(work) / REQUESTS / 1_000)
        if number % 4 == 0:
            compiles.append(nanoseconds(lambda: Program(large, VOCABULARY, name="benchmark").close()) / 1_000)
    report(times, compiles, len(policy), len(tested))


def report(times: dict[str, list[float]], compiles: list[float], clause_count: int, fact_count: int) -> None:
    floor = times["plain function"]
    print(f"{clause_count} clauses, {fact_count} facts, {REQUESTS} requests, {ROUNDS} rounds\n")
    print(f"{'contender':<28}{'median us':>10}{'ratio':>8}{'target':>9}")
    targets = {"engine, memo": "<= 2", "engine, cold": "<= 25"}
    for name, found in times.items():
        ratio = median(mine / plain for mine, plain in zip(found, floor, strict=True))
        print(f"{name:<28}{median(found):>10.2f}{ratio:>8.2f}{targets.get(name, ''):>9}")
    print(f"{'compile 200 clauses (ms)':<28}{median(compiles) / 1_000:>10.2f}{'':>8}{'< 100':>9}")


if __name__ == "__main__":
    main()
