"""Why a clause did not apply: the comparisons that failed, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from policy_service.language.clause import parse_clause
from policy_service.language.kinds import KindContext
from policy_service.scenarios.truth import Facts, reasons_against
from tests.language.words import vocabulary

FACTS = {"action": "return", "condition": "opened", "human_damage": False, "tier": "normal", "tags": frozenset()}


@pytest.mark.parametrize(
    ("where", "reasons"),
    [
        (
            {"when": {"any": [{"human_damage": True, "condition": "opened"}, {"tier": "gold"}]}},
            ["`human_damage` is `false`, not `true`", "`tier` is `normal`, not `gold`"],
        ),
        (
            {"when": {"any": [{"condition": "used", "tier": "gold"}, {"condition": "used"}]}},
            ["`condition` is `opened`, not `used`", "`tier` is `normal`, not `gold`"],
        ),
        ({"when": {"tier": "normal", "not": {"condition": "opened"}}}, ["`condition` is `opened`"]),
        ({"when": {"not": {"any": [{"tier": "gold"}, {"tier": "normal"}]}}}, ["`tier` is `normal`"]),
        ({"when": {"paid_with": "card"}}, ["`paid_with` is absent, not `card`"]),
        ({"unless": [{"not": {"tier": "gold"}}]}, ["its `unless` holds: `tier` is `normal`, not `gold`"]),
        (
            {"unless": [{"any": [{"tier": "gold"}, {"condition": "opened"}]}]},
            ["its `unless` holds: `condition` is `opened`"],
        ),
    ],
)
def test_only_what_failed_is_a_reason(where: dict[str, Any], reasons: list[str]) -> None:
    words = vocabulary()
    clause, problems = parse_clause({"id": "a", "deny": {"code": "x"}, **where}, KindContext(words, {}), 0, ())
    assert clause is not None, problems
    assert reasons_against(clause, Facts(FACTS, words, "CNY")) == reasons
