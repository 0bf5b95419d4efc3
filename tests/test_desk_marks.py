"""Problems with their boxes: the quoted line, the paragraph, the component, or the page."""

from __future__ import annotations

import pytest

from report.desk.marks import marked, marked_faults, pending
from report.engine.boxes import Component, PageRecord, TextLine
from report.geometry import Rect
from report.inspection.inspect import PageBoxes
from report.inspection.judging import Fault, Outcome, Verdict
from report.problems import Place, error, warning


def line(text: str, y: float, src: str = "data/tiny/sections/story.md:9") -> TextLine:
    return TextLine(text, 63, y, 200, 14, 10, "Source Sans 3", "normal", 400, "story", src, 1, False)


def page(number: int, lines: tuple[TextLine, ...] = (), components: tuple[Component, ...] = ()) -> PageRecord:
    return PageRecord(number, "right", "", False, 612, 792, Rect.of_size(63, 59, 504, 672), lines, (), components, ())


QUOTE = Component("quote", "section", 0, 0, 612, 792, "data/tiny/quotes.yaml:22")
CHART = Component("chart", "figure", 63, 300, 200, 140, "data/tiny/charts.yaml:3", "ease")
PAGES = (
    page(1, (line("The first line of it", 100), line("and a second line", 114))),
    page(2, (), (QUOTE,)),
    page(3, (line("About the chart", 80, "data/tiny/sections/story.md:15"),), (CHART,)),
)
STORY = "data/tiny/sections/story.md"


@pytest.mark.parametrize(
    ("where", "what", "on", "boxes"),
    [
        (Place(STORY, 9, 0, 1, "story"), "“and a second…” is cut off.", 1, ((63, 114, 200, 14),)),
        (Place(STORY, 9, 0, 1, "story"), "It is cut off.", 1, ((63, 100, 200, 14), (63, 114, 200, 14))),
        (Place("data/tiny/charts.yaml", 3, 0, 3, "chart"), "It is too wide.", 3, ((63, 300, 200, 140),)),
        (Place("data/tiny/quotes.yaml", 26, 5), "The quotation is disputed.", 2, ((0, 0, 612, 792),)),
        (Place(STORY, 17, 3), "A figure is typed.", 3, ((63, 80, 200, 14),)),
        (Place("data/tiny/facts.yaml", 41, 5), "`lable` is not known.", 0, ()),
        (Place(page=2), "The page is blank.", 2, ()),
        (Place("x-print.pdf", page=9), "Nothing is there.", 9, ()),
    ],
)
def test_a_problem_is_marked_where_it_is(
    where: Place, what: str, on: int, boxes: tuple[tuple[float, ...], ...]
) -> None:
    (found,) = marked([error("x", where, what)], PAGES)
    assert (found.page, found.boxes) == (on, boxes)
    assert (found.file, found.line, found.column) == (where.file, where.line, where.column)


def test_errors_come_first_and_each_problem_once() -> None:
    one, other = warning("w", Place("a.md", 1), "A warning."), error("e", Place("b.md", 2), "An error.")
    assert [found.severity for found in marked([one, other, one], PAGES)] == ["error", "warning"]


def test_faults_of_a_file_are_marked_from_the_corner_of_the_trim() -> None:
    fault = Fault("The ink adds up to 320 %.", 1, 1, (Rect(136.0, 728.0, 146.0, 738.0),))
    outcome = Outcome("x.pdf", "a printer", 1, False, (Verdict("ink-limit", "Ink", "error", "GWG", "Less.", (fault,)),))
    boxes = PageBoxes(1, "1", Rect(0, 0, 684, 864), Rect(36, 36, 648, 828), Rect(27, 27, 657, 837))
    (found,) = marked_faults(outcome, [boxes])
    assert (found.page, found.code, found.boxes) == (1, "ink-limit", ((100.0, 90.0, 10.0, 10.0),))


def test_problems_of_the_previous_build_are_pending() -> None:
    assert [each.pending for each in pending(marked([error("x", Place(), "Wrong.")], PAGES))] == [True]
