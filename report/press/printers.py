"""What one printer asks for: bleed, marks, ink, images, and the printing condition. One YAML file a printer.

In: the name of a printer in report/printers/, or the path of a file. Out: a frozen `Printer` with its profile's bytes,
or a ReportError with file and line. Lengths are in points (1/72 in).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from report.edition.model import FrozenModel, Number, Text
from report.edition.validate import validate
from report.edition.yamldoc import Document, parse, read_text
from report.geometry import Insets
from report.problems import Place, Problem, ReportError, did_you_mean, error

FOLDER = Path(__file__).resolve().parents[1] / "printers"
DEFAULT = "sheetfed-us"
OFF_TRIM = 12.0  # points that printers ask marks to stay off the trim, so that none is cut into

Length = Annotated[Number, Field(ge=0)]
Resolution = Annotated[int, Field(ge=1, le=4800)]


class Bleed(FrozenModel):
    """How far ink runs over each edge of the trim."""

    head: Length
    foot: Length
    outside: Length
    inside: Length = Field(description="At the fold or spine. 0 where the pages are glued there.")


class PrinterMarks(FrozenModel):
    """What stands around the page for the people at the press."""

    crop: bool = False
    bleed: bool = False
    registration: bool = False
    colour_bar: bool = False
    slug: bool = Field(False, description="A line with edition, page, date of data and build.")
    offset: Length = Field(Decimal(12), description="From the trim to the marks.")
    length: Length = Field(Decimal(18), description="Of a crop mark.")
    line: Length = Field(Decimal("0.25"), description="Width of the lines of the marks.")


class Ink(FrozenModel):
    """Limits on ink."""

    limit: Annotated[int, Field(ge=200, le=400)] = Field(description="Total area coverage in percent.")
    spots: tuple[Text, ...] = Field((), description="Spot inks that may be in the file, by name.")
    small_text: Length = Field(Decimal(9), description="Text below this size is in one ink.")
    overprint_text: Length = Field(Decimal(12), description="Black text below this size overprints.")


class ImageResolution(FrozenModel):
    """Resolution at the placed size, in pixels per inch (GWG 2015)."""

    refuse: Resolution = 150
    warn: Resolution = 225
    bitonal: Resolution = 550
    intent: Literal["relative", "perceptual"] = Field("relative", description="How photographs are converted.")


class Binding(FrozenModel):
    """How the pages are held together."""

    kind: Literal["saddle", "perfect", "none"]
    multiple: Annotated[int, Field(ge=1, le=64)] = Field(4, description="Pages come in multiples of this.")
    caliper: Length = Field(Decimal("0.38"), description="Thickness of a sheet of the text paper.")
    spine_minimum: Length = Field(Decimal(0), description="A spine thinner than this can't carry text.")
    most: Annotated[int, Field(ge=4, le=2000)] = Field(2000, description="Pages that this binding can hold.")


class Condition(FrozenModel):
    """The printing condition that the output intent names."""

    profile: Text = Field(description="An ICC file of report/printers/profiles/, or the path of one on the machine.")
    identifier: Text = Field(description="Its name in the registry of characterisations.")
    registry: Text = Field(description="The registry's address.")
    info: Text


class PrinterFile(FrozenModel):
    """One printer."""

    title: Text
    bleed: Bleed
    safe: Length = Field(description="Nothing readable stands nearer than this to the trim.")
    line: Length = Field(Decimal("0.125"), description="No line is thinner.")
    transparency: bool = Field(True, description="Whether the printer takes live transparency.")
    marks: PrinterMarks
    ink: Ink
    images: ImageResolution
    binding: Binding
    condition: Condition


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer's wishes, its name, where they stand, and the profile of its condition."""

    name: str
    values: PrinterFile
    document: Document
    icc: bytes

    def bleed(self, page: int) -> Insets:
        """Return the bleed of a page. Even pages are versos."""
        wanted = self.values.bleed
        sides = (float(wanted.outside), float(wanted.inside))
        left, right = sides if page % 2 == 0 else sides[::-1]
        return Insets(left, float(wanted.head), right, float(wanted.foot))

    @property
    def margin(self) -> float:
        """The paper around the trim that marks need: offset, length and a little air. 0 without marks."""
        marks = self.values.marks
        shown = marks.crop or marks.bleed or marks.registration or marks.colour_bar or marks.slug
        return float(marks.offset + marks.length) + 6 if shown else 0.0


