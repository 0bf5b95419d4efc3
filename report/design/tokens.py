"""styles/tokens.yaml, and the CSS custom properties, font faces and looks derived from it.

In: the tokens file. Out: frozen `Tokens`, their CSS, a `Look`, and problems (low contrast, a missing font).
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

HOUSE = ("paper", "ink", "haze", "mist")  # the colours of drawings that belong to no pillar
# The minimum colour difference (CIEDE2000) between pillars, for normal vision and for each colour vision deficiency.
DISTINCT = 9.0
DEFICIENCIES = {
    "": "with normal vision",
    "protan": "with protanopia",
    "deutan": "with deuteranopia",
    "tritan": "with tritanopia",
}
# WCAG 2.1 requires 4.5:1 for text and 3:1 for large text (1.4.3), 3:1 for graphics (1.4.11). Tints carry neither.
CONTRAST: Mapping[str, float] = {"text": 4.5, "ground": 4.5, "graphic": 3.0, "tint": 0.0}


class Colour(FrozenModel):
    """A screen colour and its CMYK build (percent of cyan, magenta, yellow, black).

    `on` and `large_on` name the grounds besides paper on which text has this colour: text of any size, or from 18 pt.
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
    """The page geometry in points."""

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
        """Return the width of a number of grid columns and the gutters between them, in points."""
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
    """The design values, the font folders in search order, and the document for places of problems."""

    values: TokensFile
    fonts_folders: tuple[Path, ...]
    document: Document

    @property
    def page(self) -> PageGeometry:
        """The page geometry."""
        return self.values.page

    @property
    def hexes(self) -> dict[str, str]:
        """The hex value of each colour token."""
        return {name: colour.rgb for name, colour in self.values.colours.items()}

    @property
    def builds(self) -> dict[str, tuple[int, int, int, int]]:
        """The CMYK build of each hex value, in percent."""
        return {colour.rgb: colour.cmyk for colour in self.values.colours.values()}

    @property
    def faces(self) -> dict[str, FontFace]:
        """The face of each font token."""
        return {
            name: FontFace(font.family, font.weight, font.style, self._font(font.file))
            for name, font in self.values.fonts.items()
        }

    def _font(self, name: str) -> Path:
        paths = [folder / name for folder in self.fonts_folders]
        return next((path for path in paths if path.is_file()), paths[0])

    @property
    def dark(self) -> frozenset[str]:
        """The grounds for light text."""
        return frozenset(name for name, colour in self.values.colours.items() if colour.use == "ground")

    @property
    def tracks(self) -> frozenset[str]:
        """The hex values of tints, which charts use only for tracks and grounds without meaning."""
        return frozenset(colour.rgb for colour in self.values.colours.values() if colour.use == "tint")

    def look(self, family: str | None = None) -> Look:
        """Return the look of a chart in the colour family of a pillar, or in the house colours."""
        names = (family, f"{family}-mid", f"{family}-tint") if family else ("ink", "haze", "mist")
        sizes = {name: float(size) for name, size in self.values.type.items()}
        return Look(self.hexes, sizes, self.faces, *names)

    def css(self) -> str:
        """Return the custom properties and font faces that the stylesheets use."""
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
    """Load and check the tokens. `fonts` are the folders to search for fonts, by default the one beside the file.

    Raises ReportError with all problems.
    """
    document = parse(read_text(path, shown), shown)
    tokens = Tokens(validate(TokensFile, document), tuple(fonts) or (path.parent / "fonts",), document)
    if problems := [
        *_missing_house_colours(tokens),
        *_duplicates(tokens),
        *_contrasts(tokens),
        *_confusable(tokens),
        *_missing_fonts(tokens),
    ]:
        raise ReportError(problems)
    return tokens


def _place(tokens: Tokens, *path: str) -> Place:
    return tokens.document.key_place(path)


