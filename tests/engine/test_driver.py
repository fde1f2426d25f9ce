"""The driver answers exactly, refuses what the extension cannot hold, and comes through faults."""

from __future__ import annotations

import doctest
import operator
import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.engine import driver
from policy_service.engine.driver import MAX_CONJUNCTIONS, MAX_PROPERTIES, Comparison, Ruleset, check_names, fnv1a
from policy_service.engine.errors import EngineFault

NAMES = ["a", "b", "c", "d9", "e_1"]
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "$neq": operator.ne,
    "$lt": operator.lt,
    "$lte": operator.le,
    "$gt": operator.gt,
    "$gte": operator.ge,
}
INTEGERS = st.one_of(st.integers(-3, 3), st.sampled_from([-(2**63), 2**63 - 1]))
COMPARISONS = st.builds(Comparison, st.sampled_from(NAMES), st.sampled_from(sorted(COMPARE)), INTEGERS)
CONJUNCTIONS = st.lists(st.lists(COMPARISONS, max_size=4), max_size=70)
FACTS = st.dictionaries(st.sampled_from(NAMES), INTEGERS)


def members(facts: dict[str, int]) -> str:
    return "".join(f',"{name}":{value}' for name, value in facts.items())


def expected(conjunctions: list[list[Comparison]], facts: dict[str, int]) -> list[int]:
    return [
        number
        for number, conjunction in enumerate(conjunctions)
        if all(c.property in facts and COMPARE[c.operator](facts[c.property], c.value) for c in conjunction)
    ]


class Faulty:
    """The extension, with one function replaced."""

    def __init__(self, **replaced: Any) -> None:
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(REAL, name)


REAL = driver.durable


@pytest.fixture
def rules() -> Iterator[Ruleset]:
    with Ruleset(
        "test", [[Comparison("a", "==", 1)], [Comparison("a", "$gte", 1)], [Comparison("b", "==", 1)]]
    ) as ruleset:
        yield ruleset


@given(CONJUNCTIONS, st.lists(FACTS, max_size=8))
def test_conjunctions_hold_as_written(conjunctions: list[list[Comparison]], requests: list[dict[str, int]]) -> None:
    with Ruleset("test", conjunctions) as ruleset:
        for facts in requests:
            assert ruleset.match(members(facts)) == expected(conjunctions, facts)


def test_a_full_ruleset_can_fire_every_rule_at_once() -> None:
    conjunctions = [[Comparison("all", "==", 1), Comparison(f"p{n % 200}", "$gte", 0)] for n in range(MAX_CONJUNCTIONS)]
    with Ruleset("test", conjunctions) as ruleset:
        facts = members({"all": 1} | {f"p{n}": n for n in range(200)})
        assert [len(ruleset.match(facts)) for _ in range(3)] == [MAX_CONJUNCTIONS] * 3


@pytest.mark.parametrize("conjunction", [[], [Comparison("a", "==", 1)]])
def test_a_full_ruleset_of_equal_rules_fires_them_all(conjunction: list[Comparison]) -> None:
    with Ruleset("test", [conjunction] * MAX_CONJUNCTIONS) as ruleset:
        assert ruleset.match(',"a":1') == list(range(MAX_CONJUNCTIONS))


def test_a_conjunction_may_test_every_property() -> None:
    everything = {f"p{n}": n for n in range(MAX_PROPERTIES)}
    with Ruleset("test", [[Comparison(name, "==", value) for name, value in everything.items()]]) as ruleset:
        assert ruleset.match(members(everything)) == [0]
        assert ruleset.match(members(everything | {"p7": 8})) == []


