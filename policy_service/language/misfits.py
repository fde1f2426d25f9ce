"""Says in the author's words what jsonschema found not to fit; its own prose is never shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError

from policy_service.language.diagnostics import did_you_mean, one_of, suggest
from policy_service.language.head import POLICY_KEYS
from policy_service.language.kinds import KINDS
from policy_service.language.problem import Problem
from policy_service.language.scalars import text_of
from policy_service.language.shapes import Shape
from policy_service.language.slips import OTHER_UNITS, other_key, other_names, plain
from policy_service.language.wording import is_number, mended, percent, said, type_hint

__all__ = ["explain_errors"]

Path = tuple[str | int, ...]

INCLUDED = "a file of clauses to include"
JSON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def explain_errors(errors: Iterable[ValidationError], root: Shape) -> list[Problem]:
    """Turn jsonschema's errors into problems; `root` is the schema that `$ref` points into."""
    return [problem for error in errors for problem in _explain(error, root)]


@dataclass(frozen=True, slots=True)
class Misfit:
    """One error of jsonschema, with the parts that explanations need: `wanted` is what the schema's word says."""

    path: Path
    schema: Mapping[str, Any]
    instance: Any
    wanted: Any
    message: str
    context: tuple[ValidationError, ...]


def _explain(found: ValidationError, root: Shape) -> Iterator[Problem]:
    schema = found.schema if isinstance(found.schema, Mapping) else {}
    error = Misfit(
        tuple(found.absolute_path),
        schema,
        found.instance,
        found.validator_value,
        found.message,
        tuple(found.context or ()),
    )
    if "propertyNames" in list(found.absolute_schema_path)[-2:-1]:
        yield _wrong_name(error)
        return
    explain = _EXPLANATIONS.get(str(found.validator))
    if explain is not None:
        yield from explain(error, root)
    else:
        yield Problem("PS103-wrong-type", error.path, f"expected {_title(error.schema)}", None)


def _title(schema: Any) -> str:
    return str(schema.get("title", "another value")) if isinstance(schema, Mapping) else "nothing"


def _unknown_keys(error: Misfit, root: Shape) -> Iterator[Problem]:
    known = list(error.schema.get("properties", {}))
    for key in error.instance:
        if key in known:
            continue
        if (
            "title" in error.schema
            and error.schema["title"] in ("a clause", "a policy", "a statute")
            and (key in KINDS or _in_some_file(key, root))
        ):
            yield _misplaced(key, error)
            continue
        free = [name for name in known if name not in error.instance]
        if not error.path and key in POLICY_KEYS and error.schema.get("title") == INCLUDED:
            message = f"`{key}` does not stand in {INCLUDED}"
            hint = "remove it, or do not include this file: a policy stands by itself"
            yield Problem("PS111-wrong-document", (key,), message, hint, True)
            continue
        hint = _unit_meant(key, error.instance[key], free) or _key_meant(key, known, free) or _possible(error, free)
        yield Problem("PS101-unknown-key", (*error.path, key), f"`{key}` is not known in {_place(error)}", hint, True)


def _key_meant(key: str, known: list[str], free: list[str]) -> str | None:
    if "：" in key:
        return f"`：` is full-width; write `{': '.join(part.strip() for part in plain(key).split(':', 1))}`"
    name, colon, value = key.partition(":")
    if colon and name in known:
        return f"write a space after the colon: `{name}: {value}`"
    if (word := key.partition(" ")[0]) in known:
        return f"write a colon and a space after `{word}`"
    near = other_key(key, free) or suggest(key, known)
    return f"did you mean `{near}`?" if near else None


def _unit_meant(key: str, value: Any, free: list[str]) -> str | None:
    """Weeks in days and years in months, where those may stand."""
    unit, times = OTHER_UNITS.get(key.casefold().removesuffix("s"), ("", 0))
    if unit not in free or not isinstance(value, int) or isinstance(value, bool):
        return None
    return f"write `{unit}: {value * times}`"


