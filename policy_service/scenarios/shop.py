"""The policies that a suite asks: a small catalogue of exactly the files it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from policy_service.contract.canonical import digest
from policy_service.decision.rulebook import Governing, Rulebook
from policy_service.language.diagnostics import Diagnostic
from policy_service.language.document import Document
from policy_service.language.loader import load
from policy_service.language.source import read_yaml
from policy_service.language.statutes import statute_files
from policy_service.language.vocabulary import DeclaredFact
from policy_service.scenarios import mistakes
from policy_service.scenarios.reading import LoadedSuite, SuiteError
from policy_service.service import NoVersionInForce, UnknownMerchant

SUFFIXES = (".yaml", ".yml")


class Shop:
    """Policies and statutes by merchant and day, compiled when first asked for.

    A governor in the sense of the service; `memo=False` decides without remembered cells.
    """

    def __init__(self, policies: Sequence[Document], statutes: Sequence[Document], *, memo: bool = True) -> None:
        self.policies = tuple(policies)
        self.statutes = tuple(statutes)
        self.memo = memo
        self._books: dict[int, Rulebook] = {}
        self._governing: dict[tuple[int, int | None], Governing] = {}

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every document that can be asked."""
        return (*self.policies, *self.statutes)

    def govern(self, merchant: str, placed_at: datetime, country: str | None) -> Governing:
        """What governs an order; raises UnknownMerchant or NoVersionInForce."""
        versions = [document for document in self.policies if document.name == merchant]
        if not versions:
            known = ", ".join(sorted({f"`{document.name}`" for document in self.policies}))
            raise UnknownMerchant(f"there is no policy of `{merchant}` in this suite's `policies`, only of {known}")
        policy = next((each for each in versions if each.in_force(_day(placed_at, each.timezone))), None)
        if policy is None:
            spans = ", ".join(f"{each.version} from {each.effective_from}" for each in versions)
            raise NoVersionInForce(
                f"no version of `{merchant}` was in force when the order was placed: there is {spans}"
            )
        statute = self._statute(policy, _day(placed_at, policy.timezone), country or policy.ships_from)
        key = (id(policy), None if statute is None else id(statute))
        found = self._governing.get(key)
        if found is None:
            both = [policy.digest, *([statute.digest] if statute else [])]
            found = Governing(self.book(policy), self.book(statute) if statute else None, digest({"documents": both}))
            self._governing[key] = found
        return found

    def _statute(self, policy: Document, day: date, country: str | None) -> Document | None:
        for name in policy.statutes:
            for statute in self.statutes:
                if statute.name == name and country in statute.countries and statute.in_force(day):
                    return statute
        return None

    def book(self, document: Document) -> Rulebook:
        """The compiled document."""
        found = self._books.get(id(document))
        if found is None:
            found = self._books[id(document)] = Rulebook(document, memo=self.memo)
        return found

    def declared(self, merchant: object) -> Mapping[str, DeclaredFact]:
        """The facts of their own that a merchant's policies and the statutes declare."""
        concerned = [document for document in self.policies if document.name == merchant] + list(self.statutes)
        return {name: fact for document in reversed(concerned) for name, fact in document.declared.items()}

    def replaced(self, old: Document, new: Document) -> Shop:
        """The same shop with one document in the place of another; the others stay compiled."""
        swap = [[new if each is old else each for each in listed] for listed in (self.policies, self.statutes)]
        shop = Shop(swap[0], swap[1], memo=self.memo)
        shop._books = {key: book for key, book in self._books.items() if key != id(old)}
        return shop


def _day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


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
    policies, wrong = _loaded(files)
    named = dict.fromkeys(
        path for each in policies for name in each.statutes for path in statute_files(each.path, name)
    )
    statutes, wrong_too = _loaded(named)
    if wrong or wrong_too:
        raise SuiteError([*wrong, *wrong_too])
    return Shop(policies, statutes, memo=memo)


def _loaded(files: Iterable[Path]) -> tuple[list[Document], list[Diagnostic]]:
    documents, wrong = [], []
    for file in files:
        found = load(file)
        if found.document is None:
            wrong.extend(each for each in found.diagnostics if each.is_error)
        else:
            documents.append(found.document)
    return documents, wrong


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
