"""styles/tokens.yaml, and what is derived from it: CSS custom properties, font faces, and the look of drawings.

In: the tokens file. Out: frozen `Tokens`, their CSS, a `Look`, and problems (a contrast too low, a missing font).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from report.design.look import FontFace, Look
from report.edition.model import HEX, FrozenModel, Number, Text
from report.edition.validate import validate
from report.edition.yamldoc import Document, parse, read_text
from report.problems import Place, Problem, ReportError, did_you_mean, error

Hex = Annotated[str, StringConstraints(pattern=HEX)]
Percent = Annotated[int, Field(ge=0, le=100)]

# WCAG 2.1: 1.4.3 asks 4.5:1 for text and 3:1 for large text, 1.4.11 asks 3:1 for graphics. A tint carries neither.
HOUSE = ("paper", "ink", "haze", "mist")  # what a drawing gets that belongs to no pillar
# Colour differences (CIEDE2000) below this are hard to tell apart; the colours of two pillars keep it for every eye.
DISTINCT = 9.0
DEFICIENCIES = {"": "for all", "protan": "with protanopia", "deutan": "with deuteranopia", "tritan": "with tritanopia"}
CONTRAST: Mapping[str, float] = {"text": 4.5, "ground": 4.5, "graphic": 3.0, "tint": 0.0}


class Colour(FrozenModel):
    """A colour on screen and its build in print (percent of cyan, magenta, yellow, black).

    `on` and `large_on` name the grounds, beside paper, on which text of this colour stands: of any size, or from 18 pt.
    """

    rgb: Hex
    cmyk: tuple[Percent, Percent, Percent, Percent]
    use: Literal["text", "ground", "graphic", "tint"]
    on: tuple[Text, ...] = ()
    large_on: tuple[Text, ...] = ()


class FontFile(FrozenModel):
    """One font file of styles/fonts/."""

    family: Text
    weight: int
    style: Literal["normal", "italic"]
    file: Text


class PageGeometry(FrozenModel):
    """The page in points."""

    width: Number
    height: Number
    top: Number
    inside: Number
    outside: Number
    bottom: Number
    leading: Number
    columns: int
    gutter: Number
    bleed: Number
    safe: Number

    def measure(self, columns: int) -> float:
        """Return the width of a number of grid columns with the gutters between them, in points."""
        column = (self.width - self.inside - self.outside - self.gutter * (self.columns - 1)) / self.columns
        return float(column * columns + self.gutter * (columns - 1))


class TokensFile(FrozenModel):
    """styles/tokens.yaml."""

    colours: Mapping[str, Colour]
    type: Mapping[str, Number]
    fonts: Mapping[str, FontFile]
    page: PageGeometry


@dataclass(frozen=True, slots=True)
class Tokens:
    """The design values, with the folders of the fonts, the first one first, and the document for places."""

    values: TokensFile
    fonts_folders: tuple[Path, ...]
    document: Document

    @property
    def page(self) -> PageGeometry:
        """The page geometry."""
        return self.values.page

    @property
    def hexes(self) -> dict[str, str]:
        """Each colour token with its one hex value."""
        return {name: colour.rgb for name, colour in self.values.colours.items()}

    @property
    def builds(self) -> dict[str, tuple[int, int, int, int]]:
        """The ink table: the CMYK build of each hex, in percent."""
        return {colour.rgb: colour.cmyk for colour in self.values.colours.values()}

    @property
    def faces(self) -> dict[str, FontFace]:
        """Each font token with its face."""
        return {
            name: FontFace(font.family, font.weight, font.style, self._font(font.file))
            for name, font in self.values.fonts.items()
        }

    def _font(self, name: str) -> Path:
        paths = [folder / name for folder in self.fonts_folders]
        return next((path for path in paths if path.is_file()), paths[0])

    @property
    def dark(self) -> frozenset[str]:
        """The colours that carry light text."""
        return frozenset(name for name, colour in self.values.colours.items() if colour.use == "ground")

    @property
    def tracks(self) -> frozenset[str]:
        """The hexes of tints: in charts they are tracks and grounds, which carry no meaning."""
        return frozenset(colour.rgb for colour in self.values.colours.values() if colour.use == "tint")

    def look(self, family: str | None = None) -> Look:
        """Return the look of a drawing in the colour family of a pillar, or in the house colours."""
        names = (family, f"{family}-mid", f"{family}-tint") if family else ("ink", "haze", "mist")
        sizes = {name: float(size) for name, size in self.values.type.items()}
        return Look(self.hexes, sizes, self.faces, *names)

    def css(self) -> str:
        """Return the custom properties and font faces that the stylesheets build on."""
        page = self.page
        lines = [f"  --{name}: {value};" for name, value in self.hexes.items()]
        lines += [f"  --size-{name}: {size}pt;" for name, size in self.values.type.items()]
        lines += [
            f"  --page-{name}: {getattr(page, name)}pt;" for name in PageGeometry.model_fields if name != "columns"
        ]
        for name, face in self.faces.items():
            lines += [f"  --face-{name}: '{face.family}';", f"  --weight-{name}: {face.weight};"]
        lines += [f"  --col-{n}: {page.measure(n):g}pt;" for n in range(1, page.columns + 1)]
        faces = [
            f"@font-face {{ font-family: '{face.family}'; font-weight: {face.weight}; font-style: {face.style};"
            f" src: url('press:font/{face.path.name}'); }}"
            for face in self.faces.values()
        ]
        return "\n".join([":root {", *lines, "}", *faces, ""])


def load_tokens(path: Path, shown: str, fonts: Sequence[Path] = ()) -> Tokens:
    """Load and check the tokens. Fonts are looked for in `fonts`, by default in the folder beside the file.

    Raises ReportError with all problems.
    """
    document = parse(read_text(path, shown), shown)
    tokens = Tokens(validate(TokensFile, document), tuple(fonts) or (path.parent / "fonts",), document)
    if problems := [
        *_house(tokens),
        *_twins(tokens),
        *_contrasts(tokens),
        *_confusable(tokens),
        *_missing_fonts(tokens),
    ]:
        raise ReportError(problems)
    return tokens


def _place(tokens: Tokens, *path: str) -> Place:
    return tokens.document.key_place(path)


def _house(tokens: Tokens) -> Iterator[Problem]:
    """The colours that drawings count on, whatever the organisation's own are."""
    for name in HOUSE:
        if name not in tokens.values.colours:
            where = _place(tokens, "colours")
            yield error("token-missing", where, f"There is no colour `{name}`.", "Drawings use it: add it.")


