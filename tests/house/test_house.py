"""The repository as a whole: what a stranger may rely on before reading any code."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import policy_service

ROOT = Path(__file__).resolve().parents[2]

# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a folder of somebody's machine": "|".join(["/" + "work/", "/" + "root/", "/home/" + r"\w", "/Users/" + r"\w"]),
    "the address of a package index": "|".join(
        ["files.python" + "hosted", r"pypi\." + r"(org|python)", "/simple" + "/"]
    ),
    "a conflict that nobody settled": r"^(<{7}|>{7}) ",
    "a private key": "BEGIN [A-Z ]*PRIVATE" + " KEY",
}


MADE_HERE = {".git", ".venv", "build", "site", "__pycache__", "reference"}


def tracked() -> list[Path]:
    """What is in the repository; in a copy without git, everything but what is made here."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        files = [path for path in ROOT.rglob("*") if not MADE_HERE & set(path.relative_to(ROOT).parts)]
        files = [path for path in files if not any(part.startswith(".") for part in path.relative_to(ROOT).parts[:-1])]
    else:
        files = [ROOT / name for name in listed.split("\0") if name]
    return [each for each in files if each.is_file()]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def settings() -> dict:
    return tomllib.loads(text_of(ROOT / "pyproject.toml"))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what):
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}" for path in tracked() for match in pattern.finditer(text_of(path))
    ]
    assert found == []


def test_the_licence_is_the_whole_of_apache_2():
    licence = text_of(ROOT / "LICENSE")
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert settings()["project"]["license"] == "Apache-2.0"


def test_the_version_stands_in_one_place_and_has_a_changelog_entry():
    assert "version" in settings()["project"]["dynamic"]
    assert re.search(rf"^## {re.escape(policy_service.__version__)}\b", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)


def test_every_link_between_the_pages_of_the_repository_leads_somewhere():
    broken = []
    for page in [path for path in tracked() if path.suffix == ".md" and "docs" not in path.parts]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text_of(page)):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_the_statutes_of_the_package_are_those_of_the_rules_folder():
    assert (ROOT / "policy_service" / "statutes").resolve() == (ROOT / "rules" / "statutes").resolve()
    assert list((ROOT / "policy_service" / "statutes").glob("*.yaml"))


def test_the_link_to_the_statutes_is_relative():
    assert (ROOT / "policy_service" / "statutes").readlink() == Path("../rules/statutes")
