"""A policy without mistakes becomes a typed document; includes and statutes are found where the language says."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from policy_service.language import Document, check, load
from policy_service.language.kinds import Fee, Window
from policy_service.language.statutes import statute_files

HERE = Path(__file__).parent
HEAD = """\
merchant: shop
version: 2025-06
effective: {from: 2025-05-01}
timezone: Asia/Shanghai
currency: CNY
"""


def document(text: str, folder: Path) -> Document:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    loaded = load(path)
    assert loaded.diagnostics == ()
    assert loaded.document is not None
    return loaded.document


@pytest.mark.parametrize("name", ["furniture", "electronics", "every-kind", "statute"])
def test_a_good_document_has_no_diagnostics(name: str) -> None:
    path = HERE / "good" / f"{name}.yaml"
    assert check([path]) == []
    assert load(path).document is not None


def test_a_document_is_typed() -> None:
    found = load(HERE / "good" / "furniture.yaml").document
    assert found is not None
    assert (found.kind, found.name, found.version, found.currency) == ("policy", "dg-home", "2025-06", "CNY")
    assert (found.effective_from, found.effective_through) == (date(2025, 5, 1), None)
    assert (found.counting, found.if_last_day_closed, found.statutes) == ("from_next_day", "none", ())
    first, fee = found.clauses[0], found.clauses[2]
    assert isinstance(first.effect, Window)
    assert (first.id, first.effect.days, first.actions) == ("return-30", 30, {"return", "exchange"})
    assert first.text["zh-CN"] == "收货后30天内可退换货"
    assert isinstance(fee.effect, Fee)
    assert fee.effect.rate == Fraction(1, 10)
    assert [clause.index for clause in found.clauses] == list(range(10))


def test_a_clause_knows_its_file_and_line() -> None:
    found = load(HERE / "good" / "every-kind.yaml").document
    assert found is not None
    first, last = found.clauses[0], found.clauses[-1]
    assert Path(first.file).name == "every-kind.yaml"
    assert first.line == 25
    assert (last.id, Path(last.file).name, last.line) == ("shared-gift", "shared.yaml", 2)


def test_scalars_keep_their_source_text_where_text_is_due(tmp_path: Path) -> None:
    found = document(
        HEAD
        + """\
clauses:
  - id: 618
    window: {days: 7}
    when: {promotions: 618, sku: 0012, country: NO, channel: 12:30, tier: 1_000, paid_with: true}
    text: {en: 2025-06-30, zh-CN: 0.10}
  - {id: fee, fee: {code: restocking, rate: 0.10%, min: 5.00}}
