"""The same input gives the same bytes in any process, whatever the hash seed and whatever was decided before."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.decision.desk import WINDOW, ask, shop

SCRIPT = """
import random, sys
import orjson
from tests.decision.desk import HEAD, ask, request
from tests.decision.stock import FACTS, MONEY, PERMISSIONS, PROCESS, PROHIBITIONS, RIGHTS, shop_of

rng = random.Random(7)
shops = []
for _ in range(4):
    drawn = [*rng.sample(PERMISSIONS, 4), *rng.sample(PROHIBITIONS, 3), *rng.sample(MONEY, 6), *rng.sample(PROCESS, 3)]
    law = "".join(f"  - {{id: r{i}, {c}}}\\n" for i, c in enumerate(rng.sample(RIGHTS, 4)))
    shops.append(shop_of("".join(f"  - {{id: c{i}, {c}}}\\n" for i, c in enumerate(drawn)), law))
bodies = [
    request(
        lines__0__reason=reason, lines__0__condition=condition, order__lines__0__tags=["sale", "sealed"],
        order__gifts=[{"sku": "G", "with": ["1"], "value": "9.90"}], customer={"tier": tier},
        lines__0__evidence=["photo", "inspection_report"],
    )
    for reason in ("quality", "preference", "logistics.lost")
    for condition in ("opened", "used")
    for tier in ("gold", "none")
]
asked = [(shop, body) for shop in shops for body in bodies]
order = list(range(len(asked)))
random.Random(int(sys.argv[1])).shuffle(order)
answers = {index: orjson.dumps(ask(*asked[index])) for index in order}
sys.stdout.buffer.write(b"\\n".join(answers[index] for index in range(len(asked))))
"""


def answers(hash_seed: str, turn: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Pacific/Kiritimati" if turn == "2" else "UTC"}
    command = [sys.executable, "-c", SCRIPT, turn]
    return subprocess.run(command, env=environment, capture_output=True, check=True, timeout=120).stdout


@pytest.mark.slow
def test_hash_seeds_processes_and_turns_do_not_matter() -> None:
    first = answers("0", "1")
    assert first.count(b'"outcome"') >= 48
    assert answers("1", "2") == first
    assert answers("random", "3") == first


@pytest.mark.parametrize(
    "changes",
    [
        {"requested_at": "2025-06-10T04:00:00Z"},
        {"customer": {"id": None}},
        {"lines__0__human_damage": False},
    ],
)
def test_a_request_in_other_words_has_its_own_digest_and_the_same_decision(changes: dict[str, Any]) -> None:
    governing = shop(WINDOW)
    plain = ask(governing, requested_at="2025-06-10T12:00:00+08:00")["receipt"]
    other = ask(governing, **{"requested_at": "2025-06-10T12:00:00+08:00", **changes})["receipt"]
    assert other["input"] != plain["input"]
    assert other["decision"] == plain["decision"]
