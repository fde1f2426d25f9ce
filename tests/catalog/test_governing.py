from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from policy_service.catalog.catalog import Catalog
from policy_service.catalog.errors import NoVersionInForce, UnknownDigest, UnknownMerchant
from policy_service.contract.problems import ProblemError
from policy_service.contract.request import parse_request
from policy_service.decision.admission import admit
from policy_service.service import Service
from tests.catalog.folder import policy, statute, write
from tests.decision.desk import request


@pytest.fixture
def two_versions(tmp_path: Path) -> Catalog:
    return Catalog(
        write(
            tmp_path,
            {
                "corner-shop/1.yaml": policy(version="1", effective="{from: 2025-01-01, through: 2025-06-30}"),
                "corner-shop/2.yaml": policy(version="2", effective="{from: 2025-07-01}"),
            },
        )
    )


@pytest.mark.parametrize(
    ("placed_at", "version"),
    [
        ("2025-01-01T00:00:00+08:00", "1"),
        ("2025-06-30T23:59:59+08:00", "1"),
        ("2025-07-01T00:00:00+08:00", "2"),
        ("2025-06-30T16:00:00Z", "2"),
        ("2025-06-30T15:59:59Z", "1"),
        ("2030-01-01T00:00:00+08:00", "2"),
    ],
)
def test_the_version_in_force_on_the_local_day_of_the_order_governs(
    two_versions: Catalog, placed_at: str, version: str
) -> None:
    governing = two_versions.govern("corner-shop", datetime.fromisoformat(placed_at), None)
    assert governing.policy.document.version == version


def test_each_version_counts_days_in_its_own_zone(tmp_path: Path) -> None:
    files = {
        "shop/1.yaml": policy(version="1", effective="{from: 2025-01-01, through: 2025-06-30}", zone="Asia/Shanghai"),
        "shop/2.yaml": policy(version="2", effective="{from: 2025-07-01}", zone="America/New_York"),
    }
    catalog = Catalog(write(tmp_path, files))
    # In Shanghai it is the 1st of July already, in New York the 30th of June still.
    with pytest.raises(NoVersionInForce):
        catalog.govern("corner-shop", datetime.fromisoformat("2025-06-30T17:00:00Z"), None)


def test_an_order_before_the_first_version_has_none_and_hears_which_there_are(two_versions: Catalog) -> None:
    with pytest.raises(NoVersionInForce) as caught:
        two_versions.govern("corner-shop", datetime.fromisoformat("2024-12-31T23:59:59+08:00"), None)
    assert caught.value.versions == ("1 from 2025-01-01 through 2025-06-30", "2 from 2025-07-01")


def test_what_no_version_takes_is_said_beside_that_none_was_in_force(tmp_path: Path) -> None:
    """`assembled` is a fact of the second version alone: which of them was meant nobody knows."""
    facts = "facts: {assembled: {about: line, type: boolean}}\n"
    files = {
        "shop/1.yaml": policy(version="1", effective="{from: 2025-01-01, through: 2025-06-30}"),
        "shop/2.yaml": policy(version="2", effective="{from: 2025-07-01}", head=facts),
    }
    asked = request(merchant="corner-shop", order__placed_at="2024-01-01T00:00:00+08:00")
    asked["lines"][0]["attributes"] = {"assembled": True, "assembeld": True}
    with pytest.raises(ProblemError) as caught:
        Service(Catalog(write(tmp_path, files))).decide(asked)
    pointers = [error.pointer for error in caught.value.problem.errors]
    assert pointers == ["/order/placed_at", "/lines/0/attributes/assembeld"]


def test_an_unknown_merchant_is_told_a_near_name(two_versions: Catalog) -> None:
    with pytest.raises(UnknownMerchant) as caught:
        two_versions.govern("corner-shoo", datetime.fromisoformat("2025-02-01T00:00:00Z"), None)
    assert caught.value.hint == "did you mean `corner-shop`?"


