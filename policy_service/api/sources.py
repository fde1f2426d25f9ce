"""Policies of the past: the files behind a digest, kept with the first decision by them, and read back."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from policy_service.catalog.catalog import Catalog
from policy_service.catalog.errors import CatalogError
from policy_service.catalog.version import Version
from policy_service.ledger.records import PolicySource

POLICY = "policy"
STATUTES = "statutes"


def source_of(policy: Mapping[str, str], catalog: Catalog, files: Mapping[str, str] | None = None) -> PolicySource:
    """The documents behind a decision's `policy`, from the catalogue unless they are at hand."""

    def read() -> Mapping[str, str]:
        return files if files is not None else files_of(catalog.by_digest(policy["digest"]))

    return PolicySource(policy["digest"], policy["merchant"], policy["version"], read)


def files_of(version: Version) -> dict[str, str]:
    """A version's files as they were read, by a path from which the same version can be read again.

    What became of the files since does not matter: a policy stays in use while its file is being changed.
    """
    return dict(_laid_out(version))


def _laid_out(version: Version) -> Iterator[tuple[str, str]]:
    document = version.document
    own = (document.path, *document.included)
    base = os.path.commonpath([path.resolve().parent for path in own])
    for path, text in zip(own, document.texts, strict=True):
        yield f"{POLICY}/{path.resolve().relative_to(base).as_posix()}", text
    for editions in version.statutes.values():
        for statute in editions:
            folder = statute.path.resolve().parent
            # Editions of a statute have a folder of their own.
            shelf = folder.parent if folder.name == statute.name else folder
            for path, text in zip((statute.path, *statute.included), statute.texts, strict=True):
                place = os.path.normpath(f"{STATUTES}/{os.path.relpath(path.resolve(), shelf)}")
                yield Path(place).as_posix(), text


@contextmanager
def restored(files: Mapping[str, str], digest: str) -> Iterator[Catalog | None]:
    """A catalogue of just these files; None where they do not make a version of that digest."""
    with tempfile.TemporaryDirectory(prefix="policy-") as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        try:
            catalog = Catalog(folder, capacity=8)
        except CatalogError:
            yield None
            return
        merchants = catalog.merchants()
        found = any(version.digest == digest for merchant in merchants for version in catalog.versions(merchant))
        yield catalog if found else None
