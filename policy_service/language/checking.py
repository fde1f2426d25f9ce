"""Checks files and folders: every mistake in every file, in one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from policy_service.contract.suggest import mistyped
from policy_service.language.agreement import with_statutes
from policy_service.language.diagnostics import Diagnostic, in_order
from policy_service.language.document import Document
from policy_service.language.files import (
    SUFFIXES,
    file_kind,
    is_stray_policy,
    not_a_mapping,
    unknown_document,
    yaml_files,
)
from policy_service.language.loader import include_diagnostics, load, load_source
from policy_service.language.source import Source, read_yaml
from policy_service.language.versions import edition_of, succession

__all__ = ["check"]

NUMBER, WORD = re.compile("[0-9]+"), re.compile("[^-_. ]+")

Further = Callable[[Document], Iterable[Diagnostic]]
Law = Callable[[Path], Document | None]


def check(paths: Iterable[Path | str], further: Further = lambda document: ()) -> list[Diagnostic]:
    """Every mistake in the policies, statutes and include files among `paths` (files and folders).

    Suites of scenarios are passed over: they are checked where requests are known. Versions are compared
    with the others of their folder, but only what is wrong with the files named is told. `further` is asked
    about every document that can be read.
    """
    roots = [Path(path) for path in paths]
    sources = {path: read_yaml(path) for path in yaml_files(roots)}
    shared = {file for path, source in sources.items() for file in _includes(path, source)}
    law = cache(lambda path: load(path).document)
    found = [
        each
        for path, source in sources.items()
        for each in (
            include_diagnostics(source)
            if path.resolve() in shared and is_stray_policy(source.data)
            else _of_file(path, source, further, law)
        )
    ]
    names = {source.name for source in sources.values()}
    for root in roots:
        editions = [each for source in _together(root, sources) if (each := edition_of(source)) is not None]
        found += [each for each in succession(editions) if each.file in names]
    return in_order(found)


def _includes(path: Path, source: Source) -> Iterator[Path]:
    """The files that one says it includes."""
    listed = source.data.get("include") if isinstance(source.data, dict) else None
    for name in listed if isinstance(listed, list) else ():
        if isinstance(name, str) and "\0" not in name:
            yield (path.parent / name).resolve()


def _of_file(path: Path, source: Source, further: Further, law: Law) -> list[Diagnostic]:
    kind = file_kind(source.data)
    if kind in ("policy", "statute"):
        loaded = load_source(path, source)
        agreed = _of_document(loaded.document, source, further, law)
        return [*loaded.diagnostics, *_other_folder(path, source), *agreed]
    if kind == "include":
        return include_diagnostics(source)
    if kind is None and isinstance(source.data, dict):
        problem = unknown_document(source.data, kind)
        return [*source.diagnostics, source.at(problem.code, problem.path, problem.message, problem.hint, key=True)]
    if kind is None and source.data is not None and not source.diagnostics:
        problem = not_a_mapping(source.data)
        return [source.at(problem.code, problem.path, problem.message, problem.hint)]
    return [] if kind == "scenarios" else list(source.diagnostics)


def _of_document(document: Document | None, source: Source, further: Further, law: Law) -> Iterator[Diagnostic]:
    if document is None:
        return
    for problem in with_statutes(document, law):
        yield source.at(problem.code, problem.path, problem.message, problem.hint, key=problem.on_key)
    yield from further(document)


def _other_folder(path: Path, source: Source) -> Iterator[Diagnostic]:
    """A merchant whose name is a slip away from that of the folder; another name altogether is a choice."""
    name, folder = source.data.get("merchant"), path.absolute().parent.name
    if not isinstance(name, str) or name == folder or NUMBER.findall(name) != NUMBER.findall(folder):
        return
    if len(WORD.findall(name)) != len(WORD.findall(folder)):
        return  # a shop of several, such as `amazon-us` in `amazon`
    if mistyped(name, [folder]) is not None:
        yield source.at(
            "PS305-nearly-the-folder",
            ("merchant",),
            f"the merchant `{name}` is nearly the folder `{folder}`",
            f"did you mean `{folder}`? requests are answered by this name, whatever the folder's is",
        )


def _together(root: Path, sources: dict[Path, Source]) -> Iterator[Source]:
    """The files whose versions must fit together: those of a folder named, or those beside a policy named."""
    if root.is_dir():
        yield from (sources[path] for path in yaml_files([root]))
    elif root in sources and edition_of(sources[root]) is not None:
        for path in sorted(each for each in root.parent.iterdir() if each.suffix in SUFFIXES and each.is_file()):
            yield sources.get(path) or read_yaml(path)
