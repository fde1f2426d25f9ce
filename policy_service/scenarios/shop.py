"""The policies that a suite asks: a small catalogue of exactly the files it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from policy_service.catalog.errors import NoVersionInForce, UnknownMerchant
from policy_service.catalog.version import Version
from policy_service.decision.rulebook import Governing, Rulebook
from policy_service.language.diagnostics import Diagnostic, one_of
from policy_service.language.document import Document
from policy_service.language.loader import load
from policy_service.language.source import read_yaml
from policy_service.language.statutes import SUFFIXES, statute_files
from policy_service.language.vocabulary import DeclaredFact
from policy_service.scenarios import mistakes
from policy_service.scenarios.places import shown
from policy_service.scenarios.reading import LoadedSuite, SuiteError


class Shop:
    """Policies and statutes by merchant and day, compiled when first asked for.

    A governor in the sense of the service; `memo=False` decides without remembered cells.
    """

    def __init__(self, versions: Sequence[Version], *, memo: bool = True) -> None:
        self.versions = tuple(versions)
        self.memo = memo
        self._books: dict[int, Rulebook] = {}
        self._governing: dict[tuple[int, int | None], Governing] = {}

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every document that can be asked, each once."""
        found = {id(document): document for version in self.versions for document in version.documents}
        return tuple(found.values())

    def govern(self, merchant: str, placed_at: datetime, country: str | None) -> Governing:
        """What governs an order; raises UnknownMerchant or NoVersionInForce."""
        versions = [version for version in self.versions if version.document.name == merchant]
        if not versions:
            names = sorted({version.document.name for version in self.versions})
            raise UnknownMerchant(merchant, f"this suite's `policies` are of {one_of(names, 'and')}")
        version = next((each for each in versions if each.in_force(placed_at)), None)
        if version is None:
            raise NoVersionInForce(
                merchant,
                versions[0].day(placed_at),
                tuple(each.document.version for each in versions),
                tuple(each.begins for each in versions),
            )
        statute = version.statute(placed_at, country)
        key = (id(version.document), None if statute is None else id(statute))
        found = self._governing.get(key)
        if found is None:
            book = self.book(statute) if statute else None
            found = self._governing[key] = Governing(
                self.book(version.document), book, version.digest, version.declared
            )
        return found

    def book(self, document: Document) -> Rulebook:
        """The compiled document."""
        found = self._books.get(id(document))
        if found is None:
            found = self._books[id(document)] = Rulebook(document, memo=self.memo)
        return found

    def share(self, document: Document, book: Rulebook | None) -> Rulebook:
        """Take over a compiled document from another shop, or compile it for that one to take over."""
        if book is not None:
            self._books[id(document)] = book
        return self.book(document)

    def declared(self, merchant: object) -> Mapping[str, DeclaredFact]:
        """The facts of their own that a merchant's policies and their statutes declare."""
        concerned = [
            each for version in self.versions if version.document.name == merchant for each in version.documents
        ]
        return {name: fact for document in reversed(concerned) for name, fact in document.declared.items()}

    def replaced(self, old: Document, new: Document) -> Shop:
        """The same shop with one document in the place of another; the others stay compiled."""
        shop = Shop([_swapped(version, old, new) for version in self.versions], memo=self.memo)
        shop._books = {key: book for key, book in self._books.items() if key != id(old)}
        return shop


def _swapped(version: Version, old: Document, new: Document) -> Version:
    if not any(document is old for document in version.documents):
        return version
    statutes = {
        name: tuple(new if each is old else each for each in editions) for name, editions in version.statutes.items()
    }
    return Version(new if version.document is old else version.document, statutes)


def open_shop(loaded: LoadedSuite, *, memo: bool = True) -> Shop:
    """The shop of a suite; raises SuiteError where a policy is missing or has mistakes."""
    files: list[Path] = []
    problems = []
    for index, entry in enumerate(loaded.suite.policies):
        found = list(policy_files(loaded.suite.file.parent / entry))
        files.extend(found)
        if not found:
            problems.append(mistakes.no_policies(("policies", index), entry))
    if problems:
        raise SuiteError(map(loaded.diagnostic, problems))
    return shop_of(tuple(dict.fromkeys(files)), memo)


@lru_cache(maxsize=64)
def shop_of(files: tuple[Path, ...], memo: bool = True) -> Shop:
    """The shop of these policy files with the statutes they name; raises SuiteError where one has mistakes."""
    wrong: list[Diagnostic] = []
    documents: dict[Path, Document] = {}

    def read(path: Path) -> Iterator[Document]:
        if path not in documents:
            found = load(path)
            if found.document is None:
                wrong.extend(replace(each, file=shown(each.file)) for each in found.diagnostics if each.is_error)
                return
            documents[path] = found.document
        yield documents[path]

    versions = []
    for file in files:
        for policy in read(file):
            laws = {name: [*statute_files(file, name)] for name in policy.statutes}
            statutes = {name: tuple(each for path in paths for each in read(path)) for name, paths in laws.items()}
            versions.append(Version(policy, statutes))
    if wrong:
        raise SuiteError(wrong)
    return Shop(versions, memo=memo)


def policy_files(path: Path) -> Iterator[Path]:
    """The policies in a file or in a folder and below it, as absolute paths."""
    path = path.resolve()
    candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
    for file in candidates:
        if file.suffix in SUFFIXES and file.is_file() and (not path.is_dir() or _is_policy(file)):
            yield file


@lru_cache(maxsize=1024)
def _is_policy(file: Path) -> bool:
    data = read_yaml(file).data
    return isinstance(data, dict) and "merchant" in data
