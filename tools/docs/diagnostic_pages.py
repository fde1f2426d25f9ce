"""A page for each diagnostic, and the list of them all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kind_pages import fenced, kinds_of
from mistakes import UNSHOWABLE, paragraphs, said_of
from tables import table

from policy_service.language.diagnostic_kinds import DIAGNOSTICS, DiagnosticKind
from policy_service.language.kinds import KINDS

FAMILIES = {
    "0": ("Reading the file", "The text is no YAML, or more than a policy may hold."),
    "1": ("Form", "Keys, types and values that a document of this kind does not have."),
    "2": ("Meaning", "Names that lead nowhere, values that cannot be, days in the wrong order."),
    "3": ("Versions", "Several versions of one merchant beside each other."),
    "4": ("What looks unintended", "Allowed, and hardly meant."),
    "5": ("Scenarios", "Suites that could not run, or would prove nothing."),
}

MORE = 6
"""Further messages on a page: enough to recognise one's own."""


def pages() -> dict[str, str]:
    """The list, and the pages below it, by name."""
    return {"diagnostics": index()} | {name_of(each): page(each) for each in DIAGNOSTICS.values()}


def name_of(each: DiagnosticKind) -> str:
    """By the number alone, since that is what never changes."""
    return f"diagnostics/{each.number.lower()}"


def family(each: DiagnosticKind) -> str:
    return each.number[2]


def groups() -> dict[str, dict[str, str]]:
    """For the navigation: names of pages by title, in groups."""
    return {
        title: {f"{each.number} {plain(each)}": name_of(each) for each in DIAGNOSTICS.values() if family(each) == digit}
        for digit, (title, _) in FAMILIES.items()
    }


def plain(each: DiagnosticKind) -> str:
    """The words of the code, which are short enough for a list."""
    return each.code.partition("-")[2].replace("-", " ")


def index() -> str:
    lines = [
        "# Diagnostics",
        "",
        "What `policy check` and `policy test` can say of a file. The number never changes its meaning. An error stops "
        "a policy from being used, a warning does not (unless `policy check --strict`).",
        "",
    ]
    for digit, (title, about) in FAMILIES.items():
        rows = (
            (f"[{each.number}]({name_of(each)}.md){{ #{each.code.lower()} }}", each.title, each.severity.value)
            for each in DIAGNOSTICS.values()
            if family(each) == digit
        )
        lines += [f"## {title}", "", about, "", *table(("code", "says", "is"), rows), ""]
    return "\n".join(lines)


def page(each: DiagnosticKind) -> str:
    return "\n".join(
        [
            f"# {each.number}: {each.title}",
            "",
            f"`{each.code}`, {'an error' if each.severity == 'error' else 'a warning'}. {each.about}",
            "",
            "## Wrong",
            "",
            *piece(each, each.wrong),
            "`policy check` says:",
            "",
            *fenced("text", said_of(each, each.wrong)),
            "## Right",
            "",
            *piece(each, each.right),
            *others(each),
            *concerned(each),
        ]
    )


def piece(each: DiagnosticKind, text: str) -> list[str]:
    """A piece of YAML; of a file that cannot be shown, what it is."""
    if each.number in UNSHOWABLE and not re.search("[{[]", text):
        return [f"{text[:1].upper()}{text[1:]}.", ""]
    return list(fenced("yaml" if "…" not in text else "text", text))


def others(each: DiagnosticKind) -> Iterator[str]:
    found = list(paragraphs(each))[:MORE]
    if found:
        yield from ("## It may also say", "")
        yield from fenced("text", "\n\n".join(found))


def concerned(each: DiagnosticKind) -> list[str]:
    names = [name for name in KINDS if name in kinds_of(each)]
    if not names:
        return []
    links = ", ".join(f"[`{name}`](../clauses/{name}.md)" for name in names)
    return ["## See also", "", f"Kinds of clause: {links}.", ""]
