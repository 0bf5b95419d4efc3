"""Chart marks need enough contrast with the page; tracks do not."""

from __future__ import annotations

from pages import SVG, laid_out, tokens, written

from report.access.inbuild import access_problems
from report.problems import Problem

STYLE = "display: block; width: 200pt; height: 60pt"
CHART = (
    '<section data-component="stories" data-src="a.md:1"><h1>A chart</h1><figure data-component="chart" '
    'data-chart="one" data-src="charts.yaml:7">'
    f'<img alt="One" src="press:chart/one" style="{STYLE}"></figure></section>'
)


def problems(colour: str, css: str = "") -> list[Problem]:
    drawing = SVG.format(200, 60, f'<rect x="10" y="10" width="90" height="30" fill="{colour}"/>').encode()
    layout = laid_out(CHART, css, {"chart/one": drawing})
    data = written(layout, "screen")
    found = access_problems(data, "small.pdf", None, layout.pages, tokens().tracks)
    return [problem for problem in found if problem.code == "faint-mark"]


def test_a_mark_in_a_strong_colour_passes() -> None:
    assert problems(tokens().hexes["ink"]) == []
    assert problems(tokens().hexes["haze"]) == []


def test_a_mark_with_low_contrast_is_reported_with_its_chart_and_line() -> None:
    (problem,) = problems("#C8C8C8")
    assert str(problem.where) == "page 1, chart one (charts.yaml:7)"
    assert "#C8C8C8 has a contrast of 1.7:1" in problem.what


def test_a_track_may_have_low_contrast_because_it_carries_no_meaning() -> None:
    assert problems(tokens().hexes["sand"]) == []


def test_contrast_is_measured_against_the_background_behind_the_chart() -> None:
    ink = tokens().hexes["ink"]
    assert len(problems(ink, f"@page {{ background: {ink} }}")) == 1
