"""The full-bleed sheets of the report's artwork, and the scene of each drawing.

In: an `Edition` and the tokens. Out: `ArtworkSheet` records, each with the name of its CSS page, the scene, and the CSS
that places the drawing behind one page or a spread, including the bleed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from report.cache.store import NO_CACHE, Cache, digest
from report.design.look import Artwork, Scene
from report.design.tokens import Tokens
from report.design.typography import quote_setting, text_width
from report.edition.edition import Edition
from report.edition.model import Count, Quote
from report.geometry import Rect

# Quiet boxes in points from the top left corner of the trim (on a spread: of the verso).
_SPREADS: Mapping[str, tuple[Rect, ...]] = {
    "pillar": (Rect.of_size(45, 430, 500, 330), Rect.of_size(657, 420, 520, 340)),
    "future": (Rect.of_size(45, 342, 520, 418), Rect.of_size(657, 342, 520, 418)),
}
_QUOTES: Mapping[str, float] = {"recto": 675.0, "verso": 54.0}  # the x at which the lines of a quotation start
_PAGES: Mapping[str, tuple[Rect, ...]] = {
    "cover": (Rect.of_size(45, 470, 500, 290),),
    "contents": (Rect.of_size(45, 430, 520, 330),),
    "glance": (Rect.of_size(63, 59, 504, 640),),
    "plan": (Rect.of_size(45, 560, 520, 200),),
    "commitment": (Rect.of_size(45, 520, 520, 240),),
    "back": (Rect.of_size(45, 560, 500, 200),),
}


_MIDDLE = 420.0  # the y on which every quotation is centred
_ATTRIBUTION = 62.0


@dataclass(frozen=True, slots=True)
class ArtworkSheet:
    """An artwork and its sheet. `page` is the name of the CSS page."""

    page: str
    artwork: str
    scene: Scene

    @property
    def css(self) -> str:
        """The @page rules: no margins; the drawing as background, aligned with the trim and running into the bleed."""
        bleed, fold = self.scene.bleed, self.scene.gutter
        size = f"{self.scene.width}pt {self.scene.height}pt"
        image = f"var(--{self.scene.ground}) url('press:art/{self.page}') no-repeat"
        feet = "@bottom-left { content: none; } @bottom-right { content: none; }"
        left = f"@page {self.page} {{ margin: 0; background: {image} -{bleed}pt -{bleed}pt / {size}; {feet} }}"
        if fold is None:
            return left
        return f"{left}\n@page {self.page}:right {{ background: {image} -{fold}pt -{bleed}pt / {size}; {feet} }}"


def sheets(edition: Edition, tokens: Tokens) -> dict[str, ArtworkSheet]:
    """Return the sheet of every section and quotation that has an artwork, by its page name."""
    every = [*_quote_sheets(edition, tokens), *_section_sheets(edition, tokens)]
    return {sheet.page: sheet for sheet in every}


def _quote_sheets(edition: Edition, tokens: Tokens) -> Iterator[ArtworkSheet]:
    for name, quote in edition.quotes.items():
        quiet = (_quote_box(quote, tokens),)
        yield ArtworkSheet(
            f"quote-{name}", quote.artwork, _scene(edition, tokens, quiet, True, quote.ground, "ink", quote.counts)
        )


def _quote_box(quote: Quote, tokens: Tokens) -> Rect:
    """Return the area of a quotation's text, with some clearance around it."""
    setting = quote_setting(quote.lines)
    face, size = tokens.faces["display"].path, float(tokens.values.type[setting.size])
    wide = max(text_width(line, face, size) for line in quote.lines)
    tall = len(quote.lines) * setting.leading + _ATTRIBUTION
    return Rect.of_size(_QUOTES[quote.side] - 20, _MIDDLE - tall / 2 - 30, min(wide, 480) + 40, tall + 60)


def _section_sheets(edition: Edition, tokens: Tokens) -> Iterator[ArtworkSheet]:
    for section in edition.sections.values():
        front = section.front
        if front.artwork is None:
            continue
        spread = front.page in _SPREADS
        quiet = _SPREADS.get(front.page) or _PAGES.get(front.page, ())
        family = front.pillar or "ink"
        yield ArtworkSheet(
            f"art-{section.id}",
            front.artwork,
            _scene(edition, tokens, quiet, spread, front.ground or family, family, front.counts),
        )


def _scene(edition: Edition, tokens: Tokens, quiet: tuple[Rect, ...], spread: bool, ground: str, family: str,
           counts: Sequence[Count]) -> Scene:  # fmt: skip
    page, bleed = tokens.page, float(tokens.page.bleed)
    width = float(page.width) * (2 if spread else 1) + 2 * bleed
    mid, tint = ("haze", "mist") if family == "ink" else (f"{family}-mid", f"{family}-tint")
    return Scene(
        width=width,
        height=float(page.height) + 2 * bleed,
        bleed=bleed,
        gutter=bleed + float(page.width) if spread else None,
        quiet=tuple(box.shifted(bleed, bleed) for box in quiet),
        colours=tokens.hexes,
        ground=ground,
        base=family,
        mid=mid,
        tint=tint,
        given=tuple(float(edition.facts[each.fact].value // each.each) for each in counts),
        pillars=tuple(pillar.id for pillar in edition.config.pillars),
    )


def draw_sheets(
    sheets: Mapping[str, ArtworkSheet], artworks: Mapping[str, Artwork], cache: Cache = NO_CACHE, stamp: str = ""
) -> dict[str, str]:
    """Return the SVG of every sheet by page name, drawn or from the cache. `stamp` identifies the drawing code.

    A drawing depends only on its scene, so the scene and the stamp are the cache key.
    """
    svgs = {}
    for name, sheet in sheets.items():
        artwork = artworks[sheet.artwork]
        key = digest(stamp, sheet.artwork, sheet.scene)
        svgs[name] = cache.get_or_make("artworks", key, partial(_draw, artwork, sheet.scene), name).decode()
    return svgs


def _draw(artwork: Artwork, scene: Scene) -> bytes:
    return artwork(scene).encode()
