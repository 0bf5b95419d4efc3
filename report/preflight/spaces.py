"""PDF colour spaces as records.

In: a colour space object, and the resources that its name refers to. Out: a `ColourSpace`.
"""

from __future__ import annotations

from typing import Any

from pikepdf import Array, Dictionary, Name, Stream

from report.preflight.records import ColourSpace

GRAY, RGB, CMYK = ColourSpace("DeviceGray"), ColourSpace("DeviceRGB", 3), ColourSpace("DeviceCMYK", 4)
UNKNOWN = ColourSpace("unknown", 0)
_DEVICE = {
    "/DeviceGray": GRAY, "/G": GRAY, "/CalGray": ColourSpace("CalGray"), "/DeviceRGB": RGB, "/RGB": RGB,
    "/CalRGB": ColourSpace("CalRGB", 3), "/DeviceCMYK": CMYK, "/CMYK": CMYK, "/Lab": ColourSpace("Lab", 3),
    "/Pattern": ColourSpace("Pattern", 0),
}  # fmt: skip
_RESERVED = frozenset({"/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern"})  # resources cannot redefine these names
_ICC = {1: "ICCBased Gray", 3: "ICCBased RGB", 4: "ICCBased CMYK"}
_MAX_DEPTH = 8


def space_of(value: Any, resources: Any = None, depth: int = 0) -> ColourSpace:
    """Return the record of a colour space (ISO 32000-1, 8.6); `UNKNOWN` if it is not recognised."""
    if depth > _MAX_DEPTH:
        return UNKNOWN
    if isinstance(value, Name):
        resource = _get(_get(resources, "/ColorSpace"), str(value))
        if resource is not None and str(value) not in _RESERVED:
            return space_of(resource, resources, depth + 1)
        return _DEVICE.get(str(value), UNKNOWN)
    if not isinstance(value, Array) or not len(value):
        return UNKNOWN
    return _array_space(value, resources, depth)


def _array_space(value: Any, resources: Any, depth: int) -> ColourSpace:
    kind = str(value[0])
    inner = (
        space_of(value[1], resources, depth + 1) if kind in {"/Indexed", "/I", "/Pattern"} and len(value) > 1 else None
    )
    if kind == "/ICCBased" and len(value) > 1 and isinstance(value[1], Stream):
        count = int(value[1].get("/N", 0))
        lab = value[1].read_bytes()[16:20] == b"Lab "
        return ColourSpace("ICCBased Lab" if lab else _ICC.get(count, "unknown"), count)
    if kind in {"/Indexed", "/I"}:
        return ColourSpace("Indexed", 1, alternate=inner)
    if kind == "/Separation" and len(value) > 2:
        return ColourSpace("Separation", 1, (text_of(value[1]),), space_of(value[2], resources, depth + 1))
    if kind == "/DeviceN" and len(value) > 2 and isinstance(value[1], Array):
        inks = tuple(map(text_of, value[1]))
        return ColourSpace("DeviceN", len(inks), inks, space_of(value[2], resources, depth + 1))
    if kind == "/Pattern":
        return ColourSpace("Pattern", 0, alternate=inner)
    return _DEVICE.get(kind, UNKNOWN)


def text_of(name: Any) -> str:
    """Return a name without its slash. Names may have any encoding (ISO 32000-1, 7.3.5)."""
    try:
        return str(name)[1:]
    except UnicodeDecodeError:
        return str(name.unparse().decode("latin-1"))[1:]


def _get(holder: Any, key: str) -> Any:
    return holder.get(key) if isinstance(holder, Dictionary | Stream) else None
