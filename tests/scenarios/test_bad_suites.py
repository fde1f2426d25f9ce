"""Every mistake of an author has its own sentence, its place and its mend: `cases/bad/*.yaml` beside what is said."""

from pathlib import Path

import pytest

from policy_service.language.renderings import as_text
from policy_service.scenarios.opening import bench_of
from policy_service.scenarios.reading import SuiteError

BAD = Path(__file__).parent / "cases" / "bad"


@pytest.mark.parametrize("file", sorted(BAD.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_bad_suite_is_refused_with_every_mistake(file: Path) -> None:
    with pytest.raises(SuiteError) as refused:
        bench_of(file, file.name)
    assert as_text(refused.value.diagnostics) == file.with_suffix(".txt").read_text(encoding="utf-8")
