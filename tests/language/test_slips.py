"""Slips of habit are recognised; what is meant is offered only where it is one thing."""

from __future__ import annotations

import pytest

from policy_service.language.shapes import code, country, day
from policy_service.language.slips import misplaced_mark, rewritten, sum_with_commas
from policy_service.language.wording import mended


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3,50", "3.50"),
        ("3,5", "3.5"),
        ("1.999,00", "1999.00"),
        ("1,999.00", "1999.00"),
        ("1,999", "1999"),
        ("12,000,000", "12000000"),
        ("red, green", None),
    ],
)
def test_a_decimal_comma_never_multiplies_a_sum(written: str, meant: str | None) -> None:
    assert sum_with_commas(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10％", "10%"),
        ("10 %", "10%"),
        ("2026-1-1", "2026-01-01"),
        ("2026年1月31日", "2026-01-31"),
        ("7d", "7 days"),
        ("7", "7 days"),
        ("2 weeks", "14 days"),
        ("48h", "48 hours"),
        ("3 working days", "3 business days"),
        ("£3.50", "3.50"),
        ("3.50 GBP", "3.50"),
        ("3.50元", "3.50"),
    ],
)
def test_other_notations_are_rewritten(written: str, meant: str) -> None:
    assert meant in rewritten(written)


@pytest.mark.parametrize("written", ["01.02.2026", "2026-2-30", "-3.50", "ten percent", "soon"])
def test_what_may_mean_two_things_or_none_is_not_rewritten(written: str) -> None:
    assert list(rewritten(written)) == [written]


@pytest.mark.parametrize(
    ("written", "pattern", "hint"),
    [
        ("FinalSale", code()["pattern"], "write `final_sale`"),
        ("VIPOnly", code()["pattern"], "write `vip_only`"),
        ("Final Sale", code()["pattern"], "write `final_sale`"),
        ("China", country()["pattern"], "write `CN`"),
        ("德国", country()["pattern"], "write `DE`"),
        ("cn", country()["pattern"], "write `CN`"),
        ("Atlantis", country()["pattern"], "use an ISO 3166 code, such as `CN` or `DE`"),
        ("01/02/2026", day()["pattern"], "write year, month, day: `2026-01-02` or `2026-02-01`"),
        ("31/12/2026", day()["pattern"], "write `2026-12-31`"),
        ("31/31/2026", day()["pattern"], None),
    ],
)
def test_a_wrong_form_is_mended_in_a_hint(written: str, pattern: str, hint: str | None) -> None:
    assert mended(written, pattern) == hint


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("currency：EUR", "："),
        ("  - id：a", "："),
        ("    window: {days：7}", "："),
        ("    window: {days: 7， after: delivery}", "，"),
        ("    when: ｛tier: gold｝", "｛"),
        ("    for: 【return】", "【"),
        ("\u00a0\u00a0window: {days: 7}", "\u00a0"),
    ],
)
def test_a_full_width_mark_in_the_place_of_a_plain_one_is_named(line: str, mark: str) -> None:
    found = misplaced_mark(line)
    assert found is not None
    assert (line[found[0]], found[1]) == (mark, mark)


@pytest.mark.parametrize(
    "line", ["    text: 退货说明：七天内，可退换", "    text: {en: a, zh-CN: 七天内（含），可退}", "# 注意：这里"]
)
def test_sentences_may_hold_full_width_marks(line: str) -> None:
    assert misplaced_mark(line) is None
