"""The facts that clauses may test."""

import re

import pytest

from policy_service.language.conditions import parse_condition
from policy_service.language.vocabulary import ANCHORS, FACTS, DeclaredFact, Fact, FactType, Vocabulary, absent_value
from tests.language.words import DECLARED, REASONS, vocabulary

DOCUMENTED = {
    "line": """action reason liability condition human_damage category sku tags quantity unit_paid line_paid
        price_difference same_sku same_product evidence missing_parts repairs_done has_gift gifts_complete fit
        no_return_acknowledged""",
    "order": """order_total promotions country currency cross_border paid_with sold_via shipping_status ordered_on
        shipped_on delivered_on days_since_order days_since_shipment days_since_delivery""",
    "request": "channel return_method surface requested_on stage",
    "customer": "tier tier_at_purchase customer_tags returns_90d",
}
CHINESE = re.compile("[\u4e00-\u9fff]")
facts = pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)


def test_the_table_has_the_documented_facts_in_their_order() -> None:
    assert [(fact.scope, name) for name, fact in FACTS.items()] == [
        (scope, name) for scope, names in DOCUMENTED.items() for name in names.split()
    ]


@facts
def test_a_fact_is_explained_in_two_languages(fact: Fact) -> None:
    assert fact.doc.endswith(".")
    assert CHINESE.search(fact.doc_zh)
    assert fact.doc_zh.endswith("。")


@facts
def test_a_facts_example_is_a_condition(fact: Fact) -> None:
    condition, problems = parse_condition({fact.name: fact.example}, vocabulary(), ())
    assert problems == []
    assert condition is not None


@facts
def test_only_what_has_an_order_may_be_absent_without_a_default(fact: Fact) -> None:
    assert not fact.optional or fact.default is not None or fact.type.ordered


@facts
def test_an_enumeration_names_its_members_and_nothing_else_does(fact: Fact) -> None:
    assert bool(fact.values) == (fact.type is FactType.ENUM)


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("condition", "unknown"),
        ("fit", "unknown"),
        ("tier", "unknown"),
        ("channel", "unknown"),
        ("country", "unknown"),
        ("human_damage", False),
        ("repairs_done", 0),
        ("returns_90d", 0),
        ("tags", frozenset()),
        ("evidence", frozenset()),
        ("delivered_on", None),
        ("days_since_delivery", None),
    ],
)
def test_what_absence_means_is_documented(name: str, default: object) -> None:
    assert FACTS[name].optional
    assert FACTS[name].default == default


def test_the_answers_that_move_with_time_are_marked() -> None:
    assert [name for name, fact in FACTS.items() if fact.clock] == [
        "days_since_order",
        "days_since_shipment",
        "days_since_delivery",
        "requested_on",
    ]


def test_a_declared_fact_is_read_from_the_attributes_of_what_it_is_about() -> None:
    own = vocabulary().facts
    assert (own["assembled"].type, own["assembled"].scope, own["assembled"].source) == (
        FactType.BOOLEAN,
        "line",
        "line.attributes.assembled",
    )


def test_a_declared_date_gives_the_days_since_it() -> None:
    since = vocabulary().facts["days_since_installed_on"]
    assert (since.type, since.clock, since.optional, since.default) == (FactType.INTEGER, True, True, None)


def test_declared_facts_come_after_the_built_in_ones() -> None:
    names = list(vocabulary().facts)
    assert names[: len(FACTS)] == list(FACTS)
    assert names[len(FACTS) :] == [
        "assembled", "repair_days", "volume", "parts_price", "installed_on", "days_since_installed_on", "state",
        "allergies",
    ]  # fmt: skip


def test_a_built_in_fact_is_never_redefined() -> None:
    again = {"tier": DeclaredFact("tier", "line", "number")}
    assert Vocabulary.of(again, REASONS, "CNY").facts["tier"] is FACTS["tier"]


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("assembled", False),
        ("repair_days", None),
        ("volume", None),
        ("parts_price", None),
        ("installed_on", None),
        ("state", ""),
        ("allergies", frozenset()),
    ],
)
def test_an_absent_declared_fact_has_its_default_or_that_of_its_type(name: str, absent: object) -> None:
    assert absent_value(DECLARED[name]) == absent
    assert vocabulary().facts[name].default == absent


def test_windows_count_from_four_built_in_anchors() -> None:
    assert ANCHORS == ("delivery", "last_delivery", "shipment", "order")
