"""The one way in and out of the C extension of durable_rules, kept inside the band where it is exact.

`Ruleset` holds flat conjunctions of integer comparisons and tells which of them a set of properties satisfies:

    >>> many, some = [Comparison("a", "$gte", 3)], [Comparison("a", "==", 1), Comparison("b", "$neq", 0)]
    >>> with Ruleset("doc", [many, some]) as rules:
    ...     rules.match(',"a":4'), rules.match(',"a":1,"b":7'), rules.match("")
    ([0], [1], [])

What the extension needs and never says (measured on 2.0.28):

- a fresh state must complete one action before its first `delete_state`, or uninitialised memory is freed: `warm up`;
- one state per ruleset is kept under a constant sid; deleting it each time costs five times the evaluation;
- an exception between assert and the last action leaves the state locked for 61 s of C time: `delete_state`;
- two threads on one state crash: a lock. The lock is not fork-aware, so fork before evaluating in threads;
- every conjunction starts with an always-true test on a private property, spread over groups, because too many tests
  under one parent, or too many of them true at once, hang or corrupt the extension.
"""

from __future__ import annotations

import json
import re
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from types import TracebackType
from typing import Protocol, Self, cast

import durable_rules_engine

from policy_service.engine.errors import EngineFault

MAX_PROPERTIES = 240
"""Properties tested in one ruleset; the extension's own limit of 255 also counts `id`, `sid` and the private ones."""

GROUP = 30
GROUPS = 32
MAX_CONJUNCTIONS = GROUP * GROUPS
"""Conjunctions in one ruleset: 32 anchors of 30, so that at most 62 tests are true and waiting at once, of 64
possible."""

OPERATORS = frozenset({"==", "$neq", "$lt", "$lte", "$gt", "$gte"})

_ANCHOR = "_"
_WARM = "w"
RESERVED = ("id", "sid", "$s", _ANCHOR, _WARM)
"""Properties of the engine's own and of this module's."""

_SID = "0"
_RETRACTION = '{"sid":"0","id":"1"}'
_WARM_UP = '{"sid":"0","id":"1","w":1}'
_MATCHED, _UNMATCHED = 0, 1
_INT64 = 2**63


class _Extension(Protocol):
    """The functions of `durable_rules_engine` in use. Handles and states are small integers."""

    error: type[Exception]

    def create_ruleset(self, name: str, definition: str, /) -> int: ...

    def delete_ruleset(self, handle: int, /) -> None: ...

    def delete_state(self, handle: int, sid: str, /) -> None: ...

    def assert_fact(self, handle: int, fact: str, /) -> tuple[int, int]:
        """Returns (0 matched | 1 nothing matched | 2 not evaluated: the id is still live, state)."""

    def retract_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...

    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None:
        """Returns the state and the first firing, `{"rule":{"m":{...}}}`; None when there is none or the state is
        locked."""

    def complete_and_start_action(self, handle: int, state: int, /) -> str | None:
        """Returns the next firing, None after the last."""


