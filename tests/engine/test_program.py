"""The engine agrees with the reference interpreter, with and without its memo."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from policy_service.engine.cells import MAX_REMEMBERED
from policy_service.engine.errors import EngineFault
from policy_service.engine.program import Fired, Program
from policy_service.language.clause import During
from policy_service.language.conditions import AllOf, AnyOf, Condition, Not, Op, Test
from tests.engine.policies import (
    ACTIONS,
    RATES,
    VOCABULARY,
    Rate,
    candidates,
    clause,
    random_policy,
    random_request,
)
from tests.engine.reference import fired


def disagreements(draw: Random, requests: int, *, memo: bool = True) -> int:
    """Compares one random policy on that many random requests; returns how many were compared."""
    clauses = random_policy(draw)
    program = Program(clauses, VOCABULARY, name="random", memo=memo)
    forgetful = Program(clauses, VOCABULARY, name="random", memo=False)
    compared = 0
    for convert in draw.sample(RATES, 2):
        choices = candidates(clauses, convert)
        for _ in range(requests // 2):
            facts, action = random_request(draw, choices), draw.choice(ACTIONS)
            values = [facts[name] for name in program.tested]
            expected = fired(clauses, VOCABULARY, facts, action, convert)
            for one in (program, forgetful):
                got = one.fire(values, action, convert)
                assert (got.applies, got.unknown) == expected, (clauses, facts, action, convert)
            assert program.fire(values, action, convert) is program.fire(values, action, convert)
            compared += 1
    program.close()
    forgetful.close()
    return compared


@settings(max_examples=100, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # shrinking takes minutes
@given(st.randoms(use_true_random=False))
def test_engine_memo_and_reference_agree(draw: Random) -> None:
    disagreements(draw, 20)


@pytest.mark.slow
def test_a_hundred_thousand_random_pairs_agree() -> None:
    draw = Random(20251123)
    compared = 0
    while compared < 100_000:
        compared += disagreements(draw, 200)


def only(condition: Condition, **facts: object) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What becomes of one clause with that condition, on these facts and otherwise absent or default ones."""
    clauses = [clause(0, condition)]
    defaults = {name: fact.default for name, fact in VOCABULARY.facts.items()}
    with closing(Program(clauses, VOCABULARY, name="one")) as program:
        got = program.fire([(defaults | facts)[name] for name in program.tested], "return")
        assert (got.applies, got.unknown) == fired(clauses, VOCABULARY, defaults | facts, "return")
        return got.applies, got.unknown


GOLD, FRAGILE = Test("text_never_absent", Op.IN, ("gold",)), Test("set_never_absent", Op.IN, ("fragile",))
FRAGILE_GOLD = {"text_never_absent": "gold", "set_never_absent": frozenset(["fragile"])}
ANY_DAY = Test("date_may_be_absent", Op.AT_LEAST, (date.min,))
APPLIES, UNKNOWN, NO = ((0,), ()), ((), (0,)), ((), ())


