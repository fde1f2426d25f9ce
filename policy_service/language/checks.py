"""What a schema cannot say about a document: names that must exist, days in order, clauses nobody can reach.

Checks of names read the plain data, so that a clause with a mistake in it still counts as one
that others may refer to. Each check returns problems beside the source they were found in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path as File
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from policy_service.contract.countries import COUNTRIES, SLIPS
from policy_service.contract.money import CURRENCY_SLIPS, UnknownCurrency, currencies, minor_digits
from policy_service.language.diagnostics import did_you_mean, one_of, suggest
from policy_service.language.kinds import KINDS, Permission
from policy_service.language.problem import Path, Problem
from policy_service.language.scalars import text_of
from policy_service.language.source import Source
from policy_service.language.statutes import statute_files, statute_names
from policy_service.language.sums import DAY, read_day

__all__ = [
    "RawClause",
    "day_of",
    "head_problems",
    "impossible_day",
    "misplaced_powers",
    "reference_problems",
    "statute_problems",
    "zone_exists",
]

STATUTE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
LONGEST_ABBREVIATION = 5
PERMISSIONS = tuple(name for name, kind in KINDS.items() if issubclass(kind, Permission))
OPENING = tuple(name for name, kind in KINDS.items() if kind.opens)


@dataclass(frozen=True, slots=True)
class RawClause:
    """A clause as it stands in a file; `id` is None where it has none that can be read."""

    source: Source
    path: Path
    data: Mapping[str, Any]

    @property
    def id(self) -> str | None:
        """The clause's id, as text."""
        value = self.data.get("id")
        return None if value is None or isinstance(value, (dict, list)) else text_of(value)

    @property
    def kind(self) -> str | None:
        """The first key that names a kind."""
        return next((key for key in self.data if key in KINDS), None)


Found = tuple[Source, Problem]


def day_of(value: Any) -> date | None:
    """The day that a scalar names, or None."""
    return None if value is None else read_day(text_of(value))


def zone_exists(name: str) -> bool:
    """Whether the IANA database has this time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True


def head_problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Days, zone, currency and countries of a document's head."""
    yield from _days(data)
    zone = data.get("timezone")
    if isinstance(zone, str) and not zone_exists(zone):
        full = _zone_meant(zone)
        yield Problem(
            "PS204-unknown-time-zone",
            ("timezone",),
            f"there is no time zone `{zone}`",
            f"did you mean `{full}`?" if full else "use a name of the IANA database, such as `Asia/Shanghai`",
        )
    yield from _currency(data.get("currency"))
    yield from _country(data.get("ships_from"), ("ships_from",))
    countries = data.get("countries")
    if isinstance(countries, list):
        for index, each in enumerate(countries):
            yield from _country(each, ("countries", index))


def _zone_meant(zone: str) -> str | None:
    """The zone with nearly this city, or nearly this name; abbreviations such as `CST` mean several, so none."""
    if len(zone) <= LONGEST_ABBREVIATION:
        return None
    cities = _cities()
    city = suggest(zone.rsplit("/", 1)[-1], cities)
    return cities[city] if city else suggest(zone, sorted(available_timezones()))


def _cities() -> dict[str, str]:
    return {name.rsplit("/", 1)[-1]: name for name in sorted(available_timezones())}


def _days(data: Mapping[str, Any]) -> Iterator[Problem]:
    effective = data.get("effective")
    if not isinstance(effective, dict):
        return
    for key in ("from", "through"):
        yield from impossible_day(effective.get(key), ("effective", key))
    first, last = day_of(effective.get("from")), day_of(effective.get("through"))
    if first and last and last < first:
        yield Problem(
            "PS207-dates-reversed",
            ("effective", "through"),
            f"the last day `{last}` lies before the first day `{first}`",
            "both days are in force; swap or mend them",
        )


def impossible_day(value: Any, path: Path) -> Iterator[Problem]:
    """A quoted date that no calendar has; an unquoted one is noticed while reading."""
    if isinstance(value, str) and DAY.fullmatch(value) and read_day(value) is None:
        yield Problem(
            "PS011-impossible-date", path, f"there is no such day as `{value}`", "dates are written year-month-day"
        )


def _currency(value: Any) -> Iterator[Problem]:
    if not isinstance(value, str) or len(value) != 3:
        return
    try:
        minor_digits(value)
    except UnknownCurrency:
        meant = CURRENCY_SLIPS.get(value)
        hint = f"did you mean `{meant}`?" if meant else did_you_mean(value, currencies())
        yield Problem(
            "PS205-unknown-currency",
            ("currency",),
            f"there is no currency `{value}`",
            hint or "use an ISO 4217 code, such as `CNY` or `EUR`",
        )


def _country(value: Any, path: Path) -> Iterator[Problem]:
    if isinstance(value, str) and len(value) == 2 and value.isupper() and value not in COUNTRIES:
        meant = SLIPS.get(value)
        yield Problem(
            "PS206-unknown-country",
            path,
            f"there is no country `{value}`",
            f"did you mean `{meant}`?" if meant else "use an ISO 3166 code, such as `CN` or `DE`",
        )


