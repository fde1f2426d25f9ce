"""Build the documentation: the reference pages from the code, then the site, warnings as errors (`make docs`).

The pages under docs/reference/ are written here and are not kept in the repository, so they cannot be out of date.
Where one has pages below it, they join the navigation of zensical.toml here: a new kind of clause is in it by itself.
The site must work without a network: a page that loads anything from another host fails the build.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import starmap
from pathlib import Path
from typing import Any

import reference_pages
import worked

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
SITE = ROOT / "site"
CONFIG = ROOT / ".zensical.toml"
"""The configuration with the whole navigation. It must stand where the folders that it names are."""


def main() -> None:
    # A page that is made no longer must not stay.
    shutil.rmtree(REFERENCE, ignore_errors=True)
    for name, text in reference_pages.pages().items():
        page = REFERENCE / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    CONFIG.write_text(configuration(), encoding="utf-8")
    faults = [*strays(navigation()), *wrong_examples(), *build(), *foreign_loads()]
    if faults:
        sys.exit("\n".join(faults))
    print(f"{len(list(SITE.rglob('*.html')))} pages in {SITE.relative_to(ROOT)}/")


def configuration() -> str:
    """zensical.toml with the pages made here in its navigation."""
    text = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    for name, (label, groups) in reference_pages.nested().items():
        page = json.dumps(f"reference/{name}.md")
        first = f"{{ {json.dumps(label)} = {page} }}"
        text = text.replace(page, f"[ {', '.join([first, *starmap(group, groups.items())])} ]")
    return text


def group(title: str, members: dict[str, str]) -> str:
    listed = (f"{{ {json.dumps(label)} = {json.dumps(f'reference/{name}.md')} }}" for label, name in members.items())
    return f"{{ {json.dumps(title)} = [ {', '.join(listed)} ] }}"


def navigation() -> set[str]:
    """The pages that the site's navigation names."""

    def named(entry: Any) -> Iterator[str]:
        if isinstance(entry, str):
            yield entry
        else:
            for inner in entry.values() if isinstance(entry, dict) else entry:
                yield from named(inner)

    return set(named(tomllib.loads(CONFIG.read_text(encoding="utf-8"))["project"]["nav"]))


def strays(named: set[str]) -> Iterator[str]:
    """Pages that the navigation names and that are not there, and the other way round."""
    there = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    yield from (f"the navigation names `{page}`, which is not there" for page in sorted(named - there))
    yield from (f"`docs/{page}` is not in the navigation" for page in sorted(there - named))


def wrong_examples() -> Iterator[str]:
    """Examples of kinds of clause that are decided otherwise than their pages say."""
    for kind in sorted(worked.kinds()):
        yield from worked.faults(kind)


def build() -> Iterator[str]:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", str(CONFIG)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"NO_COLOR": "1"}, capture_output=True, text=True)
    if done.returncode != 0:
        yield re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr).partition("Traceback")[0]


def foreign_loads() -> Iterator[str]:
    """Scripts, styles, fonts and pictures that a page would fetch from another host."""
    for page in sorted(SITE.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        for tag in re.findall(r"<(?:script|img|iframe|link)\b[^>]*>", text):
            if re.search(r"""(?:src|href)=["']?(?:https?:)?//""", tag) and 'rel="canonical"' not in tag:
                yield f"{page.relative_to(ROOT)} loads from another host: {tag}"


if __name__ == "__main__":
    main()
