"""What preflight knows of a file: plain records, lengths in points, boxes as left, bottom, right, top of the media box.

In: nothing; `scan` and `facts` make them. Out: frozen types that the checks judge.
"""

from __future__ import annotations

from dataclasses import dataclass

from report.geometry import Rect

RGB_KINDS = frozenset({"DeviceRGB", "CalRGB", "Lab", "ICCBased RGB", "ICCBased Lab"})


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """A colour space: its kind, its number of components, the names of its inks, and what it is based on.

    `alternate` is the space behind a Separation, DeviceN, Indexed or Pattern space, where there is one.
    """

    kind: str
    components: int = 1
    inks: tuple[str, ...] = ()
    alternate: ColourSpace | None = None

    @property
    def base(self) -> ColourSpace:
        """The space in which colours end up that are looked up or drawn as a pattern; spot inks stay themselves."""
        return self.alternate.base if self.kind in {"Indexed", "Pattern"} and self.alternate else self

    @property
    def is_rgb(self) -> bool:
        """Tell whether colours are mixed from light, or measured, instead of ink."""
        return self.base.kind in RGB_KINDS


@dataclass(frozen=True, slots=True)
class PaintedObject:
    """Something painted: text, fill, stroke or shading, with its colour and how it meets what lies below.

    `size` is the text's size or the line's width on the page.
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
        """Cyan, magenta, yellow and black from 0 to 1, where the colour is of them alone."""
        if self.space.kind in {"DeviceCMYK", "ICCBased CMYK"} and len(self.values) == 4:
            return self.values
        if self.space.kind in {"DeviceGray", "CalGray", "ICCBased Gray"} and len(self.values) == 1:
            return (0.0, 0.0, 0.0, 1.0 - self.values[0])
        return None


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image as it is placed on a page. `ppi` is its resolution there, the lesser of both directions.

    `number` is the image's object number and generation; (0, 0) for one that stands in the page's own content.
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
    """A page's boxes and what else its dictionary says. `None`: not there."""

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
    """A font: its name, its kind, whether it is inside the file, and whether only the letters used are."""

    name: str
    kind: str
    embedded: bool
    subset: bool
    unicode: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """An output intent and the profile in it."""

    kind: str
    identifier: str
    registry: str
    info: str
    profile: bytes | None
    components: int


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What a file says of itself, and everything found in its pages."""

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
        """Everything that has a colour."""
        return (*self.painted, *self.placed)