@pytest.mark.parametrize(
    ("conjunctions", "complaint"),
    [
        ([[]] * (MAX_CONJUNCTIONS + 1), "961 conjunctions"),
        ([[Comparison(f"p{n}", "==", 1)] for n in range(MAX_PROPERTIES + 1)], "241 properties"),
        ([[Comparison("id", "==", 1)]], "`id` cannot name a property"),
        ([[Comparison("w", "==", 1)]], "`w` cannot name a property"),
        ([[Comparison("Größe", "==", 1)]], "cannot name a property"),
        ([[Comparison("$s", "==", 1)]], "cannot name a property"),
        ([[Comparison("costarring", "==", 1), Comparison("liquid", "==", 1)]], "`costarring` and `liquid`"),
        ([[Comparison("a", "$eq", 1)]], "unknown operator `\\$eq`"),
        ([[Comparison("a", "==", 2**63)]], "not a 64-bit integer"),
        ([[Comparison("a", "==", "1")]], "not a 64-bit integer"),  # type: ignore[arg-type]
    ],
)
def test_what_the_extension_would_get_wrong_is_refused(conjunctions: list[list[Comparison]], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Ruleset("test", conjunctions)


def test_names_are_told_apart_by_the_extensions_own_hash() -> None:
    assert (fnv1a("id"), fnv1a("sid")) == (926444256, 3593476751)
    check_names({f"p{number}" for number in range(MAX_PROPERTIES)})


CALLS = ["assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact"]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_exception_at_any_point_leaves_the_ruleset_usable(
    rules: Ruleset, monkeypatch: pytest.MonkeyPatch, call: str, after: bool, error: type[BaseException]
) -> None:
    def interrupted(*arguments: Any) -> Any:
        if after:
            getattr(REAL, call)(*arguments)
        monkeypatch.undo()
        raise error

    monkeypatch.setattr(driver, "durable", Faulty(**{call: interrupted}))
    with pytest.raises(error):
        rules.match(',"a":1')
    assert [rules.match(',"a":1'), rules.match(',"a":2'), rules.match(',"b":1')] == [[0, 1], [1], [2]]


@pytest.mark.parametrize("call", [*CALLS, "create_ruleset"])
def test_a_failure_while_coming_back_is_made_good_the_next_time(
    rules: Ruleset, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def failing(*arguments: Any) -> Any:
        raise REAL.error("out of order")

    monkeypatch.setattr(driver, "durable", Faulty(**{call: failing}))
    if call == "create_ruleset":
        rules.close()
    for _ in range(2):
        with pytest.raises(EngineFault, match="out of order"):
            rules.match(',"a":1')
    monkeypatch.undo()
    assert rules.match(',"a":1') == [0, 1]


def test_facts_that_were_not_evaluated_are_a_fault_and_no_answer(rules: Ruleset) -> None:
    assert rules._held.handle is not None
    REAL.assert_fact(rules._held.handle, '{"sid":"0","id":"1","_":0,"a":1}')
    with pytest.raises(EngineFault, match="code 2: the facts were not evaluated"):
        rules.match(',"a":2')
    assert rules.match(',"a":2') == [1]


def test_a_locked_state_is_a_fault_and_no_answer(rules: Ruleset) -> None:
    assert rules._held.handle is not None
    _, state = REAL.assert_fact(rules._held.handle, '{"sid":"0","id":"2","_":0,"a":1}')
    assert REAL.start_action_for_state(rules._held.handle, state) is not None
    with pytest.raises(EngineFault, match="code 0 without action"):
        rules.match(',"a":1')
    assert rules.match(',"a":1') == [0, 1]


def test_closing_twice_does_no_harm_and_a_closed_ruleset_comes_back(rules: Ruleset) -> None:
    rules.close()
    rules.close()
    assert rules.match(',"b":1') == [2]


def test_a_ruleset_survives_a_fork(rules: Ruleset) -> None:
    assert rules.match(',"a":1') == [0, 1]
    child = os.fork()
    if child == 0:
        os._exit(0 if [rules.match(',"a":1'), rules.match(',"b":1'), rules.match("")] == [[0, 1], [2], []] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert rules.match(',"a":2') == [1]


def test_threads_get_the_answers_of_one_thread() -> None:
    draw = random.Random(7)
    conjunctions = [
        [Comparison(draw.choice(NAMES), draw.choice(sorted(COMPARE)), draw.randrange(4)) for _ in range(2)]
        for _ in range(100)
    ]
    requests = [{name: draw.randrange(5) for name in NAMES if draw.random() < 0.8} for _ in range(400)]
    with Ruleset("test", conjunctions) as ruleset, ThreadPoolExecutor(8) as pool:
        answers = pool.map(ruleset.match, map(members, requests * 8))
        assert list(answers) == [expected(conjunctions, facts) for facts in requests] * 8


def test_the_documented_example_is_true() -> None:
    assert doctest.testmod(driver) == (0, 2)
