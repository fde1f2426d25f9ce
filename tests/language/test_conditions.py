"""What `when` and `unless` say, and every way to say it wrongly."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.language import conditions
from policy_service.language.conditions import AllOf, AnyOf, Condition, Not, Op, Test, parse_condition
from policy_service.language.diagnostics import DIAGNOSTICS
from policy_service.language.scalars import PlainDate, PlainFloat, PlainInt, resolve_plain
from tests.language.words import JUNE, YAML, told, vocabulary

WORDS = vocabulary()
OLDER = date(2025, 1, 1)


def say(data: Any) -> Condition | None:
    condition, problems = parse_condition(data, WORDS, ("when",))
    assert problems == []
    return condition


def wrong(data: Any, currency: str = "CNY") -> list[tuple[Any, ...]]:
    _, problems = parse_condition(data, vocabulary(currency), ())
    return [(*said, problem.hint) for said, problem in zip(told(problems), problems, strict=True)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # a scalar is equality, a list any of
        ({"condition": "used"}, Test("condition", Op.IN, ("used",))),
        ({"condition": ["used", "damaged"]}, Test("condition", Op.IN, ("used", "damaged"))),
        ({"condition": ["used", "used"]}, Test("condition", Op.IN, ("used",))),
        ({"human_damage": False}, Test("human_damage", Op.IN, (False,))),
        ({"quantity": PlainInt(2, "2")}, Test("quantity", Op.IN, (2,))),
        ({"tier": "diamond"}, Test("tier", Op.IN, ("diamond",))),
        # trees: a path of the reason tree, any path of categories
        ({"reason": "quality"}, Test("reason", Op.IN, ("quality",))),
        ({"reason": "quality.functional_failure.motor"}, Test("reason", Op.IN, ("quality.functional_failure.motor",))),
        ({"category": "furniture/sofa"}, Test("category", Op.IN, ("furniture/sofa",))),
        # sets
        ({"tags": "clearance"}, Test("tags", Op.IN, ("clearance",))),
        ({"tags": {"all": ["a", "b"]}}, Test("tags", Op.ALL_OF, ("a", "b"))),
        ({"evidence": {"none": "photo"}}, Test("evidence", Op.NONE_OF, ("photo",))),
        # the source text of a scalar is the value where text is due
        ({"promotions": PlainInt(618, "0618")}, Test("promotions", Op.IN, ("0618",))),
        ({"sku": PlainFloat(1.5, "1.50")}, Test("sku", Op.IN, ("1.50",))),
        ({"tier": True}, Test("tier", Op.IN, ("true",))),
        ({"sku": PlainDate(2025, 6, 30, "2025-06-30")}, Test("sku", Op.IN, ("2025-06-30",))),
        # money in minor units, exactly
        ({"line_paid": {"at_least": "50000.00"}}, Test("line_paid", Op.AT_LEAST, (5_000_000,))),
        ({"line_paid": {"over": PlainInt(12, "12")}}, Test("line_paid", Op.OVER, (1200,))),
        ({"unit_paid": {"under": PlainFloat(12.5, "12.5")}}, Test("unit_paid", Op.UNDER, (1250,))),
        ({"price_difference": {"under": "-5.00"}}, Test("price_difference", Op.UNDER, (-500,))),
        # dates, plain or quoted, and numbers without floats
        ({"ordered_on": {"at_most": PlainDate(2025, 6, 30)}}, Test("ordered_on", Op.AT_MOST, (JUNE,))),
        ({"requested_on": "2025-06-30"}, Test("requested_on", Op.IN, (JUNE,))),
        ({"volume": {"over": PlainFloat(10.1, "10.10")}}, Test("volume", Op.OVER, (Decimal("10.10"),))),
        # the document's own facts
        ({"assembled": True}, Test("assembled", Op.IN, (True,))),
        ({"days_since_installed_on": {"over": PlainInt(30)}}, Test("days_since_installed_on", Op.OVER, (30,))),
        # an order's country may be unknown
        ({"country": ["CN", "unknown"]}, Test("country", Op.IN, ("CN", "unknown"))),
    ],
)
def test_a_test_is_read_to_values_of_the_facts_type(data: Any, expected: Condition) -> None:
    condition = say(data)
    assert condition == expected
    assert isinstance(condition, Test)
    assert [type(value) for value in condition.values] == [type(value) for value in expected.values]  # type: ignore[union-attr]


def test_facts_in_one_mapping_mean_all_of_them() -> None:
    assert say({"condition": "used", "tier": "gold"}) == AllOf(
        (Test("condition", Op.IN, ("used",)), Test("tier", Op.IN, ("gold",)))
    )


def test_two_operators_on_a_fact_mean_both() -> None:
    assert say({"quantity": {"at_least": 2, "under": 5}}) == AllOf(
        (Test("quantity", Op.AT_LEAST, (2,)), Test("quantity", Op.UNDER, (5,)))
    )


def test_any_all_and_not_combine_mappings() -> None:
    used, gold, opened = (
        Test("condition", Op.IN, ("used",)),
        Test("tier", Op.IN, ("gold",)),
        Test("condition", Op.IN, ("opened",)),
    )
    assert say({"any": [{"condition": "used"}, {"tier": "gold"}]}) == AnyOf((used, gold))
    assert say({"all": [{"condition": "used"}, {"tier": "gold"}]}) == AllOf((used, gold))
    assert say({"not": {"condition": "used"}}) == Not(used)
    assert say({"tier": "gold", "any": [{"not": {"condition": "used"}}, {"condition": "opened"}]}) == AllOf(
        (gold, AnyOf((Not(used), opened)))
    )


def test_each_test_knows_where_it_stands() -> None:
    condition = say({"tier": "gold", "any": [{"quantity": {"over": 2}}, {"not": {"tags": ["a"]}}]})
    assert condition is not None
    assert [(test.fact, test.path) for test in conditions.tests_of(condition)] == [
        ("tier", ("when", "tier")),
        ("quantity", ("when", "any", 0, "quantity", "over")),
        ("tags", ("when", "any", 1, "not", "tags")),
    ]


def test_where_a_test_stands_makes_no_difference_to_what_it_says() -> None:
    assert Test("tier", Op.IN, ("gold",), ("here",)) == Test("tier", Op.IN, ("gold",), ("there",))


@pytest.mark.parametrize(
    ("data", "code", "path", "message", "hint"),
    [
        # names
        ({"catgory": "sofa"}, "PS208-unknown-fact", ("catgory",), "there is no fact `catgory`",
         "did you mean `category`?"),
        ({"wat": 3}, "PS208-unknown-fact", ("wat",), "there is no fact `wat`",
         "declare it under `facts`, or take a fact of the vocabulary"),
        # values that can never be
        ({"condition": "usd"}, "PS209-impossible-value", ("condition",), "`condition` is never `usd`",
         "did you mean `used`?"),
        ({"condition": ["used", "mint"]}, "PS209-impossible-value", ("condition", 1), "`condition` is never `mint`",
         "it is `unopened`, `opened`, `used`, `damaged` or `unknown`"),
        ({"liability": "unknown"}, "PS209-impossible-value", ("liability",), "`liability` is never `unknown`",
         "it is `customer`, `merchant` or `carrier`"),
        ({"human_damage": "yes"}, "PS209-impossible-value", ("human_damage",), "`human_damage` is never `yes`",
         "write `true`"),
        ({"human_damage": PlainInt(1)}, "PS209-impossible-value", ("human_damage",), "`human_damage` is never `1`",
         "it is `true` or `false`"),
        ({"quantity": "two"}, "PS209-impossible-value", ("quantity",), "`quantity` is never `two`",
         "it is a whole number"),
        ({"quantity": PlainFloat(2.0, "2.0")}, "PS209-impossible-value", ("quantity",), "`quantity` is never `2.0`",
         "it is a whole number"),
        ({"quantity": PlainInt(0)}, "PS209-impossible-value", ("quantity",), "`quantity` is never `0`",
         "it is at least `1`"),
        ({"days_since_order": {"over": PlainInt(-1)}}, "PS209-impossible-value", ("days_since_order", "over"),
         "`days_since_order` is never `-1`", "it is at least `0`"),
        ({"volume": "1_0"}, "PS209-impossible-value", ("volume",), "`volume` is never `1_0`",
         "it is a number such as `12.5`"),
        ({"ordered_on": "20250630"}, "PS209-impossible-value", ("ordered_on",), "`ordered_on` is never `20250630`",
         "it is a date such as `2025-06-30`"),
        ({"country": "UK"}, "PS209-impossible-value", ("country",), "`country` is never `UK`", "did you mean `GB`?"),
        ({"country": "cn"}, "PS209-impossible-value", ("country",), "`country` is never `cn`", "did you mean `CN`?"),
        ({"country": "China"}, "PS209-impossible-value", ("country",), "`country` is never `China`",
         "did you mean `CN`?"),
        ({"currency": "RMB"}, "PS209-impossible-value", ("currency",), "`currency` is never `RMB`",
         "such as `currency: CNY`"),
        ({"category": "furniture/"}, "PS209-impossible-value", ("category",), "`category` is never `furniture/`",
         "write `furniture`: it holds for everything below too"),
        # reasons
        ({"reason": "qualty"}, "PS212-unknown-reason", ("reason",), "there is no reason `qualty`",
         "did you mean `quality`?"),
        ({"reason": "changed_mind"}, "PS212-unknown-reason", ("reason",), "there is no reason `changed_mind`",
         "did you mean `preference.changed_mind`?"),
        ({"reason": "quality/cosmetic_defect"}, "PS212-unknown-reason", ("reason",),
         "there is no reason `quality/cosmetic_defect`",
         "did you mean `quality.cosmetic_defect`?"),
        ({"reason": "weather"}, "PS212-unknown-reason", ("reason",), "there is no reason `weather`",
         "add a branch under `reasons`, or take one of the standard tree"),
        # sums
        ({"line_paid": {"over": "1.234"}}, "PS107-wrong-digits", ("line_paid", "over"),
         "`1.234` has 3 digits after the point",
         "CNY has 2"),
        ({"line_paid": "-1.00"}, "PS105-wrong-form", ("line_paid",), "`-1.00` is not a sum",
         'write it such as `"45.00"`'),
        ({"line_paid": "1,000"}, "PS105-wrong-form", ("line_paid",), "`1,000` is not a sum",
         'write `"1000"`'),
        # operators
        ({"tier": {"at_least": "gold"}}, "PS210-wrong-operator", ("tier", "at_least"), "`at_least` does not fit `tier`",
         "`tier` is only equal or not: write the value, or a list of values"),
        ({"tags": {"over": 3}}, "PS210-wrong-operator", ("tags", "over"), "`over` does not fit `tags`",
         "`tags` takes `all` or `none`"),
        ({"quantity": {"all": [1]}}, "PS210-wrong-operator", ("quantity", "all"), "`all` does not fit `quantity`",
         "`quantity` takes `at_least`, `at_most`, `over` or `under`"),
        ({"quantity": {"atleast": 1}}, "PS210-wrong-operator", ("quantity", "atleast"),
         "there is no operator `atleast`",
         "did you mean `at_least`?"),
        # forms
        ({}, "PS103-wrong-type", (), "expected a mapping of facts to tests", "such as `{category: furniture}`"),
        (["used"], "PS103-wrong-type", (), "expected a mapping of facts to tests", "such as `{category: furniture}`"),
        ({"not": []}, "PS103-wrong-type", ("not",), "expected a mapping of facts to tests",
         "such as `{category: furniture}`"),
        ({"any": {"tier": "gold"}}, "PS103-wrong-type", ("any",), "`any` combines a list of conditions",
         "write `any: [{…}, {…}]`"),
        ({"tier": None}, "PS103-wrong-type", ("tier",), "expected a value of `tier`", "such as `tier: diamond`"),
        ({"quantity": {"at_least": [1, 2]}}, "PS103-wrong-type", ("quantity", "at_least"),
         "expected a value of `quantity`", None),
        ({"tier": []}, "PS112-empty-list", ("tier",), "this list is empty", "name at least one value"),
        ({"quantity": {}}, "PS112-empty-list", ("quantity",), "this comparison is empty",
         "`quantity` takes `at_least`, `at_most`, `over` or `under`"),
        # bounds that leave nothing
        ({"quantity": {"under": PlainInt(1)}}, "PS209-impossible-value", ("quantity", "under"),
         "`quantity` is never under `1`", "it is at least `1`"),
        ({"returns_90d": {"under": PlainInt(0)}}, "PS209-impossible-value", ("returns_90d", "under"),
         "`returns_90d` is never under `0`", "it is at least `0`"),
        ({"repairs_done": {"at_most": PlainInt(-1)}}, "PS209-impossible-value", ("repairs_done", "at_most"),
         "`repairs_done` is never `-1`", "it is at least `0`"),
        ({"line_paid": {"under": "0.00"}}, "PS209-impossible-value", ("line_paid", "under"),
         "`line_paid` is never under `0.00`", "it is at least `0.00`"),
        ({"parts_price": {"under": "0.00"}}, "PS209-impossible-value", ("parts_price", "under"),
         "`parts_price` is never under `0.00`", "it is at least `0.00`"),
        ({"quantity": {"at_least": 5, "at_most": 3}}, "PS209-impossible-value", ("quantity",),
         "`quantity` is never at least `5` and at most `3`", "mend one of the two"),
        ({"line_paid": {"over": "5.00", "at_most": "5.00"}}, "PS209-impossible-value", ("line_paid",),
         "`line_paid` is never over `5.00` and at most `5.00`", "mend one of the two"),
        ({"tags": {"all": ["a", "b"], "none": ["b"]}}, "PS209-impossible-value", ("tags",),
         "`tags` is never with and without `b`", "mend one of the two"),
    ],
)  # fmt: skip
def test_a_mistake_has_a_place_a_sentence_and_a_mend(data: Any, code: str, path: Any, message: str, hint: Any) -> None:
    assert wrong(data) == [(code, path, message, hint)]


def test_one_value_may_be_all_that_two_bounds_leave() -> None:
    assert say({"quantity": {"at_least": 3, "at_most": 3}}) is not None


@pytest.mark.parametrize(
    "data",
    [
        {"quantity": {"under": 2}},
        {"quantity": {"at_most": 1}},
        {"line_paid": {"at_most": "0.00"}},
        {"price_difference": {"under": "0.00"}},
        {"price_difference": "-1.00"},
    ],
)
def test_the_least_value_itself_may_be_compared_with(data: Any) -> None:
    assert say(data) is not None


def test_every_mistake_is_found_at_once() -> None:
    data = {"tiers": "gold", "condition": ["usd", "used"], "any": [{"quantity": {"all": 1}}, {"not": {"reason": "x"}}]}
    assert [(code, path) for code, path, *_ in wrong(data)] == [
        ("PS208-unknown-fact", ("tiers",)),
        ("PS209-impossible-value", ("condition", 0)),
        ("PS210-wrong-operator", ("any", 0, "quantity", "all")),
        ("PS212-unknown-reason", ("any", 1, "not", "reason")),
    ]


def test_a_yen_has_no_digits_after_the_point() -> None:
    assert wrong({"line_paid": "1200.0"}, "JPY") == [
        ("PS107-wrong-digits", ("line_paid",), "`1200.0` has 1 digits after the point", "JPY has 0")
    ]


def test_a_document_whose_currency_nobody_knows_is_not_told_so_at_every_sum() -> None:
    assert wrong({"line_paid": {"over": "5.00"}}, "XXQ") == []


@given(YAML)
def test_whatever_yaml_says_never_raises(data: Any) -> None:
    condition, problems = parse_condition(data, WORDS, ("when",))
    assert condition is not None or problems
    for problem in problems:
        assert problem.code in DIAGNOSTICS
        assert problem.path[0] == "when"
    if condition is not None and not problems:
        assert all(test.values and test.fact in WORDS.facts for test in conditions.tests_of(condition))


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_a_sum_is_read_to_its_last_digit(yuan: int, fen: int) -> None:
    written = resolve_plain(f"{yuan}.{fen:02}")
    assert say({"line_paid": {"over": written}}) == Test("line_paid", Op.OVER, (100 * yuan + fen,))


@given(st.decimals("-1e12", "1e12", places=6))
def test_a_number_goes_through_no_float(number: Decimal) -> None:
    assert say({"volume": resolve_plain(f"{number:f}")}) == Test("volume", Op.IN, (number,))
