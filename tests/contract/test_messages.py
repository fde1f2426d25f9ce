"""Reason codes and their messages in every language."""

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

import policy_service.contract
from policy_service.contract.messages import LOCALES, catalogue, message
from policy_service.contract.reasons import REASON_CODES

FOLDER = Path(policy_service.contract.__file__).parent / "locales"

NAMED_BY_THE_CONTRACT = {
    "within_window", "window_closed", "anchor_missing", "no_permission", "no_reason_excluded", "final_sale",
    "evidence_required", "gift_missing", "statutory_right", "overridden", "fact_missing", "not_received",
    "quantity_exceeds_returnable", "evaluation_error",
}  # fmt: skip


def test_every_code_that_the_contract_names_is_published() -> None:
    assert set(REASON_CODES) >= NAMED_BY_THE_CONTRACT


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", REASON_CODES)
def test_every_code_has_a_message_in_every_language(code: str, locale: str) -> None:
    templates = catalogue(locale).templates(code)
    assert templates
    assert message(code, locale) == templates[-1]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", REASON_CODES)
def test_a_message_names_nothing_that_its_code_does_not_declare(code: str, locale: str) -> None:
    named = {name for template in catalogue(locale).templates(code) for name in re.findall(r"\{(\w+)\}", template)}
    assert named <= set(REASON_CODES[code].params)


def test_every_language_translates_every_message_with_the_same_params() -> None:
    tables = {}
    for folder in LOCALES.values():
        with (FOLDER / folder / "messages.po").open("rb") as file:
            entries = [entry for entry in read_po(file, folder) if entry.id]
        assert all(entry.string for entry in entries), folder
        tables[folder] = {str(entry.id): set(re.findall(r"\{(\w+)\}", str(entry.string))) for entry in entries}
    assert all(table == tables["en"] for table in tables.values())


def test_no_message_is_for_a_code_that_there_is_not() -> None:
    codes = {code for code in catalogue("en").codes() if not code.startswith("generic")}
    assert codes == set(REASON_CODES)


@pytest.mark.parametrize(
    ("code", "locale", "params", "text"),
    [
        (
            "within_window",
            "en",
            {"clause": "return-30", "last_day": "2025-07-01", "closes_at": "2025-07-02T00:00:00+08:00"},
            "`return-30` permits it through 2025-07-01 (closes at 2025-07-02T00:00:00+08:00)",
        ),
        ("within_window", "en", {"clause": "always", "last_day": "", "closes_at": None}, "`always` permits it"),
        (
            "window_closed",
            "zh-CN",
            {"clause": "return-30", "last_day": "2025-07-01"},
            "条款`return-30`的期限已过：最后一天为 2025-07-01",
        ),
        (
            "quantity_exceeds_returnable",
            "en",
            {"quantity": 3, "returnable": 0},
            "units asked for: 3, units that can still be returned: 0",
        ),
        ("overridden", "en", {"by": "a", "note": "{b} %s"}, "approved against the policy by `a`: {b} %s"),
    ],
)
def test_the_form_that_names_the_most_is_said(code: str, locale: str, params: dict[str, Any], text: str) -> None:
    assert message(code, locale, **params) == text


@pytest.mark.parametrize(
    ("outcome", "english", "chinese"),
    [
        ("denied", "denied by the policy: `bulky` (`too-big`)", "按政策不予受理：`bulky`（条款`too-big`）"),
        ("review", "a person must decide: `bulky` (`too-big`)", "须人工审核：`bulky`（条款`too-big`）"),
        ("approved", "the policy says `bulky`", "政策规定：`bulky`"),
        (None, "the policy says `bulky`", "政策规定：`bulky`"),
    ],
)
def test_a_merchants_own_code_is_said_by_the_outcome_of_its_line(outcome: str, english: str, chinese: str) -> None:
    assert message("bulky", "en", outcome=outcome, clause="too-big") == english
    assert message("bulky", "zh-CN", outcome=outcome, clause="too-big") == chinese


@pytest.mark.parametrize("code", ["generic", "generic:denied", "", "window_closed.dated", "{x}"])
def test_a_code_like_a_key_of_the_catalogue_is_still_only_a_code(code: str) -> None:
    assert code in message(code, "en", outcome="approved")


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="only in en, zh-CN"):
        message("window_closed", "fr")
