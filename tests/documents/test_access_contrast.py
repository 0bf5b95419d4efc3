"""Contrast of text with its real background on the finished page, and where to fix it."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from coloraide import Color
from pages import SVG, Change, block, changed, laid_out, tokens, written
from pikepdf import Array
from PIL import Image

from report.access import contrast as contrast_module
from report.access.contrast import MeasuredText, low_contrast_texts, luminance, required_contrast
from report.access.inbuild import access_problems
from report.access.nontext import ChartPlace, low_contrast_marks
from report.cache.pages import PageFindings
from report.cache.store import Cache
from report.geometry import Rect
from report.inspection.inspect import TextRun, text_runs
from report.problems import Problem

BOX = "position: absolute; left: 100pt; top: 100pt; width: 300pt; height: 40pt"


def low_contrast(data: bytes) -> list[MeasuredText]:
    return list(low_contrast_texts(data, tuple(text_runs(data))))


@cache
def on_page(body: str, picture: bytes = b"") -> bytes:
    section = f'<section data-component="story" data-src="a.md:3">{body}</section>'
    return written(laid_out(section, served={"image/x.png": picture}), "screen")


def ratios(data: bytes) -> dict[str, float]:
    return {each.run.text.strip(): each.contrast for each in low_contrast(data)}


def contrast(colour: str, ground: str) -> float:
    """Return the WCAG contrast by coloraide, for colours in whole steps of 255."""
    return float(Color(colour).contrast(ground, method="wcag21"))


COLOURS = ["#000000", "#FFFFFF", "#808080", "#0A0B0C", "#14294B", "#C8D400", "#FF0000", "#00FF00", "#0000FF", "#0b0a09"]


@pytest.mark.parametrize("colour", COLOURS)
def test_luminance_agrees_with_coloraide(colour: str) -> None:
    pixel = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)]], np.uint8)
    assert luminance(pixel)[0] == pytest.approx(Color(colour).luminance(), abs=2e-4)


SMALL = {
    ("#767676", "#FFFFFF"): True,
    ("#777777", "#FFFFFF"): False,
    ("#FFFFFF", "#F4E9D8"): False,
    ("#FFFFFF", "#14294B"): True,
    ("#595959", "#C0C0C0"): False,
    ("#000000", "#808080"): True,
}


def test_small_text_needs_four_and_a_half_to_one() -> None:
    pairs = [f'<div style="background: {ground}"><p style="color: {colour}">{colour} on {ground}</p></div>'
             for colour, ground in SMALL]  # fmt: skip
    assert {pair: contrast(*pair) >= 4.5 for pair in SMALL} == SMALL
    low = {
        f"{colour} on {ground}": contrast(colour, ground) for (colour, ground), passes in SMALL.items() if not passes
    }
    assert ratios(on_page("".join(pairs))) == pytest.approx(low, rel=0.01)


def test_large_text_needs_less() -> None:
    styles = {"large": "font-size: 18pt", "small": "font-size: 17pt", "semibold": "font-size: 17pt; font-weight: 600"}
    body = "".join(
        f'<p style="{style}; line-height: 28pt; color: {colour}">{name} {colour}</p>'
        for name, style in styles.items()
        for colour in ("#949494", "#969696")
    )
    assert {each.run.text.strip(): each.required for each in low_contrast(on_page(body))} == {
        "large #969696": 3.0, "small #949494": 4.5, "small #969696": 4.5, "semibold #949494": 4.5,
        "semibold #969696": 4.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("font", "size", "enough"),
    [("ABCDEF+Arial-BoldMT", 14, 3.0), ("ABCDEF+Arial-BoldMT", 13.9, 4.5), ("Source-Sans-3-Semi-Bold", 14, 4.5),
     ("Source-Sans-3-Semi-Bold", 18, 3.0), ("Arial", 14, 4.5), ("Arial", 17.98, 3.0)],
)  # fmt: skip
def test_bold_text_is_large_from_14_points_and_other_text_from_18(font: str, size: float, enough: float) -> None:
    assert required_contrast(TextRun(1, "x", 0, 0, 9, 9, font, size, (0, 0, 0))) == enough


def half(left: str, right: str) -> bytes:
    """Return a photograph with a dark and a light half."""
    picture = Image.new("RGB", (80, 20), left)
    picture.paste(right, (40, 0, 80, 20))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_text_on_a_photograph_is_compared_with_the_pixels_behind_it() -> None:
    places = {"dark": 110, "light": 300, "both": 220}
    texts = "".join(
        f'<p style="position: absolute; left: {x}pt; top: {top}pt; color: {colour}">{colour} on {place}</p>'
        for place, x in places.items()
        for colour, top in (("white", 102), ("black", 120))
    )
    body = f'<img style="{BOX}" alt="Dusk" src="press:image/x.png">{texts}'
    told = ratios(on_page(body, half("#101010", "#f0f0f0")))
    assert set(told) == {"black on dark", "white on light", "white on both", "black on both"}


@pytest.mark.parametrize(("thickness", "passes"), [(0.5, True), (8, False)])
def test_a_thin_line_behind_text_is_tolerated_and_a_bar_is_not(thickness: float, passes: bool) -> None:
    line = f"position: absolute; left: 90pt; top: 106pt; width: 300pt; height: {thickness}pt; background: #000"
    body = f'<div style="{line}"></div><p style="{BOX}; line-height: 14pt; color: #222">Some words</p>'
    assert (ratios(on_page(body)) == {}) is passes


def test_transparency_of_text_lowers_its_contrast() -> None:
    styles = ("color: rgba(0, 0, 0, 0.3)", "color: #000; opacity: 0.3", "color: rgba(0, 0, 0, 0.9)",
              "color: #000; opacity: 0.9")  # fmt: skip
    within = '<div style="opacity: 0.5"><p style="color: rgba(0, 0, 0, 0.6)">both</p></div>'
    told = ratios(on_page("".join(f'<p style="{style}">{style}</p>' for style in styles) + within))
    lost = contrast("#B2B2B2", "#FFFFFF")
    assert told == pytest.approx({styles[0]: lost, styles[1]: lost, "both": lost}, rel=0.02)


def moved(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.obj.MediaBox = Array([-200, 50, 612, 792])


def cropped(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.CropBox = Array([90, 300, 500, 720])


def turned(angle: int) -> Change:
    return lambda pdf: pdf.pages[0].obj.__setitem__("/Rotate", angle)


@pytest.mark.parametrize(
    "change", [moved, cropped, *map(turned, (90, 180, 270))], ids=["moved", "cropped", "90", "180", "270"]
)
def test_a_page_that_is_moved_cropped_or_rotated_is_measured_where_its_text_is(change: Change) -> None:
    dark = f'<div style="{BOX}; background: #14294B"><p style="color: #fff">White</p><p>Dark</p></div>'
    body = dark + f'<p style="{BOX}; top: 300pt; color: #fff">Lost</p><p style="{BOX}; top: 400pt">Plain</p>'
    assert set(ratios(changed(on_page(body), change))) == {"Dark", "Lost"}


def test_text_outside_the_page_is_ignored() -> None:
    assert ratios(on_page('<p style="position: absolute; left: -300pt; color: #fff">Away</p><p>Here</p>')) == {}


def problems(body: str, served: dict[str, bytes] | None = None) -> list[Problem]:
    layout = laid_out(body, served=served)
    found = access_problems(written(layout, "screen"), "small.pdf", None, layout.pages, tokens().tracks)
    return [problem for problem in found if problem.code == "contrast"]


def test_text_with_low_contrast_is_a_problem_with_page_component_and_line() -> None:
    body = block("Fine words.") + block("Pale words.", "color: #999; break-before: page", "p", "callout", "b.yaml:41")
    (problem,) = problems(body)
    where = problem.where
    assert (where.file, where.line, where.page, where.component) == ("b.yaml", 41, 2, "callout")
    assert problem.what == "“Pale words.” has a contrast of 2.8:1; at least 4.5:1 is required."
    assert "styles/tokens.yaml" in problem.hint


def test_a_chart_label_with_low_contrast_is_a_problem_of_the_chart() -> None:
    label = '<text x="20" y="40" font-family="Source Sans 3" font-size="10" fill="#aaa">Pale label</text>'
    image = '<img alt="x" src="press:chart/one" style="display: block; width: 200pt; height: 100pt">'
    body = f'<figure data-component="chart" data-chart="one" data-src="charts.yaml:7">{image}</figure>'
    (problem,) = problems(f"<section>{body}</section>", {"chart/one": SVG.format(200, 100, label).encode()})
    assert problem.what.startswith("“Pale label” has a contrast of 2.3:1")
    assert (problem.where.file, problem.where.line, problem.where.component) == ("charts.yaml", 7, "chart")


def test_low_contrast_findings_are_cached_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = on_page('<p style="color: #C8D400">Pale <span style="color: #777777">and hardly better</span></p>')
    runs, findings = tuple(text_runs(data)), PageFindings(Cache(tmp_path), "1", "a.pdf")
    found = [list(low_contrast_texts(data, runs, findings)), list(low_contrast_texts(data, runs))]
    monkeypatch.setattr(contrast_module, "text_contrasts", lambda *_: pytest.fail("measured again"))
    assert list(low_contrast_texts(data, runs, findings)) == found[0] == found[1]
    assert len(found[0]) == 2

    place = ChartPlace("ease", 1, Rect(0, 0, 612, 792), "a.md:3")
    chart = on_page('<div style="background: #C8D400; height: 40pt">&nbsp;</div>')
    marks = [list(low_contrast_marks(chart, [place], frozenset(), findings)) for _ in range(2)]
    assert marks[0] == marks[1] == list(low_contrast_marks(chart, [place], frozenset()))
    assert [mark.colour for mark in marks[0]] == ["#C8D400"]
