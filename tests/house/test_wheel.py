"""The wheel, as `pip install .` builds it: a stranger's `policy` command must have all that it needs inside."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import policy_service

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ["pyproject.toml", "README.md", "LICENSE"]

pytestmark = pytest.mark.slow


def pip(*arguments: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: building leaves its traces in the folder it builds."""
    source = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        shutil.copy(ROOT / name, source)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "policy_service", source / "policy_service", symlinks=True, ignore=ignore)
    shutil.copytree(ROOT / "rules" / "statutes", source / "rules" / "statutes")
    target = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", target, source)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_it_is_named_for_the_version(wheel):
    assert wheel.name == f"policy_service-{policy_service.__version__}-py3-none-any.whl"


def test_it_holds_every_module_of_the_package(names):
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "policy_service").rglob("*.py")}
    assert modules - names == set()


@pytest.mark.parametrize("pattern", ["statutes/*.yaml", "contract/locales/*/*.po", "py.typed"])
def test_it_holds_the_data_that_the_package_reads(names, pattern):
    wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / "policy_service").glob(pattern)}
    assert wanted
    assert wanted - names == set()


def test_it_holds_nothing_of_the_tests(names):
    assert not [name for name in names if name.startswith(("tests/", "rules/", "docs/"))]


def test_the_licence_goes_with_it(names):
    assert [name for name in names if name.endswith("licenses/LICENSE")]


def test_installed_alone_it_has_a_command_and_its_statutes(wheel, tmp_path):
    pip("install", "--no-deps", "--target", tmp_path / "site", wheel)
    (tmp_path / "elsewhere").mkdir()
    script = (
        "import sys, policy_service.cli as cli\n"
        f"assert cli.__file__.startswith({str(tmp_path)!r}), cli.__file__\n"
        "sys.argv = ['policy', '--help']\n"
        "cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path / "elsewhere",
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "serve" in done.stdout
    assert list((tmp_path / "site" / "policy_service" / "statutes").glob("cn.yaml"))