""",
        tmp_path,
    )
    condition = found.clauses[0].when
    values = {test.fact: test.values for test in condition.parts}  # type: ignore[union-attr]
    assert values == {
        "promotions": ("618",),
        "sku": ("0012",),
        "country": ("NO",),
        "channel": ("12:30",),
        "tier": ("1_000",),
        "paid_with": ("true",),
    }
    assert found.clauses[0].id == "618"
    assert found.clauses[0].text == {"en": "2025-06-30", "zh-CN": "0.10"}
    assert isinstance(found.clauses[1].effect, Fee)
    assert (found.clauses[1].effect.rate, found.clauses[1].effect.min) == (Fraction(1, 1000), 500)


def test_declared_facts_have_typed_defaults() -> None:
    found = load(HERE / "good" / "every-kind.yaml").document
    assert found is not None
    assert {name: fact.default for name, fact in found.declared.items()} == {
        "assembled": False,
        "state": "",
        "days_in_repair": 0,
        "weight": Decimal("0.5"),
        "cleaning_cost": 1250,
        "installed_on": None,
        "colours": frozenset({"red"}),
    }
    assert "days_since_installed_on" in found.vocabulary.facts


def test_declared_reasons_say_who_is_liable() -> None:
    found = load(HERE / "good" / "every-kind.yaml").document
    assert found is not None
    reasons = found.vocabulary.reasons
    assert reasons.liability("quality.functional_failure.motor") == "merchant"
    assert reasons.liability("size.too_small") == "merchant"
    assert reasons.liability("weather") == "carrier"


@pytest.mark.parametrize(
    ("clause", "sums"),
    [
        ("{id: a, window: {days: 7}}", False),
        ("{id: a, fee: {code: a, rate: 10%}}", False),
        ('{id: a, fee: {code: a, rate: 10%, max: "60.00"}}', True),
        ('{id: a, deny: {code: a}, when: {line_paid: {over: "5.00"}}}', True),
        ('{id: a, deny: {code: a}, unless: [{tier: gold}, {not: {unit_paid: "5.00"}}]}', True),
    ],
)
def test_a_document_knows_whether_it_names_sums(tmp_path: Path, clause: str, sums: bool) -> None:
    assert document(f"{HEAD}clauses: [{clause}, {{id: b, window: {{days: 7}}}}]\n", tmp_path).names_sums is sums


def test_the_digest_covers_the_file_and_its_includes(tmp_path: Path) -> None:
    shared = tmp_path / "shared.yaml"
    text = f"{HEAD}include: [shared.yaml]\nclauses: [{{id: a, window: {{days: 7}}}}]\n"
    digests = set()
    for days in (1, 2, 1):
        shared.write_text(f"clauses: [{{id: b, extend: {{days: {days}}}}}]\n")
        digests.add(document(text, tmp_path).digest)
    assert len(digests) == 2
    assert document(f"{text}# more\n", tmp_path).digest not in digests
    assert all(digest.startswith("sha256:") for digest in digests)


def test_included_clauses_follow_the_files_own_in_the_order_of_the_list(tmp_path: Path) -> None:
    for name in "bc":
        (tmp_path / f"{name}.yaml").write_text(f"clauses: [{{id: {name}, extend: {{days: 1}}}}]\n")
    found = document(f"{HEAD}include: [c.yaml, b.yaml]\nclauses: [{{id: a, window: {{days: 7}}}}]\n", tmp_path)
    assert [clause.id for clause in found.clauses] == ["a", "c", "b"]
    assert [path.name for path in found.included] == ["c.yaml", "b.yaml"]


def test_an_included_clause_may_be_overridden_by_id(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("clauses: [{id: sale, deny: {code: final_sale}}]\n")
    text = f"{HEAD}include: [b.yaml]\nclauses: [{{id: a, warranty: {{months: 1}}, overrides: [sale]}}]\n"
    assert document(text, tmp_path).clauses[0].overrides == {"sale"}


@pytest.mark.parametrize("name", ["/etc/hostname.yaml", "secrets.txt", "..", "."])
def test_only_a_yaml_file_beside_can_be_included(tmp_path: Path, name: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(f"{HEAD}include: [{name}]\nclauses: [{{id: a, window: {{days: 7}}}}]\n")
    (found,) = load(path).diagnostics
    assert (found.code, found.message) == ("PS215-include-not-found", f"`{name}` is no file that can be included")


def test_a_mistake_in_an_included_file_is_told_there_once(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("clauses: [{id: sale, deny: {cod: final_sale}}]\n")
    for name in ("p", "q"):
        (tmp_path / f"{name}.yaml").write_text(
            f"{HEAD.replace('shop', name)}include: [b.yaml]\nclauses: [{{id: a, window: {{days: 7}}}}]\n"
        )
    assert [(Path(each.file).name, each.code) for each in check([tmp_path])] == [("b.yaml", "PS101-unknown-key")]


def test_a_statute_is_found_in_the_nearest_folder_above(tmp_path: Path) -> None:
    for folder in ("rules/statutes", "rules/shop/statutes"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "xx.yaml").write_text("statute: xx\n")
    policy = tmp_path / "rules" / "shop" / "2025.yaml"
    assert statute_files(policy, "xx") == ((tmp_path / "rules/shop/statutes/xx.yaml").resolve(),)
    assert statute_files(tmp_path / "rules" / "other" / "2025.yaml", "xx") == (
        (tmp_path / "rules/statutes/xx.yaml").resolve(),
    )


def test_the_versions_of_a_statute_may_have_a_folder(tmp_path: Path) -> None:
    (tmp_path / "statutes" / "xx").mkdir(parents=True)
    for name in ("2014", "2022"):
        (tmp_path / "statutes" / "xx" / f"{name}.yaml").write_text("statute: xx\n")
    assert [path.name for path in statute_files(tmp_path / "p.yaml", "xx")] == ["2014.yaml", "2022.yaml"]


def test_a_statute_that_is_not_beside_the_policy_is_taken_from_the_package(tmp_path: Path) -> None:
    assert [path.name for path in statute_files(tmp_path / "p.yaml", "cn")] == ["cn.yaml"]


def test_scenarios_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("suite: Thirty days\nscenarios: []\n")
    assert check([tmp_path]) == []


def test_a_policy_with_warnings_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    clauses = "{id: a, window: {days: 7}}, {id: b, disposition: sellable}, {id: c, disposition: scrap}"
    path.write_text(f"{HEAD}clauses: [{clauses}]\n")
    loaded = load(path)
    assert [each.code for each in loaded.diagnostics] == ["PS401-unreachable"]
    assert loaded.document is not None


def test_a_missing_path_is_told(tmp_path: Path) -> None:
    assert [each.code for each in check([tmp_path / "none"])] == ["PS001-unreadable"]


@pytest.mark.parametrize(
    ("folder", "merchant", "asked"),
    [
        ("shop", "shpo", True),
        ("shop", "shop", False),
        ("dg-home", "dg-hone", True),
        ("2026", "shop", False),
        ("shop1", "shop2", False),
        ("policies", "dg-home", False),
        ("amazon", "amazon-us", False),
    ],
)
def test_a_merchant_a_slip_away_from_its_folder_is_asked_about(
    tmp_path: Path, folder: str, merchant: str, asked: bool
) -> None:
    (tmp_path / folder).mkdir()
    file = tmp_path / folder / "p.yaml"
    file.write_text(HEAD.replace("shop", merchant) + "clauses: [{id: a, window: {days: 7}}]\n")
    assert [each.code for each in check([file])] == (["PS305-nearly-the-folder"] if asked else [])


def test_clauses_to_include_under_a_stray_merchant_are_one_mistake(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(f"{HEAD}include: [shared.yaml]\nclauses: [{{id: a, window: {{days: 7}}}}]\n")
    (tmp_path / "shared.yaml").write_text("merchant: shop\nclauses: [{id: b, gift: {if_missing: deduct}}]\n")
    assert [(Path(each.file).name, each.message) for each in check([tmp_path])] == [
        ("shared.yaml", "`merchant` does not stand in a file of clauses to include")
    ]


def test_a_clause_that_a_file_and_its_include_both_hold_is_one_mistake(tmp_path: Path) -> None:
    gifts = "clauses: [{id: gifts, gift: {if_missing: deduct}}]\n"
    (tmp_path / "p.yaml").write_text(f"{HEAD}include: [shared.yaml]\n{gifts}")
    (tmp_path / "shared.yaml").write_text(gifts)
    assert [each.code for each in check([tmp_path])] == ["PS201-duplicate-id"]
