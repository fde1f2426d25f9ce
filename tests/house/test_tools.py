"""Installing on machines that lack things: another Python, a C compiler."""

import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def folder_with(tmp_path: Path, **scripts: str) -> Path:
    """A folder to be the whole PATH: a shell, and these commands."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    for name, script in scripts.items():
        path = folder / name.replace("_", ".")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return folder


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make")
    assert program is not None
    return subprocess.run(
        [program, "--silent", *arguments], cwd=ROOT, env={"PATH": str(folder)}, capture_output=True, text=True
    )


def test_without_a_fitting_python_make_says_which_are_needed(tmp_path):
    done = make(folder_with(tmp_path, python3="exit 1"), "install-runtime")
    assert done.returncode != 0
    assert "python 3.11 or 3.12 is needed" in done.stderr


def test_the_newest_fitting_python_is_taken(tmp_path):
    says = 'case "$1" in -c) exit 0;; *) echo "$0 $*";; esac'
    done = make(folder_with(tmp_path, python3_12="exit 127", python3_11=says, python3=says), "install-dev")
    assert done.stdout.strip().endswith("python3.11 tools/bootstrap.py dev")


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        (["-O3", "-c", "a.c"], ["cc", "-fno-sanitize=undefined", "-O3", "-c", "a.c"]),
        (["-flto=auto", "-ffat-lto-objects", "-g"], ["cc", "-fno-sanitize=undefined", "-g"]),
        (["-specs=/usr/lib/hardened", "-shared"], ["cc", "-fno-sanitize=undefined", "-shared"]),
    ],
)
def test_flags_that_only_gcc_knows_do_not_reach_another_compiler(given, passed):
    assert tool("zigcc").arguments("cc", given) == passed


def test_the_archiver_gets_its_arguments_as_they_are():
    assert tool("zigcc").arguments("ar", ["rcs", "lib.a", "a.o"]) == ["ar", "rcs", "lib.a", "a.o"]


def test_a_compiler_that_cannot_compile_is_none(tmp_path, monkeypatch):
    bootstrap = tool("bootstrap")
    monkeypatch.setenv("PATH", str(folder_with(tmp_path, ar="exit 0", cc="exit 1")))
    assert not bootstrap.compiles(["cc"])
    assert not bootstrap.compiles(["gcc"])


def test_the_stamp_changes_with_the_lock_and_the_project(tmp_path, monkeypatch):
    bootstrap = tool("bootstrap")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "LOCKS", tmp_path / "requirements")
    before = bootstrap.digest("runtime")
    with (tmp_path / "requirements" / "runtime.txt").open("a") as lock:
        lock.write("# newer\n")
    assert bootstrap.digest("runtime") != before
    assert bootstrap.digest("dev") != bootstrap.digest("runtime")
