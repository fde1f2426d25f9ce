from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from policy_service.catalog import shelf as shelves
from policy_service.catalog.catalog import Catalog
from policy_service.catalog.shelf import Shelf
from policy_service.decision.rulebook import Rulebook
from policy_service.language.document import Document
from tests.catalog.folder import policy, write


@pytest.fixture
def documents(tmp_path: Path) -> list[Document]:
    catalog = Catalog(write(tmp_path, {f"{name}.yaml": policy(f"shop-{name}") for name in "abc"}))
    return [catalog.versions(merchant)[0].document for merchant in catalog.merchants()]


def test_a_policy_is_compiled_once(documents: list[Document]) -> None:
    shelf = Shelf(4)
    assert shelf.rulebook(documents[0]) is shelf.rulebook(documents[0])


def test_the_least_lately_used_makes_room(documents: list[Document]) -> None:
    a, b, c = documents
    shelf = Shelf(2)
    first = shelf.rulebook(a)
    second = shelf.rulebook(b)
    shelf.rulebook(a)
    shelf.rulebook(c)
    assert len(shelf) == 2
    assert shelf.rulebook(a) is first
    assert shelf.rulebook(b) is not second


def test_a_policy_that_made_room_still_decides(documents: list[Document]) -> None:
    a, b, c = documents
    shelf = Shelf(2)
    book = shelf.rulebook(a)
    shelf.rulebook(b)
    shelf.rulebook(c)
    assert book.program.fire([], "return").applies == (0,)


def test_threads_that_want_one_policy_wait_for_one_compilation(
    documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = []

    def compiling(document: Document, *, memo: bool) -> Rulebook:
        compiled.append(document)
        return Rulebook(document, memo=memo)

    monkeypatch.setattr(shelves, "Rulebook", compiling)
    shelf, together = Shelf(4), Barrier(8)

    def ask(_: int) -> Rulebook:
        together.wait()
        return shelf.rulebook(documents[0])

    with ThreadPoolExecutor(8) as pool:
        books = set(pool.map(ask, range(8)))
    assert len(books) == 1
    assert len(compiled) == 1


def test_a_policy_that_cannot_be_compiled_is_tried_again(
    documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(4)
    with monkeypatch.context() as patch:
        patch.setattr(shelves, "Rulebook", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            shelf.rulebook(documents[0])
    assert shelf.rulebook(documents[0]).document is documents[0]
