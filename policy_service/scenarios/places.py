"""Files as a person names them."""

from __future__ import annotations

import os


def shown(file: str) -> str:
    """A file as it is named from where the person stands; one that is elsewhere, by its whole path."""
    near = os.path.relpath(file)
    return file if near.startswith("..") else near
