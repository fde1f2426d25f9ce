"""Compiled policies, bounded: each is compiled when first needed, and the least lately used makes room."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from policy_service.decision.rulebook import Rulebook
from policy_service.language.document import Document


class _Place:
    """Where one policy stands once it is compiled; its lock lets one thread compile while others wait for just it."""

    __slots__ = ("book", "lock")

    def __init__(self) -> None:
        self.book: Rulebook | None = None
        self.lock = Lock()


class Shelf:
    """At most `capacity` compiled policies and statutes. Safe between threads.

    A policy that makes room is freed at once; a decision that still uses it goes on, because the engine takes a freed
    program again when it is asked.
    """

    def __init__(self, capacity: int, *, memo: bool = True) -> None:
        if capacity < 2:
            raise ValueError("a policy and its statute need two places")
        self._capacity = capacity
        self._memo = memo
        self._lock = Lock()
        self._places: OrderedDict[str, _Place] = OrderedDict()

    def __len__(self) -> int:
        return len(self._places)

    def rulebook(self, document: Document) -> Rulebook:
        """The document, compiled. Raises `engine.errors.PolicyTooLarge`."""
        key = document.digest
        dropped: list[_Place] = []
        with self._lock:
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = _Place()
                while len(self._places) > self._capacity:
                    dropped.append(self._places.popitem(last=False)[1])
            else:
                self._places.move_to_end(key)
        _free(dropped)
        return place.book or self._compile(place, document)

    def keep_only(self, digests: frozenset[str]) -> None:
        """Free what is no longer among the documents with these digests."""
        with self._lock:
            gone = [self._places.pop(key) for key in tuple(self._places) if key not in digests]
        _free(gone)

    def _compile(self, place: _Place, document: Document) -> Rulebook:
        with place.lock:
            if place.book is None:
                place.book = Rulebook(document, memo=self._memo)
            return place.book


def _free(places: list[_Place]) -> None:
    for place in places:
        if place.book is not None:
            place.book.close()
