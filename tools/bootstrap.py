"""Make `.venv` and install this checkout into it from a lock file: `python tools/bootstrap.py runtime|dev`.

Needs nothing but Python 3.11 or 3.12 and its pip. durable-rules comes as C source only; where the machine has no C
compiler that works, one is installed from the package index for the build (requirements/compiler.txt). Running it
again is cheap: a stamp in `.venv` says which lock is installed.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = ROOT / "requirements"
STAMP = VENV / "installed-lock"


def main(lock: str) -> None:
    """Bring `.venv` to the named lock, `runtime` or `dev` (which holds all of `runtime`)."""
    if not (3, 11) <= sys.version_info[:2] < (3, 13):
        sys.exit(f"python 3.11 or 3.12 is needed, this is {sys.version.split()[0]}")
    if STAMP.is_file() and STAMP.read_text().split() in ([lock, digest(lock)], ["dev", digest("dev")]):
        return
    python = VENV / "bin" / "python"
    if not runs(python, "-c", "import pip"):
        create(python)
    say(f"installing requirements/{lock}.txt into .venv")
    pip(python, "--require-hashes", "-r", LOCKS / "build.txt")
    build = building(python)
    pip(python, "--no-build-isolation", "--require-hashes", "-r", LOCKS / f"{lock}.txt", env=build)
    pip(python, "--no-build-isolation", "--no-deps", "--editable", ROOT)
    STAMP.write_text(f"{lock} {digest(lock)}\n")


def digest(lock: str) -> str:
    """What an installation depends on besides the code: the lock, the entry points, the Python."""
    parts = [LOCKS / "build.txt", LOCKS / f"{lock}.txt", ROOT / "pyproject.toml"]
    content = b"".join(each.read_bytes() for each in parts) + sys.version.encode()
    return hashlib.sha256(content).hexdigest()


def create(python: Path) -> None:
    """Create `.venv`; Debian's python3 may lack `ensurepip`, then its own pip, if any, installs another."""
    say(f"creating .venv with Python {sys.version.split()[0]}")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True).returncode == 0:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], check=True)
    lend = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "pip"]
    if subprocess.run(lend, capture_output=True).returncode != 0:
        shutil.rmtree(VENV)
        sys.exit("this Python can make no virtual environment with pip: install python3-venv (or python3-pip)")


def building(python: Path) -> dict[str, str]:
    """The environment in which C extensions build here: as it is, with another `CC`, or with the wheel's compiler."""
    header = Path(sysconfig.get_path("include")) / "Python.h"
    if not header.is_file():
        say(f"warning: {header} is missing; if the build fails, install python3-dev")
    own = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    if compiles(own):
        return dict(os.environ)
    for other in ("cc", "gcc", "clang"):
        if compiles([other]):
            return os.environ | {"CC": other}
    say("no C compiler here: using the one of the ziglang wheel")
    pip(python, "--require-hashes", "-r", LOCKS / "compiler.txt")
    wrapper = f"{shlex.quote(str(python))} {shlex.quote(str(ROOT / 'tools' / 'zigcc.py'))}"
    cache = str(VENV / "compiler-cache")
    return os.environ | {
        "CC": f"{wrapper} cc",
        "AR": f"{wrapper} ar",
        "ZIG_GLOBAL_CACHE_DIR": cache,
        "ZIG_LOCAL_CACHE_DIR": cache,
    }


def compiles(compiler: list[str]) -> bool:
    """Whether this command makes an object file of a C source that needs the C library's headers."""
    if shutil.which(compiler[0]) is None or shutil.which("ar") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        source.write_text("#include <stdlib.h>\nint main(void) { return EXIT_SUCCESS; }\n")
        return runs(*compiler, str(source), "-o", str(source.with_suffix("")))


def runs(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def pip(python: Path, *arguments: str | Path, env: dict[str, str] | None = None) -> None:
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, env=env).returncode != 0:
        sys.exit(f"could not install: `{shlex.join(map(str, command[1:]))}` failed, see above")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("runtime", "dev"):
        sys.exit("usage: python tools/bootstrap.py runtime|dev")
    main(sys.argv[1])
