"""The JSON Schema of policy files, generated from the vocabulary, the kinds of clause and the head.

One schema accepts policies, statutes and files of clauses to include. Editors complete and explain from
it; the loader validates with it before anything is typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

from policy_service.language.condition_shapes import condition_shape
from policy_service.language.head import (
    INCLUDE_KEYS,
    POLICY_KEYS,
    STATUTE_KEYS,
    head_shapes,
    statute_id,
    statute_list,
)
from policy_service.language.kinds import KINDS, Effect
from policy_service.language.kinds.base import ALL_ACTIONS
from policy_service.language.shapes import (
    Shape,
    choice,
    day,
    described,
    either,
    identifier,
    listing,
    mapping,
    text,
    texts,
)

__all__ = ["FileKind", "policy_schema", "text_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

FileKind = Literal["policy", "statute", "include"]


def policy_schema() -> Shape:
    """The schema of a policy, statute or include file, draft 2020-12, as published for editors.

    An editor sees the number 5 in `amount: 5`, where the language takes the text `5`: what may be written as a number
    may be one here.
    """
    return {**text_schema(), "$defs": {name: _with_numbers(each) for name, each in text_schema()["$defs"].items()}}


def _with_numbers(shape: Any) -> Any:
    """The shape with numbers wherever it takes a text that can be written as one."""
    if isinstance(shape, list):
        return [_with_numbers(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    inner = {key: each if key in AS_WRITTEN else _with_numbers(each) for key, each in shape.items()}
    if shape.get("type") != "string" or "format" in shape:
        return inner
    pattern = re.compile(shape.get("pattern", ""))
    if not pattern.search("5"):
        return inner
    number: Shape = {"type": ["string", "number" if pattern.search("4.9") else "integer"]}
    return {**inner, **number, **({} if pattern.search("-5") else {"minimum": 0})}


AS_WRITTEN = ("propertyNames", "examples", "enum", "required", "default")


def text_schema() -> Shape:
    """The schema for data in which every scalar is the text that stands in the file where text is due.

    `$defs` has one entry for each kind of file (`policy`, `statute`, `include`), so that a reader which
    knows the kind can validate against that alone.
    """
    head = head_shapes()
    files: dict[str, Shape] = {
        "policy": _file(
            "policy",
            {**head, "statute": statute_list()},
            POLICY_KEYS,
            ["merchant", "version", "effective", "timezone", "currency"],
        ),
        "statute": _file(
            "statute", {**head, "statute": statute_id()}, STATUTE_KEYS, ["statute", "version", "effective", "countries"]
        ),
        "include": _file("include", head, INCLUDE_KEYS, ["clauses"]),
    }
    return {
        "$schema": DIALECT,
        "$id": "urn:policy-service:schema:policy",
        "title": "A returns policy, a statute, or clauses to include",
        "description": "A shop's rules for returns, exchanges, repairs and refunds, read from top to bottom.\n\n"
        "商家的退换货、维修与退款规则。",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in files],
        "$defs": {
            **files,
            **{f"{kind}_clause": _clause(kind) for kind in ("policy", "statute", "include")},
            "condition": condition_shape(),
            **{f"kind_{name}": _effect(kind) for name, kind in KINDS.items()},
        },
    }


def _file(kind: FileKind, shapes: dict[str, Shape], keys: Iterable[str], required: list[str]) -> Shape:
    clauses = described(
        {"type": "array", "title": "a list of clauses", "minItems": 1, "items": {"$ref": f"#/$defs/{kind}_clause"}},
        "The clauses in order; where only one can count, the first that applies does: the special before the general.",
        "条款列表；只能取一条时，取最先适用的一条。",
        [{"id": "return-30", "window": {"days": 30, "after": "delivery"}}],
    )
    return mapping({**{key: shapes[key] for key in keys}, "clauses": clauses}, required, f"a {_NAMES[kind]}")


_NAMES: dict[FileKind, str] = {"policy": "policy", "statute": "statute", "include": "file of clauses to include"}


def _clause(kind: FileKind) -> Shape:
    effects = {name: {"$ref": f"#/$defs/kind_{name}"} for name, effect in KINDS.items() if _allowed(effect, kind)}
    shape = mapping({**_clause_keys(), **effects}, ["id"], "a clause")
    return {**shape, "oneOf": [{"required": [name]} for name in effects]}


def _allowed(effect: type[Effect], kind: FileKind) -> bool:
    return effect.in_policy if kind == "policy" else effect.in_statute if kind == "statute" else True


def _effect(effect: type[Effect]) -> Shape:
    return effect.json_schema()


def _clause_keys() -> dict[str, Shape]:
    condition = {"$ref": "#/$defs/condition"}
    several = either(choice(["all"]), listing(identifier()), title="a list of clause ids, or `all`")
    return {
        "id": described(
            identifier(),
            "The name of the clause, once per document; decisions cite it.",
            "条款标识，在文件中唯一。",
            "return-30",
        ),
        "text": described(
            either(
                texts(), text("a sentence"), title="a sentence, or sentences by language such as `{zh-CN: …, en: …}`"
            ),
            "What the clause says to customers, by language; a plain sentence stands for every language.",
            "展示给顾客的条款文字，按语言书写；只写一句则用于所有语言。",
            {"zh-CN": "收货后30天内可退换货", "en": "Return or exchange within 30 days of delivery"},
        ),
        "for": described(
            listing(choice(ALL_ACTIONS, "an action")),
            "The actions the clause is about; each kind has a default.",
            "适用的动作；每种条款有默认值。",
            ["return", "exchange"],
        ),
        "when": described(
            condition,
            "The clause applies only where all of this holds.",
            "仅当全部条件成立时适用。",
            {"category": "furniture"},
        ),
        "unless": described(
            either(
                condition,
                {**listing(condition), "uniqueItems": False, "title": "a list of exceptions"},
                title="a condition, or a list of exceptions",
            ),
            "The clause does not apply where any of these holds; two facts in one mapping mean both.",
            "任一例外成立则不适用；同一映射中的多个事实须同时成立。",
            [{"liability": ["merchant", "carrier"]}],
        ),
        "during": described(
            mapping(
                {
                    "from": described(day(), "The first day.", "首日。", "2025-06-01"),
                    "through": described(day(), "The last day.", "末日（含当天）。", "2025-06-20"),
                    "by": described(
                        choice(["order", "request"]),
                        "Whose day counts: the order's (default) or the request's.",
                        "按下单日（默认）或申请日计算。",
                        "order",
                    ),
                },
                title="a mapping of `from`, `through` and `by`",
                minProperties=1,
            ),
            "Limits the clause to orders placed, or requests made, on these days.",
            "限定下单或申请的日期范围。",
            {"from": "2025-06-01", "through": "2025-06-20"},
        ),
        "overrides": described(
            several,
            "On a permission: the denials that it defeats.",
            "许可类条款：可以压过的拒绝条款。",
            ["promo-final-sale"],
        ),
        "instead_of": described(
            several,
            "On a permission: where it applies, these permissions of the document do not count.",
            "许可类条款：适用时取代所列许可条款。",
            ["return-90"],
        ),
    }
