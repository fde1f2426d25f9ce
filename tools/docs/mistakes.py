"""The mistakes of the catalogue, made: its pieces of YAML are put into files, and `policy check` is asked about them.

A piece may be a whole document, keys of a head, keys of one clause, a list of clauses or, for suites, keys of a
scenario or a list of scenarios; what it leaves out is filled in. A line `# shop/2026-01.yaml` begins another file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent

from click.testing import CliRunner
from parts import HEAD, STATUTE_HEAD, overlaid, parts

from policy_service.cli import policy as commands
from policy_service.language.clause import COMMON_KEYS
from policy_service.language.diagnostic_kinds import DIAGNOSTICS, DiagnosticKind
from policy_service.language.kinds import KINDS
from policy_service.scenarios.freezing import FREEZER

ROOT = Path(__file__).resolve().parents[2]
BAD = [(ROOT / "tests/language/bad", "*.out"), (ROOT / "tests/scenarios/cases/bad", "*.txt")]
GOLDEN = [file for folder, names in BAD for file in sorted(folder.glob(names))]
"""What is said of files with many mistakes; other tests hold it to the letter."""

POLICY, SUITE = "shop/2026-01.yaml", "shop/scenarios/shown.yaml"

HEAD_KEYS = {*parts(HEAD), "statute", "countries", "include", "reasons", "facts"}
CLAUSE_KEYS = {*KINDS, *COMMON_KEYS}
SUITE_KEYS = {"suite", "policies", "given", "scenarios", "accepted_mutants"}

NAMED = {
    "return-30": "- id: return-30\n  window: {days: 30, after: delivery}\n",
    "promo-final-sale": "- id: promo-final-sale\n  deny: {code: final_sale}\n  when: {tags: clearance}\n",
    "[restocking]": "- id: restocking\n  fee: {code: restocking, rate: 10%}\n",
}
"""Clauses that a piece speaks of and does not show, by the words that speak of them."""

SHELF = {
    "shared/gifts.yaml": "clauses:\n  - id: gifts\n    gift: {if_missing: deduct}\n",
}
"""Files that a piece speaks of."""

ASKED = """\
suite: Shown
policies: [..]
now: 2026-03-10T10:00:00+01:00
given:
  merchant: shop
  order:
    id: A-1
    currency: EUR
    placed_at: 2026-03-01T10:00:00+01:00
    delivered_at: 2026-03-05T10:00:00+01:00
    lines: [{id: "1", sku: LAMP, quantity: 2, unit_price: "40.00"}]
  lines: [{order_line: "1", quantity: 1, action: return, reason: preference}]
"""
ANSWERING = f"""\
{HEAD}clauses:
  - id: return-30
    window: {{days: 30, after: delivery}}
  - id: restocking
    fee: {{code: restocking, rate: 10%}}
"""


@cache
def said_of(kind: DiagnosticKind, text: str) -> str:
    """What `policy check rules` prints about a piece of the kind's; nothing where it is right."""
    with TemporaryDirectory() as folder:
        rules = Path(folder) / "rules"
        lay_out(kind, text, rules)
        with chdir(folder):
            done = CliRunner().invoke(commands, ["check", "rules"])
        # To know whether an answer depends on when it is asked, suites are asked with a frozen clock.
        FREEZER.release()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def lay_out(kind: DiagnosticKind, text: str, rules: Path) -> None:
    """The piece as files in a folder of rules."""
    files = files_of(f"{text}\n", SUITE if kind.number.startswith("PS5") else POLICY)
    for name, piece in files.items():
        write(rules / name, (suite_of if "/scenarios/" in name else document_of)(kind, piece))
    if SUITE in files and POLICY not in files:
        write(rules / POLICY, ANSWERING)
    for name, content in SHELF.items():
        if name in kind.wrong + kind.right and name not in files:
            write(rules / name, content)
    if make := UNSHOWABLE.get(kind.number):
        make(rules / POLICY, text == kind.wrong)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def files_of(text: str, alone: str) -> dict[str, str]:
    """The pieces by the name of their file; `alone` is that of the only one."""
    first, *named = re.split(r"^# (\S+\.yaml)$\n", text, flags=re.MULTILINE)
    return dict(zip(named[::2], named[1::2], strict=True)) if named else {alone: first}


def document_of(kind: DiagnosticKind, text: str) -> str:
    """A policy or statute around a piece; a piece that fits nowhere in one stands alone."""
    if text.startswith("- "):
        return f"{HEAD}clauses:\n{text}{unshown(kind, text)}"
    found = parts(text)
    own = {key: part for key, part in found.items() if key in HEAD_KEYS}
    clause = {key: part for key, part in found.items() if key in CLAUSE_KEYS}
    strangers = set(found) - HEAD_KEYS - CLAUSE_KEYS - {"clauses"}
    if not found or strangers or is_include(found):
        return text
    head = overlaid(head_for(found), own)
    if "clauses" in found:
        return head + found["clauses"]
    return f"{head}clauses:\n{one_clause(clause)}{unshown(kind, text)}"