def _twins(tokens: Tokens) -> Iterator[Problem]:
    """One hex per token, so that a drawing's hex tells which ink was meant."""
    seen: dict[str, str] = {}
    for name, value in tokens.hexes.items():
        if value in seen:
            hint = "Change one of them by a step; print tells tokens apart by their hex."
            where = _place(tokens, "colours", name)
            yield error("token-twin", where, f"`{name}` has the same rgb as `{seen[value]}`.", hint)
        seen.setdefault(value, name)


def _contrasts(tokens: Tokens) -> Iterator[Problem]:
    """Every colour is legible on paper as its use asks, and as text on each ground that it names."""
    from coloraide import Color

    colours = tokens.values.colours
    for name, colour in colours.items():
        pairs = [("paper", f"as {colour.use}", CONTRAST[colour.use])] if "paper" in colours else []
        pairs += [(ground, "as text", CONTRAST["text"]) for ground in colour.on]
        pairs += [(ground, "as large text", CONTRAST["graphic"]) for ground in colour.large_on]
        for ground, role, needed in pairs:
            where = _place(tokens, "colours", name)
            if ground not in colours:
                hint = did_you_mean(ground, colours)
                yield error("unknown-token", where, f"`{name}` stands on `{ground}`, which is no colour.", hint)
            elif (ratio := Color(colour.rgb).contrast(colours[ground].rgb, method="wcag21")) < needed:
                what = f"`{name}` has a contrast of {ratio:.2f}:1 with {ground}; {role} it needs {needed}:1."
                hint = "Darken it, or give it another use." if ground == "paper" else "Change one of the two."
                yield error("token-contrast", where, what, hint)


def _confusable(tokens: Tokens) -> Iterator[Problem]:
    """The colours of the pillars, and of the house, can be told apart with each deficiency of colour vision."""
    from coloraide import Color

    colours = tokens.values.colours
    names = [name for name in colours if {f"{name}-mid", f"{name}-tint"} <= set(colours)]
    for deficiency, who in DEFICIENCIES.items():
        seen = {name: Color(colours[name].rgb) for name in (*names, "ink") if name in colours}
        if deficiency:
            seen = {name: colour.filter(deficiency) for name, colour in seen.items()}
        for one, other in combinations(seen, 2):
            if (difference := seen[one].delta_e(seen[other], method="2000")) < DISTINCT:
                what = f"`{one}` and `{other}` look alike {who} (difference {difference:.1f}, {DISTINCT:g} is needed)."
                hint = "Make one lighter or darker than the other."
                yield error("token-confusable", _place(tokens, "colours", one), what, hint)


def _missing_fonts(tokens: Tokens) -> Iterator[Problem]:
    for name, face in tokens.faces.items():
        if not any(face.path.resolve().is_relative_to(folder.resolve()) for folder in tokens.fonts_folders):
            where = _place(tokens, "fonts", name)
            yield error(
                "font-outside", where, f"{face.path.name} is outside styles/fonts/.", "Put the font file there."
            )
        elif not face.path.is_file():
            where = _place(tokens, "fonts", name)
            yield error("font-missing", where, f"There is no file styles/fonts/{face.path.name}.", "Add the font file.")
        elif fault := _fault(face.path):
            where = _place(tokens, "fonts", name)
            what = f"styles/fonts/{face.path.name} can't be read as a font: {fault}."
            yield error("font-unreadable", where, what, "Restore the file.")


def _fault(path: Path) -> str:
    """Return why a font file can't be used, or nothing."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            return "" if font.getBestCmap() else "it has no letters"
    except (TTLibError, OSError, KeyError, AssertionError, struct.error) as failure:
        return str(failure) or type(failure).__name__
