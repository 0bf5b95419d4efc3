"""Logos as Illustrator, Inkscape and Figma write them: safe, in all variants, in the inks that their owner names."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest
from conftest import write_tiny

import build
from report.compose.logos import colours, plain_svg
from report.press.logos import logo_builds
from report.press.printers import load_printer

SVG = 'xmlns="http://www.w3.org/2000/svg"'
ILLUSTRATOR = f"""<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: a drawing program -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
  <!ENTITY ns_extend "http://ns.example.com/Extensibility/1.0/">
  <!ENTITY ns_pgf "http://ns.example.com/Private/1.0/">
]>
<svg version="1.1" {SVG} xmlns:x="&ns_extend;" xmlns:i="&ns_pgf;" viewBox="0 0 200 100" i:viewOrigin="1 2">
  <metadata><x:sfw><x:slices/></x:sfw></metadata>
  <style type="text/css">.st0{{fill:#E30613;}} .st1{{fill:none;stroke:#1D1D1B;stroke-width:4;}}</style>
  <i:pgf id="private">c2VjcmV0</i:pgf>
  <g><rect class="st0" width="100" height="100"/><circle class="st1" cx="150" cy="50" r="40"/></g>
</svg>"""
INKSCAPE = f"""<?xml version="1.0" standalone="no"?>
<svg {SVG} xmlns:sodipodi="http://sodipodi.example.net/DTD" xmlns:inkscape="http://www.inkscape.example.org/ns"
     xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" viewBox="0 0 200 100" inkscape:version="1.3">
  <sodipodi:namedview pagecolor="#ffffff" inkscape:zoom="2"/>
  <metadata><rdf:RDF/></metadata>
  <g inkscape:label="Layer 1" inkscape:groupmode="layer">
    <path style="fill:#009fe3;fill-opacity:1" d="M0 0h100v100H0z" sodipodi:nodetypes="ccccc"/>
  </g>
</svg>"""
FIGMA = f"""<svg width="200" height="100" viewBox="0 0 200 100" fill="none" {SVG}>
<g clip-path="url(#clip0)"><g id="dot"><circle cx="20" cy="50" r="15" fill="#FFED00"/></g>
<g id="pair"><use href="#dot"/><use href="#dot" x="40"/></g><use href="#pair" x="80"/></g>
<defs><clipPath id="clip0"><rect width="200" height="100" fill="white"/></clipPath></defs>
</svg>"""
LOGOS = {"ai": ILLUSTRATOR, "ink": INKSCAPE, "figma": FIGMA}
IMAGES = "images:\n" + "".join(
    f'  {name}: {{file: {name}.svg, alt: The mark of {name}, credit: Ours{extra}}}\n'
    for name, extra in (("ai", ', inks: {"#E30613": [0, 100, 95, 0]}'), ("ink", ""), ("figma", ""))
)  # fmt: skip


@pytest.mark.parametrize("name", LOGOS)
def test_what_is_not_drawn_is_taken_out(name: str) -> None:
    plain = plain_svg(LOGOS[name])
    assert not [word for word in ("DOCTYPE", "ENTITY", "namedview", "pgf", "inkscape:", "rdf") if word in plain]
    assert plain_svg(plain) == plain


def test_the_colours_of_a_logo_are_found_wherever_they_stand() -> None:
    assert colours(plain_svg(ILLUSTRATOR)) == {"#000000", "#e30613", "#1d1d1b"}
    assert colours(plain_svg(INKSCAPE)) == {"#000000", "#009fe3"}
    assert colours(plain_svg(FIGMA)) == {"#000000", "#ffed00", "#ffffff"}


def test_inks_come_from_the_map_the_profile_or_are_black_alone() -> None:
    builds = logo_builds(
        {"#e30613", "#009fe3", "#000000", "#808080"}, {"#E30613": (0, 100, 95, 0)}, load_printer("sheetfed-us")
    )
    assert builds["#e30613"] == (0, 100, 95, 0)
    assert (builds["#000000"], builds["#808080"]) == ((0, 0, 0, 100), (0, 0, 0, 50))
    cyan, magenta, yellow, black = builds["#009fe3"]
    assert cyan > 65
    assert max(magenta, yellow, black) < 35


def test_all_variants_are_built_with_them_and_print_in_their_inks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = ("[[chart: ease]]", "[[chart: ease]]\n\n" + "\n\n".join(f"[[image: {name}]]" for name in LOGOS))
    folder = write_tiny(tmp_path / "data" / "tiny", images=IMAGES, story=story)
    (folder / "images").mkdir()
    for name, text in LOGOS.items():
        (folder / "images" / f"{name}.svg").write_text(text, "utf-8")
    assert build.main(["--project", str(tmp_path), "build", "tiny", "--quiet"]) == 0, capsys.readouterr().err
    files = tmp_path / "dist" / "tiny"
    assert len(list(files.glob("*.pdf"))) == 3
    with pikepdf.open(files / "tiny-report-print.pdf") as pdf:
        streams = [item for item in pdf.objects if isinstance(item, pikepdf.Stream)]
        contents = b" ".join(item.read_bytes() for item in streams if item.get("/Subtype") in (None, "/Form"))
    assert re.search(rb"\b0 1 0?\.95 0 k\b", contents)
    assert b" rg" not in contents
