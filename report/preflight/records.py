"""The records that preflight reads from a file. Lengths are in points, boxes in PDF user space.

In: nothing; `scan` and `facts` make the records. Out: frozen types for the checks.
"""

from __future__ import annotations

from dataclasses import dataclass

from report.geometry import Rect

RGB_KINDS = frozenset({"DeviceRGB", "CalRGB", "Lab", "ICCBased RGB", "ICCBased Lab"})


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """A colour space: its kind, its number of components and the names of its inks.

    `alternate` is the space that a Separation, DeviceN, Indexed or Pattern space refers to, if it has one.
    """

    kind: str
    components: int = 1
    inks: tuple[str, ...] = ()
    alternate: ColourSpace | None = None

    @property
    def base(self) -> ColourSpace:
        """The space behind an Indexed or Pattern space; any other space is its own base."""
        return self.alternate.base if self.kind in {"Indexed", "Pattern"} and self.alternate else self

    @property
    def is_rgb(self) -> bool:
        """Tell whether the colours are RGB or Lab."""
        return self.base.kind in RGB_KINDS


@dataclass(frozen=True, slots=True)
class PaintedObject:
    """One painted object: text, fill, stroke or shading, with its colour, overprint and transparency.

    `size` is the size of text, or the width of a line, on the page. `nonzero`: overprint mode 1, in which an ink of
    0 % leaves the ink below.
    """

    page: int
    kind: str
    space: ColourSpace
    values: tuple[float, ...]
    box: Rect
    size: float = 0.0
    font: str = ""
    overprint: bool = False
    nonzero: bool = False
    alpha: float = 1.0
    blend: str = "Normal"

    @property
    def inks(self) -> tuple[float, ...] | None:
        """Cyan, magenta, yellow and black from 0 to 1; None if the colour is not CMYK or grey."""
        if self.space.kind in {"DeviceCMYK", "ICCBased CMYK"} and len(self.values) == 4:
            return self.values
        if self.space.kind in {"DeviceGray", "CalGray", "ICCBased Gray"} and len(self.values) == 1:
            return (0.0, 0.0, 0.0, 1.0 - self.values[0])
        return None


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image as placed on a page. `ppi` is its effective resolution, the lower of both directions.

    `number` is the image's object number and generation; (0, 0) for an inline image.
    """

    page: int
    name: str
    width: int
    height: int
    bits: int
    space: ColourSpace
    ppi: float
    box: Rect
    is_mask: bool = False
    soft_mask: bool = False
    number: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A page's boxes and the other entries of its dictionary. `None`: not set."""

    number: int
    media: Rect
    crop: Rect | None
    bleed: Rect | None
    trim: Rect | None
    art: Rect | None
    rotate: int
    unit: float
    group: str | None
    annotations: tuple[tuple[str, Rect], ...]
    actions: bool


@dataclass(frozen=True, slots=True)
class FontInfo:
    """A font: its name and type, whether it is embedded, subset, and mapped to Unicode."""

    name: str
    kind: str
    embedded: bool
    subset: bool
    unicode: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """An output intent and its embedded profile."""

    kind: str
    identifier: str
    registry: str
    info: str
    profile: bytes | None
    components: int


@dataclass(frozen=True, slots=True)
class FileInfo:
    """The metadata of a file, and everything that its pages contain."""

    version: str
    encrypted: bool
    xmp: str
    info: dict[str, str]
    trapped: str
    identifier: bool
    intents: tuple[Intent, ...]
    scripts: tuple[str, ...]
    layers: bool
    fonts: tuple[FontInfo, ...]
    pages: tuple[PageInfo, ...]
    painted: tuple[PaintedObject, ...]
    placed: tuple[PlacedImage, ...]
    groups: tuple[tuple[int, str], ...]
    postscript: bool = False
    title: str = ""

    @property
    def coloured(self) -> tuple[PaintedObject | PlacedImage, ...]:
        """Every painted object and placed image."""
        return (*self.painted, *self.placed)
