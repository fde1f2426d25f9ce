"""Every mistake an author of a suite can make, each with its own sentence and its mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policy_service.language.diagnostics import suggest
from policy_service.language.problem import Problem
from policy_service.language.scalars import text_of
from policy_service.scenarios.paths import PathError
from policy_service.scenarios.shapes import Unknown

At = tuple[str | int, ...]

OPERATORS = frozenset(
    {"at_least", "at_most", "over", "under", "all", "none", "not", "any", "equals", "contains", "matches"}
)
INSTANT_EXAMPLE = "2025-06-20T10:00:00+08:00"


def _did_you_mean(word: str, known: Sequence[str], otherwise: str) -> str:
    near = suggest(word, known)
    return f"did you mean `{near}`?" if near else otherwise


def _one_of(known: Sequence[str], limit: int = 12) -> str:
    shown = ", ".join(f"`{name}`" for name in known[:limit])
    return f"known here: {shown}{', ...' if len(known) > limit else ''}"


def wrong_shape(at: At, name: str, wanted: str, example: str) -> Problem:
    return Problem("PS501-suite-shape", at, f"`{name}` must be {wanted}", f"for example `{example}`")


def unknown_key(at: At, key: str, where: str, known: Sequence[str]) -> Problem:
    message = f"{where} has no key `{key}`"
    return Problem("PS502-unknown-suite-key", at, message, _did_you_mean(key, known, _one_of(known)), on_key=True)


def missing_key(at: At, where: str, key: str, example: str) -> Problem:
    return Problem("PS503-missing-suite-key", at, f"{where} has no `{key}`", f"add `{example}`")


def duplicate_name(at: At, name: str, first_line: int) -> Problem:
    return Problem(
        "PS504-duplicate-scenario",
        at,
        f"two scenarios are named `{name}`, the first in line {first_line}",
        "give each its own name: it is how a report speaks of it and how `-k` finds it",
    )


def unknown_request_path(at: At, unknown: Unknown, document: str = "a request") -> Problem:
    return Problem("PS505-unknown-request-path", at, _leads_nowhere(unknown, document), _mend(unknown), on_key=True)


def unknown_expectation(at: At, unknown: Unknown) -> Problem:
    if unknown.segment in OPERATORS:
        return Problem(
            "PS506-unknown-expectation",
            at,
            f"`{unknown.segment}` is no operator of an expectation",
            "expect the value itself, a list of values, `absent` or `present`",
            on_key=True,
        )
    message = _leads_nowhere(unknown, "a decision")
    return Problem("PS506-unknown-expectation", at, message, _mend(unknown), on_key=True)


def _leads_nowhere(unknown: Unknown, document: str) -> str:
    parent = f"`{unknown.parent}` in {document}" if unknown.parent else document
    if unknown.holds:
        return f"{parent} is {unknown.holds} and has no part `{unknown.segment}`"
    return f"{parent} has nothing named `{unknown.segment}`"


def _mend(unknown: Unknown) -> str:
    if not unknown.known:
        return f"end the path at `{unknown.parent}`" if unknown.parent else "see the contract for what there is"
    return _did_you_mean(unknown.segment, unknown.known, _one_of(unknown.known))


def bad_path(at: At, error: PathError) -> Problem:
    return Problem("PS507-bad-path", at, error.message, error.hint, on_key=True)


def clock_length(at: At, path: str, wanted: int, got: int) -> Problem:
    return Problem(
        "PS508-clock-length",
        at,
        f"`clock` has {_count(wanted, 'instant')}, the list expected at `{path}` {_count(got, 'entry', 'entries')}",
        "write one expected value per instant, in the same order; a list expected at every instant is a list of lists",
    )


def bad_instant(at: At, name: str, text: str) -> Problem:
    return Problem(
        "PS509-bad-instant", at, f"`{text}` is no instant, so `{name}` cannot freeze the clock there",
        f"write date, time and offset, such as `{INSTANT_EXAMPLE}`",
    )  # fmt: skip


def two_clocks(at: At, one: str, other: str) -> Problem:
    return Problem(
        "PS510-two-clocks",
        at,
        f"`{one}` and `{other}` both say when this scenario happens",
        f"drop one of them: `{one}`, or `{other}`",
    )


def row_length(at: At, columns: int, values: int) -> Problem:
    return Problem(
        "PS511-table-row",
        at,
        f"this row has {_count(values, 'value')} for {_count(columns, 'column')}",
        "give one value per column; text with a comma in it needs quotes",
    )


def row_shape(at: At, columns: Sequence[str], row: object) -> Problem:
    """A row that is no list; one that names its columns is written out as the list that it should be."""
    named = isinstance(row, Mapping) and all(not isinstance(row.get(each), Mapping | list) for each in columns)
    values = [text_of(row[each]) if named and isinstance(row, Mapping) and each in row else "..." for each in columns]
    hint = f"in the order of the columns: `[{', '.join(values)}]`"
    return Problem("PS511-table-row", at, "a row is a list with one value per column", hint)


def nothing_expected(at: At, name: str) -> Problem:
    return Problem(
        "PS512-nothing-expected",
        at,
        f"the scenario{f' `{name}`' if name else ''} expects nothing",
        "add `expect: {outcome: approved}`",
    )


def nothing_expected_then(at: At, name: str) -> Problem:
    return Problem(
        "PS512-nothing-expected",
        at,
        f"the scenario{f' `{name}`' if name else ''} expects nothing of what is decided after the inspection",
        "add `expect: {outcome: approved}` to `then`",
        on_key=True,
    )


def impossible_value(at: At, path: str, value: str, choices: Sequence[str]) -> Problem:
    message = f"`{path}` can never be `{value}`"
    return Problem("PS513-impossible-value", at, message, _did_you_mean(value, choices, _one_of(choices)))


TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


def wrong_type(at: At, path: str, got: str, shown: str, wanted: Sequence[str]) -> Problem:
    """`shown` is the value in YAML, `wanted` the JSON types that may stand there."""
    names = " or ".join(TYPES[kind] for kind in wanted)
    number = shown.removeprefix("-")
    if got == "text" and "integer" in wanted and number.isascii() and number.isdigit():
        hint = f"without quotes: `{shown}`"
    elif "array" in wanted:
        hint = f"write a list: `[{shown}]`"
    elif "object" in wanted:
        hint = f"name a part of it, with a dot after `{path}`"
    elif got == "a list":
        hint = "write one value; a list of one value per instant goes with `clock`"
    else:
        hint = f"write {names}"
    return Problem("PS513-impossible-value", at, f"`{path}` is {names}, never {got} such as `{shown}`", hint)


def duplicate_column(at: At, path: str, first: int) -> Problem:
    return Problem(
        "PS518-duplicate-column",
        at,
        f"two columns are `{path}`, the first is column {first + 1}",
        "drop one of them: only the last would count",
    )


def unknown_name(at: At, path: str, name: str, known: Sequence[str]) -> Problem:
    return Problem(
        "PS514-unknown-name",
        at,
        f"nothing that these policies can answer is named `{name}`, so `{path}: absent` would always hold",
        _did_you_mean(name, known, "name a clause, a code, a sku or an order line that could stand there"),
        on_key=True,
    )


def no_policies(at: At, path: str) -> Problem:
    return Problem(
        "PS515-no-policies",
        at,
        f"`{path}` holds no policy",
        "name a policy file or a folder of them, relative to this suite",
    )


def refused_request(at: At, path: str, said: str, hint: str | None) -> Problem:
    about = f"`{path}`: " if path and f"`{path}`" not in said else ""
    return Problem("PS519-refused-request", at, f"this request would be refused: {about}{said}", hint)


def no_now(at: At, scenario: str, looked: str, others: int) -> Problem:
    more = f" and of {_count(others, 'other')}" if others else ""
    return Problem(
        "PS516-no-now",
        at,
        f"the answer of `{scenario}`{more} depends on time, and nothing says when it is asked: {looked}",
        f"add `now: {INSTANT_EXAMPLE}` to the scenario or the suite",
    )


def unexplained_mutant(at: At, mutant: str) -> Problem:
    return Problem(
        "PS517-unexplained-mutant",
        at,
        f"`{mutant}` is accepted without a reason",
        "add `because:` with why no scenario can tell it apart",
    )


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
