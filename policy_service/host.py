"""What the core is given rather than takes: the time, and ids that nobody has had before."""

from __future__ import annotations

from datetime import UTC, datetime

import uuid_utils


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def fresh_id() -> str:
    """A UUIDv7: ids sort by the time they were made."""
    return str(uuid_utils.uuid7())
