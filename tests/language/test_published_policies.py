"""The language says plainly what real shops publish: each policy here is modelled on one, as facts of 2026-11."""

from pathlib import Path

import pytest

from policy_service.language import as_text, load

PUBLISHED = sorted((Path(__file__).parent / "published").glob("*.yaml"))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_policy_can_be_said(path: Path) -> None:
    loaded = load(path)
    assert as_text(loaded.diagnostics) == as_text([])
    assert loaded.document is not None
    assert path.read_text(encoding="utf-8").startswith("# Modelled on ")
