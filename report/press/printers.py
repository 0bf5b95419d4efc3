"""The requirements of one printer: bleed, marks, ink, images, printing condition. One YAML file per printer.

In: the name of a printer in printers/ of the project or in report/printers/, or the path of a file. Out: a frozen
`Printer` with its profile's bytes, or a ReportError with file and line. Lengths are in points (1/72 in).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from report.edition.model import FrozenModel, Number, Text
from report.edition.validate import validate
from report.edition.yamldoc import Document, parse, read_text
from report.geometry import Insets
from report.problems import Place, Problem, ReportError, did_you_mean, error
from report.searchpath import SearchPath

FOLDER_NAME = "printers"
BUILT_IN = Path(__file__).resolve().parents[1] / FOLDER_NAME
DEFAULT = "sheetfed-us"
MIN_MARK_OFFSET = 12.0  # points: printers want marks to stay this far off the trim, so that no mark is left on the page

Length = Annotated[Number, Field(ge=0)]
Resolution = Annotated[int, Field(ge=1, le=4800)]


class Bleed(FrozenModel):
    """The bleed at each edge of the trim."""

    head: Length
    foot: Length
    outside: Length
    inside: Length = Field(description="At the fold or spine. 0 if the pages are glued there.")


class PrinterMarks(FrozenModel):
    """Printer's marks around the page."""

    crop: bool = False
    bleed: bool = False
    registration: bool = False
    colour_bar: bool = False
    slug: bool = Field(False, description="A line with the edition, page, date of the data, and build.")
    offset: Length = Field(Decimal(12), description="Distance from the trim to the marks.")
    length: Length = Field(Decimal(18), description="Length of a crop mark.")
    line: Length = Field(Decimal("0.25"), description="Line width of the marks.")


class Ink(FrozenModel):
    """Limits on ink."""

    limit: Annotated[int, Field(ge=200, le=400)] = Field(description="Total area coverage in percent.")
    spots: tuple[Text, ...] = Field((), description="Names of the spot inks that are allowed.")
    small_text: Length = Field(Decimal(9), description="Text below this size must be in one ink.")
    overprint_text: Length = Field(Decimal(12), description="Black text below this size must overprint.")


class ImageResolution(FrozenModel):
    """Effective resolution in pixels per inch (GWG 2015)."""

    refuse: Resolution = 150
    warn: Resolution = 225
    bitonal: Resolution = 550
    intent: Literal["relative", "perceptual"] = Field("relative", description="Rendering intent for photographs.")


class Binding(FrozenModel):
    """How the pages are bound."""

    kind: Literal["saddle", "perfect", "none"]
    multiple: Annotated[int, Field(ge=1, le=64)] = Field(4, description="The page count must be a multiple of this.")
    caliper: Length = Field(Decimal("0.38"), description="Thickness of one sheet of the text paper.")
    spine_minimum: Length = Field(Decimal(0), description="A thinner spine cannot carry text.")
    most: Annotated[int, Field(ge=4, le=2000)] = Field(2000, description="The highest page count for this binding.")


class Condition(FrozenModel):
    """The printing condition that the output intent names."""

    profile: Text = Field(description="An ICC file: beside this file, built in, or by its path.")
    identifier: Text = Field(description="Its name in the registry of printing conditions.")
    registry: Text = Field(description="The registry's address.")
    info: Text