@pytest.fixture
def with_laws(tmp_path: Path) -> Catalog:
    return Catalog(
        write(
            tmp_path,
            {
                "corner-shop/1.yaml": policy(head="statute: [cn, eu]\n"),
                "statutes/cn/old.yaml": statute(effective="{from: 2014-03-15, through: 2025-05-31}", days=7),
                "statutes/cn/new.yaml": statute(effective="{from: 2025-06-01}", days=14),
                "statutes/eu.yaml": statute("eu", "[DE, FR]", "{from: 2014-06-13}", 14),
            },
        )
    )


@pytest.mark.parametrize(
    ("placed_at", "country", "law"),
    [
        ("2025-05-31T23:00:00+08:00", "CN", ("cn", "2014")),
        ("2025-06-01T00:00:00+08:00", "CN", ("cn", "2025")),
        ("2025-06-01T00:00:00+08:00", None, ("cn", "2025")),
        ("2025-06-01T00:00:00+08:00", "FR", ("eu", "2014")),
        ("2025-06-01T00:00:00+08:00", "US", None),
    ],
)
def test_the_statute_is_that_of_the_country_and_day(
    with_laws: Catalog, placed_at: str, country: str | None, law: tuple[str, str] | None
) -> None:
    found = with_laws.govern("corner-shop", datetime.fromisoformat(placed_at), country).statute
    assert (found and (found.document.name, found.document.version)) == law


def test_the_digest_covers_file_includes_and_statutes_and_nothing_else(tmp_path: Path) -> None:
    files = {
        "shop/1.yaml": policy(head="statute: [cn]\ninclude: [../shared/more.yaml]\n"),
        "shared/more.yaml": "clauses:\n  - {id: more, grant: [free_pickup]}\n",
        "statutes/cn.yaml": statute(),
        "other/1.yaml": policy("other-shop"),
    }
    catalog = Catalog(write(tmp_path, files))
    digest = catalog.versions("corner-shop")[0].digest
    for name, changes in (
        ("shop/1.yaml", True),
        ("shared/more.yaml", True),
        ("statutes/cn.yaml", True),
        ("other/1.yaml", False),
    ):
        write(tmp_path, {name: files[name] + "# another comment\n"})
        assert catalog.reload()
        assert (catalog.versions("corner-shop")[0].digest != digest) is changes, name
        write(tmp_path, {name: files[name]})
        assert catalog.reload()
        assert catalog.versions("corner-shop")[0].digest == digest


def test_a_replaced_version_is_still_found_by_its_digest(two_versions: Catalog) -> None:
    before = two_versions.versions("corner-shop")[0]
    write(
        two_versions.root, {"corner-shop/2.yaml": policy(version="2", effective="{from: 2025-07-01}") + "# changed\n"}
    )
    assert two_versions.reload()
    assert two_versions.by_digest(before.digest) is before
    with pytest.raises(UnknownDigest):
        two_versions.by_digest("sha256:" + "0" * 64)


def test_facts_of_any_statute_that_the_policy_names_may_be_sent_for_any_country(tmp_path: Path) -> None:
    law = statute().replace("clauses:", "facts: {custom_made: {about: line, type: boolean}}\nclauses:")
    catalog = Catalog(write(tmp_path, {"shop/1.yaml": policy(head="statute: [cn]\n"), "statutes/cn.yaml": law}))
    line = {"id": "1", "sku": "A", "quantity": 1, "unit_price": "1.00", "attributes": {"custom_made": True}}
    parsed = parse_request(
        {
            "merchant": "corner-shop",
            "order": {
                "id": "O", "currency": "CNY", "country": "HK", "placed_at": "2025-06-01T00:00:00Z",
                "lines": [line],
            },
            "lines": [{"order_line": "1", "quantity": 1, "action": "return", "reason": "preference",
                       "attributes": {"custom_maid": True}}],
        }
    )  # fmt: skip
    governing = catalog.govern("corner-shop", parsed.request.order.placed_at, "HK")
    assert governing.statute is None
    assert [(error.pointer, error.hint) for error in admit(parsed.raw, governing)] == [
        ("/lines/0/attributes/custom_maid", "did you mean `custom_made`?")
    ]
