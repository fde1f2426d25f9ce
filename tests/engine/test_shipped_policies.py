"""The policies of this repository fire as the reference interpreter reads them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from policy_service.engine.program import Program
from policy_service.language.loader import load
from tests.engine.policies import ACTIONS, RATES, candidates, random_request
from tests.engine.reference import fired

RULES = Path(__file__).parents[2] / "rules"
SHIPPED = sorted(path for path in RULES.glob("*/*.yaml") if path.parent.name != "shared")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_shipped_policy_fires_as_it_reads(path: Path) -> None:
    document = load(path).document
    assert document is not None
    draw = Random(path.name)
    with closing(Program(document.clauses, document.vocabulary, name=document.name)) as program:
        for convert in RATES:
            choices = candidates(document.clauses, convert, document.vocabulary)
            for _ in range(150):
                facts, action = random_request(draw, choices, document.vocabulary), draw.choice(ACTIONS)
                got = program.fire([facts[name] for name in program.tested], action, convert)
                assert (got.applies, got.unknown) == fired(
                    document.clauses, document.vocabulary, facts, action, convert
                )
