"""A policy and the statutes that it names fit each other."""

from pathlib import Path

import pytest

from policy_service.language import check

HEAD = """\
version: "1"
effective: {from: 2025-05-01}
currency: CNY
"""


def found(folder: Path, policy: str, **statutes: str) -> list[tuple[int, str]]:
    (folder / "statutes").mkdir()
    for name, head in statutes.items():
        (folder / "statutes" / f"{name}.yaml").write_text(
            f"{HEAD}statute: {name}\n{head}clauses: [{{id: a, no_reason: {{days: 14}}}}]\n"
        )
    (folder / "p.yaml").write_text(
        f"{HEAD}merchant: shop\ntimezone: Asia/Shanghai\nstatute: [{', '.join(statutes)}]\n{policy}"
        "clauses: [{id: a, window: {days: 7}}]\n"
    )
    return [(each.position.line, each.message) for each in check([folder])]


def test_two_statutes_for_one_country_are_an_error(tmp_path: Path) -> None:
    assert found(tmp_path, "", xx="countries: [DE, FR]\n", yy="countries: [FR]\n") == [
        (6, "`yy` and `xx` both cover `FR`")
    ]


@pytest.mark.parametrize(
    ("policy", "statute", "message"),
    [
        (
            "x: {about: line, type: integer}",
            "x: {about: line, type: date}",
            "`x` is of type `integer` here, and of type `date` in the statute `xx`",
        ),
        (
            "x: {about: line, type: date}",
            "x: {about: order, type: date}",
            "`x` is about the line here, and about the order in the statute `xx`",
        ),
        (
            "x: {about: line, type: boolean}",
            "x: {about: line, type: boolean, default: true}",
            "`x` has another default here than in the statute `xx`",
        ),
        (
            "x: {about: line, type: date}",
            "days_since_x: {about: line, type: integer}",
            "`days_since_x` is counted from a date in one of this policy and the statute `xx`, and sent by itself in "
            "the other",
        ),
    ],
)
def test_a_fact_that_the_statute_declares_otherwise_is_an_error(
    tmp_path: Path, policy: str, statute: str, message: str
) -> None:
    countries = "countries: [DE]\n"
    assert found(tmp_path, f"facts:\n  {policy}\n", xx=f"{countries}facts: {{{statute}}}\n") == [(8, message)]


def test_one_default_is_not_one_sum_in_two_currencies(tmp_path: Path) -> None:
    fact = 'facts: {x: {about: line, type: money, default: "5.00"}}\n'
    assert found(tmp_path, fact, xx="countries: [DE]\n" + fact) == []
    (tmp_path / "p.yaml").write_text((tmp_path / "p.yaml").read_text().replace("CNY", "EUR"))
    assert [each.code for each in check([tmp_path])] == ["PS221-fact-differs"]


@pytest.mark.parametrize(
    ("policy", "statute"),
    [
        ("x: {about: line, type: boolean}", "x: {about: line, type: boolean, default: false}"),
        ("x: {about: line, type: date}", "x: {about: line, type: date}"),
        ("x: {about: line, type: date}", "y: {about: order, type: text}"),
    ],
)
def test_facts_that_mean_the_same_may_stand_in_both(tmp_path: Path, policy: str, statute: str) -> None:
    assert found(tmp_path, f"facts: {{{policy}}}\n", xx=f"countries: [DE]\nfacts: {{{statute}}}\n") == []