def reference_problems(clauses: Sequence[RawClause]) -> Iterator[Found]:
    """Ids that stand twice, and clauses named that are not there or are of another kind."""
    first: dict[str, RawClause] = {}
    for clause in clauses:
        name = clause.id
        if name is None:
            continue
        if name in first:
            other = first[name]
            where = f"line {other.source.position((*other.path, 'id')).line}"
            if other.source is not clause.source:
                where += f" of `{other.source.name}`"
            yield (
                clause.source,
                Problem(
                    "PS201-duplicate-id",
                    (*clause.path, "id"),
                    f"the id `{name}` is taken",
                    f"it names the clause on {where}; choose another",
                ),
            )
        else:
            first[name] = clause
    kinds = {name: clause.kind for name, clause in first.items()}
    fitting = {
        key: [name for name, kind in kinds.items() if kind and wanted.fits(kind)] for key, wanted in _NAMED.items()
    }
    whole = not any(clause.source.partial for clause in clauses)
    for clause in clauses:
        for path, key, name in _references(clause):
            if name not in first:
                if whole:
                    yield clause.source, _unknown_clause(path, name, fitting[key], first)
            elif (problem := _wrong_clause(path, key, name, first[name] is clause, kinds[name])) is not None:
                yield clause.source, problem


@dataclass(frozen=True, slots=True)
class _Wanted:
    fits: Callable[[str], bool]
    said: str
    hint: str


_NAMED: dict[str, _Wanted] = {
    "overrides": _Wanted(lambda kind: KINDS[kind].denies, "a denial", "`overrides` names `deny` clauses"),
    "instead_of": _Wanted(
        lambda kind: kind in OPENING,
        "a permission that can be replaced",
        f"`instead_of` names {one_of(OPENING, 'and')} clauses, never a warranty",
    ),
    "windows": _Wanted(lambda kind: kind in OPENING, "a window", f"`windows` names {one_of(OPENING, 'and')} clauses"),
}


def _references(clause: RawClause) -> Iterator[tuple[Path, str, str]]:
    """Each (path, key, id) of a clause that names another."""
    extend = clause.data.get("extend")
    powers = clause.data if clause.kind is None or clause.kind in PERMISSIONS else {}  # else they are misplaced
    places: list[tuple[Path, str, Any]] = [
        ((*clause.path, "overrides"), "overrides", powers.get("overrides")),
        ((*clause.path, "instead_of"), "instead_of", powers.get("instead_of")),
        ((*clause.path, "extend", "windows"), "windows", extend.get("windows") if isinstance(extend, dict) else None),
    ]
    for path, key, names in places:
        for index, name in enumerate(names if isinstance(names, list) else ()):
            if not isinstance(name, (dict, list)) and name is not None:
                yield (*path, index), key, text_of(name)


def _unknown_clause(path: Path, name: str, fitting: Sequence[str], known: Iterable[str]) -> Problem:
    hint = did_you_mean(name, fitting) or did_you_mean(name, known)
    if hint is None:
        hint = f"possible here: {one_of(fitting)}" if fitting else "this document has no clause of that kind"
    return Problem("PS202-unknown-clause", path, f"there is no clause `{name}`", hint)


def _wrong_clause(path: Path, key: str, name: str, itself: bool, kind: str | None) -> Problem | None:
    if itself:
        return Problem("PS203-wrong-clause", path, f"`{name}` names itself here", "remove it")
    wanted = _NAMED[key]
    if kind is None or wanted.fits(kind):
        return None
    return Problem("PS203-wrong-clause", path, f"`{name}` is a `{kind}` clause, not {wanted.said}", wanted.hint)


def misplaced_powers(clauses: Iterable[RawClause]) -> Iterator[Found]:
    """`overrides` and `instead_of` on clauses that are no permission."""
    for clause in clauses:
        kind = clause.kind
        for key in ("overrides", "instead_of"):
            if key in clause.data and kind is not None and kind not in PERMISSIONS:
                yield (
                    clause.source,
                    Problem(
                        "PS115-needs",
                        (*clause.path, key),
                        f"`{key}` stands only on a permission, and `{kind}` is none",
                        f"permissions are {one_of(PERMISSIONS, 'and')}",
                        True,
                    ),
                )


def statute_problems(data: Mapping[str, Any], policy: File) -> Iterator[Problem]:
    """Statutes named in a policy that are nowhere to be found."""
    named = data.get("statute")
    listed = list(enumerate(named)) if isinstance(named, list) else [(None, named)]
    for index, each in listed:
        if not isinstance(each, str) or not STATUTE_ID.match(each) or statute_files(policy, each):
            continue
        known = statute_names(policy)
        yield Problem(
            "PS214-statute-not-found",
            ("statute",) if index is None else ("statute", index),
            f"there is no statute `{each}`",
            did_you_mean(each, known)
            or (
                f"known here: {one_of(known)}"
                if known
                else (f"put `{each}.yaml` into a folder `statutes/` at or above this file")
            ),
        )
