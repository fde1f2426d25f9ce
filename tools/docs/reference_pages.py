"""The reference pages, each made from the table in the code that the program itself works from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from textwrap import dedent

import click
import diagnostic_pages
import kind_pages
import language_pages
import ledger_page
from schema_tables import sections
from tables import cell, code, prose, table

from policy_service.cli import policy as commands
from policy_service.contract.messages import message
from policy_service.contract.reasons import REASON_CODES
from policy_service.contract.schema import decision_schema, inspection_schema, request_schema
from policy_service.language.reasons import STANDARD


def pages() -> dict[str, str]:
    """Pages and pictures by the name of their file."""
    return {f"{name}.md": text for name, text in texts().items()} | {"ledger.svg": ledger_page.diagram()}


def texts() -> dict[str, str]:
    """Markdown by name of the page."""
    return {
        "policy": language_pages.policy_file(),
        **kind_pages.pages(),
        "facts": language_pages.facts(),
        **diagnostic_pages.pages(),
        "reasons": reasons(),
        "commands": command_pages(),
        "request": contract("A request", "The body of `POST /v1/decisions`.", request_schema()),
        "decision": contract("A decision", "The answer to a request or an inspection.", decision_schema()),
        "inspection": contract(
            "An inspection", "What the warehouse found: the second stage of a decision.", inspection_schema()
        ),
        "ledger": ledger_page.page(),
    }


def nested() -> dict[str, tuple[str, dict[str, dict[str, str]]]]:
    """Pages that have others below them in the navigation: what they are called there, and groups of names by title."""
    return {
        "clauses": ("All kinds", kind_pages.groups()),
        "diagnostics": ("All diagnostics", diagnostic_pages.groups()),
    }


def reasons() -> str:
    """Reason codes of decisions, and the reasons that customers give."""
    lines = [
        "# Reason codes",
        "",
        "Why a line was approved, denied or given to a person: `lines[].reasons[].code`. A policy adds codes of its "
        "own in `deny` and `review` clauses. The sentence is the general one; a clause's own `text` wins over it.",
        "",
    ]
    for entry in REASON_CODES.values():
        sentences = [message(entry.code, locale, outcome=entry.outcomes[0]) for locale in ("en", "zh-CN")]
        lines += [
            f"## {entry.code}",
            "",
            f"Outcome: {', '.join(f'`{each}`' for each in entry.outcomes)}. {entry.about}",
            "",
            *(f"> {each}\n" for each in dict.fromkeys(sentences)),
        ]
    lines += [
        "## Why goods come back",
        "",
        "The standard tree of `lines[].reason`, and who is liable unless a policy says otherwise. A condition on a "
        "node holds for everything below it. Policies add branches under `reasons:`; a branch inherits its parent's "
        "liability.",
        "",
        *table(("reason", "liable"), ((f"`{path}`", liable) for path, liable in STANDARD.items())),
        "",
    ]
    return "\n".join(lines)


def contract(title: str, about: str, schema: Mapping[str, object]) -> str:
    """One message of the wire contract."""
    return "\n".join(
        [
            f"# {title}",
            "",
            f"{about} Fields that are not listed are refused. Sums are decimal strings with exactly the currency's "
            "minor digits, instants are RFC 3339 with an offset.",
            "",
            *sections(schema, "The whole", level=2),
        ]
    )


def command_pages() -> str:
    """Every command of `policy` with its arguments and options, as `--help` has them."""
    lines = [
        "# Commands",
        "",
        "Exit status: 0 all is well, 1 something is not as it should be, 2 wrong usage. "
        "Output is plain when it is piped.",
        "",
    ]
    for path, command in sorted(walk(commands, ("policy",))):
        context = click.Context(command, info_name=" ".join(path))
        lines += [f"## {' '.join(path)}", "", paragraphs(command.help or command.short_help or ""), ""]
        lines += ["```text", " ".join(path) + " " + " ".join(command.collect_usage_pieces(context)), "```", ""]
        records = [record for each in command.get_params(context) if (record := each.get_help_record(context))]
        if records:
            lines += [
                *table(("argument or option", "says"), ((code(name), cell(prose(text))) for name, text in records)),
                "",
            ]
    return "\n".join(lines)


def walk(group: click.Group, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], click.Command]]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from walk(command, (*path, name))
        elif command is not None and not command.hidden:
            yield (*path, name), command


def paragraphs(text: str) -> str:
    """Help as Markdown: what `\\b` keeps as it stands is shown so, to be pasted, below the line that introduces it."""
    return "\n\n".join(paragraph(each) for each in cleandoc(text).split("\n\n"))


def paragraph(text: str) -> str:
    if not text.startswith("\b"):
        return prose(text)
    lines = text.removeprefix("\b\n").splitlines()
    head = [lines.pop(0), ""] if lines[0].endswith(":") else []
    return "\n".join([*head, "```text", *dedent("\n".join(lines)).splitlines(), "```"])