def _missing_house_colours(tokens: Tokens) -> Iterator[Problem]:
    """Find missing colours that drawings need, whatever the organisation's own colours are."""
    for name in HOUSE:
        if name not in tokens.values.colours:
            where = _place(tokens, "colours")
            yield error("token-missing", where, f"Colour `{name}` is missing.", "Add it; drawings use it.")


def _duplicates(tokens: Tokens) -> Iterator[Problem]:
    """Find tokens with the same hex value: the hex value in a drawing must identify its CMYK build."""
    seen: dict[str, str] = {}
    for name, value in tokens.hexes.items():
        if value in seen:
            hint = "Change one of them slightly; for print, the hex value identifies the token."
            where = _place(tokens, "colours", name)
            yield error("token-twin", where, f"`{name}` has the same rgb as `{seen[value]}`.", hint)
        seen.setdefault(value, name)


def _contrasts(tokens: Tokens) -> Iterator[Problem]:
    """Find colours with too little contrast on paper for their use, or on a ground that they name."""
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
                yield error("unknown-token", where, f"`{name}` names the unknown ground `{ground}`.", hint)
            elif (ratio := Color(colour.rgb).contrast(colours[ground].rgb, method="wcag21")) < needed:
                what = f"`{name}` has a contrast of {ratio:.2f}:1 with {ground}; {role}, {needed}:1 is required."
                hint = "Darken it, or give it another use." if ground == "paper" else "Change one of the two."
                yield error("token-contrast", where, what, hint)


def _confusable(tokens: Tokens) -> Iterator[Problem]:
    """Find pillar and house colours that are hard to tell apart, also with a colour vision deficiency."""
    from coloraide import Color

    colours = tokens.values.colours
    names = [name for name in colours if {f"{name}-mid", f"{name}-tint"} <= set(colours)]
    for deficiency, vision in DEFICIENCIES.items():
        seen = {name: Color(colours[name].rgb) for name in (*names, "ink") if name in colours}
        if deficiency:
            seen = {name: colour.filter(deficiency) for name, colour in seen.items()}
        for one, other in combinations(seen, 2):
            if (difference := seen[one].delta_e(seen[other], method="2000")) < DISTINCT:
                what = f"`{one}` and `{other}` differ by only {difference:.1f} {vision}; {DISTINCT:g} is required."
                hint = "Make one lighter or darker than the other."
                yield error("token-confusable", _place(tokens, "colours", one), what, hint)


def _missing_fonts(tokens: Tokens) -> Iterator[Problem]:
    for name, face in tokens.faces.items():
        if not any(face.path.resolve().is_relative_to(folder.resolve()) for folder in tokens.fonts_folders):
            where = _place(tokens, "fonts", name)
            yield error(
                "font-outside", where, f"{face.path.name} is outside styles/fonts/.", "Move the font file there."
            )
        elif not face.path.is_file():
            where = _place(tokens, "fonts", name)
            yield error("font-missing", where, f"Font file styles/fonts/{face.path.name} is missing.", "Add the file.")
        elif fault := _fault(face.path):
            where = _place(tokens, "fonts", name)
            what = f"styles/fonts/{face.path.name} cannot be used: {fault}."
            yield error("font-unreadable", where, what, "Restore the file, or use another font.")


def _forbids_embedding(fs_type: int) -> bool:
    """Tell whether a font may not be embedded, or only as bitmaps (OpenType 1.9, OS/2: fsType, bits 0 to 3 and 9)."""
    return fs_type & 0xF == 2 or bool(fs_type & 0x200)


def _fault(path: Path) -> str:
    """Return why a font file cannot be used, or an empty text."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            if not font.getBestCmap():
                return "it has no characters"
            return "its licence forbids embedding (OS/2 fsType)" if _forbids_embedding(font["OS/2"].fsType) else ""
    except (TTLibError, OSError, KeyError, AssertionError, struct.error) as failure:
        return str(failure) or type(failure).__name__
