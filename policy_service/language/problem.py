"""A mistake in a document's data, before anyone knows at which line it stands."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` leads through the YAML data to the value (or, `on_key`, to the key) that is wrong; `hint` is the mend."""

    code: str
    path: Path
    message: str
    hint: str | None = None
    on_key: bool = False
