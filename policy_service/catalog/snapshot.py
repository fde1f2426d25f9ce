"""A folder of policies as it stood at one moment, read as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from policy_service.catalog.errors import CatalogError
from policy_service.catalog.size import beyond_engine
from policy_service.catalog.version import Version
from policy_service.language.checking import check
from policy_service.language.diagnostics import Diagnostic
from policy_service.language.document import Document
from policy_service.language.files import file_kind, is_suite_text, yaml_files
from policy_service.language.loader import Loaded, load_source
from policy_service.language.source import read_yaml
from policy_service.language.statutes import statute_files

Stamp = tuple[tuple[str, int, int, int], ...]
"""What shows that files have not changed: path, time of change, size and inode of each."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one file gave (None: it holds no document), the files that went into it, and how they stood."""

    loaded: Loaded | None
    files: tuple[Path, ...]
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The versions of each merchant, the latest first, and what a later reading can take over."""

    merchants: Mapping[str, tuple[Version, ...]]
    readings: Mapping[str, Reading]
    by_digest: Mapping[str, Version]

    @property
    def versions(self) -> Iterator[Version]:
        """Every version of every merchant."""
        for versions in self.merchants.values():
            yield from versions

    @property
    def documents(self) -> frozenset[str]:
        """The digests of every policy and statute."""
        return frozenset(document.digest for version in self.versions for document in version.documents)


NOTHING = Snapshot({}, {}, {})


def read(root: Path, before: Snapshot = NOTHING) -> Snapshot:
    """Read the folder, taking over from `before` what has not changed.

    Raises CatalogError with every error in it. Warnings are left to `policy check`.
    """
    if not root.is_dir():
        raise CatalogError([Diagnostic.of("PS001-unreadable", "there is no such folder", None, str(root))])
    readings: dict[str, Reading] = {}
    policies = []
    for path in yaml_files([root]):
        reading = readings[os.path.realpath(path)] = _read(path, before)
        document = reading.loaded.document if reading.loaded else None
        if document is not None and document.kind == "policy":
            policies.append(document)
    versions = [_with_statutes(document, readings, before) for document in policies]
    suspect = any(_errors(readings.values())) or _conflict(versions)
    if suspect and (errors := _every_error(root, readings.values())):
        raise CatalogError(errors)
    merchants: dict[str, list[Version]] = {}
    for version in sorted(versions, key=lambda each: each.document.effective_from, reverse=True):
        merchants.setdefault(version.document.name, []).append(version)
    return Snapshot(
        MappingProxyType({name: tuple(merchants[name]) for name in sorted(merchants)}),
        MappingProxyType(readings),
        MappingProxyType({version.digest: version for version in versions}),
    )


def _read(path: Path, before: Snapshot) -> Reading:
    earlier = before.readings.get(os.path.realpath(path))
    if earlier is not None and earlier.stamp == _stamp(earlier.files):
        return earlier
    stamp = _stamp([path])
    if _is_suite(path):
        return Reading(None, (path,), stamp)
    source = read_yaml(path)
    if file_kind(source.data) == "include":
        return Reading(None, (path,), stamp)
    loaded = load_source(path, source)
    document = loaded.document
    if document is None:
        return Reading(loaded, (path,), ())
    loaded = Loaded(document, (*loaded.diagnostics, *beyond_engine(document)))
    laws = [law for name in document.statutes for law in statute_files(path, name)]
    files = (path, *document.included, *laws)
    return Reading(loaded, files, stamp + _stamp(files[1:]))


def _is_suite(path: Path) -> bool:
    """Suites of scenarios stand beside the policies; they are told by their keys and not read."""
    try:
        return is_suite_text(path.read_bytes())
    except OSError:
        return False


def _stamp(paths: Iterable[Path]) -> Stamp:
    return tuple(_state(path) for path in paths)


def _state(path: Path) -> tuple[str, int, int, int]:
    try:
        state = path.stat()
    except OSError:
        return str(path), 0, -1, 0
    return str(path), state.st_mtime_ns, state.st_size, state.st_ino


def _with_statutes(document: Document, readings: dict[str, Reading], before: Snapshot) -> Version:
    statutes = {}
    for name in document.statutes:
        editions = []
        for path in statute_files(document.path, name):
            # Statutes may lie outside the folder; those inside have been read, under the name the caller gave.
            place = os.path.realpath(path)
            reading = readings.get(place) or readings.setdefault(place, _read(path, before))
            if reading.loaded and reading.loaded.document:
                editions.append(reading.loaded.document)
        statutes[name] = tuple(editions)
    return Version(document, statutes)


def _errors(readings: Iterable[Reading]) -> Iterator[Diagnostic]:
    for reading in readings:
        if reading.loaded is not None:
            yield from (each for each in reading.loaded.diagnostics if each.is_error)


def _conflict(versions: Iterable[Version]) -> bool:
    """Whether two policies claim one day or one name, or two statutes one country; `check` then says it in words."""
    groups: dict[str, list[Document]] = {}
    for version in versions:
        groups.setdefault(version.document.name, []).append(version.document)
        claims = [{country for law in editions for country in law.countries} for editions in version.statutes.values()]
        if sum(map(len, claims)) != len(set().union(*claims)):
            return True
    return any(_claimed_twice(group) for group in groups.values())


def _claimed_twice(group: list[Document]) -> bool:
    group = sorted(group, key=lambda each: each.effective_from)
    ends = [each.effective_through or date.max for each in group]
    twice = any(end >= later.effective_from for end, (_, later) in zip(ends, pairwise(group), strict=False))
    return twice or len({each.version for each in group}) != len(group)


def _every_error(root: Path, readings: Iterable[Reading]) -> list[Diagnostic]:
    """All that `policy check` calls an error below the root, and what is wrong with statutes elsewhere."""
    return [*(each for each in check([root], beyond_engine) if each.is_error), *_errors(readings)]
