"""Editions of any length, made from the sample's text, to measure how the time of a build grows with its pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

SIZES = (10, 50, 100, 200, 400)
SECTION_PAGES = 25  # at most
_FIXED_PAGES = 4  # cover, contents, notes and back


def write_edition(project: Path, pages: int, number: int = 0) -> str:
    """Write an edition of about that many pages beside the sample, as long sections of prose. Returns its name."""
    name = f"3{pages:03}-{number:02}"  # as wide as a year, because the cover shows it large
    sample, folder = project / "data" / "2023-24", project / "data" / name
    (folder / "sections").mkdir(parents=True)
    parts = [f"part-{number}" for number in range(1, -(-(pages - _FIXED_PAGES) // SECTION_PAGES) + 1)]
    for file in ("facts", "checks"):
        (folder / f"{file}.yaml").write_bytes((sample / f"{file}.yaml").read_bytes())
    (folder / "charts.yaml").write_text("charts: {}\n", "utf-8")
    (folder / "quotes.yaml").write_text("quotes: {}\n", "utf-8")
    for end in ("cover", "contents", "notes", "back"):
        (folder / "sections" / f"{end}.md").write_bytes((sample / "sections" / f"{end}.md").read_bytes())
    left = pages - _FIXED_PAGES
    for number, part in enumerate(parts, 1):
        (folder / "sections" / f"{part}.md").write_text(_section(sample, number, min(left, SECTION_PAGES)), "utf-8")
        left -= SECTION_PAGES
    edition = (sample / "edition.yaml").read_text("utf-8").replace("2023-24", name)
    sections = "".join(f"  - section: {each}\n" for each in ("cover", "contents", *parts, "notes", "back"))
    edition = re.sub(r"sections:\n(?:  - .*\n)+", f"sections:\n{sections}", edition)
    (folder / "edition.yaml").write_text(edition, "utf-8")
    return name


def _section(sample: Path, number: int, pages: int) -> str:
    """Return a section of that many pages, each with a chapter of the schools section."""
    text = (sample / "sections" / "schools.md").read_text("utf-8")
    _, head, body = text.split("---\n", 2)
    words = re.sub(r"\[\[.*?\]\]|\[\^\w\](?::.*)?|A chart on the next.*?\n.*?\.", "", body)
    chapters = [each.strip() for each in re.split(r"\n## .*\n", f"\n{words}") if len(each.split()) > 40]
    title = f"title: Part {_letter(number)}\n"
    head = re.sub(r"callouts:\n(?:  - .*\n)+", "", re.sub(r"title: .*\n", title, head))
    leaves = [
        f"## Part {_letter(number)}, leaf {_letter(page)}\n\n{chapters[page % len(chapters)]}\n"
        for page in range(1, pages + 1)
    ]
    return f"---\n{head}---\n" + "\n[[page]]\n\n".join(leaves)


def _letter(number: int) -> str:
    return chr(ord("A") + number - 1)  # digits would fail the check for typed figures


def pages_of(project: Path, name: str) -> int:
    """Return the number of pages in the last build of an edition."""
    manifest = json.loads((project / "dist" / name / "manifest.json").read_text("utf-8"))
    return int(manifest["files"][0]["pages"])
