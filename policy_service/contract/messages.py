"""Messages of reason codes, in the languages that there are catalogues for.

A message has one or more forms in `locales/<locale>/messages.po`: `window_closed`, and `window_closed.dated` where
more is known. The form that names the most, and nothing that is unknown, is said.

>>> message("window_closed", "en", clause="return-30", last_day="2025-07-01")
'the window of `return-30` is closed: its last day was 2025-07-01'
>>> message("window_closed", "en")
'the window is closed'
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Final, NamedTuple

LOCALES: Final = {"en": "en", "zh-CN": "zh_CN"}
"""Each language tag on the wire, the default first, and the folder of its catalogue."""

GENERIC: Final = "generic"


class Form(NamedTuple):
    """One wording of a message and the params that it cannot do without."""

    needs: frozenset[str]
    template: str


class Catalogue:
    """The messages of one language, read once."""

    def __init__(self, forms: Mapping[str, tuple[Form, ...]]) -> None:
        self._forms = forms

    def codes(self) -> tuple[str, ...]:
        """Every code with a message, the generic ones (`generic:denied`, …) included."""
        return tuple(self._forms)

    def templates(self, code: str) -> tuple[str, ...]:
        """The wordings of a code, the one that names the most first; none for an unknown code."""
        return tuple(form.template for form in self._forms.get(code, ()))

    def say(self, code: str, outcome: str | None, known: Mapping[str, object]) -> str:
        """The message of `code`; of a code without one, what is said for `outcome`."""
        forms = self._forms.get(code) or self._forms.get(f"{GENERIC}:{outcome}") or self._forms[GENERIC]
        for needs, template in forms:
            if needs <= known.keys():
                return template.format_map(known)
        raise ValueError(f"no message of `{code}` does without {', '.join(sorted(forms[-1].needs))}")


@cache
def catalogue(locale: str) -> Catalogue:
    """The catalogue of a language tag. Raises ValueError for a language without one."""
    if locale not in LOCALES:
        raise ValueError(f"there are no messages in `{locale}`, only in {', '.join(LOCALES)}")
    # Imported where it is used: once per process, and not at all by who only reads requests.
    from babel.messages.pofile import read_po

    with (files(__package__) / "locales" / LOCALES[locale] / "messages.po").open("rb") as file:
        # A catalogue that names its language has babel load what it knows of all languages: 3 MB for every process.
        lines = (line for line in file if not line.startswith(b'"Language:'))
        entries = {str(entry.id): str(entry.string) for entry in read_po(lines) if entry.id}
    found: dict[str, list[Form]] = {}
    for name, template in entries.items():
        found.setdefault(name.partition(".")[0], []).append(Form(frozenset(_named(template)), template))
    return Catalogue({code: tuple(sorted(forms, key=lambda form: -len(form.needs))) for code, forms in found.items()})


def _named(template: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(template) if name)


def message(code: str, locale: str, *, outcome: str | None = None, **params: object) -> str:
    """The message of a reason code in `locale` (`en` or `zh-CN`).

    A merchant's own code gets the generic message of the line's `outcome`. A param that is None or empty is unknown.
    """
    known = {name: value for name, value in params.items() if value is not None and value != ""}
    known["code"] = code
    return catalogue(locale).say(code, outcome, known)
