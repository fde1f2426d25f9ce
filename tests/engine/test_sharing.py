"""Programs shared by threads, carried into forked processes, and created and closed without end."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from policy_service.engine import driver
from policy_service.engine.errors import EngineFault
from policy_service.engine.program import Fired, Program
from policy_service.language.clause import Clause
from tests.engine.policies import ACTIONS, RATES, VOCABULARY, candidates, random_clause, random_request
from tests.engine.reference import fired

Request = tuple[dict[str, Any], str, Any]


def policy_and_requests(draw: Random, requests: int, clauses: int = 12) -> tuple[list[Clause], list[Request]]:
    policy = [random_clause(draw, index) for index in range(clauses)]
    convert = draw.choice(RATES)
    choices = candidates(policy, convert)
    return policy, [(random_request(draw, choices), draw.choice(ACTIONS), convert) for _ in range(requests)]


def answers(program: Program, requests: Sequence[Request]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    fire = [program.fire([facts[name] for name in program.tested], action, fx) for facts, action, fx in requests]
    return [(one.applies, one.unknown) for one in fire]


def references(policy: list[Clause], requests: Sequence[Request]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [fired(policy, VOCABULARY, facts, action, convert) for facts, action, convert in requests]


@pytest.mark.parametrize("memo", [True, False])
def test_threads_with_reloads_in_between_get_the_answers_of_one_thread(memo: bool) -> None:
    policy, requests = policy_and_requests(Random(8), 150)
    expected = references(policy, requests)
    current = [Program(policy, VOCABULARY, name="shared", memo=memo)]
    done = threading.Event()

    def reload() -> None:
        while not done.is_set():
            old, current[0] = current[0], Program(policy, VOCABULARY, name="shared", memo=memo)
            old.close()  # while others may still be asking it

    def ask(turn: int) -> bool:
        program = current[0]
        return answers(program, requests[turn:] + requests[:turn]) == expected[turn:] + expected[:turn]

    reloading = threading.Thread(target=reload)
    reloading.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(ask, range(64)))
    finally:
        done.set()
        reloading.join()


def test_forked_processes_get_the_same_answers() -> None:
    policy, requests = policy_and_requests(Random(9), 100)
    expected = references(policy, requests)
    program = Program(policy, VOCABULARY, name="forked", memo=False)
    assert answers(program, requests[:50]) == expected[:50]
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                same = answers(program, requests) == expected
                program.close()
                status = 0 if same and answers(program, requests) == expected else 1
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    assert answers(program, requests) == expected


def test_a_fault_is_raised_and_remembered_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    policy, requests = policy_and_requests(Random(10), 60)
    expected = references(policy, requests)
    program = Program(policy, VOCABULARY, name="faulty")
    real = driver.durable

    class Unevaluated:
        def __getattr__(self, name: str) -> Any:
            return (lambda *_: (2, 1)) if name == "assert_fact" else getattr(real, name)

    for request, answer in zip(requests, expected, strict=True):
        facts, action, convert = request
        values = [facts[name] for name in program.tested]
        with monkeypatch.context() as patch:
            patch.setattr(driver, "durable", Unevaluated())
            try:
                got = program.fire(values, action, convert)
            except EngineFault:
                got = None
        assert got is None or (got.applies, got.unknown) == answer
        assert answers(program, [request]) == [answer]


def resident() -> int:
    """Resident memory of this process, in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


@pytest.mark.slow
def test_memory_stays_flat_over_evaluations_and_reloads() -> None:
    draw = Random(12)
    policy, requests = policy_and_requests(draw, 400, clauses=40)
    cold = Program(policy, VOCABULARY, name="soak", memo=False)
    warm = Program(policy, VOCABULARY, name="soak")
    inputs = [([facts[name] for name in cold.tested], action, convert) for facts, action, convert in requests]

    def evaluate(rounds: int) -> list[Fired]:
        found: list[Fired] = []
        for _ in range(rounds):
            found = [program.fire(*one) for program in (cold, warm) for one in inputs]
        return found

    def reload(times: int) -> None:
        for turn in range(times):
            program = Program(policy, VOCABULARY, name="soak", memo=False)
            program.fire(*inputs[turn % len(inputs)])
            if turn % 2:
                program.close()  # the other half is freed when nobody holds it any more
            del program
        gc.collect()

    first = evaluate(25)
    reload(60)
    before = resident()
    assert evaluate(250) == first  # 200,000 evaluations, half of them by the engine
    after_evaluations = resident()
    reload(500)
    assert after_evaluations - before < 2_000
    assert resident() - after_evaluations < 4_000  # what one program of this policy holds
