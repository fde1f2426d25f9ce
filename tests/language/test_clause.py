"""One clause: an id, one effect, and where it counts."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from policy_service.language.clause import Clause, During, names_sum, parse_clause
from policy_service.language.conditions import Op, Test
from policy_service.language.diagnostics import DIAGNOSTICS
from policy_service.language.kinds import Window
from policy_service.language.scalars import PlainDate, PlainInt
from tests.language.words import POLICY, STATUTE, YAML, told

WINDOW = {"days": 30, "after": "delivery"}


def read(**keys: Any) -> Clause:
    clause, problems = parse_clause(keys, POLICY, 0, ())
    assert problems == []
    assert clause is not None
    return clause


def wrong(data: Any) -> list[tuple[Any, ...]]:
    clause, problems = parse_clause(data, POLICY, 0, ())
    assert clause is None
    return [(*said, problem.hint) for said, problem in zip(told(problems), problems, strict=True)]


def test_a_clause_is_an_id_an_effect_and_where_it_counts() -> None:
    data = {
        "id": "return-30",
        "text": {"zh-CN": "可退", "en": "Can be returned"},
        "window": WINDOW,
        "for": ["return", "exchange"],
        "when": {"condition": "opened"},
        "unless": {"tags": "clearance"},
        "during": {"from": PlainDate(2025, 6, 1), "through": "2025-06-20", "by": "request"},
        "overrides": ["final-sale"],
        "instead_of": "all",
    }
    clause, problems = parse_clause(data, POLICY, 3, ("clauses", 3), file="a.yaml", line=12)
    assert problems == []
    assert clause == Clause(
        index=3,
        id="return-30",
        kind="window",
        effect=Window(days=30, after="delivery"),
        actions=frozenset({"return", "exchange"}),
        when=Test("condition", Op.IN, ("opened",)),
        unless=(Test("tags", Op.IN, ("clearance",)),),
        during=During(date(2025, 6, 1), date(2025, 6, 20), "request"),
        overrides=frozenset({"final-sale"}),
        instead_of="all",
        text={"zh-CN": "可退", "en": "Can be returned"},
        path=("clauses", 3),
        file="a.yaml",
        line=12,
    )


def test_what_is_not_said_has_the_kinds_default() -> None:
    clause = read(id="a", window=WINDOW)
    assert clause.actions == {"return"}
    assert (clause.when, clause.unless, clause.during, clause.overrides, clause.instead_of) == (
        None,
        (),
        None,
        None,
        None,
    )
    assert clause.text == {}


def test_an_id_keeps_its_source_text() -> None:
    assert read(id=PlainInt(7, "007"), window=WINDOW).id == "007"


def test_a_plain_text_stands_for_every_language() -> None:
    assert read(id="a", text="Bring it back", window=WINDOW).text == {"en": "Bring it back", "zh-CN": "Bring it back"}


def test_exceptions_are_a_mapping_or_a_list_of_them() -> None:
    one = read(id="a", window=WINDOW, unless={"tags": "a"})
    two = read(id="a", window=WINDOW, unless=[{"tags": "a"}, {"tier": "gold"}])
    assert [test.fact for test in one.unless if isinstance(test, Test)] == ["tags"]
    assert [(test.fact, test.path) for test in two.unless if isinstance(test, Test)] == [
        ("tags", ("unless", 0, "tags")),
        ("tier", ("unless", 1, "tier")),
    ]
    assert list(two.conditions) == list(two.unless)


def test_during_may_have_one_end_and_counts_orders_unless_it_says() -> None:
    assert read(id="a", window=WINDOW, during={"from": "2025-06-01"}).during == During(date(2025, 6, 1), None, "order")


def test_no_reason_false_is_a_clause() -> None:
    assert read(id="a", no_reason=False).effect.refused is True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"window": WINDOW}, False),
        ({"window": WINDOW, "when": {"line_paid": {"over": "5.00"}}}, True),
        (
            {"window": WINDOW, "unless": [{"tier": "gold"}, {"any": [{"not": {"order_total": {"under": "5.00"}}}]}]},
            True,
        ),
        ({"fee": {"code": "a", "amount": "5.00"}}, True),
        ({"fee": {"code": "a", "rate": "5%"}}, False),
    ],
)
def test_a_clause_names_a_sum_in_its_effect_or_in_a_comparison(keys: Any, names: bool) -> None:
    assert names_sum(read(id="a", **keys), POLICY.vocabulary) is names


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("hello", [
            ("PS103-wrong-type", (), "expected a clause, found `hello`",
             "such as `{id: return-30, window: {days: 30}}`"),
        ]),
        ({"window": WINDOW}, [
            ("PS102-missing-key", (), "this clause has no `id`", "give it a name: `id: return-30`"),
        ]),
        ({"id": "thirty days", "window": WINDOW}, [
            ("PS105-wrong-form", ("id",), "`thirty days` is no id", "write letters, digits, `-` and `_`"),
        ]),
        ({"id": ["a"], "window": WINDOW}, [("PS103-wrong-type", ("id",), "expected text, found a list", None)]),
        ({"id": "a"}, [
            ("PS108-no-effect", (), "this clause has no effect",
             "add a key that names its kind, such as `window`, `deny` or `fee`"),
        ]),
        ({"id": "a", "windoww": WINDOW}, [
            ("PS101-unknown-key", ("windoww",), "`windoww` is not known in a clause", "did you mean `window`?"),
        ]),
        ({"id": "a", "window": WINDOW, "whenn": {"tier": "gold"}}, [
            ("PS101-unknown-key", ("whenn",), "`whenn` is not known in a clause", "did you mean `when`?"),
        ]),
        ({"id": "a", "deny": {"code": "x"}, "window": WINDOW, "waive": "all"}, [
            ("PS109-two-effects", ("window",), "a clause has one effect; this one has `deny` already",
             "move `window` to a clause of its own"),
            ("PS109-two-effects", ("waive",), "a clause has one effect; this one has `deny` already",
             "move `waive` to a clause of its own"),
        ]),
        ({"id": "a", "allow": {"codes": ["gift"]}}, [
            ("PS111-wrong-document", ("allow",), "`allow` cannot stand in a policy", "it belongs in a statute"),
        ]),
        ({"id": "a", "window": WINDOW, "for": ["retrun", "repair"]}, [
            ("PS104-unknown-value", ("for",),
             "expected `return`, `exchange`, `repair`, `refund_only` or `reship`, found `retrun`",
             "did you mean `return`?"),
        ]),
        ({"id": "a", "window": WINDOW, "for": "return"}, [
            ("PS103-wrong-type", ("for",), "expected a list of names, found `return`", "write `[return]`"),
        ]),
        ({"id": "a", "window": WINDOW, "when": None}, [
            ("PS103-wrong-type", ("when",), "`when` has no value", "give it a value, or remove `when`"),
        ]),
        ({"id": "a", "window": WINDOW, "unless": []}, [
            ("PS112-empty-list", ("unless",), "this list is empty", "name an exception, or remove it"),
        ]),
        ({"id": "a", "window": WINDOW, "unless": ["gold"]}, [
            ("PS103-wrong-type", ("unless", 0), "expected a mapping of facts to tests",
             "such as `{category: furniture}`"),
        ]),
        ({"id": "a", "window": WINDOW, "during": {"from": "2025-06-02", "through": "2025-06-01"}}, [
            ("PS207-dates-reversed", ("during", "through"), "`2025-06-01` is before `2025-06-02`",
             "both days count; exchange or mend them"),
        ]),
        ({"id": "a", "window": WINDOW, "during": {"til": "2025-06-02", "by": "return"}}, [
            ("PS101-unknown-key", ("during", "til"), "`til` is not known in `during`",
             "possible here: `from`, `through` and `by`"),
            ("PS114-one-of", ("during",), "one of `from` or `through` is missing", "add `from` or `through`"),
            ("PS104-unknown-value", ("during", "by"), "expected `order` or `request`, found `return`",
             "possible here: `order` or `request`"),
        ]),
        ({"id": "a", "window": WINDOW, "during": "June"}, [
            ("PS103-wrong-type", ("during",), "expected a mapping, found `June`", None),
        ]),
        ({"id": "a", "window": WINDOW, "overrides": "final-sale"}, [
            ("PS103-wrong-type", ("overrides",), "expected a list of names, found `final-sale`",
             "write `[final-sale]`"),
        ]),
        ({"id": "a", "window": WINDOW, "text": {"en": ["No"]}}, [
            ("PS103-wrong-type", ("text", "en"), "expected a sentence, found a list", None),
        ]),
    ],
)  # fmt: skip
def test_every_mistake_of_a_clause_is_told(data: Any, expected: list[tuple[Any, ...]]) -> None:
    assert wrong(data) == expected


def test_a_merchants_kind_cannot_stand_in_a_statute() -> None:
    clause, (problem,) = parse_clause({"id": "a", "fee": {"code": "a", "rate": "5%"}}, STATUTE, 0, ())
    assert clause is None
    assert (problem.code, problem.message, problem.hint, problem.on_key) == (
        "PS111-wrong-document",
        "`fee` cannot stand in a statute",
        "it belongs in a policy",
        True,
    )


def test_every_mistake_is_found_at_once_wherever_it_stands() -> None:
    data = {
        "fee": {"code": "A", "rate": "ten", "maxx": 3},
        "for": ["retrun"],
        "when": {"tiers": "gold", "condition": "usd"},
        "unless": [{"quantity": {"all": 1}}, {}],
        "during": {"through": "soon"},
        "tekst": "a",
    }
    assert sorted((code, path) for code, path, *_ in wrong(data)) == [
        ("PS101-unknown-key", ("fee", "maxx")),
        ("PS101-unknown-key", ("tekst",)),
        ("PS102-missing-key", ()),
        ("PS103-wrong-type", ("unless", 1)),
        ("PS104-unknown-value", ("for",)),
        ("PS105-wrong-form", ("during", "through")),
        ("PS105-wrong-form", ("fee", "code")),
        ("PS105-wrong-form", ("fee", "rate")),
        ("PS208-unknown-fact", ("when", "tiers")),
        ("PS209-impossible-value", ("when", "condition")),
        ("PS210-wrong-operator", ("unless", 0, "quantity", "all")),
    ]


def test_clauses_that_say_the_same_are_the_same_wherever_they_stand() -> None:
    one = read(id="a", window=WINDOW, when={"tier": "gold"})
    assert one == read(id="a", window=WINDOW, when={"tier": "gold"})
    assert hash(one) == hash(replace(one, text={"en": "other words"}))


@given(YAML)
def test_whatever_yaml_says_never_raises(data: Any) -> None:
    clause, problems = parse_clause(data, POLICY, 0, ("clauses", 0))
    assert (clause is None) == bool(problems)
    assert all(problem.code in DIAGNOSTICS and problem.path[:2] == ("clauses", 0) for problem in problems)
