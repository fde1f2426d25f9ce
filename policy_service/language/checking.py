"""Checks files and folders: every mistake in every file, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from policy_service.language.agreement import with_statutes
from policy_service.language.diagnostics import Diagnostic, in_order
from policy_service.language.document import Document
from policy_service.language.files import SUFFIXES, file_kind, unknown_document, yaml_files
from policy_service.language.loader import include_diagnostics, load, load_source
from policy_service.language.source import Source, read_yaml
from policy_service.language.versions import edition_of, succession

__all__ = ["check"]


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
    law = cache(lambda path: load(path).document)
    found = [each for path, source in sources.items() for each in _of_file(path, source, further, law)]
    names = {source.name for source in sources.values()}
    for root in roots:
        editions = [each for source in _together(root, sources) if (each := edition_of(source)) is not None]
        found += [each for each in succession(editions) if each.file in names]
    return in_order(found)


def _of_file(path: Path, source: Source, further: Further, law: Law) -> list[Diagnostic]:
    kind = file_kind(source.data)
    if kind in ("policy", "statute"):
        loaded = load_source(path, source)
        return [*loaded.diagnostics, *_of_document(loaded.document, source, further, law)]
    if kind == "include":
        return include_diagnostics(source)
    if kind is None and isinstance(source.data, dict):
        problem = unknown_document(source.data, kind)
        return [*source.diagnostics, source.at(problem.code, problem.path, problem.message, problem.hint, key=True)]
    if kind is None and source.data is not None and not source.diagnostics:
        return [source.at("PS012-empty", (), "a policy is a mapping of keys", "begin with `merchant:`")]
    return [] if kind == "scenarios" else list(source.diagnostics)


def _of_document(document: Document | None, source: Source, further: Further, law: Law) -> Iterator[Diagnostic]:
    if document is None:
        return
    for problem in with_statutes(document, law):
        yield source.at(problem.code, problem.path, problem.message, problem.hint, key=problem.on_key)
    yield from further(document)


def _together(root: Path, sources: dict[Path, Source]) -> Iterator[Source]:
    """The files whose versions must fit together: those of a folder named, or those beside a policy named."""
    if root.is_dir():
        yield from (sources[path] for path in yaml_files([root]))
    elif root in sources and edition_of(sources[root]) is not None:
        for path in sorted(each for each in root.parent.iterdir() if each.suffix in SUFFIXES and each.is_file()):
            yield sources.get(path) or read_yaml(path)