@pytest.mark.parametrize(
    ("condition", "facts", "verdict"),
    [
        (Test("integer_may_be_absent", Op.AT_MOST, (7,)), {"integer_may_be_absent": 7}, APPLIES),
        (Test("integer_may_be_absent", Op.AT_MOST, (7,)), {"integer_may_be_absent": 8}, NO),
        (Test("integer_may_be_absent", Op.AT_MOST, (7,)), {}, UNKNOWN),
        (Not(Test("integer_may_be_absent", Op.AT_MOST, (7,))), {}, UNKNOWN),
        (Test("integer_never_absent", Op.AT_MOST, (7,)), {}, APPLIES),
        (Test("date_may_be_absent", Op.AT_MOST, (date.max,)), {"date_may_be_absent": date.max}, APPLIES),
        (Test("date_may_be_absent", Op.AT_MOST, (date.max,)), {}, UNKNOWN),
        (Test("number_may_be_absent", Op.OVER, (Decimal("0.1"),)), {"number_may_be_absent": Decimal("0.10")}, NO),
        (Test("money_may_be_absent", Op.OVER, (100,)), {"money_may_be_absent": 101}, APPLIES),
        (Test("money_may_be_absent", Op.OVER, (100,)), {}, UNKNOWN),
        (Test("tree_never_absent", Op.IN, ("toys",)), {"tree_never_absent": "toys/blocks"}, APPLIES),
        (Test("tree_never_absent", Op.IN, ("toys",)), {"tree_never_absent": "toys2"}, NO),
        (Test("reason", Op.IN, ("quality",)), {"reason": "quality.cosmetic_defect"}, APPLIES),
        (Test("set_never_absent", Op.ALL_OF, ("a", "b")), {"set_never_absent": frozenset("ab")}, APPLIES),
        (Test("set_never_absent", Op.ALL_OF, ("a", "b")), {"set_never_absent": frozenset("bc")}, NO),
        (Test("set_never_absent", Op.NONE_OF, ("a", "b")), {"set_never_absent": frozenset("c")}, APPLIES),
        (Test("set_may_be_absent", Op.NONE_OF, ("a", "b")), {}, UNKNOWN),
        (Test("text_may_be_absent", Op.IN, ("gold",)), {}, UNKNOWN),
        (Test("boolean_never_absent", Op.IN, (False,)), {}, APPLIES),
        (
            AnyOf((Test("integer_may_be_absent", Op.OVER, (7,)), Test("text_never_absent", Op.IN, ("unknown",)))),
            {},
            APPLIES,
        ),
        (AllOf((Test("integer_may_be_absent", Op.OVER, (7,)), Test("text_never_absent", Op.IN, ("gold",)))), {}, NO),
        (Test("action", Op.IN, ("return",)), {}, APPLIES),
        (Test("action", Op.IN, ("exchange",)), {}, NO),
        (Test("action", Op.IN, ACTIONS), {}, APPLIES),
        (Not(Test("action", Op.IN, ACTIONS)), {}, NO),
        (AnyOf((GOLD, AllOf((GOLD, FRAGILE)))), {"text_never_absent": "gold"}, APPLIES),
        (AnyOf((AllOf((GOLD, FRAGILE)), AllOf((GOLD, FRAGILE, ANY_DAY)))), FRAGILE_GOLD, APPLIES),
        (AllOf((GOLD, Not(GOLD))), {"text_never_absent": "gold"}, NO),
        (AnyOf((GOLD, Not(GOLD))), {}, APPLIES),
        (AnyOf((ANY_DAY, Not(ANY_DAY))), {}, UNKNOWN),
    ],
)
def test_logic_is_three_valued(condition: Condition, facts: dict[str, object], verdict: object) -> None:
    assert only(condition, **facts) == verdict


def test_an_unknown_exception_leaves_a_clause_unknown() -> None:
    condition = Test("integer_may_be_absent", Op.OVER, (7,))
    with closing(Program([clause(0, unless=[condition])], VOCABULARY, name="one")) as program:
        fire = [program.fire([value], "return") for value in (7, 8, None)]
    assert [(one.applies, one.unknown) for one in fire] == [APPLIES, NO, UNKNOWN]


def test_converted_thresholds_that_collide_stay_exact() -> None:
    at_most, at_least = (
        Test("money_may_be_absent", Op.AT_MOST, (100,)),
        Test("money_may_be_absent", Op.AT_LEAST, (101,)),
    )
    with closing(Program([clause(0, at_most), clause(1, at_least)], VOCABULARY, name="fx")) as program:
        assert [program.fire([sum_], "return").applies for sum_ in (100, 101)] == [(0,), (1,)]
        assert [program.fire([sum_], "return", Rate(1, 7)).applies for sum_ in (13, 14, 15)] == [(0,), (0, 1), (1,)]
        assert [program.fire([sum_], "return", Rate(2, 1)).applies for sum_ in (200, 201, 202)] == [(0,), (), (1,)]
        assert program.cuts("money_may_be_absent") == (100, 101)