def _possible(error: Misfit, free: list[str]) -> str:
    """The keys that may still stand; of a clause, the kinds if it has none yet, and else no other."""
    if _title(error.schema) == "a clause":
        if not any(key in KINDS for key in error.instance):
            return f"the kinds of clause are {', '.join(f'`{name}`' for name in free if name in KINDS)}"
        free = [name for name in free if name not in KINDS]
    return f"possible here: {one_of(free)}" if free else "remove it"


def _in_some_file(key: str, root: Shape) -> bool:
    return any(
        key in root["$defs"][kind]["properties"] for kind in ("policy", "statute") if kind in root.get("$defs", {})
    )


def _misplaced(key: str, error: Misfit) -> Problem:
    path = (*error.path, key)
    if key in KINDS:
        effect = KINDS[key]
        if not error.path:
            return Problem(
                "PS111-wrong-document",
                path,
                f"`{key}` is a kind of clause, not a key of the document",
                "put it in a clause under `clauses`",
                True,
            )
        here, there = ("a policy", "a statute") if not effect.in_policy else ("a statute", "a policy")
        return Problem("PS111-wrong-document", path, f"`{key}` cannot stand in {here}", f"it belongs in {there}", True)
    if error.path:
        return Problem(
            "PS111-wrong-document",
            path,
            f"`{key}` is a key of the document, not of a clause",
            "put it at the top of the file",
            True,
        )
    return Problem(
        "PS111-wrong-document", path, f"`{key}` does not stand in {error.schema['title']}", "remove it", True
    )


def _place(error: Misfit) -> str:
    path = [step for step in error.path if isinstance(step, str)]
    if error.path and isinstance(error.path[-1], int):
        return {"clauses": "a clause"}.get(path[-1] if path else "", _title(error.schema))
    return f"`{path[-1]}`" if path else _title(error.schema)


def _missing_key(error: Misfit, root: Shape) -> Iterator[Problem]:
    for key in error.wanted:
        if key in error.instance:
            continue
        # `required` gives one error per key, each naming its own.
        if f"'{key}'" not in error.message:
            continue
        about = error.schema.get("properties", {}).get(key, {}).get("description", "")
        hint = about.split("\n", 1)[0] or None
        if hint:
            hint = f"`{key}`: {hint[0].lower()}{hint[1:]}".rstrip(".")
        yield Problem("PS102-missing-key", error.path, f"`{key}` is missing in {_place(error)}", hint)


def _wrong_type(error: Misfit, root: Shape) -> Iterator[Problem]:
    needed = error.schema.get("required")
    title = (
        f"a mapping with {one_of(needed, 'and')}"
        if needed and _title(error.schema) == "a mapping"
        else _title(error.schema)
    )
    yield Problem(
        "PS103-wrong-type",
        error.path,
        f"expected {title}, found {said(error.instance)}",
        type_hint(error.instance, error.schema),
    )


def _not_one_of(error: Misfit, root: Shape) -> Iterator[Problem]:
    values = error.schema.get("enum", [error.schema.get("const")])
    text = text_of(error.instance) if not isinstance(error.instance, (dict, list)) else ""
    names = [text_of(value) for value in values]
    expected = _expected(error.schema, names)
    hint = (
        other_names(text, names)
        or did_you_mean(text, names)
        or (None if expected == one_of(names) else f"possible: {one_of(names)}")
    )
    yield Problem(
        "PS104-unknown-value",
        error.path,
        f"expected {expected}, found {said(error.instance)}",
        hint,
    )


def _expected(schema: Mapping[str, Any], names: list[str]) -> str:
    return one_of(names) if len(names) <= 4 else str(schema.get("title", "one of a few values"))


def _wrong_form(error: Misfit, root: Shape) -> Iterator[Problem]:
    text, title = str(error.instance), _title(error.schema)
    if "percentage" in title and is_number(text):
        yield Problem("PS106-percent-missing", error.path, f"expected {title}, found {said(text)}", percent(text))
        return
    yield Problem("PS105-wrong-form", error.path, f"expected {title}, found {said(text)}", mended(text, error.wanted))


def _out_of_range(error: Misfit, root: Shape) -> Iterator[Problem]:
    least, most = error.schema.get("minimum"), error.schema.get("maximum")
    bounds = (
        f"from {least} to {most}"
        if least is not None and most is not None
        else (f"of at least {least}" if least is not None else f"of at most {most}")
    )
    yield Problem(
        "PS110-out-of-range", error.path, f"expected {_title(error.schema)} {bounds}, found `{error.instance}`", None
    )


