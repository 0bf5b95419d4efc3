"""The anchors of a report: the targets of internal links such as `#finance` or `#plan-next-steps`.

In: an `Edition`. Out: the ids of its sections, stories, quotations, charts and data tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from report.edition.edition import Edition
from report.edition.prose import plain


def anchors(edition: Edition) -> set[str]:
    """Return every anchor that a writer may link to."""
    targets = {*edition.sections, *(f"quote-{name}" for name in edition.quotes)}
    targets |= {f"{kind}-{name}" for name in edition.charts for kind in ("chart", "data")}
    for section in edition.sections.values():
        titles = (plain(part.heading, edition.figure) for part in section.prose.parts)
        targets |= set(story_anchors(section.id, titles))
    return targets


def story_anchors(section: str, titles: Iterable[str]) -> list[str]:
    """Return one anchor per story of a section, made from the titles. Repeated titles are numbered: story, story-2."""
    seen: Counter[str] = Counter()
    result = []
    for title in titles:
        anchor = f"{section}-{slugify(title)}" if title else f"{section}-text"
        seen[anchor] += 1
        result.append(f"{anchor}-{seen[anchor]}" if seen[anchor] > 1 else anchor)
    return result


def slugify(text: str) -> str:
    """Return a text as an anchor: lower-case letters, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")
