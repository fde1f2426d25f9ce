"""Write requirements/*.txt: exact versions and hashes for Python 3.11 and 3.12 on every platform (`make lock`).

`uv` resolves; it is a tool for this job only, installed into `.venv` when it is missing. No index address gets into
the files, so they serve behind any mirror. `dev` is resolved first and constrains `runtime`: both hold one version
of everything.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "--quiet",
]
LOCKS = {
    "build": ["requirements/build.in"],
    "compiler": ["requirements/compiler.in"],
    "dev": ["pyproject.toml", "--extra", "dev"],
    "runtime": ["pyproject.toml", "--extra", "postgres", "--extra", "reports", "--constraints", "requirements/dev.txt"],
}


def main(options: list[str]) -> None:
    if importlib.util.find_spec("uv") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    for name, sources in LOCKS.items():
        output = f"requirements/{name}.txt"
        command = ["uv", "pip", "compile", *sources, *OPTIONS, *options, "--output-file", output]
        subprocess.run([sys.executable, "-m", *command], check=True, cwd=ROOT)
        print(output)


if __name__ == "__main__":
    main(sys.argv[1:])
