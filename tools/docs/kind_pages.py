"""A page for each kind of clause, and the list of them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from key_tables import keys_of
from tables import code, prose, table
from worked import INSTANT, Worked, shared, worked

from policy_service.language.diagnostic_kinds import DIAGNOSTICS, DiagnosticKind
from policy_service.language.flow import flow
from policy_service.language.kinds import KINDS, Effect

ROLES = {
    "permission": ("Permission", "Open actions for a line, and say for how long."),
    "prohibition": ("Prohibition and doubt", "Refuse, ask a person, or ask the customer for something."),
    "money": ("Money", "Say what is taken off, what is given back besides, and where it goes."),
    "benefit": ("Benefits", "Give the customer something."),
    "process": ("Process", "Say by when things happen, and who hears of them."),
    "inspection": ("Inspection", "Say what becomes of the goods that the warehouse found."),
    "statute": ("Statutes only", "Say what a law leaves to the merchant."),
}


def pages() -> dict[str, str]:
    """The list, and the pages below it, by name."""
    return {"clauses": index()} | {f"clauses/{name}": page(effect) for name, effect in KINDS.items()}


def groups() -> dict[str, dict[str, str]]:
    """For the navigation: names of pages by title, in groups."""
    return {
        title: {name: f"clauses/{name}" for name, effect in KINDS.items() if effect.role == role}
        for role, (title, _) in ROLES.items()
    }


def index() -> str:
    lines = [
        "# Kinds of clause",
        "",
        "The key of a clause that names its kind carries its effect. Beside it stand `when`, `unless` and the other "
        "keys that [every clause](policy.md#a-clause) may have. Of an *additive* kind all applying clauses count; of a "
        "*single-valued* one the first in the file, so the special stands before the general.",
        "",
    ]
    for role, (title, about) in ROLES.items():
        members = [effect for effect in KINDS.values() if effect.role == role]
        rows = ((row_link(effect), prose(effect.doc), actions(effect), sort(effect)) for effect in members)
        lines += [f"## {title}", "", about, "", *table(("kind", "says", "for", "is"), rows), ""]
    lines += [
        "## What the examples start from",
        "",
        "Each kind has a page with an example that is run whenever this documentation is built. All of them are "
        "clauses of this shop:",
        "",
        *fenced("yaml", shared()["policy"]),
        "and start from this request, a kettle that came five days ago; each says what is different in its case:",
        "",
        *fenced("yaml", shared()["given"]),
    ]
    return "\n".join(lines)


def row_link(effect: type[Effect]) -> str:
    """With the anchor that the kind had when all stood on one page."""
    return f"[`{effect.kind}`](clauses/{effect.kind}.md){{ #{effect.kind} }}"


def actions(effect: type[Effect]) -> str:
    return "every action" if len(effect.actions) == 5 else ", ".join(code(each) for each in effect.actions)


def sort(effect: type[Effect]) -> str:
    return "additive" if effect.additive else "single-valued"


def several(effect: type[Effect]) -> str:
    return f"{'all count' if effect.additive else 'the first counts'} ({sort(effect)})"


def page(effect: type[Effect]) -> str:
    return "\n".join(
        [
            f"# {effect.kind}",
            "",
            effect.doc,
            "",
            effect.doc_zh,
            "",
            *fenced("yaml", flow({effect.kind: effect.example})[1:-1]),
            *summary(effect),
            "",
            "## Keys",
            "",
            *keys_of(effect.json_schema()),
            "",
            "Beside it stand the keys of [every clause](../policy.md#a-clause): `when`, `unless`, `for` and others.",
            "",
            "## What it does to a decision",
            "",
            effect.decides,
            "",
            *together(effect),
            "## Example",
            "",
            *example(worked(effect.kind)),
            "## See also",
            "",
            *see_also(effect),
            "",
        ]
    )


def summary(effect: type[Effect]) -> list[str]:
    title, _ = ROLES[effect.role]
    both = effect.in_policy and effect.in_statute
    row = (
        f"[{title}](../clauses.md#{title.lower().replace(' ', '-')})",
        actions(effect),
        several(effect),
        "policies and statutes" if both else "policies" if effect.in_policy else "statutes",
    )
    return table(("group", "`for`, unless it says otherwise", "of several", "stands in"), [row])


def together(effect: type[Effect]) -> list[str]:
    first = (
        "The first in the file that applies counts, so the special stands before the general. One that can never be "
        "reached is told as [PS401](../diagnostics/ps401.md)."
    )
    sentences = [effect.together or "All that apply count."] if effect.additive else [first, effect.together]
    return ["## Several of them", "", " ".join(filter(None, sentences)), ""]


def example(shown: Worked) -> Iterator[str]:
    if shown.statute:
        yield from ("The statute says:", "", *fenced("yaml", shown.statute), "and the policy:", "")
    yield from fenced("yaml", shown.clauses)
    start = "../clauses.md#what-the-examples-start-from"
    yield f"[A kettle for 80.00]({start}) came on 5 March 2026 and comes back on 10 March:"
    yield ""
    if any("then" in scenario for scenario in shown.scenarios):
        yield from table(("case", "the warehouse finds", "the second decision says"), map(inspected, shown.scenarios))
    else:
        yield from table(("case", "the request says", "the decision says"), map(asked, shown.scenarios))
    yield ""


def asked(scenario: Mapping[str, Any]) -> tuple[str, str, str]:
    return (scenario["name"], assignments(scenario.get("with", {})) or "nothing else", assignments(scenario["expect"]))


def inspected(scenario: Mapping[str, Any]) -> tuple[str, str, str]:
    then = scenario["then"]
    return (scenario["name"], assignments(then["inspection"]), assignments(then["expect"]))


def assignments(values: Mapping[str, Any]) -> str:
    return "<br>".join(code(f"{path}: {shown(value)}") for path, value in values.items())


def shown(value: Any) -> str:
    """A value as a scenario says it; nothing is a field that is left out."""
    if value is None:
        return "null"
    if isinstance(value, date) or (isinstance(value, str) and INSTANT.match(value)):
        return str(value)
    return flow(value)


def see_also(effect: type[Effect]) -> Iterator[str]:
    kinds = ", ".join(f"[`{name}`]({name}.md)" for name in effect.see)
    yield f"- Kinds: {kinds}"
    yield "- What is said of a key or a value that it does not have: [diagnostics of form](../diagnostics.md#form)"
    for each in DIAGNOSTICS.values():
        if effect.kind in kinds_of(each):
            yield f"- [{each.number}](../diagnostics/{each.number.lower()}.md): {each.title}"


def kinds_of(diagnostic: DiagnosticKind) -> set[str]:
    """The kinds of clause that a diagnostic speaks of: as keys in its pieces of YAML, in back-ticks in its text."""
    keys = set(re.findall(r"(\w+):", f"{diagnostic.wrong}\n{diagnostic.right}"))
    return (keys | set(re.findall(r"`(\w+)`", diagnostic.about))) & set(KINDS)


def fenced(language: str, text: str) -> Iterable[str]:
    return [f"```{language}", text.rstrip("\n"), "```", ""]
