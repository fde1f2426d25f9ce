"""The pages about the language: the policy file, its kinds of clause, the facts, the diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tables import cell, code, prose, table

from policy_service.language.diagnostic_kinds import DIAGNOSTICS, DiagnosticKind
from policy_service.language.flow import flow
from policy_service.language.kinds import KINDS, Effect
from policy_service.language.schema import policy_schema
from policy_service.language.vocabulary import FACTS, Fact, FactType, FactValue

Shape = Mapping[str, Any]

ROLES = {
    "permission": "Permission",
    "prohibition": "Prohibition and doubt",
    "money": "Money",
    "benefit": "Benefits",
    "process": "Process",
    "inspection": "Inspection",
    "statute": "Statutes only",
}

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
    definitions = policy_schema()["$defs"]
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
        lines += [f"## {title}", "", *keys_of(definitions[name], skip=("clauses",)), ""]
    effects = tuple(KINDS)
    lines += [
        "## A clause",
        "",
        "An `id`, one effect, whose key is its [kind](clauses.md), and any of these:",
        "",
        *keys_of(definitions["policy_clause"], skip=effects),
        "",
    ]
    return "\n".join(lines)


def clauses() -> str:
    """Every kind of clause with its keys."""
    lines = [
        "# Kinds of clause",
        "",
        "The key of a clause that names its kind carries its effect. Of an *additive* kind all applying clauses count; "
        "of another the first in the file, so the special stands before the general.",
        "",
    ]
    for role, title in ROLES.items():
        members = {name: effect for name, effect in KINDS.items() if effect.role == role}
        rows = ((f"[`{name}`](#{name})", prose(effect.doc)) for name, effect in members.items())
        lines += [f"## {title}", "", *table(("kind", "says"), rows), ""]
        for name, effect in members.items():
            lines += [*kind_section(name, effect), ""]
    return "\n".join(lines)


def kind_section(name: str, effect: type[Effect]) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield f"{effect.doc}"
    yield ""
    yield f"{effect.doc_zh}"
    yield ""
    yield from ("```yaml", flow({name: effect.example})[1:-1], "```", "")
    yield f"Unless `for` says otherwise: {', '.join(code(each) for each in effect.actions)}. {standing(effect)}"
    yield ""
    yield from keys_of(effect.json_schema())


def standing(effect: type[Effect]) -> str:
    counted = "All that apply count." if effect.additive else "The first that applies counts."
    if effect.in_policy and effect.in_statute:
        return f"{counted} In policies and statutes."
    return f"{counted} In {'policies' if effect.in_policy else 'statutes'} only."


def keys_of(shape: Shape, skip: tuple[str, ...] = ()) -> list[str]:
    """The keys of a mapping as a table, keys of mappings inside it as `outer.inner`."""
    rows = [row for row in key_rows(shape, "") if row[0].strip("`* ").partition(".")[0] not in skip]
    if rows:
        return table(("key", "is", "says", "example"), [tuple(row) for row in rows])
    return [f"Its value: {shape['title']}."] if "such as" not in shape.get("title", "such as") else []


def key_rows(shape: Shape, prefix: str) -> Iterator[list[str]]:
    """Rows of every mapping among the shape's alternatives; the same key of two alternatives stands once."""
    seen: set[str] = set()
    for branch in alternatives(shape):
        required = branch.get("required", ())
        for name, inner in branch.get("properties", {}).items():
            if name in seen:
                continue
            seen.add(name)
            star = " **required**" if name in required else ""
            yield [code(prefix + name) + star, title(inner), bilingual(inner), example(inner)]
            yield from key_rows(inner, f"{prefix}{name}.")


def alternatives(shape: Shape) -> Iterator[Shape]:
    yield shape
    for key in ("anyOf", "oneOf"):
        for branch in shape.get(key, ()):
            yield from alternatives(branch)


def title(shape: Shape) -> str:
    if "$ref" in shape:
        return "a condition"
    return cell(shape.get("title", ""))


def bilingual(shape: Shape) -> str:
    return cell("<br>".join(prose(each) for each in shape.get("description", "").split("\n\n")))


def example(shape: Shape) -> str:
    examples = shape.get("examples", ())
    return code(flow(examples[0])) if examples else ""


def diagnostics() -> str:
    """Every mistake that the checker knows, with its mend."""
    lines = [
        "# Diagnostics",
        "",
        "What `policy check` and `policy test` can say of a file. The code never changes its meaning. An error stops a "
        "policy from being used, a warning does not.",
        "",
        *table(("code", "says"), ((f"[{each.number}](#{slug(each)})", each.title) for each in DIAGNOSTICS.values())),
        "",
    ]
    for each in DIAGNOSTICS.values():
        lines += [f"## {each.code}", "", f"**{each.title}** ({each.severity.value})", "", each.about, ""]
        lines += [*shown("Wrong", each.wrong), *shown("Right", each.right)]
    return "\n".join(lines)


def shown(label: str, text: str) -> Iterable[str]:
    return [f"{label}:", "", "```text", text, "```", ""] if text else []


def slug(each: DiagnosticKind) -> str:
    return each.code.lower()
