"""The hotspots of a page: its components, its text, and the figures in the text, each with its source.

In: a `PageRecord`, the source index, and the drawing functions. Out: `Hotspot`s, components first, then text in reading
order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from report.desk.records import Hotspot
from report.desk.sources import FOOT_STYLE, SourceIndex
from report.engine.boxes import Component, PageRecord, TextLine
from report.geometry import Frame

MAX_TEXT = 160  # characters of a text that are shown


@dataclass(frozen=True, slots=True)
class HotspotContext:
    """What hotspots need: the source index, the drawing function of each named page, and that of each chart."""

    sources: SourceIndex
    sheets: Mapping[str, str]
    charts: Mapping[str, str]
    running: str  # the source of the running footer text


def hotspots(page: PageRecord, context: HotspotContext) -> Iterator[Hotspot]:
    """Yield everything on a page that has a source."""
    sections = [each for each in page.components if each.name in context.sources.page_types]
    for component in page.components:
        if component.name != "image":  # its chart or photograph is a component already
            yield _component(component, page, _page_type_at(sections, component.x, component.y), context)
    blocks: dict[tuple[int, bool], list[TextLine]] = {}
    for line in page.lines:
        blocks.setdefault((line.block, line.running), []).append(line)
    for lines in blocks.values():
        page_type = _page_type_at(sections, lines[0].x, lines[0].y)
        yield _text(lines, page_type, context)
        yield from _facts(lines, page_type, context)


def _page_type_at(sections: list[Component], x: float, y: float) -> str:
    """Return the page type of the innermost section around a point, or of the last section if none (as for notes)."""
    inside = [each for each in sections if _contains(each, x, y)] or sections
    return inside[-1].name if inside else ""


def _contains(box: Component, x: float, y: float) -> bool:
    return box.x - 1 <= x <= box.x + box.width + 1 and box.y - 1 <= y <= box.y + box.height + 1


def _component(component: Component, page: PageRecord, page_type: str, context: HotspotContext) -> Hotspot:
    chart, name = component.chart, component.name
    whole = name in context.sources.page_types
    return Hotspot(
        kind="chart" if chart else "section" if whole else "component",
        component=name,
        box=Frame(component.x, component.y, component.width, component.height),
        src=component.src,
        template=context.sources.template(name, name if whole else page_type),
        style=context.sources.style(name, name if whole else page_type),
        drawing=context.charts.get(chart, "") if chart else context.sheets.get(page.name, "") if whole else "",
        chart=chart,
    )


def _text(lines: list[TextLine], page_type: str, context: HotspotContext) -> Hotspot:
    first = lines[0]
    text = _joined(lines)
    component = first.component
    facts = {line.fact for line in lines if line.fact}
    return Hotspot(
        kind="running foot" if first.running else "text",
        component=component,
        box=bounding_box(lines),
        text=text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…",
        src=context.running if first.running else first.src,
        template="" if first.running else context.sources.template(component, page_type),
        style=FOOT_STYLE if first.running else context.sources.style(component, page_type),
        fact=facts.pop() if len(facts) == 1 else "",
    )


def _joined(lines: list[TextLine]) -> str:
    """Return the text of some lines. Runs that touch on one line are joined without a space."""
    text, last = "", None
    for line in lines:
        touches = last and abs(line.baseline - last.baseline) < 1 and -1 < line.x - last.right < line.size / 8
        text, last = text + ("" if touches else " ") + line.text, line
    return " ".join(text.replace("\xad", "").split())


def _facts(lines: list[TextLine], page_type: str, context: HotspotContext) -> Iterator[Hotspot]:
    for line in lines:
        if line.fact:
            yield Hotspot(
                kind="fact",
                component=line.component,
                box=bounding_box([line]),
                text=line.text.strip(),
                src=line.src,
                template=context.sources.template(line.component, page_type),
                style=context.sources.style(line.component, page_type),
                fact=line.fact,
            )


def bounding_box(lines: list[TextLine]) -> Frame:
    """Return the bounding box of some lines."""
    left, top = min(line.x for line in lines), min(line.y for line in lines)
    return Frame(left, top, max(line.right for line in lines) - left, max(line.bottom for line in lines) - top)
