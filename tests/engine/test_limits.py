"""Large policies stay exact, and too large ones are refused by name."""

from __future__ import annotations

from contextlib import closing
from random import Random

import pytest

from policy_service.engine.compile import MAX_RULES
from policy_service.engine.errors import PolicyTooLarge
from policy_service.engine.program import Program
from policy_service.language.clause import Clause
from policy_service.language.conditions import AllOf, AnyOf, Condition, Not, Op, Test
from tests.engine.policies import ACTIONS, VOCABULARY, clause
from tests.engine.reference import fired

TEXT, ENUM, TREE, SET = "text_never_absent", "enum_never_absent", "tree_never_absent", "set_never_absent"
DEFAULTS = {name: fact.default for name, fact in VOCABULARY.facts.items()}


def rules_of(program: Program) -> list[int]:
    return [len(loaded.ruleset._numbers) for loaded in program._rulesets]


def is_text(value: str) -> Test:
    return Test(TEXT, Op.IN, (value,))


def agree(clauses: list[Clause], requests: list[dict[str, object]]) -> list[int]:
    """The sizes of the program's rulesets, after it gave the reference's answers."""
    with closing(Program(clauses, VOCABULARY, name="large", memo=False)) as program:
        for number, facts in enumerate(requests):
            facts, action = DEFAULTS | facts, ACTIONS[number % len(ACTIONS)]
            got = program.fire([facts[name] for name in program.tested], action)
            assert (got.applies, got.unknown) == fired(clauses, VOCABULARY, facts, action)
        return rules_of(program)


def pairs(fact: str, start: int) -> AnyOf:
    return AnyOf(
        tuple(AllOf((Test(fact, Op.IN, (f"v{n}",)), Test(SET, Op.IN, (f"m{n}",)))) for n in range(start, start + 20))
    )


def test_lists_of_alternatives_do_not_multiply() -> None:
    condition = AllOf((pairs(TEXT, 0), pairs(TREE, 10), Test("boolean_never_absent", Op.IN, (False,))))
    draw = Random(3)
    requests: list[dict[str, object]] = [
        {
            TEXT: f"v{draw.randrange(25)}",
            TREE: f"v{draw.randrange(5, 35)}",
            SET: frozenset(f"m{draw.randrange(35)}" for _ in range(9)),
            "boolean_never_absent": draw.random() < 0.2,
        }
        for _ in range(500)
    ]
    clauses = [
        clause(0, condition),
        clause(1, Not(condition)),
        clause(2, AnyOf((condition, is_text("v3")))),
        clause(3, None, [condition]),
    ]
    (rules,) = agree(clauses, requests)
    assert rules < 200


def test_an_any_of_twenty_lists_of_twenty_is_twenty_rules() -> None:
    lists = AnyOf(
        tuple(
            AllOf((Test(TEXT, Op.IN, tuple(f"v{n + m}" for m in range(20))), Test(SET, Op.IN, (f"m{n}",))))
            for n in range(20)
        )
    )
    requests: list[dict[str, object]] = [{TEXT: f"v{n % 45}", SET: frozenset([f"m{n % 21}"])} for n in range(200)]
    assert agree([clause(0, lists)], requests) == [20]


def test_many_values_of_one_fact_are_one_rule() -> None:
    skus = tuple(f"SKU-{n}" for n in range(5_000))
    condition = AnyOf((Test(TEXT, Op.IN, skus[::2]), is_text("other"), Test(TEXT, Op.IN, skus[::7])))
    requests: list[dict[str, object]] = [{TEXT: text} for text in (*skus[:60], "other", "another")]
    assert agree([clause(0, condition)], requests) == [1]


def test_clauses_with_one_condition_share_its_rule() -> None:
    condition = AllOf((is_text("gold"), Test(SET, Op.IN, ("clearance",))))
    turned = AllOf((Test(SET, Op.IN, ("clearance",)), is_text("gold"), AnyOf((is_text("gold"), is_text("silver")))))
    requests: list[dict[str, object]] = [{TEXT: "gold", SET: frozenset(["clearance"])}, {TEXT: "silver"}]
    assert agree([clause(n, turned if n % 2 else condition) for n in range(300)], requests) == [1]


def test_a_policy_with_thousands_of_conditions_takes_several_rulesets() -> None:
    clauses = [clause(n, AllOf((is_text(f"t{n % 50}"), Test(TREE, Op.IN, (f"c{n // 50}",))))) for n in range(2_000)]
    requests: list[dict[str, object]] = [{TEXT: f"t{n % 51}", TREE: f"c{n % 41}/x"} for n in range(300)]
    assert agree(clauses, requests) == [960, 960, 80]


def test_a_policy_with_hundreds_of_properties_takes_several_rulesets() -> None:
    clauses = [clause(n, Test(SET, Op.IN, (f"m{n}",))) for n in range(600)]
    requests: list[dict[str, object]] = [{SET: frozenset([f"m{n}", f"m{n * 7 % 600}", "other"])} for n in range(200)]
    assert agree(clauses, requests) == [240, 240, 120]


def test_a_request_may_fire_every_clause_of_a_large_policy() -> None:
    clauses = [clause(n, Not(AllOf((is_text(f"t{n}"), Test(SET, Op.IN, ("m",)))))) for n in range(900)]
    requests: list[dict[str, object]] = [{TEXT: "t7", SET: frozenset("m")}, {TEXT: "t", SET: frozenset()}, {TEXT: "t"}]
    assert agree(clauses, requests) == [901]


def test_too_many_alternatives_are_refused_naming_policy_and_clause() -> None:
    clauses = [clause(n, AllOf((is_text(f"t{n}"), Test(TREE, Op.IN, (f"c{n}",))))) for n in range(MAX_RULES + 1)]
    with pytest.raises(
        PolicyTooLarge, match=f"policy `dg-home 1`, clause `clause-{MAX_RULES}`: more than {MAX_RULES}"
    ) as caught:
        Program(clauses, VOCABULARY, name="dg-home 1")
    assert (caught.value.policy, caught.value.clause) == ("dg-home 1", f"clause-{MAX_RULES}")
    assert caught.value.hint == "join alternatives of one fact in a list"


def test_too_many_comparisons_are_refused_naming_policy_and_clause() -> None:
    clauses = [clause(n, Test(SET, Op.IN, (f"m{n}",))) for n in range(3_841)]
    with pytest.raises(PolicyTooLarge, match="policy `p`, clause `clause-3840`: "):
        Program(clauses, VOCABULARY, name="p")


def test_too_many_tests_at_once_are_refused_naming_policy_and_clause() -> None:
    with pytest.raises(PolicyTooLarge, match="policy `p`, clause `clause-0`: a condition with too many tests at once"):
        Program([clause(0, AllOf(tuple(Test(SET, Op.IN, (f"m{n}",)) for n in range(241))))], VOCABULARY, name="p")


def nested(depth: int) -> Condition:
    condition: Condition = is_text("gold")
    for number in range(depth):
        condition = AnyOf((Not(condition), is_text(f"t{number}")))
    return condition


def test_conditions_nested_as_deeply_as_a_document_may_be_are_right() -> None:
    agree([clause(0, nested(64))], [{TEXT: "gold"}, *({TEXT: f"t{n}"} for n in range(65))])


def test_conditions_nested_beyond_measure_are_refused_naming_policy_and_clause() -> None:
    with pytest.raises(PolicyTooLarge, match="policy `p`, clause `clause-0`: its conditions are nested too deeply"):
        Program([clause(0, nested(5_000))], VOCABULARY, name="p")
