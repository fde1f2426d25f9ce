"""The keys of a document beside its clauses: their shapes and what they mean."""

from __future__ import annotations

from typing import get_args

from policy_service.contract.claim import Liability
from policy_service.language.shapes import (
    Shape,
    boolean,
    choice,
    code,
    country,
    currency,
    day,
    described,
    either,
    identifier,
    listing,
    mapping,
    number,
    table,
    text,
    texts,
)

__all__ = [
    "CLOSED_DAYS",
    "COUNTING",
    "INCLUDE_KEYS",
    "POLICY_KEYS",
    "STATUTE_KEYS",
    "head_shapes",
    "statute_id",
    "statute_list",
]

COUNTING = ("from_next_day", "from_same_day", "hours", "business_days")
CLOSED_DAYS = ("none", "next_working_day")
FACT_TYPES = ("boolean", "integer", "number", "money", "date", "text", "set")
LIABLE = get_args(Liability)

SHARED = ("version", "effective", "title", "currency", "counting", "if_last_day_closed", "facts", "include")
POLICY_KEYS = ("merchant", *SHARED, "timezone", "ships_from", "statute", "reasons")
STATUTE_KEYS = ("statute", *SHARED, "countries")
INCLUDE_KEYS = ("include",)


def head_shapes() -> dict[str, Shape]:
    """Every key of a head but `statute`, which is a list in a policy and an id in a statute."""
    return {**_identity(), **_time(), **_vocabulary()}


def _identity() -> dict[str, Shape]:
    return {
        "merchant": described(
            identifier(),
            "Who this policy is for: the `merchant` of requests; by custom its folder is named so too.",
            "商家标识，与请求中的 merchant 一致；文件夹通常同名。",
            "dg-home",
        ),
        "version": described(
            text('a version such as `"2025-06"`', "^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$"),
            "The name of this version; every decision cites it.",
            "版本号，每个决定都会引用。",
            "2025-06",
        ),
        "effective": described(
            mapping(
                {
                    "from": described(day(), "The first day in force.", "生效首日。", "2025-05-01"),
                    "through": described(
                        day(),
                        "The last day in force; left out: until further notice.",
                        "最后生效日（含当天）；省略表示长期有效。",
                        "2025-12-31",
                    ),
                },
                ["from"],
                "a mapping with `from` and, if it ends, `through`",
            ),
            "Which orders this version governs: those placed on these days, in `timezone`.",
            "按下单日期（timezone 当地）确定适用的版本。",
            {"from": "2025-05-01"},
        ),
        "title": described(
            texts(),
            "The name of the policy for people, by language.",
            "政策名称（按语言）。",
            {"zh-CN": "家居退换政策", "en": "Returns of furniture"},
        ),
        "timezone": described(
            text("a time zone such as `Asia/Shanghai`", "^[A-Za-z0-9_+/-]{1,64}$"),
            "The IANA time zone in which dates are taken.",
            "日期按此时区计算（IANA 名称）。",
            "Asia/Shanghai",
        ),
        "currency": described(
            currency(), "The ISO 4217 currency of every sum in this document.", "本文件中所有金额的币种。", "CNY"
        ),
        "ships_from": described(
            country(),
            "The merchant's country (ISO 3166): decides `cross_border` and working days.",
            "商家所在国家，用于判断跨境与工作日。",
            "CN",
        ),
        "countries": described(
            listing(country()),
            "The countries whose orders this statute covers (ISO 3166).",
            "本法规适用的国家。",
            ["DE", "FR"],
        ),
        "include": described(
            listing(text("a path to a file")),
            "Files of `clauses:`, relative to this one; their clauses are appended after this file's own, in "
            "this order.",
            "引入的条款文件（相对路径），条款依次追加在本文件之后。",
            ["../shared/gifts.yaml"],
        ),
    }


def _time() -> dict[str, Shape]:
    return {
        "counting": described(
            choice(COUNTING),
            "How days are counted after an anchor: `from_next_day` (the default; the anchor's day is not counted), "
            "`from_same_day` (it is day 1), `hours` (exactly 24 each), `business_days` (working days of `ships_from`).",
            "天数的计算方式：次日起算（默认）、当日起算、按小时、按工作日。",
            "from_next_day",
        ),
        "if_last_day_closed": described(
            choice(CLOSED_DAYS),
            "Where a last day that is not a working day moves to; default `none`.",
            "最后一天不是工作日时是否顺延；默认不顺延。",
            "none",
        ),
    }


def _vocabulary() -> dict[str, Shape]:
    fact = mapping(
        {
            "about": described(
                choice(("line", "order", "customer")),
                "Whose `attributes` carry the fact: line, order or customer.",
                "该事实随哪一部分的 attributes 发送。",
                "line",
            ),
            "type": described(choice(FACT_TYPES), "The type of its values.", "值的类型。", "boolean"),
            "default": described(
                either(
                    boolean(),
                    number(),
                    {"type": "string", "title": "text"},
                    {"type": "array", "items": text(), "title": "a list of text"},
                ),
                "What absence means. Without it an absent number, sum or date is unknown.",
                "缺省值；数字、金额、日期若无缺省值则视为未知。",
                False,
            ),
            "text": described(
                texts(), "What the fact is, for people.", "该事实的说明。", {"en": "assembled by the customer"}
            ),
        },
        ["about", "type"],
        "a mapping with `about` and `type`",
    )
    reason = mapping(
        {
            "liability": described(
                choice(LIABLE), "Who is liable; a branch inherits its parent's.", "责任方；分支继承上级。", "merchant"
            ),
            "text": described(
                texts(), "The reason in words.", "原因说明。", {"zh-CN": "电机故障", "en": "Motor failure"}
            ),
        },
        title="a mapping with `liability` or `text`",
    )
    return {
        "facts": described(
            table(fact, "a mapping of names to declarations", code()),
            "The policy's own facts, sent by callers in `attributes`; conditions test them like built-in ones. "
            "A date `x` also gives `days_since_x`.",
            "商家自定义事实，由调用方放在 attributes 中。",
            {"assembled": {"about": "line", "type": "boolean", "default": False}},
        ),
        "reasons": described(
            table(
                reason,
                "a mapping of reason paths",
                text("a path such as `quality.functional_failure.motor`", "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$"),
            ),
            "Branches added to the standard tree of reasons, or another liability for a standard one.",
            "在标准原因树上增加分支，或改变责任方。",
            {"quality.functional_failure.motor": {"text": {"en": "Motor failure"}}},
        ),
    }


def statute_list() -> Shape:
    """`statute` in a policy."""
    return described(
        either(identifier(), listing(identifier()), title="a list of statutes such as `[cn, eu]`"),
        "Legal floors, by id: files in `statutes/`. The one that names the country of the order applies.",
        "适用的法规（statutes/ 中的文件），按订单国家选用。",
        ["cn", "eu"],
    )


def statute_id() -> Shape:
    """`statute` in a statute."""
    return described(identifier(), "The id by which policies name this statute.", "法规标识。", "cn")
