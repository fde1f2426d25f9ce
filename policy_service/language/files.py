"""Kinds of files, the files that one includes, and the clauses in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from policy_service.language.checks import RawClause
from policy_service.language.diagnostics import Diagnostic, did_you_mean, one_of
from policy_service.language.flow import said
from policy_service.language.head import POLICY_KEYS
from policy_service.language.problem import Problem
from policy_service.language.scalars import text_of
from policy_service.language.source import Source, read_yaml
from policy_service.language.statutes import SUFFIXES

__all__ = [
    "SUFFIXES",
    "Inclusion",
    "file_kind",
    "included",
    "is_suite",
    "is_suite_text",
    "is_stray_policy",
    "not_a_mapping",
    "raw_clauses",
    "unknown_document",
    "yaml_files",
]

AnyFile = Literal["policy", "statute", "include", "scenarios"]

MOST_INCLUDED = 64
SUITE_LINE = re.compile(rb"^([\"']?)(suite|policies|given|scenarios)\1[ \t]*:", re.MULTILINE)


def is_suite_text(text: bytes) -> bool:
    """Whether a file holds scenarios, told by the lines that begin a key, without reading the rest.

    `suite:` alone says so, and so do two of the other keys: a suite whose first word is misspelt must not vanish.
    """
    return _are_of_suite({found[1].decode() for found in SUITE_LINE.findall(text)})


def _are_of_suite(keys: Iterable[object]) -> bool:
    known = set(keys) & {"suite", "policies", "given", "scenarios"}
    return "suite" in known or len(known) > 1


def file_kind(data: Any) -> AnyFile | None:
    """What a file is, by its keys; None when they do not say."""
    if not isinstance(data, Mapping):
        return None
    if _are_of_suite(data):
        return "scenarios"
    if "merchant" in data:
        return "policy"
    if "statute" in data:
        return "policy" if isinstance(data["statute"], list) else "statute"
    if set(data) <= {"clauses", "include"}:
        return "include"
    return "policy" if len(set(data) & set(POLICY_KEYS)) > 1 else None


def is_suite(file: Path) -> bool:
    """Whether a YAML file holds scenarios; it is not read for that, for suites are long."""
    try:
        return file.suffix in SUFFIXES and is_suite_text(file.read_bytes())
    except OSError:
        return False


def is_stray_policy(data: Any) -> bool:
    """Whether only its `merchant` makes a policy of it: where it is included, it is a file of clauses."""
    return isinstance(data, Mapping) and "clauses" in data and set(data) <= {"merchant", "clauses", "include"}


def unknown_document(data: Mapping[str, Any], kind: AnyFile | None) -> Problem:
    """What to say of a file that is neither a policy nor a statute where one is needed."""
    if kind is not None:
        what = {"include": "a file of clauses to include", "scenarios": "a suite of scenarios"}.get(kind, kind)
        return Problem("PS116-unknown-document", (), f"this is {what}, not a policy", None)
    first = next(iter(data), "")
    hint = did_you_mean(str(first), ("merchant", "statute", "clauses", "suite"))
    return Problem(
        "PS116-unknown-document",
        (str(first),),
        "this is neither a policy, a statute, scenarios nor clauses to include",
        hint or f"begin with {one_of(['merchant', 'statute', 'suite', 'clauses'])}",
        True,
    )


def not_a_mapping(data: Any) -> Problem:
    """What to say of a file that is a list or a single value."""
    return Problem(
        "PS103-wrong-type", (), f"expected the keys of a policy, found {said(data)}", "begin with `merchant:`"
    )


def raw_clauses(source: Source) -> Iterator[RawClause]:
    """The clauses of a file as they stand; entries that are no mapping are left to the schema to refuse."""
    data = source.data
    listed = data.get("clauses") if isinstance(data, dict) else None
    for index, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, dict):
            yield RawClause(source, ("clauses", index), each)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The files that a document includes, in the order in which their clauses follow, and what is wrong with them."""

    sources: tuple[Source, ...]
    paths: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


def included(source: Source) -> Inclusion:
    """Read every file that `source` includes, and those that these include, each once."""
    gathering = _Gathering()
    if source.path is not None:
        gathering.follow(source, (_real(source.path),))
    return Inclusion(tuple(gathering.sources), tuple(gathering.paths), tuple(gathering.diagnostics))


class _Gathering:
    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.paths: list[Path] = []
        self.diagnostics: list[Diagnostic] = []
        self.seen: set[Path] = set()

    def follow(self, source: Source, chain: tuple[Path, ...]) -> None:
        listed = source.data.get("include") if isinstance(source.data, dict) else None
        for index, each in enumerate(listed if isinstance(listed, list) else ()):
            if each is None or isinstance(each, (dict, list)) or source.is_damaged(("include", index)):
                continue
            problem = self._take(source, text_of(each), ("include", index), chain)
            if problem is not None:
                self.diagnostics.append(source.at(problem.code, problem.path, problem.message, problem.hint))

    def _take(self, source: Source, name: str, at: tuple[str | int, ...], chain: tuple[Path, ...]) -> Problem | None:
        assert source.path is not None
        path = Path(os.path.normpath(source.path.parent / name))
        real = _real(path)
        if Path(name).is_absolute() or path.suffix not in SUFFIXES:
            return Problem(
                "PS215-include-not-found",
                at,
                f"`{name}` is no file that can be included",
                "name a `.yaml` file by its path relative to this one",
            )
        if real in chain:
            return Problem(
                "PS216-include-cycle",
                at,
                f"`{name}` includes this file, directly or by way of others",
                "move what both need to a third file",
            )
        if real in self.seen:
            return Problem("PS113-repeated-item", at, f"`{name}` is included already", "remove one of the two")
        if not _is_file(path):
            return Problem("PS215-include-not-found", at, f"there is no file `{name}`", _near(path))
        if len(self.seen) >= MOST_INCLUDED:
            return Problem("PS002-too-large", at, f"more than {MOST_INCLUDED} files are included", "join some of them")
        self.seen.add(real)
        inner = read_yaml(path)
        self.diagnostics += inner.diagnostics
        kind = file_kind(inner.data)
        if inner.data is not None and not is_stray_policy(inner.data) and kind in ("policy", "statute", "scenarios"):
            what = {"scenarios": "a suite of scenarios"}.get(kind, f"a {kind}")
            return Problem(
                "PS116-unknown-document",
                at,
                f"`{name}` is {what}; an included file has `clauses` only",
                "move the clauses that both need to a file of their own",
            )
        self.sources.append(inner)
        self.paths.append(path)
        self.follow(inner, (*chain, real))
        return None


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _near(path: Path) -> str:
    """A file with nearly that name where the path leads."""
    try:
        names = [each.name for each in path.parent.iterdir() if each.suffix in SUFFIXES]
    except (OSError, ValueError):
        return "paths are relative to the file that includes; the folder does not exist"
    hint = did_you_mean(path.name, names)
    return hint or "paths are relative to the file that includes"


def yaml_files(paths: Iterable[Path]) -> list[Path]:
    """The YAML files named or below the folders named, in order, each once; hidden ones left out."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inner = (each for each in path.rglob("*") if each.suffix in SUFFIXES and each.is_file())
            found.update(
                dict.fromkeys(
                    sorted(
                        each for each in inner if not any(part.startswith(".") for part in each.relative_to(path).parts)
                    )
                )
            )
        else:
            found[path] = None
    return list(found)
