"""A whole run of mutation: which documents, in many processes, taking over what is known from the last run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from policy_service import __version__
from policy_service.contract.canonical import digest
from policy_service.language.diagnostics import did_you_mean
from policy_service.scenarios.mutation import Grounds, Result, Status, examine, grounds_of, mutants_at
from policy_service.scenarios.reading import suites_in
from policy_service.scenarios.shop import policy_files

CHUNK = 12
RANK = (Status.KILLED, Status.ACCEPTED, Status.EQUIVALENT, Status.SURVIVED)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """Some mutants of one document, by number."""

    document: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Campaign:
    """The suites to run and the documents to change, as absolute paths."""

    suites: tuple[str, ...]
    documents: tuple[str, ...]

    @property
    def grounds(self) -> Grounds:
        return grounds_of(self.suites)


def campaign_of(paths: Sequence[Path]) -> Campaign:
    """What to mutate for these paths: policies and statutes at or below them that some suite asks.

    Suites are looked for in the same places; for a single policy file, beside it and below. Raises SuiteError, or
    FailingSuite where a case fails before anything is changed.
    """
    places = [path if path.is_dir() or _is_suite(path) else path.parent for path in paths]
    suites = tuple(str(file.resolve()) for file in suites_in(places))
    wanted = {str(file) for path in paths for file in _documents_below(path)}
    asked = grounds_of(suites).documents()
    chosen = [path for path in sorted(asked) if not wanted or path in wanted]
    return Campaign(suites, tuple(chosen))


def _is_suite(path: Path) -> bool:
    return any(True for _ in suites_in([path]))


def _documents_below(path: Path) -> Iterator[Path]:
    if _is_suite(path) and not path.is_dir():
        return
    yield from policy_files(path)
    if path.is_dir():
        yield from (file.resolve() for file in sorted(path.rglob("statutes/**/*.yaml")))


def run(
    campaign: Campaign, *, workers: int, cache: Path | None = None, progress: Progress | None = None
) -> list[Result]:
    """Every mutant's fate, in the order of files and lines."""
    memory = Memory(campaign, cache)
    known, tasks = memory.recall()
    results = list(known)
    total = len(known) + sum(len(task.numbers) for task in tasks)
    report = progress or (lambda done, of: None)
    report(len(results), total)
    for found in _examined(campaign, tasks, workers):
        results.extend(found)
        report(len(results), total)
    memory.keep(results)
    return _merged(results)


def _examined(campaign: Campaign, tasks: Sequence[Task], workers: int) -> Iterator[list[Result]]:
    if workers < 2 or len(tasks) < 2:
        for task in tasks:
            yield examine(campaign.suites, task.document, task.numbers)
        return
    # Fresh processes: the engine's C state is not to be shared.
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(examine, campaign.suites, task.document, task.numbers) for task in tasks]
        for future in as_completed(running):
            yield future.result()


def _merged(results: Iterable[Result]) -> list[Result]:
    """One result per change: an included clause is noticed if any policy's scenarios notice it."""
    best: dict[tuple[str, int, str], Result] = {}
    for result in results:
        known = best.get(result.key)
        if known is None or RANK.index(result.status) < RANK.index(known.status):
            best[result.key] = result
    return [best[key] for key in sorted(best)]


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry of `accepted_mutants` that accepts nothing: what is wrong with it, and the mend."""

    file: Path
    line: int
    said: str
    mend: str


def stale(campaign: Campaign, results: Sequence[Result]) -> list[Stale]:
    """The suites' accepted mutants that no change of their policies is called, or that a scenario notices anyway."""
    found = []
    for loaded, documents in campaign.grounds.suites():
        for index, entry in enumerate(loaded.suite.accepted):
            fates = [each for each in results if each.mutant == entry.mutant]
            ours = [each for each in fates if each.document in documents] or fates
            line = loaded.line(("accepted_mutants", index))
            if ours and all(each.status is Status.KILLED for each in ours):
                said = f"`{entry.mutant}` is accepted, but a scenario notices it: {ours[0].by}"
                found.append(Stale(loaded.suite.file, line, said, "take it out of `accepted_mutants`"))
            elif not ours and entry.mutant not in (names := _names(campaign, documents)):
                said = f"`{entry.mutant}` is accepted, but no change of these policies is called so"
                mend = did_you_mean(entry.mutant, names) or "`policy mutate --all` lists what each is called"
                found.append(Stale(loaded.suite.file, line, said, mend))
    return found


def _names(campaign: Campaign, documents: Iterable[str]) -> set[str]:
    return {mutant.id for path in sorted(documents) for mutant in mutants_at(campaign.suites, path)}


class Memory:
    """What the last run found out, as far as it still holds.

    A mutant's fate stands while its policy, the others that its cases ask, and the cases are the same.
    """

    def __init__(self, campaign: Campaign, file: Path | None) -> None:
        self.campaign = campaign
        self.file = file
        self.entries: dict[str, dict[str, object]] = {}
        if file is not None and file.is_file():
            try:
                self.entries = json.loads(file.read_text(encoding="utf-8"))
            except ValueError:
                self.entries = {}

    def recall(self) -> tuple[list[Result], list[Task]]:
        """What need not be found out again, and what must be."""
        known: list[Result] = []
        tasks: list[Task] = []
        for path in self.campaign.documents:
            grounds = self._grounds(path)
            unknown = []
            for number, mutant in enumerate(mutants_at(self.campaign.suites, path)):
                entry = self.entries.get(self._key(path, mutant.id))
                if entry is not None and entry["grounds"] == grounds:
                    known.append(_result(entry["result"]))
                else:
                    unknown.append(number)
            tasks.extend(Task(path, tuple(unknown[start : start + CHUNK])) for start in range(0, len(unknown), CHUNK))
        return known, tasks

    def keep(self, results: Sequence[Result]) -> None:
        """Write what was found out, for the next run."""
        if self.file is None:
            return
        grounds = {path: self._grounds(path) for path in self.campaign.documents}
        self.entries = {
            self._key(each.document, each.mutant): {"grounds": grounds[each.document], "result": asdict(each)}
            for each in results
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.entries, ensure_ascii=False), encoding="utf-8")

    def _key(self, path: str, mutant: str) -> str:
        return f"{os.path.relpath(path)} {mutant}"

    def _grounds(self, path: str) -> str:
        """Changes whenever a document, a case or an accepted mutant does, and with the release."""
        grounds = self.campaign.grounds
        cases = grounds.concerning(path)
        asked = {id(document): document for each in cases for document in each.bench.shop.documents}
        documents = sorted(each.digest for each in asked.values())
        return digest([__version__, documents, sorted(each.digest for each in cases), grounds.accepted(path)])


def _result(data: object) -> Result:
    assert isinstance(data, dict)
    return Result(**{**data, "status": Status(data["status"])})
