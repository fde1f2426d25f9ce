"""The lock files: exact versions with hashes, no addresses, everything that pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(lock: Path) -> dict[str, set[str]]:
    """Versions by name; a name has two where the markers tell Python 3.11 from 3.12."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(), re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def asked(extra: str | None) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = project["dependencies"] if extra is None else project["optional-dependencies"][extra]
    return [each for each in map(Requirement, names) if canonicalize_name(each.name) != "policy-service"]


def test_there_are_the_locks_that_the_installer_names():
    assert [lock.stem for lock in LOCKS] == ["build", "compiler", "dev", "runtime"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_line_is_exact_and_has_a_hash(lock):
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock.read_text().strip())
    assert [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_no_lock_names_an_index_or_a_machine(lock):
    assert re.findall(r"https?://\S+|--\S*index\S*|--find-links\S*|file:\S+", lock.read_text()) == []


@pytest.mark.parametrize(
    ("lock", "extra"),
    [
        ("runtime", None), ("runtime", "postgres"), ("runtime", "reports"),
        ("dev", None), ("dev", "postgres"), ("dev", "analytics"), ("dev", "docs"), ("dev", "dev"),
    ],
)  # fmt: skip
def test_the_lock_has_what_is_asked_in_a_version_that_fits(lock, extra):
    versions = pinned(ROOT / "requirements" / f"{lock}.txt")
    unmet = [
        str(requirement)
        for requirement in asked(extra)
        if not any(
            requirement.specifier.contains(each) for each in versions.get(canonicalize_name(requirement.name), ())
        )
    ]
    assert unmet == []


def test_what_is_tested_is_what_is_served():
    runtime, dev = (pinned(ROOT / "requirements" / f"{name}.txt") for name in ("runtime", "dev"))
    assert {name: versions for name, versions in runtime.items() if dev.get(name) != versions} == {}
