"""The versions of one merchant (or statute) beside each other: no day with two, and no day without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path as File
from typing import Any

from policy_service.language.checks import day_of
from policy_service.language.diagnostics import Diagnostic
from policy_service.language.files import file_kind
from policy_service.language.scalars import text_of
from policy_service.language.source import Source

__all__ = ["Edition", "edition_of", "succession"]

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Edition:
    """When one file is in force, read from its plain head so that mistakes elsewhere in the file do not matter."""

    kind: str
    name: str
    version: str
    begins: date
    ends: date | None
    source: Source


def edition_of(source: Source) -> Edition | None:
    """The edition that a file is, or None when its head does not say."""
    data: Any = source.data
    kind = file_kind(data)
    if kind not in ("policy", "statute") or not isinstance(data.get("effective"), dict):
        return None
    name, version = data.get("merchant" if kind == "policy" else "statute"), data.get("version")
    begins, ends = (day_of(data["effective"].get(key)) for key in ("from", "through"))
    if begins is None or any(each is None or isinstance(each, (dict, list)) for each in (name, version)):
        return None
    if ends is not None and ends < begins:
        return None
    return Edition(kind, text_of(name), text_of(version), begins, ends, source)


def succession(editions: Iterable[Edition]) -> Iterator[Diagnostic]:
    """What is wrong between the versions of each merchant and statute: overlaps, gaps, an end with no successor."""
    groups: dict[tuple[str, str, File | None], list[Edition]] = {}
    for each in editions:
        groups.setdefault((each.kind, each.name, _shelf(each)), []).append(each)
    for group in groups.values():
        group.sort(key=lambda each: (each.begins, each.version, each.source.name))
        yield from _same_versions(group)
        yield from _neighbours(group)


def _shelf(edition: Edition) -> File | None:
    """The `statutes/` folder of a statute: policies look in the nearest, so another may hold the same one again."""
    if edition.kind != "statute" or edition.source.path is None:
        return None
    return next((folder for folder in edition.source.path.absolute().parents if folder.name == "statutes"), None)


def _same_versions(group: Sequence[Edition]) -> Iterator[Diagnostic]:
    first: dict[str, Edition] = {}
    for each in group:
        other = first.setdefault(each.version, each)
        if other is not each:
            yield each.source.at(
                "PS302-same-version",
                ("version",),
                f"version `{each.version}` of `{each.name}` stands in another file too",
                f"the other is `{other.source.name}`; give one of them another version",
            )


def _neighbours(group: Sequence[Edition]) -> Iterator[Diagnostic]:
    latest = group[0]
    for _, each in pairwise(group):
        if latest.ends is None or each.begins <= latest.ends:
            yield _overlap(latest, each)
        elif each.begins > latest.ends + ONE_DAY:
            yield each.source.at(
                "PS303-gap",
                ("effective", "from"),
                f"no version of `{each.name}` is in force from `{latest.ends + ONE_DAY}` through "
                f"`{each.begins - ONE_DAY}`",
                f"version `{latest.version}` ends on `{latest.ends}`",
            )
        if latest.ends is not None and (each.ends is None or each.ends > latest.ends):
            latest = each
    if latest.ends is not None:
        yield latest.source.at(
            "PS304-no-successor",
            ("effective", "through"),
            f"no version of `{latest.name}` is in force after `{latest.ends}`",
            "add a version that begins on the next day, or leave `through` out",
        )


def _overlap(earlier: Edition, later: Edition) -> Diagnostic:
    day = later.begins - ONE_DAY
    mend = f"end version `{earlier.version}` with `through: {day}`" if day >= earlier.begins else "keep one of the two"
    return later.source.at(
        "PS301-overlap",
        ("effective", "from"),
        f"on `{later.begins}` version `{earlier.version}` of `{later.name}` is in force as well",
        mend,
    )