def test_a_program_tells_what_it_tests() -> None:
    clauses = [
        clause(0, Test("date_may_be_absent", Op.UNDER, (date(2025, 6, 1),))),
        clause(1, Test("action", Op.IN, ("return",)), [Test("integer_never_absent", Op.OVER, (n,)) for n in (9, 3)]),
        clause(2, during=During(date(2025, 6, 1), date(2025, 6, 18), "order")),
    ]
    with closing(Program(clauses, VOCABULARY, name="one")) as program:
        assert program.tested == ("ordered_on", "integer_never_absent", "date_may_be_absent")
        assert [program.facts_of(index) for index in range(3)] == [
            ("date_may_be_absent",),
            ("integer_never_absent",),
            ("ordered_on",),
        ]
        assert program.cuts("integer_never_absent") == (3, 9)
        assert program.cuts("ordered_on") == (date(2025, 6, 1), date(2025, 6, 18))
        assert program.cuts("text_never_absent") == ()


def test_a_policy_without_clauses_fires_nothing() -> None:
    with closing(Program([], VOCABULARY, name="empty")) as program:
        assert program.fire([], "return") == Fired((), ())


def test_the_memo_forgets_and_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_service.engine.program.MAX_CELLS", 5)
    monkeypatch.setattr("policy_service.engine.program.MAX_CONVERSIONS", 2)
    monkeypatch.setattr("policy_service.engine.cells.MAX_REMEMBERED", 3)
    monkeypatch.setattr("policy_service.engine.rulesets.MAX_FRAGMENTS", 2)
    draw = Random(5)
    for _ in range(20):
        disagreements(draw, 100)


def test_callers_cannot_make_a_program_remember_much() -> None:
    condition = AnyOf((Test("text_never_absent", Op.IN, ("gold",)), Test("set_never_absent", Op.IN, ("a",))))
    with closing(Program([clause(0, condition)], VOCABULARY, name="one")) as program:
        for number in range(10_000):
            assert program.fire([f"{number}", frozenset([f"{number}", "a"])], "return").applies == (0,)
            program.fire(["x" * 65 + f"{number}", frozenset(map(str, range(number % 20)))], "return")
        assert [len(table) <= MAX_REMEMBERED for table in program._tables] == [True, True]
        assert len(program._cells) <= 4
        assert max(len(text) for text in program._tables[0] if isinstance(text, str)) <= 64


def test_wrong_calls_are_refused() -> None:
    with closing(Program([clause(0, Test("text_never_absent", Op.IN, ("gold",)))], VOCABULARY, name="one")) as program:
        with pytest.raises(EngineFault, match="ruleset `one`: 0 values for 1 facts"):
            program.fire([], "return")
        with pytest.raises(ValueError, match="there is no action `destroy`"):
            program.fire(["gold"], "destroy")
    sku = replace(VOCABULARY.facts["text_may_be_absent"], name="sku", optional=False)
    vocabulary = replace(VOCABULARY, facts={**VOCABULARY.facts, "sku": sku})
    program = Program([clause(0, Test("sku", Op.IN, ("A-1",)))], vocabulary, name="one")
    with closing(program), pytest.raises(EngineFault, match="no value for `sku`, which is never absent"):
        program.fire([None], "return")


def test_a_closed_program_goes_on() -> None:
    draw = Random(11)
    clauses = random_policy(draw)
    program = Program(clauses, VOCABULARY, name="one", memo=False)
    choices = candidates(clauses)
    for _ in range(50):
        facts = random_request(draw, choices)
        got = program.fire([facts[name] for name in program.tested], "return")
        assert (got.applies, got.unknown) == fired(clauses, VOCABULARY, facts, "return")
        program.close()
