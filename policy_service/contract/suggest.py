"""Near names, for the hint of an error."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

_MOST_KNOWN: Final = 200
_LONGEST: Final = 60


def shown(text: str) -> str:
    """`text` as a message quotes it: cut where it is long."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known name that `word` was probably meant to be, or None.

    Long words and large vocabularies are not searched: a hint must not cost more than the request it is about.
    """
    if len(word) > _LONGEST or len(known) > _MOST_KNOWN:
        return None
    matches = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Collection[str]) -> str | None:
    """The hint that names the nearest known name, if any is near."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else None
