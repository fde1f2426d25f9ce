"""The shape of conditions: which tests each fact allows, and how they are written."""

from __future__ import annotations

from policy_service.language.shapes import (
    Shape,
    boolean,
    choice,
    day,
    described,
    either,
    integer,
    listing,
    mapping,
    money,
    number,
    text,
)
from policy_service.language.vocabulary import FACTS, Fact, FactType

__all__ = ["condition_shape"]

COMPARISONS = {
    "at_least": ("This or more.", "大于或等于。"),
    "at_most": ("This or less.", "小于或等于。"),
    "over": ("More than this.", "大于。"),
    "under": ("Less than this.", "小于。"),
}


def condition_shape() -> Shape:
    """A mapping of facts to tests, all of which must hold; `any`, `all` and `not` combine such mappings.

    Names beyond the vocabulary are allowed here, for the facts that a policy declares.
    """
    self = {"$ref": "#/$defs/condition"}
    several: Shape = {"type": "array", "title": "a list of conditions", "minItems": 1, "items": self}
    combined = {
        "any": described(
            several,
            "At least one of these holds (or).",
            "至少一项成立（或）。",
            [{"tier": "diamond"}, {"fit": "too_small"}],
        ),
        "all": described(
            several, "All of these hold (and).", "全部成立（且）。", [{"tier": "diamond"}, {"fit": "too_small"}]
        ),
        "not": described(self, "This does not hold.", "不成立。", {"tier": "diamond"}),
    }
    facts = {name: _test(fact) for name, fact in FACTS.items()}
    return {
        "type": "object",
        "title": "a mapping of facts to tests",
        "minProperties": 1,
        "properties": {**facts, **combined},
        "additionalProperties": _any_test(),
    }


def _test(fact: Fact) -> Shape:
    value = _value(fact)
    return described(_tests(fact.type, value), fact.doc, fact.doc_zh, fact.example)


def _tests(kind: FactType, value: Shape) -> Shape:
    if kind.ordered:
        return either(
            value,
            listing(value),
            _comparisons(value),
            title=f"{value['title']}, a list of them, or a comparison such as `{{at_least: …}}`",
        )
    if kind is FactType.SET:
        return either(
            value, listing(value), _memberships(), title="a name, a list of names, or `{all: […]}` or `{none: […]}`"
        )
    return either(value, listing(value), title=f"{value['title']}, or a list of them")


def _value(fact: Fact) -> Shape:
    match fact.type:
        case FactType.BOOLEAN:
            return boolean()
        case FactType.ENUM:
            return choice(fact.values)
        case FactType.INTEGER:
            return integer(at_least=-1_000_000_000, at_most=1_000_000_000)
        case FactType.NUMBER:
            return number()
        case FactType.MONEY:
            return text("a sum", "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$") if fact.least is None else money()
        case FactType.DATE:
            return day()
        case _:
            return {"type": "string", "title": "text"}


def _comparisons(value: Shape) -> Shape:
    shapes = {name: described(value, doc, doc_zh, _example(value)) for name, (doc, doc_zh) in COMPARISONS.items()}
    return mapping(shapes, title="a comparison", minProperties=1)


def _example(value: Shape) -> object:
    if value.get("format") == "date":
        return "2025-06-30"
    return {"integer": 2, "number": 2}.get(str(value.get("type")), "50.00")


def _memberships() -> Shape:
    names = listing(text("a name"))
    return mapping(
        {
            "all": described(names, "Contains every one of these.", "包含全部。", ["oversize", "fragile"]),
            "none": described(names, "Contains none of these.", "一个也不包含。", ["clearance"]),
        },
        title="a mapping with `all` or `none`",
        minProperties=1,
    )


def _any_test() -> Shape:
    scalar: Shape = {"type": ["boolean", "number", "string"], "title": "a value"}
    operators = {
        **{name: described(scalar, doc, doc_zh, 2) for name, (doc, doc_zh) in COMPARISONS.items()},
        **_memberships()["properties"],
    }
    return either(
        scalar,
        listing(scalar),
        mapping(operators, title="a mapping of operators", minProperties=1),
        title="a value, a list of values, or a comparison",
    )
