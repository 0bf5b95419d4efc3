"""The inks of logos: their colours are no tokens, and get builds from a map or from the printer's profile.

In: colours (#rrggbb), a map of inks, a printer. Out: a build for each colour. Greys and black are black ink alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from report.press.inks import InkBuild
from report.press.photographs import build_of
from report.press.printers import Printer


def logo_builds(colours: Iterable[str], inks: Mapping[str, InkBuild], printer: Printer) -> dict[str, InkBuild]:
    """Return the build of each colour, in percent of cyan, magenta, yellow and black."""
    mapped = {colour.lower(): build for colour, build in inks.items()}
    return {colour: mapped.get(colour.lower()) or _build(colour, printer) for colour in sorted(colours)}


def _build(colour: str, printer: Printer) -> InkBuild:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    if red == green == blue:
        return (0, 0, 0, round(100 - red / 2.55))
    return build_of((red, green, blue), printer)