def names() -> list[str]:
    """Return the names of the printers that come with the press."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_printer(name: str, drawn_bleed: float | None = None) -> Printer:
    """Load a printer by name, or from a path that ends with .yaml.

    `drawn_bleed` is the bleed that the layout has; a printer can't ask for more. Raises ReportError with all problems.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    shown = str(path) if path.parent != FOLDER else f"report/printers/{path.name}"
    if path.parent == FOLDER and name not in names():
        hint = did_you_mean(name, names()) + " Or give the path of a file that ends with .yaml."
        raise ReportError([error("unknown-printer", Place("--printer"), f"There is no printer `{name}`.", hint)])
    document = parse(read_text(path, shown), shown)
    values = validate(PrinterFile, document)
    icc, problems = _profile(values.condition, path.parent, document)
    problems += [*_order(values, document), *_reach(values, document, drawn_bleed)]
    if problems:
        raise ReportError(problems)
    return Printer(path.stem, values, document, icc)


def _order(values: PrinterFile, document: Document) -> Iterator[Problem]:
    if values.images.refuse > values.images.warn:
        where = document.place(("images", "refuse"))
        yield error("printer", where, "`refuse` is above `warn`.", "An image is warned of before it is refused.")
    marks, widest = values.marks, max(float(each) for _, each in values.bleed)
    drawn = any((marks.crop, marks.bleed, marks.registration, marks.colour_bar, marks.slug))
    if drawn and float(marks.offset) < max(OFF_TRIM, widest):
        where = document.place(("marks", "offset"))
        what = f"Marks stand {marks.offset} pt off the trim, inside the bleed or too near to it."
        yield error("printer", where, what, f"Use {max(OFF_TRIM, widest):g} or more.")


def _reach(values: PrinterFile, document: Document, drawn: float | None) -> Iterator[Problem]:
    for edge, width in values.bleed:
        if drawn is not None and float(width) > drawn:
            where = document.place(("bleed", edge))
            what = f"A bleed of {width} pt is asked for; the pages are drawn with {drawn:g} pt."
            yield error("printer", where, what, "Raise `bleed` in styles/tokens.yaml, or ask for less.")


def _profile(condition: Condition, folder: Path, document: Document) -> tuple[bytes, list[Problem]]:
    """Return the ICC profile of a condition, or what is wrong with it."""
    where = document.place(("condition", "profile"))
    path = next(
        (each for each in (folder / "profiles" / condition.profile, folder / condition.profile) if each.is_file()),
        Path(condition.profile),
    )
    try:
        data = path.read_bytes()
    except OSError as failure:
        what = f"The profile {condition.profile} can't be read: {failure.strerror}."
        return b"", [error("profile-missing", where, what, "Put it into report/printers/profiles/, or give its path.")]
    if fault := profile_fault(data):
        return b"", [error("profile", where, f"{condition.profile} {fault}.", "Use a CMYK output profile.")]
    return data, []


@cache
def profile_fault(data: bytes) -> str:
    """Return why some bytes are no ICC output profile for CMYK, or nothing (ICC.1:2010, 7.2)."""
    if len(data) < 128 or data[36:40] != b"acsp":
        return "is no ICC profile"
    if struct.unpack(">I", data[:4])[0] != len(data):
        return "is cut off or has something after its end"
    if data[12:16] != b"prtr" or data[16:20] != b"CMYK":
        kind, space = data[12:16].decode("latin-1"), data[16:20].decode("latin-1").strip()
        return f"is a profile of class {kind} for {space}, not for a CMYK press"
    return ""
