"""The types of single fields: how each is read from JSON, its limits, and how its JSON Schema says so.

Sums are read to minor units of the order's currency, whose `Scale` is the validation context, instants to
aware datetimes. A refusal carries `detail` and `hint` in its context; `refusals` turns it into a `FieldError`.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from policy_service.contract.countries import COUNTRIES, SLIPS
from policy_service.contract.money import (
    CURRENCY_SLIPS,
    MAX_INTEGER_DIGITS,
    WITHOUT_MINOR_UNITS,
    Scale,
    currencies,
    example,
    why_not_money,
)
from policy_service.contract.suggest import did_you_mean, shown

MAX_TEXT: Final = 200
MAX_NOTE: Final = 2_000
MAX_COUNT: Final = 10**9
MAX_LINES: Final = 1_000
MAX_MEMBERS: Final = 100
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200

_YEARS: Final = r"(?:19[7-9][0-9]|2[01][0-9]{2}|2200)"
_CLOCK: Final = r"-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
_OFFSET: Final = r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
_instant: Final = re.compile(_YEARS + _CLOCK + _OFFSET).fullmatch
_without_offset: Final = re.compile("[0-9]{4}" + _CLOCK).fullmatch
_of_any_year: Final = re.compile("[0-9]{4}" + _CLOCK + _OFFSET).fullmatch
_FX_RATE: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_CURRENCIES: Final = frozenset(currencies())
_CURRENCY_FORM: Final = "use the ISO 4217 code of the currency that was paid in, such as `CNY`"


class Wire(BaseModel):
    """An object on the wire: every field is named, nothing is coerced, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def refused(detail: str, hint: str | None = None) -> PydanticCustomError:
    """A refusal of one value."""
    return PydanticCustomError("refused", "{detail}", {"detail": detail, "hint": hint})


def read_sum(value: object, info: ValidationInfo) -> int:
    """A sum in minor units of the order's currency; a JSON number is refused, since digits get lost in it."""
    scale: Scale | None = info.context
    if isinstance(value, str) and scale is not None:
        if scale.matches(value):
            return int(value.replace(".", ""))
        error = why_not_money(value, scale.digits, scale.currency)
        raise refused(error.message, error.hint)
    if not isinstance(value, str):
        raise refused("a sum is a decimal string", _as_string(value, scale))
    # Without a known currency its digits cannot be judged; the currency is the error that the caller hears of.
    return 0


def _as_string(value: object, scale: Scale | None) -> str:
    """The hint for a sum that is no text: the same number in quotes where it is a sum of the currency."""
    digits = 2 if scale is None else scale.digits
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MAX_COUNT:
        text = f"{value:.{digits}f}"
        if float(text) == value:
            return f'put it in quotes: "{text}"'
    return f'write a decimal string, such as "{example(digits)}"'


def read_instant(value: object) -> datetime:
    """An RFC 3339 instant with an offset, of a year from 1970 to 2200."""
    if not isinstance(value, str):
        raise refused("an instant is text", 'write it as in "2025-06-20T10:00:00+08:00"')
    if _instant(value):
        try:
            return datetime.fromisoformat(value.upper())
        except ValueError:
            hint = "check month, day, hour and offset"
            raise refused(f"`{value}` is not on the calendar or the clock", hint) from None
    if _without_offset(value):
        raise refused(f"`{value}` has no offset", f'add the offset, such as "{value}+08:00" or "{value}Z"')
    if _of_any_year(value):
        raise refused(f"the year of `{value}` is out of range", f"years go from {FIRST_YEAR} to {LAST_YEAR}")
    raise refused(f"`{shown(value)}` is not an RFC 3339 instant", 'write it as in "2025-06-20T10:00:00+08:00"')


def read_fx_rate(value: object) -> Decimal:
    """A positive exchange rate, from a decimal string of at most 12 digits on either side of the point."""
    if not isinstance(value, str):
        raise refused("an exchange rate is a decimal string", 'put it in quotes, such as "7.1853"')
    if not _FX_RATE.fullmatch(value):
        hint = 'write digits and a point only, at most 12 on either side, such as "7.1853"'
        raise refused(f"`{shown(value)}` is not an exchange rate", hint)
    rate = Decimal(value)
    if rate == 0:
        raise refused("an exchange rate is above 0")
    return rate


