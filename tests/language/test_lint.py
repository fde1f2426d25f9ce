"""What is allowed but looks unintended is asked about, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.language import load
from policy_service.language.conditions import AllOf, AnyOf, Condition, Not, Op, Test, parse_condition
from policy_service.language.diagnostics import Diagnostic
from policy_service.language.lint import implies
from policy_service.language.reasons import ReasonTree
from policy_service.language.vocabulary import Vocabulary

HEAD = """\
merchant: shop
version: "1"
effective: {from: 2025-05-01}
timezone: Asia/Shanghai
currency: CNY
clauses:
  - {id: any-time, window: {unlimited: true}}
"""
VOCABULARY = Vocabulary.of({}, ReasonTree(), "CNY")


def warnings(clauses: str, folder: Path) -> list[str]:
    path = folder / "p.yaml"
    path.write_text(HEAD + clauses)
    loaded = load(path)
    assert loaded.document is not None
    return [each.message for each in loaded.diagnostics]


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        ("", "", True),
        ("", ", when: {tier: gold}", True),
        (", when: {tier: gold}", "", False),
        (", when: {tier: [gold, diamond]}", ", when: {tier: gold}", True),
        (", when: {tier: gold}", ", when: {tier: [gold, diamond]}", False),
        (", when: {category: furniture}", ", when: {category: furniture/sofa}", True),
        (", when: {category: furniture/sofa}", ", when: {category: furniture}", False),
        (", when: {category: fur}", ", when: {category: furniture}", False),
        (", when: {reason: quality}", ", when: {reason: quality.cosmetic_defect, tier: gold}", True),
        (", when: {quantity: {at_least: 2}}", ", when: {quantity: {over: 2}}", True),
        (", when: {quantity: {over: 2}}", ", when: {quantity: {at_least: 2}}", False),
        (", when: {quantity: {over: 2}}", ", when: {quantity: [3, 4]}", True),
        (", when: {line_paid: {at_least: 2.00}}", ", when: {line_paid: {at_least: 3.00}}", True),
        (", when: {line_paid: {over: 2.00}}", ", when: {line_paid: {at_least: 3.00}}", False),
        (", unless: [{tier: gold}]", ", when: {tier: silver}", False),
        (", unless: [{tier: gold}]", ", unless: [{tier: gold}, {tier: silver}]", True),
        (", for: [return]", ", for: [return]", True),
        (", for: [return]", ", for: [return, exchange]", False),
        (", during: {from: 2025-06-01}", "", False),
        ("", ", during: {from: 2025-06-01}", True),
    ],
)
def test_a_clause_behind_a_wider_one_of_its_single_valued_kind(
    tmp_path: Path, first: str, second: str, hidden: bool
) -> None:
    clauses = f"  - {{id: a, disposition: sellable{first}}}\n  - {{id: b, disposition: scrap{second}}}\n"
    assert warnings(clauses, tmp_path) == (["`b` can never take effect"] if hidden else [])


def test_additive_kinds_hide_nothing(tmp_path: Path) -> None:
    assert warnings("  - {id: a, grant: [x]}\n  - {id: b, grant: [y]}\n", tmp_path) == []


@pytest.mark.parametrize(
    ("unless", "asked"),
    [
        ("{liability: merchant, tier: diamond}", True),
        ("[{liability: merchant, tier: diamond}]", False),
        ("{reason: quality, liability: merchant}", False),
        ("{reason: quality, human_damage: false}", False),
        ("{tier: diamond, requested_on: {at_most: 2025-06-30}}", False),
        ("{liability: merchant}", False),
    ],
)
def test_an_exception_that_needs_two_things_is_asked_about(tmp_path: Path, unless: str, asked: bool) -> None:
    found = warnings(f"  - {{id: a, deny: {{code: x}}, unless: {unless}}}\n", tmp_path)
    assert bool(found) is asked


def test_waiving_a_fee_that_nobody_charges_is_asked_about(tmp_path: Path) -> None:
    clauses = "  - {id: a, fee: {code: restocking, rate: 10%}}\n  - {id: b, waive: [restock, restocking]}\n"
    assert warnings(clauses, tmp_path) == ["no fee of this policy has the code `restock`"]


GENERAL = "  - {id: return-30, window: {days: 30, after: delivery}}\n"
PHONES = "  - {id: phones, window: {days: 15}, when: {category: phone}"


@pytest.mark.parametrize(
    "clauses",
    [
        GENERAL + PHONES + "}\n",
        PHONES + "}\n" + GENERAL,
        GENERAL + "  - {id: phones, no_reason: {days: 15}, when: {category: phone}}\n",
        "  - {id: return-2, window: {months: 2}}\n" + PHONES + "}\n",
        "  - {id: always, window: {unlimited: true}}\n" + PHONES + "}\n",
        "  - {id: a, window: {until: 2026-01-31}}\n  - {id: b, window: {until: 2025-12-31}, for: [return]}\n",
        "  - {id: a, window: {days: 30}, for: [return, exchange], when: {category: phone}}\n"
        "  - {id: b, window: {days: 15}, for: [exchange], when: {category: phone/used, tier: gold}}\n",
        GENERAL + PHONES + "}\n  - {id: longer, extend: {days: 5}}\n",
    ],
)
def test_a_shorter_window_beside_a_longer_one_is_asked_about(tmp_path: Path, clauses: str) -> None:
    assert codes(clauses, tmp_path) == ["PS407-shortens-nothing"]


@pytest.mark.parametrize(
    "clauses",
    [
        GENERAL + PHONES + ", instead_of: [return-30]}\n",
        GENERAL + "  - {id: phones, window: {days: 45}, when: {category: phone}}\n",
        GENERAL + "  - {id: again, window: {days: 30}}\n",
        GENERAL + "  - {id: sent, window: {days: 15, after: shipment}}\n",
        GENERAL + "  - {id: lost, window: {days: 15, after: delivery, fallback: {after: shipment}}}\n",
        GENERAL + "  - {id: b, window: {days: 15, counting: business_days}}\n",
        GENERAL + "  - {id: b, window: {days: 15}, for: [return, exchange]}\n",
        GENERAL + "  - {id: faults, warranty: {days: 15}, for: [return]}\n",
        GENERAL + "  - {id: d, deny: {code: sale}, when: {tags: sale}}\n" + PHONES + ", overrides: [d]}\n",
        GENERAL + PHONES + "}\n  - {id: longer, extend: {days: 30, windows: [phones]}}\n",
        GENERAL + PHONES + "}\n  - {id: used, window: {days: 7}, when: {condition: used}, instead_of: [return-30]}\n",
        "  - {id: a, window: {days: 30, not_after: {days: 40, after: order}}}\n" + PHONES + "}\n",
        "  - {id: a, window: {days: 30}, when: {tier: gold}}\n" + PHONES + "}\n",
        "  - {id: a, window: {days: 30}, during: {from: 2025-11-01}}\n" + PHONES + "}\n",
        "  - {id: a, window: {days: 30}, unless: {tags: sale}}\n" + PHONES + "}\n",
        "  - {id: a, window: {months: 1}}\n  - {id: b, window: {days: 30}}\n",
    ],
)
def test_a_shorter_window_that_has_a_use_is_left_alone(tmp_path: Path, clauses: str) -> None:
    assert codes(clauses, tmp_path) == []


@pytest.mark.parametrize(
    ("head", "clauses", "asked"),
    [
        ("", "  - {id: a, fee: {code: a, rate: 10%}}\n", True),
        ("", "  - {id: a, deny: {code: a}, when: {condition: used}}\n", True),
        ("", "  - {id: a, no_reason: false}\n", True),
        ("", "  - {id: a, deny: {code: final_sale}}\n", False),
        ("", "  - {id: a, warranty: {months: 12}}\n", False),
        ("", "  - {id: a, no_reason: {days: 7}, when: {tier: gold}}\n", False),
        ("statute: [cn]\n", "  - {id: a, fee: {code: a, rate: 10%}}\n", False),
    ],
)
def test_a_policy_that_permits_nothing_is_asked_about(tmp_path: Path, head: str, clauses: str, asked: bool) -> None:
    assert codes(clauses, tmp_path, head) == (["PS406-permits-nothing"] if asked else [])


@pytest.mark.parametrize(
    "clauses",
    [
        "  - {id: b, window: {until: 2025-05-01}}\n",
        GENERAL + "  - {id: b, extend: {days: 15, windows: [return-30]}}\n",
        GENERAL + "  - {id: b, stock_alert: {disposition: return_to_customer, reaches: 5}}\n",
        GENERAL + "  - {id: b, disposition: scrap, when: {stage: [request, inspection]}}\n",
        GENERAL + '  - {id: b, return_shipping: {payer: customer, charge: "4.90"}}\n',
        GENERAL + "  - {id: b, fee: {code: b, rate: 100%}}\n",
        GENERAL + "  - {id: b, deny: {code: b}, when: {category: toys, any: [{category: food}, {tags: a}]}}\n",
    ],
)
def test_what_does_something_is_left_alone(tmp_path: Path, clauses: str) -> None:
    assert codes(clauses, tmp_path) == []


def codes(clauses: str, folder: Path, head: str = "") -> list[str]:
    path = folder / "p.yaml"
    path.write_text(f"{HEAD.partition('clauses:')[0]}{head}clauses:\n{clauses}")
    return [each.code for each in load(path).diagnostics]


FACTS = {
    "tier": st.sampled_from(["gold", "silver", "iron"]),
    "quantity": st.integers(0, 5),
    "category": st.sampled_from(["a", "a/b", "a/b/c", "ab"]),
    "tags": st.sets(st.sampled_from(["x", "y", "z"])),
}


def _tests() -> st.SearchStrategy[dict[str, Any]]:
    limits = st.sampled_from(["at_least", "at_most", "over", "under"])
    return st.one_of(
        st.builds(lambda each: {"tier": each}, st.lists(FACTS["tier"], min_size=1)),
        st.builds(lambda each: {"quantity": each}, st.lists(FACTS["quantity"], min_size=1)),
        st.builds(lambda op, each: {"quantity": {op: each}}, limits, FACTS["quantity"]),
        st.builds(lambda each: {"category": each}, st.lists(FACTS["category"], min_size=1)),
        st.builds(lambda each: {"tags": each}, st.lists(st.sampled_from("xyz"), min_size=1)),
        st.builds(
            lambda op, each: {"tags": {op: each}},
            st.sampled_from(["all", "none"]),
            st.lists(st.sampled_from("xyz"), min_size=1),
        ),
    )


CONDITIONS = st.recursive(
    _tests(),
    lambda inner: (
        st.builds(lambda each: {"not": each}, inner)
        | st.builds(lambda each: {"any": each}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda each: {"all": each}, st.lists(inner, min_size=1, max_size=3))
    ),
    max_leaves=4,
)


def holds(condition: Condition, facts: dict[str, Any]) -> bool:
    match condition:
        case AllOf(parts):
            return all(holds(part, facts) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts) for part in parts)
        case Not(part):
            return not holds(part, facts)
        case Test(fact, op, values):
            return compare(facts[fact], op, values)


def compare(value: Any, op: Op, values: tuple[Any, ...]) -> bool:
    if isinstance(value, (set, frozenset)):
        return {Op.IN: bool(value & set(values)), Op.ALL_OF: value >= set(values), Op.NONE_OF: not value & set(values)}[
            op
        ]
    if op is Op.IN:
        return any(value == each or (isinstance(value, str) and value.startswith(f"{each}/")) for each in values)
    limit = values[0]
    return bool(
        {Op.AT_LEAST: value >= limit, Op.AT_MOST: value <= limit, Op.OVER: value > limit, Op.UNDER: value < limit}[op]
    )


@given(narrow=CONDITIONS, wide=CONDITIONS, facts=st.fixed_dictionaries(FACTS))
def test_what_is_called_implied_holds_wherever_the_other_does(narrow: Any, wide: Any, facts: dict[str, Any]) -> None:
    first, second = (parse_condition(each, VOCABULARY, ())[0] for each in (narrow, wide))
    if first is not None and second is not None and implies(first, second, VOCABULARY) and holds(first, facts):
        assert holds(second, facts)


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("when: {condition: used}, unless: {condition: [used, damaged]}", "this exception holds wherever `when` does"),
        ("when: {category: shoes/boots, tier: gold}, unless: [{fit: too_small}, {category: shoes}]", "this exception"),
        ("when: {condition: used, not: {condition: [used, damaged]}}", "it demands something and its opposite"),
        ("when: {all: [{condition: used}, {condition: opened}]}", "it demands two things of `condition` that exclude"),
        ("when: {tier: gold, all: [{all: [{tier: [silver, iron]}]}]}", "it demands two things of `tier`"),
        ("when: {all: [{category: shoes}, {category: shoestrings}]}", "it demands two things of `category`"),
        ("when: {all: [{quantity: {at_least: 3}}, {quantity: {under: 3}}]}", "it demands two things of `quantity`"),
        ("when: {all: [{quantity: [1, 2]}, {quantity: {over: 2}}]}", "it demands two things of `quantity`"),
        ("when: {all: [{tags: [a, b]}, {tags: {none: [a, b, c]}}]}", "it demands two things of `tags`"),
        ("when: {all: [{tags: {all: [a, b]}}, {tags: {none: [b]}}]}", "it demands two things of `tags`"),
        ("when: {reason: preference, liability: merchant}", "for these reasons `customer` is liable"),
        ("when: {action: repair}", "this clause is for `exchange`, `refund_only` and `return`; add `repair` to `for`"),
        ("when: {category: toys, any: [{category: food}]}", "it demands two things of `category`"),
        (
            "when: {tags: {none: [a]}, any: [{tags: a, tier: gold}, {any: [{tags: a}]}]}",
            "it demands two things of `tags`",
        ),
        ("during: {from: 2024-01-01, through: 2025-04-30}", "this version is in force only from `2025-05-01` on"),
        ("during: {through: 2025-04-30, by: request}", "this version is in force only from `2025-05-01` on"),
        ("during: {from: 2026-01-01}", "orders after `2025-12-31` are not governed by this version"),
    ],
)
def test_a_clause_that_applies_to_nothing_is_told(tmp_path: Path, rest: str, why: str) -> None:
    found = _loaded(tmp_path, rest)
    assert [(each.code, each.message) for each in found] == [("PS404-never-applies", "`d` can never apply")]
    assert (found[0].hint or "").startswith(why)


@pytest.mark.parametrize(
    "rest",
    [
        "when: {condition: [used, damaged]}, unless: {condition: used}",
        "when: {category: shoes}, unless: {category: shoes/boots}",
        "when: {reason: [preference, quality], liability: merchant}",
        "when: {action: [repair, return]}",
        "when: {any: [{condition: used}, {tier: gold}], not: {condition: used}}",
        "when: {all: [{tags: a}, {tags: b}, {tags: {none: [c]}}]}",
        "when: {all: [{tags: [a, b]}, {tags: {none: [a]}}]}",
        "when: {all: [{category: shoes}, {category: shoes/boots}]}",
        "when: {all: [{reason: quality}, {reason: quality.cosmetic_defect}]}",
        "when: {all: [{condition: [used, opened]}, {condition: [opened, damaged]}]}",
        "when: {all: [{quantity: {at_least: 3}}, {quantity: {at_most: 3}}]}",
        "when: {all: [{quantity: {over: 1}}, {quantity: {over: 5}}, {quantity: 6}]}",
        "when: {any: [{condition: used}, {condition: opened}]}",
        "during: {from: 2025-12-31}",
        "during: {from: 2026-01-01, by: request}",
        "during: {through: 2025-05-01}",
    ],
)
def test_a_clause_that_applies_to_something_is_left_alone(tmp_path: Path, rest: str) -> None:
    assert _loaded(tmp_path, rest) == ()


def _loaded(folder: Path, rest: str) -> tuple[Diagnostic, ...]:
    path = folder / "p.yaml"
    head = HEAD.replace("{from: 2025-05-01}", "{from: 2025-05-01, through: 2025-12-31}")
    path.write_text(f"{head}  - {{id: d, deny: {{code: d}}, {rest}}}\n")
    return load(path).diagnostics


@pytest.mark.parametrize(
    ("effect", "meant"),
    [
        ("grant: [free_pikcup]", "free_pickup"),
        ("grant: [free_return_shiping, free_wrapping]", "free_return_shipping"),
        ("grant: [free_return, free_shipping, gift_wrapping]", None),
        ("require: {evidence: [photos]}", "photo"),
        ("require: {evidence: [photo, video, police_report]}", None),
        ("require: {steps: [photos]}", None),
        ("warranty: {months: 1, after: delivery, evidence: [inspection_reprot]}", "inspection_report"),
        ("notify: {events: [aproved], via: [sms]}", "approved"),
        ("notify: {events: [returned, label_issued], via: [sms]}", None),
    ],
)
def test_a_name_a_slip_away_from_one_that_means_something_is_asked_about(
    effect: str, meant: str | None, tmp_path: Path
) -> None:
    said = warnings(f"  - {{id: a, {effect}}}\n", tmp_path)
    assert [f"is nearly `{meant}`, which" in each for each in said] == ([True] if meant else [])


@pytest.mark.parametrize(
    ("one", "other", "asked"),
    [
        ("tags: clearance", "tags: clearence", True),
        ("tags: {all: [clearance, winter]}", "tags: {none: [b, clearence]}", True),
        ("tier: diamond", "tier: diamnod", True),
        ("tier: diamond", "tier: Diamond", True),
        ("tags: black_friday", "tags: black-friday", True),
        ("category: toys/wooden", "category: toys/woden", True),
        ("evidence: police_report", "evidence: police_reports", True),
        ("state: assembled", "state: asembled", True),
        ("category: shirts", "category: [shorts, skirts]", False),
        ("tags: S", "tags: M", False),
        ("tier: vip1", "tier: vip2", False),
        ("tier: level-a", "tier: level-b", False),
        ("tags: season-2025", "tags: season-2026", False),
        ("tags: typical", "tags: atypical", False),
        ("tags: clearance", "promotions: clearence", False),
        ("sku: lamp-shade", "sku: lamp-shades", False),
        ("category: toys", "category: toys/wooden", False),
    ],
)
def test_two_names_of_one_fact_a_slip_apart_are_asked_about(tmp_path: Path, one: str, other: str, asked: bool) -> None:
    clauses = f"  - {{id: a, grant: [x], when: {{{one}}}}}\n  - {{id: b, grant: [y], when: {{{other}}}}}\n"
    facts = "facts: {state: {about: line, type: text}}\n"
    assert codes(GENERAL + clauses, tmp_path, facts) == (["PS413-nearly-another-name"] if asked else [])


def test_of_two_names_the_one_that_stands_once_is_asked_about(tmp_path: Path) -> None:
    clauses = [f"  - {{id: {id}, grant: [x], when: {{tags: {tag}}}}}\n" for id, tag in zip("abc", NAMES, strict=True)]
    assert warnings("".join(clauses), tmp_path) == [
        "`clearence` is nearly `clearance`, which `tags` is compared with as well"
    ]
    twice = [*clauses, "  - {id: d, grant: [x], when: {tags: clearence}}\n"]
    assert warnings("".join(twice), tmp_path) == []


NAMES = ("clearence", "clearance", "clearance")


def test_evidence_is_one_name_in_every_clause(tmp_path: Path) -> None:
    clauses = (
        "  - {id: a, require: {evidence: [police_report]}}\n"
        "  - {id: b, warranty: {months: 12, evidence: [police_reports]}}\n"
        "  - {id: c, require: {evidence: [photos]}}\n"
    )
    assert codes(GENERAL + clauses, tmp_path) == ["PS413-nearly-another-name", "PS405-nearly-a-standard-name"]


@pytest.mark.parametrize(("category", "asked"), [("toys.wooden", True), ("toys/wooden", False), ("3.5mm", False)])
def test_a_category_with_dots_is_asked_about(tmp_path: Path, category: str, asked: bool) -> None:
    found = codes(GENERAL + f"  - {{id: a, deny: {{code: a}}, when: {{category: {category}}}}}\n", tmp_path)
    assert found == (["PS414-dots-in-a-category"] if asked else [])
