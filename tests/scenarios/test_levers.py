"""A request can be changed so that a fact has a wanted value."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_service.language.vocabulary import FACTS
from policy_service.scenarios import cells, levers
from policy_service.scenarios.levers import pull
from policy_service.scenarios.opening import bench_of
from tests.scenarios.corner_shop import POLICY, open_shop


@pytest.mark.parametrize(
    ("fact", "value", "path"),
    [
        ("condition", "used", ("lines", 0, "condition")),
        ("tags", frozenset({"a"}), ("order", "lines", 0, "tags")),
        ("sold_via", "store", ("order", "sold_via")),
        ("channel", "app", ("channel",)),
        ("customer_tags", frozenset({"a"}), ("customer", "tags")),
    ],
)
def test_a_plain_fact_is_changed_in_the_field_it_is_read_from(
    tmp_path: Path, fact: str, value: object, path: tuple[str | int, ...]
) -> None:
    bench = bench_of(open_shop(tmp_path), "shop.yaml")
    case = bench.loaded.cases[0]
    found = pull(bench.request_of(case), 0, bench.shop.documents[0], fact, value)
    for step in path:
        found = found[step]  # type: ignore[index]
    assert found == (sorted(value) if isinstance(value, frozenset) else value)


def test_no_fact_of_the_vocabulary_is_without_a_lever_but_what_the_whole_request_hangs_on(tmp_path: Path) -> None:
    bench = bench_of(open_shop(tmp_path), "shop.yaml")
    document = bench.shop.documents[0]
    request = bench.request_of(bench.loaded.cases[0])
    plain = FACTS.keys() - levers.SPECIAL.keys()
    values = {name: (*cells.classes(FACTS[name], [], vocabulary=document.vocabulary), 1)[0] for name in plain}
    assert {name for name in plain if pull(request, 0, document, name, values[name]) is None} == set()
    assert {name for name in ("currency", "stage") if pull(request, 0, document, name, "EUR") is not None} == set()


def test_a_number_of_ones_own_may_be_below_zero(tmp_path: Path) -> None:
    policy = POLICY.replace("\nclauses:", "facts: {score: {about: customer, type: integer}}\n\nclauses:")
    clause = "  - {id: good, grant: [free_pickup], when: {score: {at_least: 0}}}\n"
    document = bench_of(open_shop(tmp_path, policy=policy + clause), "shop.yaml").shop.documents[0]
    tests = cells.tests_by_fact(document.clauses)["score"]
    found = cells.classes(document.vocabulary.facts["score"], tests, vocabulary=document.vocabulary)
    assert any(value is not None and value < 0 for value in found)