def _too_few(error: Misfit, root: Shape) -> Iterator[Problem]:
    what = "list" if isinstance(error.instance, list) else "mapping" if isinstance(error.instance, dict) else "text"
    if error.instance:
        yield Problem("PS103-wrong-type", error.path, f"expected {_title(error.schema)}", None)
        return
    yield Problem("PS112-empty-list", error.path, f"this {what} is empty", f"expected {_title(error.schema)}")


def _repeated(error: Misfit, root: Shape) -> Iterator[Problem]:
    for index, item in enumerate(error.instance):
        if item in error.instance[:index]:
            named = said(item) if isinstance(item, (dict, list)) else f"`{text_of(item)}`"
            yield Problem(
                "PS113-repeated-item",
                (*error.path, index),
                f"{named} stands in this list twice",
                "remove one of the two",
            )


def _wrong_name(error: Misfit) -> Problem:
    key = str(error.instance)
    return Problem(
        "PS105-wrong-form",
        (*error.path, key),
        f"expected {_title(error.schema)}, found {said(key)}",
        mended(key, str(error.schema.get("pattern", "^$"))),
        True,
    )


def _alternatives(error: Misfit, root: Shape) -> Iterator[Problem]:
    """The `anyOf` of shapes that differ by type: speak of the one whose type the value has."""
    branches = error.wanted
    fitting = [index for index, branch in enumerate(branches) if _has_type(error.instance, branch, root)]
    inner = [each for each in error.context if each.schema_path[0] in fitting[:1]]
    if len(fitting) > 1:
        inner = _closest(error, fitting)
    if not inner:
        yield Problem(
            "PS103-wrong-type", error.path, f"expected {_title(error.schema)}, found {said(error.instance)}", None
        )
        return
    if error.instance in ("true", "yes") and any("all" in branch.get("enum", ()) for branch in branches):
        expected = f"expected {_title(error.schema)}, found {said(error.instance)}"
        yield Problem("PS103-wrong-type", error.path, expected, "write `all`")
        return
    problems = [problem for each in inner for problem in _explain(each, root)]
    if _meant_as_list(error, problems, root):
        expected = f"expected {_title(error.schema)}, found {said(error.instance)}"
        yield Problem("PS103-wrong-type", error.path, expected, f"write a list: `[{error.instance}]`")
    else:
        yield from problems


def _meant_as_list(error: Misfit, problems: list[Problem], root: Shape) -> bool:
    """Whether text stands where a list could, and is no slip of a text that could."""
    if not isinstance(error.instance, str) or not any(_has_type([], branch, root) for branch in error.wanted):
        return False
    slip = any(problem.hint and problem.hint.startswith(("did you mean", "write")) for problem in problems)
    return "," in error.instance or not slip


def _closest(error: Misfit, fitting: list[int]) -> list[ValidationError]:
    """Of several alternatives of the right type, the errors of the one that fits best."""
    groups = [[each for each in error.context if each.schema_path[0] == index] for index in fitting]
    return min(groups, key=len, default=[])


def _has_type(value: Any, schema: Any, root: Shape) -> bool:
    while isinstance(schema, Mapping) and "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    if not isinstance(schema, Mapping):
        return bool(schema)
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return any(type(value) is type(each) for each in values)
    if "type" not in schema:
        return any(_has_type(value, each, root) for each in schema.get("anyOf", schema.get("oneOf", [True])))
    named = schema["type"]
    names = [named] if isinstance(named, str) else named
    return any(
        isinstance(value, JSON_TYPES[name]) and not (isinstance(value, bool) and name != "boolean")
        for name in names
        if name in JSON_TYPES
    )


_EXPLANATIONS: Mapping[str, Callable[[Misfit, Shape], Iterator[Problem]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _not_one_of,
    "const": _not_one_of,
    "pattern": _wrong_form,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "minItems": _too_few,
    "minLength": _too_few,
    "minProperties": _too_few,
    "uniqueItems": _repeated,
    "oneOf": _alternatives,
    "anyOf": _alternatives,
}
