"""The language to answer in."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from policy_service.contract.messages import LOCALES

_DEFAULT: Final = next(iter(LOCALES))
_LONGEST_HEADER: Final = 1_000


def _language(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


_BY_LANGUAGE: Final = {_language(tag): tag for tag in LOCALES}


def negotiate(accept_language: str | None) -> str:
    """The language to answer in, from an `Accept-Language` header: `en` unless Chinese, of any script, is preferred."""
    if not accept_language or len(accept_language) > _LONGEST_HEADER:
        return _DEFAULT
    return _negotiated(accept_language)


@lru_cache(maxsize=256)
def _negotiated(accept_language: str) -> str:
    # The best of these by quality, whatever region or script it names: `zh-Hans-CN` and `zh` are both served by zh-CN.
    for tag, quality in parse_accept_header(accept_language, LanguageAccept):
        if quality > 0 and (locale := _BY_LANGUAGE.get(_language(tag))):
            return locale
    return _DEFAULT
