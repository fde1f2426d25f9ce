"""The canonical bytes of a JSON value, and their digest: equal values have equal bytes."""

from hashlib import sha256

import orjson


def canonical(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces.

    `value` is made of dict (text keys), list, tuple, str, bool, None and 64-bit int; a float is written as it
    reads back. Anything else raises TypeError.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)


def digest(value: object) -> str:
    """`sha256:<hex>` of bytes as they are, and of anything else as its canonical bytes."""
    data = value if isinstance(value, bytes) else canonical(value)
    return f"sha256:{sha256(data).hexdigest()}"
