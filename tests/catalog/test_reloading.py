from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from policy_service.catalog.catalog import Catalog
from policy_service.catalog.errors import CatalogError
from policy_service.language.loader import Loaded, load_source
from policy_service.language.source import Source
from tests.catalog.folder import policy, statute, write

WHEN = datetime.fromisoformat("2025-06-01T00:00:00+08:00")


def test_a_broken_file_keeps_every_policy_as_it_was(tmp_path: Path) -> None:
    catalog = Catalog(write(tmp_path, {"a/1.yaml": policy("shop-a"), "b/1.yaml": policy("shop-b")}))
    before = catalog.govern("shop-a", WHEN, None)
    write(
        tmp_path,
        {"a/1.yaml": policy("shop-a") + "# changed\n", "b/1.yaml": policy("shop-b", clauses="  - {id: x, deny: {}}\n")},
    )
    assert not catalog.reload()
    assert catalog.govern("shop-a", WHEN, None) == before
    assert [each.file for each in catalog.last_reload.diagnostics] == [str(tmp_path / "b/1.yaml")]


def test_a_mended_file_is_taken_at_the_next_reload(tmp_path: Path) -> None:
    catalog = Catalog(write(tmp_path, {"a/1.yaml": policy("shop-a")}))
    write(tmp_path, {"a/1.yaml": "merchant: [\n"})
    assert not catalog.reload()
    write(tmp_path, {"a/1.yaml": policy("shop-a"), "b/1.yaml": policy("shop-b")})
    assert catalog.reload()
    assert catalog.last_reload.ok
    assert catalog.merchants() == ("shop-a", "shop-b")


def test_what_has_not_changed_is_neither_read_nor_compiled_again(tmp_path: Path) -> None:
    catalog = Catalog(write(tmp_path, {"a/1.yaml": policy("shop-a"), "b/1.yaml": policy("shop-b")}))
    kept = catalog.govern("shop-a", WHEN, None)
    write(tmp_path, {"b/1.yaml": policy("shop-b") + "# changed\n"})
    assert catalog.reload()
    assert catalog.govern("shop-a", WHEN, None).policy is kept.policy


def test_a_changed_include_is_noticed(tmp_path: Path) -> None:
    files = {
        "a/1.yaml": policy("shop-a", head="include: [more.yaml]\n"),
        "a/more.yaml": "clauses:\n  - {id: more, grant: [free_pickup]}\n",
    }
    catalog = Catalog(write(tmp_path, files))
    write(tmp_path, {"a/more.yaml": "clauses:\n  - {id: other, grant: [free_pickup]}\n"})
    assert catalog.reload()
    assert [clause.id for clause in catalog.versions("shop-a")[0].document.clauses] == ["return", "other"]


@pytest.mark.parametrize("name", ["a/1.yaml", "a/more.yaml", "statutes/cn.yaml", "statutes/law.yaml"])
def test_a_change_while_the_folder_is_read_is_noticed_at_the_next_reload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    files = {
        "a/1.yaml": policy("shop-a", head="statute: [cn]\ninclude: [more.yaml]\n"),
        "a/more.yaml": "clauses:\n  - {id: more, grant: [free_pickup]}\n",
        "statutes/cn.yaml": statute().replace("clauses:", "include: [law.yaml]\nclauses:"),
        "statutes/law.yaml": "clauses:\n  - {id: law, return_shipping: {payer: merchant}}\n",
    }
    root = write(tmp_path, files)

    def overtaken(path: Path, source: Source) -> Loaded:
        loaded = load_source(path, source)
        if loaded.document and root / name in (path, *loaded.document.included):
            write(root, {name: files[name] + "# changed\n"})
        return loaded

    with monkeypatch.context() as patched:
        patched.setattr("policy_service.catalog.snapshot.load_source", overtaken)
        catalog = Catalog(root)
    assert catalog.reload()
    (version,) = catalog.versions("shop-a")
    texts = dict(zip(version.files, (text for each in version.documents for text in each.texts), strict=True))
    assert texts[root / name].endswith("# changed\n")


def test_a_removed_folder_keeps_the_policies(tmp_path: Path) -> None:
    root = write(tmp_path / "rules", {"a/1.yaml": policy("shop-a")})
    catalog = Catalog(root)
    shutil.rmtree(root)
    assert not catalog.reload()
    assert catalog.merchants() == ("shop-a",)


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        ({"a.yaml": "merchant: [\n"}, {"PS003-syntax"}),
        ({"a.yaml": policy(version="1"), "b.yaml": policy(version="2")}, {"PS301-overlap"}),
        (
            {
                "a.yaml": policy(version="1", effective="{from: 2025-01-01, through: 2025-01-31}"),
                "b.yaml": policy(version="1", effective="{from: 2025-02-01}"),
            },
            {"PS302-same-version"},
        ),
        ({"a.yaml": policy(head="statute: [atlantis]\n")}, {"PS214-statute-not-found"}),
        ({"a.yaml": policy(head="include: [nowhere.yaml]\n")}, {"PS215-include-not-found"}),
        (
            {
                "a.yaml": policy(head="statute: [cn]\nfacts: {x: {about: line, type: integer}}\n"),
                "statutes/cn.yaml": "facts: {x: {about: line, type: date}}\n" + statute(),
            },
            {"PS221-fact-differs"},
        ),
        (
            {"a.yaml": policy(clauses="  - {id: x, deny: {}}\n"), "b.yaml": "merchant: {\n"},
            {"PS003-syntax", "PS102-missing-key"},
        ),
    ],
)
def test_a_folder_with_mistakes_is_refused_with_all_of_them(
    tmp_path: Path, files: dict[str, str], codes: set[str]
) -> None:
    with pytest.raises(CatalogError) as caught:
        Catalog(write(tmp_path, files))
    assert {each.code for each in caught.value.diagnostics} == codes


def test_suites_and_includes_beside_the_policies_are_passed_over(tmp_path: Path) -> None:
    files = {
        "a/1.yaml": policy("shop-a"),
        "a/scenarios/suite.yaml": "suite: anything\nscenarios: not even a list\n",
        "shared/more.yaml": "clauses:\n  - {id: more, grant: [free_pickup]}\n",
    }
    assert Catalog(write(tmp_path, files)).merchants() == ("shop-a",)


def test_an_empty_folder_has_no_merchants(tmp_path: Path) -> None:
    assert Catalog(tmp_path).merchants() == ()


def test_a_folder_that_is_gone_has_no_lines(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        Catalog(tmp_path / "gone")
    assert str(caught.value) == f"1 mistake in the policies; the first: {tmp_path / 'gone'}: there is no such folder"