def read_attribute(value: object) -> object:
    """The value of an own fact, as it is: true or false, a number, text or a list of texts."""
    if value is None or isinstance(value, bool | int | float):
        return value
    texts = value if isinstance(value, list) else [value]
    if len(texts) > MAX_MEMBERS:
        raise refused("there are too many of these", f"at most {MAX_MEMBERS}")
    for text in texts:
        if not isinstance(text, str):
            raise refused("this is not the value of a fact", "send true or false, a number, text or a list of texts")
        if len(text) > MAX_TEXT:
            raise refused("this text is too long", f"at most {MAX_TEXT} characters")
        if _CONTROL.search(text):
            raise refused("this text has control characters", "leave them out")
    return value


def known_currency(code: str) -> str:
    """An ISO 4217 code with minor units."""
    if code in WITHOUT_MINOR_UNITS:
        # Whatever is spelled like it is something else.
        raise refused(f"`{code}` has no minor units: nothing is paid in it", _CURRENCY_FORM)
    if code not in _CURRENCIES:
        meant = CURRENCY_SLIPS.get(code.upper())
        mend = f"did you mean `{meant}`?" if meant else did_you_mean(code.upper(), _CURRENCIES) or _CURRENCY_FORM
        raise refused(f"`{shown(code)}` is not an ISO 4217 currency", mend)
    return code


def known_country(code: str) -> str:
    """An ISO 3166-1 code; for another one no statute would apply, and nobody would be told."""
    if code not in COUNTRIES:
        meant = SLIPS.get(code)
        raise refused(
            f"`{shown(code)}` is not an ISO 3166 country",
            f"did you mean `{meant}`?" if meant else "use an assigned code, such as `CN`",
        )
    return code


_SUM_SCHEMA: Final = {
    "type": "string",
    "pattern": rf"^(0|[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}})(\.[0-9]{{1,4}})?$",
}
_INSTANT_SCHEMA: Final = {"type": "string", "format": "date-time", "pattern": f"^{_YEARS}{_CLOCK}{_OFFSET}$"}
_PRINTABLE: Final = r"[^\x00-\x1f\x7f]"

Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=rf"^{_PRINTABLE}+$")]
Note = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NOTE, pattern=r"^[^\x00]+$")]
CategoryPath = Annotated[
    str, StringConstraints(max_length=MAX_TEXT, pattern=r"^[^/\x00-\x1f\x7f]+(/[^/\x00-\x1f\x7f]+)*$")
]
ReasonPath = Annotated[
    str, StringConstraints(max_length=MAX_TEXT, pattern=r"^[^.\x00-\x1f\x7f]+(\.[^.\x00-\x1f\x7f]+)*$")
]
Country = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}$"),
    AfterValidator(known_country),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"}),
]
CurrencyCode = Annotated[
    str, AfterValidator(known_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]
Quantity = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Counter = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Sum = Annotated[int, PlainValidator(read_sum), WithJsonSchema(_SUM_SCHEMA)]
Instant = Annotated[datetime, PlainValidator(read_instant), WithJsonSchema(_INSTANT_SCHEMA)]
FxRate = Annotated[
    Decimal, PlainValidator(read_fx_rate), WithJsonSchema({"type": "string", "pattern": f"^{_FX_RATE.pattern}$"})
]
# A JSON array is a list and strict tuples want tuples: only the container is lax, its members stay strict.
Texts = Annotated[tuple[Text, ...], Field(strict=False, max_length=MAX_MEMBERS)]
Attributes = Annotated[
    dict[Text, Annotated[Any, PlainValidator(read_attribute)]],
    Field(max_length=MAX_MEMBERS),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": MAX_MEMBERS,
            "propertyNames": {"minLength": 1, "maxLength": MAX_TEXT, "pattern": f"^{_PRINTABLE}+$"},
            "additionalProperties": {
                "type": ["boolean", "number", "string", "array", "null"],
                "items": {"type": "string", "maxLength": MAX_TEXT, "pattern": f"^{_PRINTABLE}*$"},
                "maxItems": MAX_MEMBERS,
                "maxLength": MAX_TEXT,
                "pattern": f"^{_PRINTABLE}*$",
            },
        }
    ),
]
