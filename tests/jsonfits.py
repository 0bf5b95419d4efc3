"""Whether a value fits a JSON Schema, as far as the models' schemas go (jsonschema is not installed here)."""

from __future__ import annotations

import re
from typing import Any


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Tell whether a value fits the part of JSON Schema that the models use."""
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return any(fits(value, choice, root) for choice in schema["anyOf"])
    if "enum" in schema and value not in schema["enum"]:
        return False
    kinds: dict[str, Any] = {
        "string": str,
        "number": int | float,
        "integer": int,
        "boolean": bool,
        "array": list,
        "object": dict,
        "null": type(None),
    }
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return False
    if isinstance(value, str) and "pattern" in schema:
        return re.search(schema["pattern"], value) is not None
    if isinstance(value, list):
        first = schema.get("prefixItems", [])
        kinds_of = [*first, *[schema.get("items", {})] * (len(value) - len(first))]
        few, many = schema.get("minItems", 0), schema.get("maxItems", len(value))
        return few <= len(value) <= many and all(fits(*each, root) for each in zip(value, kinds_of, strict=False))
    if isinstance(value, dict):
        return _object_fits(value, schema, root)
    return True


def _object_fits(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    named, more = schema.get("properties", {}), schema.get("additionalProperties", {})
    ids = schema.get("patternProperties", {})
    for key, inside in value.items():
        below = named.get(key) or next((found for pattern, found in ids.items() if re.search(pattern, key)), more)
        if below is False or not fits(inside, below or {}, root):
            return False
    return set(schema.get("required", [])) <= set(value)
