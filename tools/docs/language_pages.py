"""The pages about the language: the policy file and the facts."""

from __future__ import annotations

from key_tables import keys_of
from tables import code, table

from policy_service.language.flow import flow
from policy_service.language.kinds import KINDS
from policy_service.language.schema import text_schema
from policy_service.language.vocabulary import FACTS, Fact, FactType, FactValue

SCOPES = {"line": "Of the line", "order": "Of the order", "request": "Of the request", "customer": "Of the customer"}

TESTS = {
    FactType.BOOLEAN: "`true`, `false`",
    FactType.ENUM: "equals, any of",
    FactType.TREE: "equals or below, any of",
    FactType.TEXT: "equals, any of",
    FactType.SET: "contains, any of, `all`, `none`",
    FactType.INTEGER: "equals, `at_least`, `at_most`, `over`, `under`",
    FactType.NUMBER: "equals, `at_least`, `at_most`, `over`, `under`",
    FactType.MONEY: "equals, `at_least`, `at_most`, `over`, `under`",
    FactType.DATE: "equals, `at_least`, `at_most`, `over`, `under`",
}


def facts() -> str:
    """Every fact that a condition may test."""
    lines = [
        # Six columns need the room beside them more than four headings need a list.
        *("---", "hide: [toc]", "---", ""),
        "# Facts",
        "",
        "What `when` and `unless` may test. A policy adds its own under `facts:`; a declared date `x` also gives "
        "`days_since_x`. An absent fact has the value under *absent*; where it is **unknown**, so is every comparison "
        "with it, and if that matters a person decides.",
        "",
    ]
    for scope, title in SCOPES.items():
        rows = [fact_row(fact) for fact in FACTS.values() if fact.scope == scope]
        lines += [f"## {title}", "", *table(("fact", "says", "tests", "absent", "example", "read from"), rows), ""]
    return "\n".join(lines)


def fact_row(fact: Fact) -> tuple[str, ...]:
    values = ": " + ", ".join(code(each) for each in fact.values) if fact.values else ""
    moves = " Moves with the clock." if fact.clock else ""
    says = f"{fact.doc}{moves}<br>{fact.doc_zh}"
    absent = shown_default(fact.default) if fact.optional else ""
    source = ", ".join(code(each) for each in fact.source.split(", ")) if fact.source else ""
    return (
        code(fact.name),
        says,
        TESTS[fact.type] + values,
        absent,
        code(flow({fact.name: fact.example})[1:-1]),
        source,
    )


def shown_default(default: FactValue | None) -> str:
    if default is None:
        return "**unknown**"
    if isinstance(default, frozenset):
        return "nothing"
    return code(flow(default))


def policy_file() -> str:
    """The head of a policy, a statute and an include file, and what every clause may have."""
    definitions = text_schema()["$defs"]
    heads = {
        "policy": "A policy",
        "statute": "A statute",
        "include": "A file of clauses to include",
    }
    lines = [
        "# The policy file",
        "",
        "One YAML document, read by the YAML 1.2 core schema and ISO dates: only `true` and ",
    ]
    lines[-1] += "`false` are booleans, `NO` is Norway, and sums and rates are the text that stands there."
    lines.append("")
    for name, title in heads.items():
        lines += [f"## {title}", "", *keys_of(definitions[name]), ""]
    effects = tuple(KINDS)
    lines += [
        "## A clause",
        "",
        "An `id`, one effect, whose key is its [kind](clauses.md), and any of these:",
        "",
        *keys_of(definitions["policy_clause"], skip=effects),
        "",
        "## A condition",
        "",
        "A mapping of [facts](facts.md) to what they must be; it holds where all of it does. Conditions are put "
        "together with these:",
        "",
        *keys_of(definitions["condition"], skip=tuple(FACTS)),
        "",
    ]
    return "\n".join(lines)
