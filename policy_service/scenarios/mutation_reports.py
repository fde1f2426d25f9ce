"""Mutation as a person or a program reads it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from policy_service.language.renderings import as_text
from policy_service.scenarios.campaign import Stale
from policy_service.scenarios.mutation import FailingSuite, Result, Status
from policy_service.scenarios.places import shown
from policy_service.scenarios.reading import SuiteError
from policy_service.scenarios.report import failure
from policy_service.scenarios.witness import MOST_TOGETHER


class Meter:
    """A bar on a terminal; nothing elsewhere."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        columns = (TextColumn("mutants"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
        self._task = self._progress.add_task("")

    def __enter__(self) -> Meter:
        self._progress.start()
        return self

    def show(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def tell(results: Sequence[Result], console: Console, *, as_json: bool = False, show_all: bool = False) -> None:
    """Survivors with what would kill them, then each file's counts."""
    if as_json:
        rows = [{**asdict(each), "document": shown(each.document), "file": shown(each.file)} for each in results]
        console.print(json.dumps(rows, ensure_ascii=False, indent=2), markup=False, highlight=False)
        return
    offered: dict[str, str] = {}
    for each in results:
        if each.status is Status.SURVIVED:
            first = offered.setdefault(_nameless(each.scenario), each.mutant)
            _say(console, _survivor(each, first if first != each.mutant else ""))
        elif show_all:
            _say(
                console,
                f"{shown(each.file)}:{each.line}  {each.mutant}\n  {each.status}{f': {each.by}' if each.by else ''}\n",
            )
    _say(console, summary(results))


def _nameless(scenario: str) -> str:
    """What a scenario asks and expects, whatever it is called."""
    return "\n".join(line for line in scenario.splitlines() if not line.lstrip().startswith(("- name:", "#")))


def _survivor(result: Result, like: str) -> str:
    """`like` is the mutant above for which the same scenario was offered, if one was."""
    lines = [f"SURVIVED {shown(result.file)}:{result.line}  {result.mutant}"]
    if result.scenario and like:
        lines.append(f"  no scenario notices; the one above, for `{like}`, would notice this too")
    elif result.scenario:
        lines += ["  no scenario notices; this one would:", "", result.scenario.rstrip()]
    elif result.tried:
        lines += [
            f"  no scenario notices, nor would any of the {result.tried} requests that were tried: the suites' own,",
            f"  with up to {MOST_TOGETHER} facts changed that the clause looks at, near closings, of no named category",
            "  not tried: other inspections, and facts and attributes that only other clauses look at",
            "  look there first: `accepted_mutants` in the suite is for what no request can tell apart",
        ]
    else:
        lines.append("  no scenario notices; try again when those above are noticed, to be shown one that would")
    return "\n".join(lines) + "\n"


def summary(results: Sequence[Result]) -> str:
    """A line per file, then the sum."""
    files: dict[str, Counter[Status]] = {}
    for each in results:
        files.setdefault(shown(each.file), Counter())[each.status] += 1
    width = max(map(len, files), default=0)
    lines = [f"{file:<{width}}  {_counts(counts)}" for file, counts in sorted(files.items())]
    total = sum(files.values(), Counter[Status]())
    return "\n".join([*lines, "", f"{total.total()} mutants: {_counts(total)}"])


def _counts(counts: Counter[Status]) -> str:
    return ", ".join(f"{counts[status]} {status}" for status in Status if counts[status]) or "none"


def tell_stale(stale: Sequence[Stale], console: Console) -> None:
    """Entries of `accepted_mutants` that accept nothing."""
    for each in stale:
        _say(console, f"{shown(str(each.file))}:{each.line}: warning: {each.said}\n    {each.mend}\n")


def tell_refused(error: SuiteError, console: Console) -> None:
    """The mistakes of a suite that cannot be run."""
    _say(console, as_text(error.diagnostics).rstrip())


def tell_failing(error: FailingSuite, console: Console) -> None:
    """The cases that fail before anything is changed."""
    for bench, outcome in error.failures:
        _say(console, f"FAILED {failure(outcome, bench)}\n")
    count = len(error.failures)
    said = "this scenario fails" if count == 1 else f"these {count} scenarios fail"
    _say(console, f"{said} as the policy stands; mend {'it' if count == 1 else 'them'} first")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
