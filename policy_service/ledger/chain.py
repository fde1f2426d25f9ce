"""The hash chain of a merchant: what each record is bound to, and how its links are made.

A record's digest covers its own columns and the digests of what it carries; its link is the digest of the link before
and its own. So a record that is changed, left out, added or moved breaks every later link, while personal data, which
only its digest binds, can be erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from policy_service.contract.canonical import canonical, digest

DECISION_FIELDS = (
    "id",
    "merchant",
    "n",
    "case_id",
    "order_id",
    "stage",
    "outcome",
    "reviewing",
    "decided_at",
    "recorded_at",
    "took_us",
    "policy_digest",
    "supersedes",
    "request_digest",
)
EVENT_FIELDS = (
    "id",
    "merchant",
    "n",
    "case_id",
    "type",
    "at",
    "recorded_at",
    "score",
    "data_digest",
)


def decision_digest(row: Mapping[str, Any]) -> str:
    """Binds a decision's columns, answer, act and duties, and what of the request stays when a person is erased."""
    bound = {name: row[name] for name in DECISION_FIELDS}
    for blob in ("act", "duties", "request", "decision"):
        bound[blob] = sha256(row[blob]).hexdigest()
    return digest(canonical(bound))


def event_digest(row: Mapping[str, Any]) -> str:
    """Binds a case event's columns and the digest of its data."""
    bound = {name: row[name] for name in EVENT_FIELDS}
    bound["data"] = sha256(row["data"]).hexdigest()
    return digest(canonical(bound))


def link(before: str, mine: str) -> str:
    """The link after `before` for a record of digest `mine`."""
    return digest(f"{before}\n{mine}".encode())
