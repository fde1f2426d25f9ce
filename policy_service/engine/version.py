"""Which rules engine decides."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata


@lru_cache(maxsize=1)
def engine_version() -> str:
    """The engine's name and version, as every receipt has them."""
    return f"durable_rules {metadata.version('durable_rules')}"