class PrinterFile(FrozenModel):
    """The requirements of one printer."""

    title: Text
    bleed: Bleed
    safe: Length = Field(description="Text must stay at least this far inside the trim.")
    line: Length = Field(Decimal("0.125"), description="Minimum line width.")
    transparency: bool = Field(True, description="Whether the printer accepts live transparency.")
    marks: PrinterMarks
    ink: Ink
    images: ImageResolution
    binding: Binding
    condition: Condition


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer: its name, its requirements, the document they come from, and the ICC profile of its condition."""

    name: str
    values: PrinterFile
    document: Document
    icc: bytes

    def bleed(self, page: int) -> Insets:
        """Return the bleed of a page. Even pages are versos."""
        bleed = self.values.bleed
        sides = (float(bleed.outside), float(bleed.inside))
        left, right = sides if page % 2 == 0 else sides[::-1]
        return Insets(left, float(bleed.head), right, float(bleed.foot))

    @property
    def margin(self) -> float:
        """The space around the trim that the marks need: offset, length and a small clearance. 0 without marks."""
        marks = self.values.marks
        any_marks = marks.crop or marks.bleed or marks.registration or marks.colour_bar or marks.slug
        return float(marks.offset + marks.length) + 6 if any_marks else 0.0


def printer_names(search: SearchPath | None = None) -> list[str]:
    """Return the names of the printers: those in printers/ of the project, and the built-in ones."""
    return sorted({path.stem for folder in _folders(search) for path in folder.glob("*.yaml")})


def own_files(name: str, search: SearchPath | None = None) -> list[Path]:
    """Return the files behind a printer: its description and its profile, if they exist.

    Built-in printers are part of the program and have none.
    """
    path = _path(name, search)
    if path.parent == BUILT_IN or not path.is_file():
        return []
    try:
        values: Any = parse(read_text(path, name), name).values
    except ReportError:  # `load_printer` tells why
        return [path]
    condition = values.get("condition") if isinstance(values, dict) else None
    profile = _profile_path(str(condition.get("profile")), path.parent) if isinstance(condition, dict) else None
    return [path, *([profile] if profile and profile.parent != BUILT_IN / "profiles" else [])]


def load_printer(name: str, drawn_bleed: float | None = None, search: SearchPath | None = None) -> Printer:
    """Load a printer by name, from printers/ of the project or the program, or from a path that ends with .yaml.

    `drawn_bleed` is the bleed of the layout: a printer cannot ask for more. Raises ReportError with all problems.
    """
    path = _path(name, search)
    if not is_path(name) and not path.is_file():
        names = printer_names(search)
        hint = f"{did_you_mean(name, names)} Or put its file into {FOLDER_NAME}/, or give the path of a .yaml file."
        raise ReportError([error("unknown-printer", Place("--printer"), f"Unknown printer `{name}`.", hint.strip())])
    shown = str(path) if is_path(name) else f"{'report/' if path.parent == BUILT_IN else ''}{FOLDER_NAME}/{path.name}"
    document = parse(read_text(path, shown), shown)
    values = validate(PrinterFile, document)
    icc, problems = _profile(values.condition, path.parent, document)
    problems += [*_check_values(values, document), *_check_bleed(values, document, drawn_bleed)]
    if problems:
        raise ReportError(problems)
    return Printer(path.stem, values, document, icc)


def is_path(name: str) -> bool:
    """Return whether a printer is given by a path."""
    return name.endswith((".yaml", ".yml"))


def _folders(search: SearchPath | None) -> list[Path]:
    return [*([search.project / FOLDER_NAME] if search else []), BUILT_IN]


def _path(name: str, search: SearchPath | None) -> Path:
    candidates = [Path(name)] if is_path(name) else [folder / f"{name}.yaml" for folder in _folders(search)]
    return next((path for path in candidates if path.is_file()), candidates[-1])


def _check_values(values: PrinterFile, document: Document) -> Iterator[Problem]:
    if values.images.refuse > values.images.warn:
        where = document.place(("images", "refuse"))
        yield error(
            "printer", where, "`refuse` is above `warn`.", "Set `refuse` to `warn` or less: the warning comes first."
        )
    marks, widest = values.marks, max(float(each) for _, each in values.bleed)
    any_marks = any((marks.crop, marks.bleed, marks.registration, marks.colour_bar, marks.slug))
    if any_marks and float(marks.offset) < max(MIN_MARK_OFFSET, widest):
        where = document.place(("marks", "offset"))
        what = f"Marks are {marks.offset} pt off the trim, inside the bleed or too close to the trim."
        yield error("printer", where, what, f"Use {max(MIN_MARK_OFFSET, widest):g} or more.")


def _check_bleed(values: PrinterFile, document: Document, drawn_bleed: float | None) -> Iterator[Problem]:
    for edge, width in values.bleed:
        if drawn_bleed is not None and float(width) > drawn_bleed:
            where = document.place(("bleed", edge))
            what = f"A bleed of {width} pt is requested; the pages are drawn with {drawn_bleed:g} pt."
            yield error("printer", where, what, "Raise `bleed` in styles/tokens.yaml, or request less.")


def _profile(condition: Condition, folder: Path, document: Document) -> tuple[bytes, list[Problem]]:
    """Return the ICC profile of a condition, and its problems."""
    where = document.place(("condition", "profile"))
    path = _profile_path(condition.profile, folder) or Path(condition.profile)
    try:
        data = path.read_bytes()
    except OSError as failure:
        what = f"Profile {condition.profile} could not be read: {failure.strerror}."
        return b"", [error("profile-missing", where, what, "Put it beside the printer's file, or give its path.")]
    if fault := profile_fault(data):
        return b"", [error("profile", where, f"Profile {condition.profile} {fault}.", "Use a CMYK output profile.")]
    return data, []


def _profile_path(profile: str, folder: Path) -> Path | None:
    """Return the file of a profile: beside the printer's file, among the built-in ones, or at its path."""
    homes = (folder / "profiles", folder, BUILT_IN / "profiles", Path())
    return next((home / profile for home in homes if (home / profile).is_file()), None)


@cache
def profile_fault(data: bytes) -> str:
    """Return what is wrong with a CMYK output profile (ICC.1:2010, 7.2); an empty text if nothing is."""
    if len(data) < 128 or data[36:40] != b"acsp":
        return "is not an ICC profile"
    if struct.unpack(">I", data[:4])[0] != len(data):
        return "is truncated or has trailing data"
    if data[12:16] != b"prtr" or data[16:20] != b"CMYK":
        kind, space = data[12:16].decode("latin-1"), data[16:20].decode("latin-1").strip()
        return f"has device class {kind} and colour space {space}; prtr and CMYK are required"
    return ""