durable = cast(_Extension, durable_rules_engine)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`property operator value`, with an operator from `OPERATORS`; a missing property satisfies none."""

    property: str
    operator: str
    value: int

    def definition(self) -> dict[str, object]:
        test: dict[str, object] = {self.property: self.value}
        return test if self.operator == "==" else {self.operator: test}


class _Held:
    """What must be freed when a ruleset goes: apart from it, so that a finaliser can hold it."""

    __slots__ = ("handle", "warm")

    def __init__(self) -> None:
        self.handle: int | None = None
        self.warm = False


class Ruleset:
    """Conjunctions of comparisons, numbered from 0, living in the extension until `close`. Safe between threads.

    Errors: ValueError for definitions outside the safe band; EngineFault when the extension misbehaves, after which the
    ruleset is sound again. Closing frees the memory; a later `match` builds the ruleset anew.
    """

    def __init__(self, name: str, conjunctions: Sequence[Sequence[Comparison]]) -> None:
        _check(name, conjunctions)
        self.name = name
        self._definition = _definition(conjunctions)
        self._numbers = {f"r{number:03d}": number for number in range(len(conjunctions))}
        self._lock = Lock()
        self._held = _Held()
        self._finalizer = weakref.finalize(self, _free, self._held)
        self._finalizer.atexit = False  # the process is going, and so is the extension
        with self._lock:
            self._open()

    def match(self, properties: str) -> list[int]:
        """The numbers of the conjunctions that hold, ascending.

        `properties` is the inside of a JSON object, each member led by a comma: `,"p0":3,"p1":1`.
        """
        with self._lock:
            try:
                return sorted(self._evaluate(f'{{"sid":"0","id":"1","_":0{properties}}}'))
            except durable.error as error:
                raise EngineFault(self.name, str(error)) from error

    def close(self) -> None:
        """Frees the extension's memory; does nothing the second time."""
        with self._lock:
            _free(self._held)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _evaluate(self, fact: str) -> list[int]:
        if not self._held.warm:
            self._open()
        sound = False
        try:
            fired = self._fire(fact)
            sound = True
        finally:
            if not sound:
                self._start_afresh()
        return fired

    def _fire(self, fact: str) -> list[int]:
        handle = self._held.handle
        assert handle is not None
        code, state = durable.assert_fact(handle, fact)
        if code == _UNMATCHED:
            return []  # the extension keeps no fact that matched nothing
        if code != _MATCHED:
            raise EngineFault(self.name, f"code {code}: the facts were not evaluated")
        first = durable.start_action_for_state(handle, state)
        if first is None:
            raise EngineFault(self.name, "code 0 without action: the state is locked")
        numbers = self._numbers
        fired = []
        firing: str | None = first[1]
        while firing is not None:
            fired.append(numbers[firing[2:6]])
            firing = durable.complete_and_start_action(handle, state)
        durable.retract_fact(handle, _RETRACTION)
        return fired

    def _open(self) -> None:
        held = self._held
        # A state that never completed an action cannot be freed safely: whatever is still held is let go.
        held.handle = durable.create_ruleset(self.name, self._definition)
        self._warm_up(held.handle)

    def _warm_up(self, handle: int) -> None:
        code, state = durable.assert_fact(handle, _WARM_UP)
        if code != _MATCHED or durable.start_action_for_state(handle, state) is None:
            raise EngineFault(self.name, f"code {code} without action while warming up")
        durable.complete_and_start_action(handle, state)
        durable.retract_fact(handle, _RETRACTION)
        self._held.warm = True

    def _start_afresh(self) -> None:
        held = self._held
        assert held.handle is not None
        held.warm = False
        durable.delete_state(held.handle, _SID)
        self._warm_up(held.handle)


def _free(held: _Held) -> None:
    handle, held.handle = held.handle, None
    if handle is not None and held.warm:
        held.warm = False
        durable.delete_state(handle, _SID)
        durable.delete_ruleset(handle)


def _definition(conjunctions: Sequence[Sequence[Comparison]]) -> str:
    rules: dict[str, object] = {"warm": {"all": [{"m": {_WARM: 1}}]}}
    for number, conjunction in enumerate(conjunctions):
        anchor = Comparison(_ANCHOR, "$gte", -(number // GROUP))
        tests = [comparison.definition() for comparison in (anchor, *conjunction)]
        rules[f"r{number:03d}"] = {"all": [{"m": {"$and": tests}}]}
    return json.dumps(rules)


def _check(name: str, conjunctions: Sequence[Sequence[Comparison]]) -> None:
    if len(conjunctions) > MAX_CONJUNCTIONS:
        raise ValueError(f"ruleset `{name}` has {len(conjunctions)} conjunctions, more than {MAX_CONJUNCTIONS}")
    comparisons = {comparison for conjunction in conjunctions for comparison in conjunction}
    properties = {comparison.property for comparison in comparisons}
    if len(properties) > MAX_PROPERTIES:
        raise ValueError(f"ruleset `{name}` tests {len(properties)} properties, more than {MAX_PROPERTIES}")
    check_names(properties)
    for comparison in comparisons:
        if comparison.operator not in OPERATORS:
            raise ValueError(f"unknown operator `{comparison.operator}`")
        if not isinstance(comparison.value, int) or not -_INT64 <= comparison.value < _INT64:
            raise ValueError(f"`{comparison.value}` is not a 64-bit integer")


def check_names(properties: set[str]) -> None:
    """Raises ValueError for a name that the extension reserves, or two that it cannot tell apart (it keeps 32-bit
    hashes)."""
    seen = {fnv1a(reserved): reserved for reserved in RESERVED}
    for name in sorted(properties):
        if name in RESERVED or not re.fullmatch("[a-z][a-z0-9_]*", name):
            raise ValueError(f"`{name}` cannot name a property")
        other = seen.setdefault(fnv1a(name), name)
        if other != name:
            raise ValueError(f"the properties `{other}` and `{name}` have the same hash")


@lru_cache(maxsize=4096)
def fnv1a(name: str) -> int:
    """The 32-bit FNV-1a hash by which the extension knows a property."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value