def is_include(found: Mapping[str, str]) -> bool:
    return "clauses" in found and set(found) <= {"include", "clauses"}


def head_for(found: Mapping[str, str]) -> str:
    """That of a statute where the piece names one, and no list of them as a policy does."""
    statute = "statute" in found and "[" not in found["statute"]
    return f"statute: shown\n{STATUTE_HEAD}" if statute else HEAD


def one_clause(own: Mapping[str, str]) -> str:
    """A list of the clause that has these keys, with an id and an effect of its own where they are left out."""
    effect = {} if set(own) & set(KINDS) else {"effect": effect_for(own)}
    return listed({"id": "id: shown\n", **effect, **own})


def effect_for(own: Mapping[str, str]) -> str:
    permits = {"overrides", "instead_of"} & set(own)
    return "window: {days: 30, after: delivery}\n" if permits else "deny: {code: shown}\n"


def listed(own: Mapping[str, str]) -> str:
    """A mapping as the only member of a list."""
    return "- " + indent("".join(own.values()), "  ").removeprefix("  ")


def unshown(kind: DiagnosticKind, text: str) -> str:
    """The clauses that the wrong or the right piece speaks of and this one does not have, and one that permits."""
    both = kind.wrong + kind.right
    spoken_of = "".join(
        clause
        for words, clause in NAMED.items()
        if words in both and clause.splitlines()[0].removeprefix("- ") not in text
    )
    permits = any(f"{permission}:" in text + spoken_of for permission in ("window", "no_reason", "warranty"))
    return spoken_of if permits else spoken_of + NAMED["return-30"]


def suite_of(kind: DiagnosticKind, text: str) -> str:
    """A suite around a piece."""
    asked = "".join(part for key, part in parts(ASKED).items() if (kind.number, key) != ("PS516", "now"))
    if text.startswith("- "):
        return f"{asked}scenarios:\n{text}"
    found = parts(text)
    own = {key: part for key, part in found.items() if key in SUITE_KEYS}
    scenario = {"name": "name: shown\n", **{key: part for key, part in found.items() if key not in SUITE_KEYS}}
    if not {"expect", "table"} & set(scenario):
        scenario["expect"] = "expect: {lines.0.action: return}\n"
    return overlaid(asked, {"scenarios": f"scenarios:\n{listed(scenario)}", **own})


def of_another_coding(path: Path, wrong: bool) -> None:
    path.write_text(f"{HEAD}clauses:\n{NAMED['return-30']}", encoding="utf-16" if wrong else "utf-8")


def of_a_size(path: Path, wrong: bool) -> None:
    filler = "# one more line of one more merchant\n" * (30_000 if wrong else 1)
    path.write_text(f"{HEAD}clauses:\n{NAMED['return-30']}{filler}", encoding="utf-8")


def of_a_depth(path: Path, wrong: bool) -> None:
    depth = 70 if wrong else 1
    inner = "{any: [" * depth + "{condition: used}" + "]}" * depth
    path.write_text(f"{HEAD}clauses:\n{NAMED['return-30']}- id: worn\n  deny: {{code: worn}}\n  when: {inner}\n")


def of_many_rules(path: Path, wrong: bool) -> None:
    skus = [f"A-{number}" for number in range(5_000)]
    if wrong:
        test = "{any: [" + ", ".join(f"{{sku: {sku}, tier: gold}}" for sku in skus) + "]}"
    else:
        test = f"{{sku: [{', '.join(skus)}], tier: gold}}"
    path.write_text(f"{HEAD}clauses:\n{NAMED['return-30']}- id: these\n  deny: {{code: these}}\n  when: {test}\n")


UNSHOWABLE: Mapping[str, Callable[[Path, bool], None]] = {
    "PS001": of_another_coding,
    "PS002": of_a_size,
    "PS013": of_a_depth,
    "PS220": of_many_rules,
}
"""Files too large, too deep or too odd to be shown: the catalogue says in words what is made here."""


def paragraphs(kind: DiagnosticKind) -> Iterator[str]:
    """Other messages with the kind's code, each once, as the golden files have them."""
    seen: set[str] = set()
    for file in GOLDEN:
        for paragraph in file.read_text(encoding="utf-8").rstrip().split("\n\n")[:-1]:
            message = paragraph.partition(f" {kind.code}: ")[2].partition("\n")[0]
            shape = re.sub(r"`[^`]*`", "`", message)
            if message and shape not in seen:
                seen.add(shape)
                yield paragraph


if __name__ == "__main__":
    for each in DIAGNOSTICS.values():
        wrong, right = said_of(each, each.wrong), said_of(each, each.right)
        codes = set(re.findall(r" (PS\d{3}-[a-z-]+): ", wrong))
        if codes != {each.code} or right:
            print("=====", each.code, "\n--wrong:\n", wrong, "\n--right:\n", right)
