"""Slips of habit: other keyboards, other notations of sums and times, other words for the same thing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date

__all__ = [
    "CURRENCY_SIGNS",
    "OTHER_FACTS",
    "OTHER_NAMES",
    "OTHER_OPERATORS",
    "OTHER_UNITS",
    "days_meant",
    "misplaced_mark",
    "other_key",
    "other_names",
    "plain",
    "rewritten",
    "sum_with_commas",
]

PLAIN: Mapping[str, str] = dict(
    # Each mark above its twin.
    zip("：，；｛｝［］【】（）％＂＇“”‘’＋－．\u3000\u00a0", ":,;{}[][]()%\"'\"\"''+-.  ", strict=True)
)
"""Full-width and typographic marks, and spaces that do not look different, with what YAML reads."""

MISPLACED = re.compile(
    r"^\s*(?:-\s+)?[A-Za-z_][\w-]*\s*(：)"  # currency：GBP
    r"|[{｛,，]\s*[A-Za-z_][\w-]*\s*(：)"  # {days：7}
    r"|([，；])\s*[A-Za-z_][\w-]*\s*[:：]"  # {days: 7， after: delivery}
    r"|[:：-]\s*([｛［【])"  # when: ｛tier: gold｝
    r"|^\s*(\u00a0|\u3000)"
)
"""A mark that stands where YAML needs its plain twin; inside a sentence such marks are welcome."""

OTHER_KEYS: Mapping[str, str] = {
    **dict.fromkeys(("to", "until", "till", "end", "ends", "upto"), "through"),
    "from": "after",
    **dict.fromkeys(("since", "start", "starts", "begin"), "from"),
    **dict.fromkeys(("if", "where", "conditions"), "when"),
    **dict.fromkeys(("except", "exceptions", "excluding"), "unless"),
    **dict.fromkeys(("action", "actions"), "for"),
    **dict.fromkeys(("refuse", "reject", "forbid", "prohibit", "exclude"), "deny"),
    **dict.fromkeys(("return_window", "permit", "return", "returns", "period"), "window"),
    **dict.fromkeys(("guarantee", "guaranty"), "warranty"),
    **dict.fromkeys(("restocking_fee", "charge", "deduct"), "fee"),
    **dict.fromkeys(("shipping", "freight", "postage", "return_label"), "return_shipping"),
    **dict.fromkeys(("benefit", "benefits", "perks", "entitlements"), "grant"),
    **dict.fromkeys(("evidence", "proof"), "require"),
    **dict.fromkeys(("manual_review", "escalate"), "review"),
    **dict.fromkeys(("description", "message"), "text"),
}

CURRENCY_SIGNS: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",),
    "$": ("USD",),
    "£": ("GBP",),
    "¥": ("CNY", "JPY"),
    "￥": ("CNY", "JPY"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "元": ("CNY",),
    "Euro": ("EUR",),
}

OTHER_UNITS: Mapping[str, tuple[str, int]] = {"day": ("days", 1), "week": ("days", 7), "year": ("months", 12)}

OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("buyer", "shopper", "consumer", "client", "user"), ("customer",)),
    **dict.fromkeys(("seller", "shop", "store", "retailer", "us"), ("merchant",)),
    **dict.fromkeys(("courier", "shipper"), ("carrier",)),
    **dict.fromkeys(("item", "product", "article"), ("line",)),
    **dict.fromkeys(("working_days", "workdays", "business"), ("business_days",)),
    **dict.fromkeys(("calendar_days", "days"), ("from_next_day",)),
    **dict.fromkeys(("refund", "money_back"), ("return", "refund_only")),
    **dict.fromkeys(("replace", "replacement", "swap"), ("exchange",)),
    **dict.fromkeys(("purchase", "placed", "bought"), ("order",)),
    **dict.fromkeys(("receipt", "received", "arrival"), ("delivery",)),
    **dict.fromkeys(("dispatch", "despatch", "sent"), ("shipment",)),
    **dict.fromkeys(("new", "sealed", "unused"), ("unopened",)),
    **dict.fromkeys(("broken", "defect"), ("damaged", "defective")),
    "worn": ("used",),
    **dict.fromkeys(("voucher", "credit"), ("store_credit", "gift_card")),
    **dict.fromkeys(("resell", "resale", "restock", "stock"), ("sellable",)),
    **dict.fromkeys(("trash", "destroy", "discard"), ("scrap",)),
    **dict.fromkeys(("decimal", "float", "double"), ("number",)),
    **dict.fromkeys(("int", "whole"), ("integer",)),
    **dict.fromkeys(("string", "str", "enum", "choice"), ("text",)),
    **dict.fromkeys(("list", "array", "tags"), ("set",)),
    **dict.fromkeys(("price", "amount", "sum"), ("money",)),
    "datetime": ("date",),
}
"""Values by what they are called elsewhere, each with what may be meant."""

OTHER_OPERATORS: Mapping[str, str] = {
    **dict.fromkeys((">", "gt", "above", "more_than", "greater_than"), "over"),
    **dict.fromkeys((">=", "gte", "ge", "min", "from"), "at_least"),
    **dict.fromkeys(("<", "lt", "below", "less_than"), "under"),
    **dict.fromkeys(("<=", "lte", "le", "max", "to", "until", "through"), "at_most"),
    **dict.fromkeys(("all_of", "contains_all"), "all"),
    **dict.fromkeys(("none_of", "not_in", "excludes"), "none"),
}

OTHER_FACTS: Mapping[str, str] = {
    **dict.fromkeys(("payment", "payment_method", "paid_by"), "paid_with"),
    **dict.fromkeys(("status", "item_condition"), "condition"),
    **dict.fromkeys(("price", "item_price"), "unit_paid"),
    **dict.fromkeys(("total", "order_value", "order_amount"), "order_total"),
    **dict.fromkeys(("membership", "member", "level", "vip", "customer_tier"), "tier"),
    **dict.fromkeys(("product_type", "type", "department"), "category"),
    **dict.fromkeys(("label", "labels", "item_tags"), "tags"),
    **dict.fromkeys(("destination", "ship_to"), "country"),
    **dict.fromkeys(("promotion", "coupon", "campaign"), "promotions"),
    **dict.fromkeys(("returns", "return_count"), "returns_90d"),
    **dict.fromkeys(("proof", "photo", "photos", "receipt"), "evidence"),
    **dict.fromkeys(("days_since_purchase", "days_since_placed"), "days_since_order"),
    **dict.fromkeys(("international", "abroad"), "cross_border"),
}

EURO_SUM = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),([0-9]{1,2})")
SUM_WITH_CURRENCY = re.compile(
    r"(?:[A-Z]{3}|[^\w\s.,-]{1,2}|)\s*([0-9]+(?:\.[0-9]+)?)\s*(?:[A-Z]{3}|[^\x00-\x7f]{1,2}|)"
)
PERCENT = re.compile(r"([0-9.,]+)\s*(?:%|percent|per cent|pct)")
SPAN = re.compile(r"([0-9]+)\s*(business|working)?[\s-]*(d|days?|h|hrs?|hours?|w|wks?|weeks?|bd)")
DAY_OR_MONTH_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
LOOSE_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?")


def plain(text: str) -> str:
    """The text with full-width and typographic marks as their plain twins."""
    return "".join(PLAIN.get(mark, mark) for mark in text)


def misplaced_mark(line: str) -> tuple[int, str, str] | None:
    """The first mark of a line that stands for a plain one: its column, itself and the plain one."""
    found = MISPLACED.search(line)
    if found is None or not found.lastindex:
        return None
    mark = found[found.lastindex]
    return found.start(found.lastindex), mark, PLAIN[mark]


def other_key(key: str, known: Collection[str]) -> str | None:
    """The key that goes by another name elsewhere, if it may stand here."""
    meant = OTHER_KEYS.get(key.casefold())
    return meant if meant in known else None


def other_names(text: str, known: Collection[str]) -> str | None:
    """The hint for a value that goes by another name elsewhere, where what is meant may stand here."""
    meant = [f"`{name}`" for name in OTHER_NAMES.get(text.casefold(), ()) if name in known]
    return f"did you mean {' or '.join(meant)}?" if meant else None


def sum_with_commas(text: str) -> str | None:
    """A sum written with commas, as it is written here: a point before the minor digits and nothing between thousands.

    >>> sum_with_commas("3,50"), sum_with_commas("1.999,00"), sum_with_commas("1,999.00"), sum_with_commas("1,999")
    ('3.50', '1999.00', '1999.00', '1999')
    """
    euro = EURO_SUM.fullmatch(text)
    if euro is not None:
        return f"{euro[1].replace('.', '')}.{euro[2]}"
    number = text.replace(",", "")
    return number if number.replace(".", "", 1).isdigit() else None


def rewritten(text: str) -> Iterator[str]:
    """Ways in which the same date, percentage, span of time or sum may have been meant, the likeliest first."""
    text = plain(text).strip().strip("\"'").strip()
    yield text
    if (day := LOOSE_DAY.fullmatch(text)) is not None:
        try:
            yield date(int(day[1]), int(day[2]), int(day[3])).isoformat()
        except ValueError:
            return
    if (rate := PERCENT.fullmatch(text)) is not None:
        yield f"{rate[1].replace(',', '.')}%"
    if (span := SPAN.fullmatch(text)) is not None:
        yield _span(int(span[1]), span[2] is not None or span[3] == "bd", span[3][0])
    if text.isdecimal():
        yield f"{text} days"
    if (number := sum_with_commas(text)) is not None:
        yield number
    if (money := SUM_WITH_CURRENCY.fullmatch(text)) is not None:
        yield money[1]


def days_meant(text: str) -> list[str]:
    """The days that a date with the year last may mean: some write the month first, others the day.

    >>> days_meant("01/02/2026"), days_meant("31.12.2026")
    (['2026-01-02', '2026-02-01'], ['2026-12-31'])
    """
    found = DAY_OR_MONTH_FIRST.fullmatch(text.strip())
    if found is None:
        return []
    days = []
    for month, day in ((found[1], found[2]), (found[2], found[1])):
        with suppress(ValueError):
            days.append(date(int(found[3]), int(month), int(day)).isoformat())
    return list(dict.fromkeys(days))


def _span(number: int, business: bool, unit: str) -> str:
    if business:
        return f"{number} business days"
    return f"{number} hours" if unit == "h" else f"{number * 7 if unit == 'w' else number} days"
