"""Validates the values of a document against a model, and words the problems for writers rather than programmers.

In: a `Document` and a model class. Out: the model, or a `ReportError` with the file, line and column of each problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from report.edition.model import PATTERNS, FrozenModel
from report.edition.yamldoc import Document, KeyPath
from report.problems import Problem, ReportError, did_you_mean, error

Model = TypeVar("Model", bound=FrozenModel)

_EXPECTED_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "decimal_type": "a number",
    "is_instance_of": "a number",
    "float_type": "a number",
    "bool_type": "true or false",
    "date_type": "a date such as 2024-06-30",
    "tuple_type": "a list",
    "mapping_type": "a set of keys and values",
    "dict_type": "a set of keys and values",
    "model_type": "a set of keys and values",
}
# The reasons for pydantic's other error types that the models can raise.
_REASONS = {
    "too_short": "it needs at least {min_length}",
    "too_long": "it may have at most {max_length}",
    "string_too_short": "it needs some text",
    "string_too_long": "it may have up to {max_length} characters",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "decimal_max_digits": "it may have up to {max_digits} digits",
    "decimal_whole_digits": "it may have up to {whole_digits} digits before the point",
    "decimal_max_places": "it may have up to {decimal_places} digits after the point",
    "finite_number": "it must be a finite number",
}


def validate(model: type[Model], document: Document) -> Model:
    """Return the document's values as `model`. Raises ReportError with every problem."""
    try:
        return model.model_validate(document.values)
    except ValidationError as failure:
        raise ReportError(
            dict.fromkeys(_problem(detail, document, model) for detail in failure.errors() if not _is_implied(detail))
        ) from None


def _is_implied(detail: ErrorDetails) -> bool:
    """Return whether an error only follows from others: pydantic calls a list "too short" if its items are invalid."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _problem(detail: ErrorDetails, document: Document, model: type[FrozenModel]) -> Problem:
    path, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        hint = _decimal_comma(path, document) or did_you_mean(name, _siblings(path, model))
        return error("unknown-key", document.key_place(path), f"Unknown key `{name}`.", hint)
    if kind == "missing" and isinstance(path[-1], int):
        what = f"`{path[-2]}` has too few values: value {path[-1] + 1} is missing."
        return error("missing-key", document.key_place(path[:-1]), what, "Add it at the end of the list.")
    if kind == "missing":
        parent = f" of `{path[-2]}`" if len(path) > 1 else ""
        what, hint = f"`{name}`{parent} is missing.", f"Add a line `{name}: ...`."
        return error("missing-key", document.key_place(path[:-1]), what, hint)
    if name == "[key]":
        key = str(path[-2])
        hint = "Use lower-case letters, digits, hyphens and, in fact ids, at least one dot: topic.thing."
        return error("bad-id", document.key_place(path[:-1]), f"`{key}` is not a valid id.", hint)
    file_path = _path_in_file(path, document)
    where = document.place(file_path)
    is_union_member = len(file_path) < len(path) and isinstance(path[-1], str) and path[-1] not in model.model_fields
    if is_union_member and kind in _EXPECTED_TYPES:
        # The same text for every member of the union, so that duplicates are dropped.
        what = f"`{_field(file_path)}` must be text, a number, or true or false."
        return error("wrong-type", where, what, "Write a single value.")
    value = _describe(detail["input"])
    if kind == "literal_error":
        choices = [part.strip(" '") for part in str(context["expected"]).replace(" or ", ",").split(",")]
        hint = did_you_mean(str(detail["input"]), choices) or f"Known: {', '.join(choices)}."
        return error("unknown-value", where, f"`{name}` has an unknown value: {value}.", hint)
    if kind in _EXPECTED_TYPES:
        what = f"`{_field(path)}` must be {_EXPECTED_TYPES[kind]}, but is {value}."
        return error("wrong-type", where, what, _type_hint(kind))
    return error("bad-value", where, f"`{_field(path)}` cannot be {value}: {_reason(detail)}.", "Correct the value.")


def _decimal_comma(path: KeyPath, document: Document) -> str:
    """Return a hint if a key is what follows a decimal comma: in {value: 25,6} YAML reads a value of 25 and a key 6."""
    around: Any = document.values
    for part in path[:-1]:
        around = around[part] if isinstance(around, dict) or isinstance(part, int) else {}
    keys, name = [str(key) for key in around] if isinstance(around, dict) else [], str(path[-1])
    before = around[keys[keys.index(name) - 1]] if name in keys[1:] else None
    is_number = isinstance(before, int) and not isinstance(before, bool)
    return f"Write decimals with a point: {before}.{name}." if name.isdigit() and is_number else ""


def _path_in_file(path: KeyPath, document: Document) -> KeyPath:
    """Remove the parts of a location that pydantic adds for unions and keys."""
    result: KeyPath = ()
    for part in path:
        if (*result, part) in document.items:
            result = (*result, part)
    return result


def _field(path: KeyPath) -> str:
    names = [str(part) for part in path if isinstance(part, str)]
    return names[-1] if names else "the file"


def _describe(value: Any) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, str):
        return f'the text "{_shorten(value)}"'
    if isinstance(value, dict):
        return "a set of keys and values"
    return _shorten(str(value)) if not isinstance(value, tuple) else "a list" if value else "an empty list"


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _type_hint(kind: str) -> str:
    if kind in {"decimal_type", "int_type", "is_instance_of"}:
        return "Write the bare number: a point for decimals, a hyphen before a negative; no quotes, commas, units."
    return "If it is text, put it in quotes." if kind == "string_type" else "Correct the value."


def _reason(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "string_pattern_mismatch":
        return PATTERNS.get(str(context["pattern"]), f"it must look like {context['pattern']}")
    message = detail["msg"]
    return _REASONS.get(detail["type"], message[:1].lower() + message[1:]).format(**context)


def _siblings(path: KeyPath, model: type[FrozenModel]) -> list[str]:
    """Return the keys that the model allows where an unknown key was found."""
    current: Any = model
    inside = False  # whether the next part is an id or an index inside the field's container
    for part in path[:-1]:
        if inside:
            inside = False
            continue
        field = getattr(current, "model_fields", {}).get(part)
        if field is not None:
            inside = get_origin(field.annotation) in {tuple, Mapping}
            current = _model_in(field.annotation)
    return list(getattr(current, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    """Return the model class inside tuple[X, ...], Mapping[K, X] or X | None; None if there is none."""
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, FrozenModel):
            return candidate
    return None
