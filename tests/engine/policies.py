"""Random policies and random requests on and around every threshold that they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from policy_service.language.clause import Clause, During
from policy_service.language.conditions import AllOf, AnyOf, Condition, Not, Op, Test, tests_of
from policy_service.language.vocabulary import Fact, FactType, Vocabulary

ACTIONS = ("return", "exchange", "repair", "refund_only", "reship")

POOLS: dict[FactType, Sequence[Any]] = {
    FactType.BOOLEAN: (True, False),
    FactType.ENUM: ("unopened", "opened", "used", "damaged", "unknown"),
    FactType.TEXT: ("", "diamond", "gold", "normal", "unknown", "Gold", "黄金", 'a"b\\', "x" * 100),
    FactType.TREE: (
        "furniture",
        "furniture/sofa",
        "furniture/sofa/leather",
        "furniture/bed",
        "furniture2",
        "furni",
        "toys",
        "toys/618",
        "toys/618/gift",
        "unknown",
    ),
    FactType.SET: ("clearance", "oversize", "fragile", "618", "", "final"),
    FactType.INTEGER: (-1, 0, 1, 2, 6, 7, 8, 30, 2**63, 2**70),
    FactType.NUMBER: (Decimal("-0.5"), Decimal(0), Decimal("0.10"), Decimal("0.1000001"), Decimal(1), Decimal("1E+20")),
    FactType.MONEY: (0, 1, 99, 100, 101, 5_000, 5_001, 99_999, 100_000, 2**64),
    FactType.DATE: (date.min, date(2024, 2, 29), date(2025, 6, 1), date(2025, 6, 18), date(2025, 6, 19), date.max),
}
REASONS = (
    "quality",
    "quality.functional_failure",
    "quality.functional_failure.motor",
    "quality.cosmetic_defect",
    "quality2",
    "preference",
    "preference.changed_mind",
    "size.too_small",
)
COMPARISONS = (Op.AT_LEAST, Op.AT_MOST, Op.OVER, Op.UNDER)
ORDERED = (FactType.INTEGER, FactType.NUMBER, FactType.MONEY, FactType.DATE)
NEVER_ABSENT: dict[FactType, Any] = {
    FactType.BOOLEAN: False,
    FactType.ENUM: "unknown",
    FactType.TEXT: "unknown",
    FactType.TREE: "unknown",
    FactType.SET: frozenset(),
    FactType.INTEGER: 0,
}


def _fact(name: str, kind: FactType, default: Any = None) -> Fact:
    values = {"action": ACTIONS, FactType.ENUM: POOLS[FactType.ENUM]}.get("action" if name == "action" else kind, ())
    return Fact(
        name=name,
        type=kind,
        scope="line",
        source="",
        default=default,
        values=values,
        unit=None,
        separator="." if name == "reason" else "/" if kind is FactType.TREE else "",
        clock=False,
        optional=default is None,
        doc="",
        doc_zh="",
        example=None,
    )


def _facts() -> dict[str, Fact]:
    facts = [
        _fact("action", FactType.ENUM, "return"),
        _fact("reason", FactType.TREE, "unknown"),
        _fact("ordered_on", FactType.DATE, None),
        _fact("requested_on", FactType.DATE, None),
    ]
    for kind in FactType:
        facts.append(_fact(f"{kind}_may_be_absent", kind))
        if kind in NEVER_ABSENT:
            facts.append(_fact(f"{kind}_never_absent", kind, NEVER_ABSENT[kind]))
    return {fact.name: fact for fact in facts}


VOCABULARY = Vocabulary(facts=_facts(), reasons=None, currency="CNY")  # type: ignore[arg-type]


@dataclass(frozen=True)
class Rate:
    """Half up at `numerator / denominator`, as sums of a policy become sums of an order."""

    numerator: int
    denominator: int

    def __call__(self, amount: int) -> int:
        return (2 * amount * self.numerator + self.denominator) // (2 * self.denominator)


RATES: tuple[Callable[[int], int] | None, ...] = (None, Rate(1, 7), Rate(100, 725), Rate(29, 2), Rate(1, 1_000_000))


def pool(fact: Fact) -> Sequence[Any]:
    if fact.name == "reason":
        return REASONS
    return fact.values or POOLS[fact.type]


def random_test(draw: Random, vocabulary: Vocabulary = VOCABULARY) -> Test:
    fact = vocabulary.facts[draw.choice(list(vocabulary.facts))]
    values = pool(fact)
    if fact.type in ORDERED and draw.random() < 0.8:
        return Test(fact.name, draw.choice(COMPARISONS), (draw.choice(values),), ())
    op = draw.choice((Op.IN, Op.IN, Op.ALL_OF, Op.NONE_OF)) if fact.type is FactType.SET else Op.IN
    several = draw.sample(list(values), draw.choice((1, 1, 2, 3)) if len(values) > 2 else 1)
    return Test(fact.name, op, tuple(several), ())


def random_condition(draw: Random, depth: int = 3) -> Condition:
    if depth == 0 or draw.random() < 0.35:
        return random_test(draw)
    if draw.random() < 0.25:
        return Not(random_condition(draw, depth - 1))
    parts = tuple(random_condition(draw, depth - 1) for _ in range(draw.choice((1, 2, 2, 3, 5))))
    return AllOf(parts) if draw.random() < 0.5 else AnyOf(parts)


def clause(index: int, when: Condition | None = None, unless: Sequence[Condition] = (), **more: Any) -> Clause:
    """A clause of which only the conditions matter."""
    return Clause(
        index=index,
        id=f"clause-{index}",
        kind="deny",
        effect=None,  # type: ignore[arg-type]
        actions=more.get("actions", frozenset(ACTIONS)),
        when=when,
        unless=tuple(unless),
        during=more.get("during"),
        overrides=None,
        instead_of=None,
        text={},
        path=(),
        file="",
        line=0,
    )


def random_clause(draw: Random, index: int) -> Clause:
    when = None if draw.random() < 0.2 else random_condition(draw)
    unless = tuple(random_condition(draw, 2) for _ in range(draw.choice((0, 0, 0, 1, 2))))
    actions = frozenset(draw.sample(ACTIONS, draw.choice((1, 2, 5, 5))))
    during = None
    if draw.random() < 0.2:
        days = sorted(draw.sample(POOLS[FactType.DATE], 2))
        start, through = draw.choice(((days[0], days[1]), (days[0], None), (None, days[1])))
        during = During(start, through, draw.choice(("order", "request")))
    return clause(index, when, unless, actions=actions, during=during)


def random_policy(draw: Random, most: int = 12) -> list[Clause]:
    return [random_clause(draw, index) for index in range(draw.randint(1, most))]


def neighbours(fact: Fact, value: Any, convert: Callable[[int], int] | None = None) -> list[Any]:
    """The value and those just beside it."""
    match fact.type:
        case FactType.INTEGER:
            return [value - 1, value, value + 1]
        case FactType.MONEY:
            here = value if convert is None else convert(value)
            return [here - 1, here, here + 1]
        case FactType.NUMBER:
            return [value - Decimal("0.01"), value, value + Decimal("0.01")]
        case FactType.DATE:
            before = [value - timedelta(1)] if value > date.min else []
            return [*before, value, *([value + timedelta(1)] if value < date.max else [])]
        case FactType.TREE:
            mark = fact.separator
            return [value, value + mark + "other", value + mark, value + "x", value.rpartition(mark)[0]]
        case _:
            return [value]


def candidates(
    clauses: Sequence[Clause], convert: Callable[[int], int] | None = None, vocabulary: Vocabulary = VOCABULARY
) -> dict[str, list[Any]]:
    """For each fact, values on and around every threshold of a policy, others, and None where it may be absent."""
    found: dict[str, list[Any]] = {}
    named = [test for one in clauses for part in (one.when, *one.unless) if part is not None for test in tests_of(part)]
    for name, fact in vocabulary.facts.items():
        tested = [value for test in named if test.fact == name for value in test.values]
        values = [near for value in tested for near in neighbours(fact, value, convert)]
        values += [other for other in pool(fact) if len(values) < 40]
        found[name] = [*values, None, None] if fact.default is None and fact.optional else values
    for one in clauses:
        if one.during is not None:
            for day in (one.during.start, one.during.through):
                if day is not None:
                    name = "ordered_on" if one.during.by == "order" else "requested_on"
                    found[name] += neighbours(vocabulary.facts[name], day)
    return found


def random_request(draw: Random, choices: dict[str, list[Any]], vocabulary: Vocabulary = VOCABULARY) -> dict[str, Any]:
    facts = {}
    for name, values in choices.items():
        value = draw.choice(values)
        if value is not None and vocabulary.facts[name].type is FactType.SET:
            members = [member for member in values if member is not None]
            value = frozenset(draw.sample(members, draw.randint(0, 3)))
        facts[name] = value
    return facts
