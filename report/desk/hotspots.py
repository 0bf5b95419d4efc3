"""What can be clicked on a page: its components, its texts, and the figures in them, each with its source.

In: a `PageRecord`, the sources and what is drawn where. Out: `Hotspot`s, the larger ones first, texts in reading order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from report.desk.records import Hotspot
from report.desk.sources import FOOT_STYLE, SourceIndex
from report.engine.boxes import Component, PageRecord, TextLine
from report.geometry import Frame

MOST_TEXT = 160  # characters of a text that are told


@dataclass(frozen=True, slots=True)
class HotspotContext:
    """What a page's spots are told by: the sources, the drawing under each named page, and that of each chart."""

    sources: SourceIndex
    sheets: Mapping[str, str]
    charts: Mapping[str, str]
    running: str  # where the words of running feet come from


def spots(page: PageRecord, around: HotspotContext) -> Iterator[Hotspot]:
    """Yield everything on a page that has a source."""
    kinds = [each for each in page.components if each.name in around.sources.page_types]
    for component in page.components:
        if component.name != "image":  # its chart or photograph stands for it
            yield _component(component, page, _type_at(kinds, component.x, component.y), around)
    blocks: dict[tuple[int, bool], list[TextLine]] = {}
    for line in page.lines:
        blocks.setdefault((line.block, line.running), []).append(line)
    for lines in blocks.values():
        kind = _type_at(kinds, lines[0].x, lines[0].y)
        yield _text(lines, kind, around)
        yield from _facts(lines, kind, around)


def _type_at(kinds: list[Component], x: float, y: float) -> str:
    """Return the page type of the innermost section around a point; of the last one for what stands outside: notes."""
    inside = [each for each in kinds if _holds(each, x, y)] or kinds
    return inside[-1].name if inside else ""


def _holds(box: Component, x: float, y: float) -> bool:
    return box.x - 1 <= x <= box.x + box.width + 1 and box.y - 1 <= y <= box.y + box.height + 1


def _component(component: Component, page: PageRecord, kind: str, around: HotspotContext) -> Hotspot:
    chart, name = component.chart, component.name
    whole = name in around.sources.page_types
    return Hotspot(
        kind="chart" if chart else "section" if whole else "component",
        component=name,
        box=Frame(component.x, component.y, component.width, component.height),
        src=component.src,
        template=around.sources.template(name, name if whole else kind),
        style=around.sources.style(name, name if whole else kind),
        drawing=around.charts.get(chart, "") if chart else around.sheets.get(page.name, "") if whole else "",
        chart=chart,
    )


def _text(lines: list[TextLine], kind: str, around: HotspotContext) -> Hotspot:
    first = lines[0]
    text = _joined(lines)
    component = first.component
    facts = {line.fact for line in lines if line.fact}
    return Hotspot(
        kind="running foot" if first.running else "text",
        component=component,
        box=union(lines),
        text=text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…",
        src=around.running if first.running else first.src,
        template="" if first.running else around.sources.template(component, kind),
        style=FOOT_STYLE if first.running else around.sources.style(component, kind),
        fact=facts.pop() if len(facts) == 1 else "",
    )


def _joined(lines: list[TextLine]) -> str:
    """Return the words of some lines; what touches on one line stays together."""
    text, last = "", None
    for line in lines:
        touches = last and abs(line.baseline - last.baseline) < 1 and -1 < line.x - last.right < line.size / 8
        text, last = text + ("" if touches else " ") + line.text, line
    return " ".join(text.replace("\xad", "").split())


def _facts(lines: list[TextLine], kind: str, around: HotspotContext) -> Iterator[Hotspot]:
    for line in lines:
        if line.fact:
            yield Hotspot(
                kind="fact",
                component=line.component,
                box=union([line]),
                text=line.text.strip(),
                src=line.src,
                template=around.sources.template(line.component, kind),
                style=around.sources.style(line.component, kind),
                fact=line.fact,
            )


def union(lines: list[TextLine]) -> Frame:
    """Return the box around some lines."""
    left, top = min(line.x for line in lines), min(line.y for line in lines)
    return Frame(left, top, max(line.right for line in lines) - left, max(line.bottom for line in lines) - top)
