"""What holds for every kind of clause."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from policy_service.language.coercion import coerce
from policy_service.language.diagnostics import DIAGNOSTICS
from policy_service.language.kinds import KINDS, Effect
from policy_service.language.vocabulary import FACTS
from tests.language.words import POLICY, SCALARS, STATUTE, YAML

CHINESE = re.compile("[\u4e00-\u9fff]")
EVERY = pytest.mark.parametrize("effect", KINDS.values(), ids=lambda effect: effect.kind)
REFUNDS = {"return", "refund_only"}
ALL = {"return", "exchange", "repair", "refund_only", "reship"}

DOCUMENTED = {
    "permission": "window no_reason warranty extend",
    "prohibition": "deny review require",
    "money": """fee waive return_shipping refund_delivery gift exchange_difference clawback import_duties
        refund_to""",
    "benefit": "grant compensate",
    "process": "deadline notify follow_up",
    "inspection": "disposition stock_alert",
    "statute": "allow",
}


def test_the_documented_kinds_are_there_in_their_order_and_no_others() -> None:
    assert [(effect.role, name) for name, effect in KINDS.items()] == [
        (role, name) for role, names in DOCUMENTED.items() for name in names.split()
    ]


def test_what_a_clause_is_for_unless_it_says() -> None:
    said = {
        "window": {"return"},
        "no_reason": {"return"},
        "warranty": {"exchange", "repair"},
        "deny": {"return", "exchange", "refund_only"},
        "gift": {"return"},
        "fee": REFUNDS,
        "clawback": REFUNDS,
        "refund_delivery": REFUNDS,
        "refund_to": REFUNDS,
        "import_duties": REFUNDS,
    }
    assert {name: set(effect.actions) for name, effect in KINDS.items()} == {
        name: said.get(name, ALL) for name in KINDS
    }


def test_where_only_the_first_applying_clause_counts() -> None:
    assert {name for name, effect in KINDS.items() if not effect.additive} == {
        "return_shipping",
        "refund_delivery",
        "gift",
        "exchange_difference",
        "clawback",
        "import_duties",
        "refund_to",
        "disposition",
    }


def test_what_is_the_merchants_alone_and_what_the_statutes() -> None:
    assert {name for name, effect in KINDS.items() if not effect.in_policy} == {"allow"}
    assert {"fee", "review", "clawback", "gift", "disposition"} <= {
        name for name, effect in KINDS.items() if not effect.in_statute
    }


@EVERY
def test_a_kind_is_explained_in_two_languages_with_an_example(effect: type[Effect]) -> None:
    schema = effect.json_schema()
    assert schema["description"] == f"{effect.doc}\n\n{effect.doc_zh}"
    assert schema["examples"] == [effect.example]
    assert effect.doc.endswith(".")
    assert CHINESE.search(effect.doc_zh)


@EVERY
def test_a_kind_says_what_it_does_to_a_decision_and_what_is_near_it(effect: type[Effect]) -> None:
    assert effect.decides.endswith(".")
    assert effect.together.endswith(".") or not effect.together
    assert effect.see
    assert set(effect.see) <= set(KINDS) - {effect.kind}


BESIDE: dict[tuple[str, str], dict[str, Any]] = {
    ("fee", "per"): {"code": "restocking", "amount": "5.00"},
    ("fee", "after_days"): {"code": "storage", "rate_per_day": "1%"},
    ("window", "fallback.plus_days"): {"days": 30, "fallback": {"after": "shipment"}},
    ("no_reason", "fallback.plus_days"): {"days": 30, "fallback": {"after": "shipment"}},
    ("warranty", "fallback.plus_days"): {"days": 30, "fallback": {"after": "shipment"}},
    ("exchange_difference", "costs_more"): {"costs_less": "keep"},
    ("exchange_difference", "costs_less"): {"costs_more": "waive"},
    ("deadline", "refund.after"): {"refund": {"within": "7 days"}},
}
"""Where a key's default can only be seen beside others than those of the kind's example."""


@EVERY
def test_a_key_left_out_is_the_key_with_its_default(effect: type[Effect]) -> None:
    for path, shape in keys(effect.shape()):
        if "default" in shape:
            name = path.removeprefix(".")
            data = BESIDE.get((effect.kind, name), effect.example)
            assert read_of(effect, without(data, name)) == read_of(effect, having(data, name, shape["default"])), name


def read_of(effect: type[Effect], data: Any) -> Effect:
    read, problems = effect.parse(data, POLICY, ())
    assert read is not None, problems
    return read


def having(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The data with a value at a path of keys."""
    first, _, rest = path.partition(".")
    return {**data, first: having(data[first], rest, value) if rest else value}


