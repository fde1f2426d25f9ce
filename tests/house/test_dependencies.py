"""What the package imports and what it asks to have installed are one list."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# Needed without an import: data for zoneinfo; `-n` of `policy test`.
NEEDED_UNIMPORTED = {"tzdata", "pytest-xdist"}

# Our own; and what is there for type checkers only.
OURS = {"policy_service", "_typeshed"}

# Imported by name, but of one piece with what is asked for: their versions are chosen by it.
COMES_WITH = {"pydantic-core": "pydantic", "werkzeug": "flask"}


def asked(names: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(each).name) for each in names}


RUNTIME = asked(PROJECT["dependencies"])
OPTIONAL = asked([*PROJECT["optional-dependencies"]["analytics"], *PROJECT["optional-dependencies"]["postgres"]])


def imported(path: Path) -> Iterator[str]:
    """Top-level names of the modules that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]


def foreign() -> dict[str, set[str]]:
    """Distributions that the package imports from, each with the files that do."""
    providers = packages_distributions()
    found: dict[str, set[str]] = {}
    for path in (ROOT / "policy_service").rglob("*.py"):
        for name in imported(path):
            if name not in sys.stdlib_module_names | OURS:
                for distribution in map(canonicalize_name, providers.get(name, [name])):
                    found.setdefault(COMES_WITH.get(distribution, distribution), set()).add(str(path.relative_to(ROOT)))
    return found


def test_everything_imported_is_asked_for():
    unasked = {name: sorted(files) for name, files in foreign().items() if name not in RUNTIME | OPTIONAL}
    assert unasked == {}


def test_everything_asked_for_is_imported():
    assert RUNTIME - NEEDED_UNIMPORTED - set(foreign()) == set()


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_what_an_extra_brings_is_imported_only_where_it_is_used(name):
    """At the top of a module it would be needed by everybody."""
    eager = []
    for path in (ROOT / "policy_service").rglob("*.py"):
        tops = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Import)]
        eager += [str(path.relative_to(ROOT)) for node in tops for alias in node.names if alias.name == name]
    assert eager == []
