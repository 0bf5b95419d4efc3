"""Editions of any length, made of the sample's own words, to see how the cost of a build grows with its pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

SIZES = (10, 50, 100, 200, 400)
LONG = 25  # pages of a section
_ENDS = 4  # pages of cover, contents, notes and back


def write_edition(project: Path, pages: int, number: int = 0) -> str:
    """Write an edition of about so many pages beside the sample, long sections of prose, and return its name."""
    name = f"3{pages:03}-{number:02}"  # as wide as a year, since the cover shows it large
    sample, folder = project / "data" / "2023-24", project / "data" / name
    (folder / "sections").mkdir(parents=True)
    parts = [f"part-{number}" for number in range(1, -(-(pages - _ENDS) // LONG) + 1)]
    for file in ("facts", "checks"):
        (folder / f"{file}.yaml").write_bytes((sample / f"{file}.yaml").read_bytes())
    (folder / "charts.yaml").write_text("charts: {}\n", "utf-8")
    (folder / "quotes.yaml").write_text("quotes: {}\n", "utf-8")
    for end in ("cover", "contents", "notes", "back"):
        (folder / "sections" / f"{end}.md").write_bytes((sample / "sections" / f"{end}.md").read_bytes())
    left = pages - _ENDS
    for number, part in enumerate(parts, 1):
        (folder / "sections" / f"{part}.md").write_text(_section(sample, number, min(left, LONG)), "utf-8")
        left -= LONG
    edition = (sample / "edition.yaml").read_text("utf-8").replace("2023-24", name)
    listed = "".join(f"  - section: {each}\n" for each in ("cover", "contents", *parts, "notes", "back"))
    edition = re.sub(r"sections:\n(?:  - .*\n)+", f"sections:\n{listed}", edition)
    (folder / "edition.yaml").write_text(edition, "utf-8")
    return name


def _section(sample: Path, number: int, pages: int) -> str:
    """Return a section of so many pages: the words of the schools' section, a page with each of their headings."""
    text = (sample / "sections" / "schools.md").read_text("utf-8")
    _, head, body = text.split("---\n", 2)
    words = re.sub(r"\[\[.*?\]\]|\[\^\w\](?::.*)?|A chart on the next.*?\n.*?\.", "", body)
    chapters = [each.strip() for each in re.split(r"\n## .*\n", f"\n{words}") if len(each.split()) > 40]
    title = f"title: Part {_letter(number)}\n"
    head = re.sub(r"callouts:\n(?:  - .*\n)+", "", re.sub(r"title: .*\n", title, head))
    turned = [
        f"## Part {_letter(number)}, leaf {_letter(page)}\n\n{chapters[page % len(chapters)]}\n"
        for page in range(1, pages + 1)
    ]
    return f"---\n{head}---\n" + "\n[[page]]\n\n".join(turned)


def _letter(number: int) -> str:
    return chr(ord("A") + number - 1)  # the check for typed figures would stop at numbers


def pages_of(project: Path, name: str) -> int:
    """Return how many pages the last build of an edition has."""
    manifest = json.loads((project / "dist" / name / "manifest.json").read_text("utf-8"))
    return int(manifest["files"][0]["pages"])
