"""Near names, for the hint of an error."""

import re
from collections.abc import Iterable
from typing import Final

_MOST_KNOWN: Final = 1000
_LONGEST: Final = 60
_LONGEST_MESSAGE: Final = 600
_BETWEEN_WORDS: Final = re.compile("[-_./ ]+")
_DIGIT: Final = re.compile("[0-9]")


def shown(text: str) -> str:
    """`text` as a message quotes it: cut where it is long."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def cut(message: str) -> str:
    """`message` with each quotation as `shown`, and itself an end, whatever the caller's own words hold.

    >>> len(cut("there is no case `" + 5000 * "a" + "`")), len(cut(5000 * "`a"))
    (80, 601)
    """
    parts = message.split("`")
    parts[1::2] = map(shown, parts[1::2])
    said = "`".join(parts)
    return said if len(said) <= _LONGEST_MESSAGE else said[:_LONGEST_MESSAGE] + "…"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` was probably meant to be, or None when nothing is near.

    Long words and large vocabularies are not searched: a hint must not cost more than the request it is about.

    >>> nearest("dayz", ["days", "months"]), nearest("colour", ["days", "months"])
    ('days', None)
    """
    # A set has no order of its own; the same mistake must get the same hint in every process.
    names: list[str] = sorted(known) if isinstance(known, (set, frozenset)) else list(known)
    if word in names:
        return word
    if not word or len(word) > _LONGEST or len(names) > _MOST_KNOWN:
        return None
    slipped = mistyped(word, names)
    if slipped is not None:
        return slipped
    # Only mistakes pay for loading it.
    from rapidfuzz import fuzz, process

    alike = process.extractOne(
        _folded(word), {name: _folded(name) for name in names}, scorer=fuzz.ratio, score_cutoff=72
    )
    return alike[2] if alike is not None else None


def mistyped(word: str, names: Iterable[str]) -> str | None:
    """The name that a few slips of the keys turn into `word`, or None; a name that is merely alike is not meant.

    >>> mistyped("free_pikcup", ["free_pickup"]), mistyped("free_wrapping", ["free_pickup"])
    ('free_pickup', None)
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    plain = _folded(word)
    folded = {name: _folded(name) for name in names}
    for name, same in folded.items():
        if same == plain:
            return name
    slips = 1 if len(plain) <= 4 else 2 if len(plain) <= 8 else 3
    close = process.extractOne(plain, folded, scorer=OSA.distance, score_cutoff=slips)
    return close[2] if close is not None and close[1] < len(plain) else None


def a_slip_apart(one: str, other: str) -> bool:
    """Whether two names of somebody's own are one name with a slip in it, and not two.

    A letter that is swapped or left out in a word of five or more letters, or another letter in one of eight, counts;
    what differs in a digit, in its first letter or in two words does not.

    >>> a_slip_apart("clearence", "clearance"), a_slip_apart("shirts", "shorts"), a_slip_apart("vip1", "vip2")
    (True, False, False)
    """
    mine, others = (_BETWEEN_WORDS.split(name.casefold()) for name in (one, other))
    if "".join(mine) == "".join(others):
        return one != other and len(one) > 4
    pairs = [pair for pair in zip(mine, others, strict=False) if pair[0] != pair[1]]
    if len(mine) != len(others) or len(pairs) != 1 or any(_DIGIT.search(word) for word in pairs[0]):
        return False
    short, long = sorted(pairs[0], key=len)
    if not short or short[0] != long[0] or len(short) < 5 or len(long) > _LONGEST:
        return False
    from rapidfuzz.distance import OSA

    swapped_or_left_out = len(short) < len(long) or sorted(short) == sorted(long)
    return (swapped_or_left_out or len(short) >= 8) and OSA.distance(short, long) == 1


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The hint that names the nearest known name, if any is near."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else None
