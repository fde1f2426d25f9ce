"""Notices changes in a folder of rules."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from policy_service.language.files import yaml_files

if TYPE_CHECKING:
    from policy_service.catalog.catalog import Catalog

EVERY = 1.0
"""Seconds between two looks; a change is acted on once a second look finds it finished."""


def watch_folder(catalog: Catalog, changed: Callable[[], None]) -> None:
    """Call `changed` after each change in the catalogue's folder, from a thread that ends with the process."""
    Thread(target=_watch, args=(catalog.root, changed), name="watch", daemon=True).start()


def _watch(root: Path, changed: Callable[[], None]) -> None:
    known = seen = state(root)
    while True:
        time.sleep(EVERY)
        now = state(root)
        if now == seen != known:
            known = seen
            changed()
        seen = now


def state(root: Path) -> dict[Path, tuple[int, int]]:
    """The YAML files below a folder with the time and size of each."""
    found = {}
    for path in yaml_files([root]):
        try:
            status = path.stat()
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size)
    return found
