"""A document that the rules engine cannot hold is a diagnostic at its clause, and never in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_service.catalog.catalog import Catalog
from policy_service.catalog.errors import CatalogError
from policy_service.catalog.size import beyond_engine
from policy_service.language.checking import check

HEAD = """\
merchant: shop
version: "1"
effective: {from: 2025-01-01}
timezone: Asia/Shanghai
currency: CNY
ships_from: CN
clauses:
  - {id: open, window: {days: 30, after: delivery}}
  - id: many
    grant: [free_pickup]
    when:
      any:
"""


def alternatives(count: int) -> str:
    return HEAD + "".join(f"        - {{sku: S-{n}, tags: t-{n % 150}}}\n" for n in range(count))


def test_thousands_of_alternatives_are_a_mistake_at_their_clause(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(alternatives(4_000))
    (found,) = [each for each in check([tmp_path], beyond_engine) if each.is_error]
    assert (found.code, found.position.line) == ("PS220-too-many-rules", 9)
    assert found.message == "with clause `many` this document is too large: more than 3840 alternatives"
    assert found.hint == "join alternatives of one fact in a list"
    with pytest.raises(CatalogError, match="`many`"):
        Catalog(tmp_path)


def test_hundreds_of_alternatives_are_none(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(alternatives(500))
    assert not [each for each in check([tmp_path], beyond_engine) if each.is_error]
