"""Versions of one merchant follow each other: no day with two, and a word about days with none."""

from pathlib import Path

import pytest

from policy_service.language import check

POLICY = """\
merchant: {merchant}
version: "{version}"
effective: {{from: {begins}{through}}}
timezone: Asia/Shanghai
currency: CNY
clauses: [{{id: window, window: {{days: 7, after: delivery}}}}]
"""


def write(folder: Path, name: str, begins: str, ends: str = "", version: str = "", merchant: str = "shop") -> Path:
    path = folder / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    through = f", through: {ends}" if ends else ""
    path.write_text(POLICY.format(merchant=merchant, version=version or name, begins=begins, through=through))
    return path


def found(*paths: Path) -> list[tuple[str, str, str]]:
    return [(Path(each.file).stem, each.code[:5], each.message) for each in check(paths)]


def test_versions_that_meet_are_fine(tmp_path: Path) -> None:
    write(tmp_path, "a", "2025-01-01", "2025-05-31")
    write(tmp_path, "b", "2025-06-01")
    assert found(tmp_path) == []


@pytest.mark.parametrize("begins", ["2025-05-31", "2025-01-01"])
def test_an_overlap_is_an_error(tmp_path: Path, begins: str) -> None:
    write(tmp_path, "a", "2025-01-01", "2025-05-31")
    write(tmp_path, "b", begins)
    assert found(tmp_path) == [("b", "PS301", f"on `{begins}` version `a` of `shop` is in force as well")]


def test_an_open_end_overlaps_whatever_follows(tmp_path: Path) -> None:
    write(tmp_path, "a", "2025-01-01")
    write(tmp_path, "b", "2025-06-01")
    assert [each[:2] for each in found(tmp_path)] == [("b", "PS301")]


def test_a_gap_is_a_warning_that_names_its_days(tmp_path: Path) -> None:
    write(tmp_path, "a", "2025-01-01", "2025-05-29")
    write(tmp_path, "b", "2025-06-01")
    assert found(tmp_path) == [
        ("b", "PS303", "no version of `shop` is in force from `2025-05-30` through `2025-05-31`")
    ]


def test_an_end_with_no_successor_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "a", "2025-01-01", "2025-12-31")
    assert found(tmp_path) == [("a", "PS304", "no version of `shop` is in force after `2025-12-31`")]


def test_a_version_inside_another_hides_no_gap(tmp_path: Path) -> None:
    write(tmp_path, "a", "2025-01-01", "2025-05-31")
    write(tmp_path, "b", "2025-02-01", "2025-02-28")
    write(tmp_path, "c", "2025-06-01")
    assert [each[:2] for each in found(tmp_path)] == [("b", "PS301")]


def test_one_version_in_two_files_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "a", "2025-01-01", "2025-05-31", version="1")
    write(tmp_path, "b", "2025-06-01", version="1")
    assert [each[:2] for each in found(tmp_path)] == [("b", "PS302")]


def test_merchants_do_not_meet(tmp_path: Path) -> None:
    write(tmp_path, "a", "2025-01-01")
    write(tmp_path, "b", "2025-01-01", merchant="other")
    assert found(tmp_path) == []


def test_a_file_is_compared_with_its_neighbours_but_they_are_not_told_about(tmp_path: Path) -> None:
    first = write(tmp_path, "a", "2025-01-01", "2025-05-31")
    write(tmp_path, "b", "2025-06-01", "2025-12-31")
    assert found(first) == []


def test_two_folders_of_rules_do_not_meet(tmp_path: Path) -> None:
    write(tmp_path / "one", "a", "2025-01-01")
    write(tmp_path / "two", "a", "2025-01-01")
    assert found(tmp_path / "one", tmp_path / "two") == []


def test_a_mistake_elsewhere_in_a_file_hides_no_overlap(tmp_path: Path) -> None:
    write(tmp_path, "a", "2025-01-01")
    path = write(tmp_path, "b", "2025-06-01")
    path.write_text(path.read_text().replace("days: 7", "dayz: 7"))
    assert [each[:2] for each in found(tmp_path)] == [("b", "PS301"), ("b", "PS101")]


@pytest.mark.parametrize("begins", ['"20250601"', '"2025-W22-7"'])
def test_a_day_in_another_form_is_told_once_and_begins_no_version(tmp_path: Path, begins: str) -> None:
    write(tmp_path, "a", "2025-01-01")
    write(tmp_path, "b", begins)
    assert [each[:2] for each in found(tmp_path)] == [("b", "PS105")]


STATUTE = """\
statute: eu
version: "1"
effective: {from: 2020-01-01}
countries: [DE]
clauses: [{id: floor, window: {days: 14, after: delivery}}]
"""


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("b/statutes/eu.yaml", []),
        ("b/statutes/eu/1.yaml", []),
        ("a/statutes/eu/1.yaml", ["PS301", "PS302"]),
    ],
)
def test_each_folder_of_statutes_has_its_own(tmp_path: Path, second: str, told: list[str]) -> None:
    for name in ("a/statutes/eu.yaml", second):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(STATUTE)
    assert sorted(code for _, code, _ in found(tmp_path)) == told