def without(data: dict[str, Any], path: str) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    left = {key: value for key, value in data.items() if key != first}
    return {**left, first: without(data[first], rest)} if rest else left


@EVERY
def test_a_kinds_example_is_read_without_a_problem(effect: type[Effect]) -> None:
    read, problems = effect.parse(effect.example, STATUTE if not effect.in_policy else POLICY, ())
    assert problems == []
    assert isinstance(read, effect)
    assert set(read.named_facts()) <= {*FACTS, "delivery"}


@EVERY
def test_a_kinds_schema_is_a_schema_that_its_example_fits(effect: type[Effect]) -> None:
    schema = effect.json_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(effect.example)


@EVERY
def test_every_key_of_a_kind_is_explained_with_an_example_that_fits(effect: type[Effect]) -> None:
    for path, shape in keys(effect.shape()):
        assert CHINESE.search(shape["description"]), path
        for example in shape["examples"]:
            Draft202012Validator(shape).validate(example)


@EVERY
def test_effects_that_say_the_same_are_the_same(effect: type[Effect]) -> None:
    one, other = (effect.parse(effect.example, POLICY, path)[0] for path in ((), ("clauses", 3)))
    assert one == other
    assert hash(one) == hash(other)


@EVERY
def test_nothing_at_all_is_no_effect(effect: type[Effect]) -> None:
    for empty in (None, {}, [], ""):
        read, problems = effect.parse(empty, POLICY, ("here",))
        assert read is None
        assert problems


@EVERY
@settings(max_examples=50)
@given(data=YAML)
def test_whatever_yaml_says_never_raises(effect: type[Effect], data: Any) -> None:
    read, problems = effect.parse(data, POLICY, ("here",))
    assert (read is None) == bool(problems)
    assert all(problem.code in DIAGNOSTICS and problem.path[0] == "here" for problem in problems)


@EVERY
@settings(max_examples=50)
@given(chosen=st.data())
def test_what_the_schema_refuses_the_reader_refuses_too(effect: type[Effect], chosen: st.DataObject) -> None:
    data = chosen.draw(near(effect.example, effect.shape()))
    schema = effect.json_schema()
    fits = Draft202012Validator(schema).is_valid(coerce(data, schema))
    read, _ = effect.parse(data, POLICY, ())
    assert fits or read is None


def keys(shape: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every key that a shape knows, with the shape of its value."""
    found = []
    for branch in (shape, *shape.get("anyOf", ())):
        for name, inner in branch.get("properties", {}).items():
            found += [(f"{path}.{name}", inner), *keys(inner, f"{path}.{name}")]
    return found


def near(example: Any, shape: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Data like the example, with keys of the shape added, replaced and left out."""
    if isinstance(example, dict):
        values = {name: near_value(inner) for name, inner in dict(keys_of(shape)).items()}
        return st.fixed_dictionaries({}, optional=values) | st.just(example)
    return near_value(shape) | st.just(example) | SCALARS


def keys_of(shape: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    branches = (shape, *shape.get("anyOf", ()))
    return [pair for branch in branches for pair in branch.get("properties", {}).items()]


def near_value(shape: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of the shape's kind, good and bad."""
    good = [st.just(example) for example in shape.get("examples", ())]
    inner = dict(keys_of(shape))
    if inner:
        good.append(st.fixed_dictionaries({}, optional={name: near_value(each) for name, each in inner.items()}))
    if shape.get("type") == "array":
        good.append(st.lists(SCALARS.filter(lambda each: each != ""), max_size=3, unique_by=str))
    return st.one_of(*good, SCALARS)
