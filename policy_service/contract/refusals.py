"""Why a body was refused: each error with a JSON pointer, what is wrong, and how to mend it."""

import json
import math
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policy_service.contract.canonical import canonical
from policy_service.contract.fields import MAX_COUNT
from policy_service.contract.suggest import did_you_mean, shown

MOST_ERRORS: Final = 200
"""So many errors are listed; one more entry then counts the rest."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error in a body: `pointer` is an RFC 6901 JSON pointer, `hint` the mend where there is one."""

    pointer: str
    detail: str
    hint: str | None = None


class NotJson(ValueError):
    """A body that is no JSON text; the message says where reading stopped."""


class BadRequest(ValueError):
    """A body that does not fit the contract, with every error of it."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        found = tuple(dict.fromkeys(errors))
        if len(found) > MOST_ERRORS:
            more = FieldError("", f"{len(found) - MOST_ERRORS} more errors are not listed")
            found = (*found[:MOST_ERRORS], more)
        super().__init__("; ".join(f"{error.pointer}: {error.detail}" for error in found[:3]))
        self.errors = found


def pointer(path: Iterable[str | int]) -> str:
    """The JSON pointer of `path`: `/order/lines/0/id`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def read_object(source: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object in `source`, made of plain JSON values throughout. Raises NotJson or BadRequest."""
    return read_canonical(source)[0]


def read_canonical(source: bytes | str | Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The JSON object in `source`, and its canonical bytes. Raises NotJson or BadRequest."""
    if isinstance(source, (bytes, str)):
        value, written = _read(source)
    else:
        value = _plain(source)
        written = canonical(value)
    if not isinstance(value, dict):
        raise BadRequest([FieldError("", "expected an object", "send one request as a JSON object")])
    return value, written


def read_json(source: bytes | str) -> object:
    """The value of a JSON text. Raises NotJson, also where a name stands twice in an object.

    Which of the two was meant nobody can tell, and of sums the last is as good a guess as the first.
    """
    return _read(source)[0]


def _read(source: bytes | str) -> tuple[object, bytes]:
    try:
        value = orjson.loads(source)
    except orjson.JSONDecodeError as error:
        raise NotJson(_why_unread(source, str(error))) from None
    try:
        written = canonical(value)
    except TypeError:  # nested deeper than orjson writes, which no body is that fits
        written = b""
    text = source if isinstance(source, bytes) else source.encode()
    # Where nothing is escaped, colons are written back as they came: fewer come back only of a name that was lost.
    if b"\\" in text or written.count(b":") != text.count(b":"):
        _refuse_twins(text)
    return value, written


def _why_unread(source: bytes | str, said: str) -> str:
    """What is wrong with the bytes, before their grammar is to blame."""
    if not source.strip():
        return "it is empty"
    if isinstance(source, str):
        return said
    if source.startswith(BOM_UTF8):
        return "it begins with a byte order mark: leave that out"
    try:
        source.decode()
    except UnicodeDecodeError as error:
        return f"it is not UTF-8: byte {error.start + 1} fits no character"
    return said


def _refuse_twins(text: bytes) -> None:
    """Raises NotJson for the first object that has a name twice."""

    def once(members: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for name, _ in members:
            if name in seen:
                raise NotJson(f"`{shown(name)}` stands twice in one object: leave one of them out")
            seen.add(name)

    try:
        json.loads(text, object_pairs_hook=once)
    except RecursionError:
        raise NotJson("it is nested too deeply") from None


def _plain(source: object) -> object:
    """A copy of `source` in plain JSON values, so that a caller's types never reach the core."""
    try:
        text = orjson.dumps(source, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS)
    except TypeError as error:
        raise NotJson(str(error)) from None
    # orjson writes NaN and infinity as null, which would read as absent.
    if b"null" in text and _has_no_number(source):
        raise NotJson("NaN and Infinity are not JSON")
    return orjson.loads(text)


def _has_no_number(value: object) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, Mapping):
        return any(map(_has_no_number, value.values()))
    return isinstance(value, list | tuple) and any(map(_has_no_number, value))


def field_errors(refusal: ValidationError, model: type[BaseModel]) -> list[FieldError]:
    """The errors that pydantic found in a body of `model`, in the contract's words."""
    found = [error for error in refusal.errors(include_url=False) if not _follows(error)]
    listed = [_field_error(error, model) for error in found[:MOST_ERRORS]]
    # Beyond the limit only the count matters, so nothing is worded.
    return listed + [FieldError(pointer(error["loc"]), "") for error in found[MOST_ERRORS:]]


def _follows(error: ErrorDetails) -> bool:
    """Whether a list is only called too short because its members, each with an error of its own, were not counted."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _field_error(error: ErrorDetails, model: type[BaseModel]) -> FieldError:
    loc = error["loc"][:-1] if error["loc"] and error["loc"][-1] == "[key]" else error["loc"]
    detail, hint = _in_words(error, loc, model)
    return FieldError(pointer(loc), detail, hint)


_KINDS: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
    "tuple_type": "a list",
}


def _in_words(error: ErrorDetails, loc: Sequence[str | int], model: type[BaseModel]) -> tuple[str, str | None]:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    match kind:
        case "refused":
            return context["detail"], context["hint"]
        case "missing":
            return f"`{loc[-1]}` is required", None
        case "extra_forbidden":
            known = _fields_at(model).get(_shape(loc[:-1]), ())
            return f"`{shown(str(loc[-1]))}` is not a field here", did_you_mean(str(loc[-1]), known)
        case "literal_error":
            return _not_one_of(value, context["expected"])
        case "greater_than_equal":
            return f"`{value}` is under {context['ge']}", f"at least {context['ge']}"
        case "less_than_equal":
            return f"`{value}` is too large", f"at most {context['le']}"
        case "string_too_short":
            return _empty(loc, model)
        case "string_too_long":
            return "this text is too long", f"at most {context['max_length']} characters"
        case "string_pattern_mismatch":
            return _not_the_form(value, loc[-1] if loc else "") if value else _empty(loc, model)
        case "too_short":
            return "this list is empty", f"at least {context['min_length']}"
        case "too_long":
            return "there are too many of these", f"at most {context['max_length']}"
    if kind == "int_type" and _is_huge(value):
        return "this number is too large", f"at most {MAX_COUNT}"
    if kind in _KINDS:
        return f"expected {_KINDS[kind]}, got {_kind_of(value)}", _quoted(kind, value)
    return error["msg"].lower(), None


def _empty(loc: Sequence[str | int], model: type[BaseModel]) -> tuple[str, str]:
    required = bool(loc) and _fields_at(model).get(_shape(loc[:-1]), {}).get(str(loc[-1]), False)
    hint = f"`{loc[-1]}` is required: fill it in" if required else "leave the field out if there is nothing to say"
    return "this text is empty", hint


def _not_one_of(value: object, expected: str) -> tuple[str, str | None]:
    names = [name.strip("'") for name in expected.replace(" or ", ", ").split(", ")]
    listed = "one of " + ", ".join(f"`{name}`" for name in names)
    if not isinstance(value, str):
        return f"expected text, got {_kind_of(value)}", listed
    return f"`{shown(value)}` is not known here", did_you_mean(value, names) or listed


_FORMS: Final = {
    "country": "two capital letters of ISO 3166, such as `CN`",
    "category": "names with `/` between them, such as `furniture/sofa`",
    "reason": "names with `.` between them, such as `preference.changed_mind`",
}


def _not_the_form(value: object, field: str | int) -> tuple[str, str | None]:
    text = str(value)
    if field in _FORMS and text.isprintable():
        return f"`{shown(text)}` is not a {field}", _FORMS[str(field)]
    return "this text has control characters", "leave them out"


def _kind_of(value: object) -> str:
    if value is None:
        return "null"
    names = ((bool, "true or false"), (int, "a number"), (float, "a number"), (str, "text"), (list, "a list"))
    return next((name for kind, name in names if isinstance(value, kind)), "an object")


def _quoted(kind: str, value: object) -> str | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "string_type" and number:
        # What a fraction, or a number beyond 64 bits, was written as is lost: `1.10` reads as 1.1.
        return f'put it in quotes: "{value}"' if isinstance(value, int) else "put it in quotes"
    if kind == "int_type" and isinstance(value, str) and value.isascii() and value.isdigit():
        return f"without quotes: {shown(value)}"
    if kind == "int_type" and isinstance(value, float) and value.is_integer() and abs(value) <= MAX_COUNT:
        return f"without a point: {int(value)}"
    return f"without quotes: {value}" if kind == "bool_type" and value in ("true", "false") else None


def _is_huge(value: object) -> bool:
    """Whether it is a whole number that is larger than any count; beyond 64 bits JSON is read as a float."""
    return isinstance(value, float) and value.is_integer() and value > MAX_COUNT


def _shape(loc: Iterable[str | int]) -> tuple[str, ...]:
    return tuple(part for part in loc if isinstance(part, str))


@cache
def _fields_at(model: type[BaseModel]) -> Mapping[tuple[str, ...], Mapping[str, bool]]:
    """The fields of each object inside `model`, by the path to it without list indices, and which are required."""
    found: dict[tuple[str, ...], Mapping[str, bool]] = {}

    def walk(inner: type[BaseModel], path: tuple[str, ...]) -> None:
        fields = {field.alias or name: field for name, field in inner.model_fields.items()}
        found[path] = {name: field.is_required() for name, field in fields.items()}
        for name, field in fields.items():
            for child in _models_in(field.annotation):
                walk(child, (*path, name))

    walk(model, ())
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is Annotated:
        return _models_in(get_args(annotation)[0])
    inner = [part for part in get_args(annotation) if part not in (Ellipsis, NoneType)]
    return [found for part in inner for found in _models_in(part)]
