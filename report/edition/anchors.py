"""The anchors of the report: what a link such as `#finance` or `#plan-next-steps` can lead to.

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
    known = {*edition.sections, *(f"quote-{name}" for name in edition.quotes)}
    known |= {f"{kind}-{name}" for name in edition.charts for kind in ("chart", "data")}
    for section in edition.sections.values():
        titles = (plain(part.heading, edition.figure) for part in section.prose.parts)
        known |= set(story_anchors(section.id, titles))
    return known


def story_anchors(section: str, titles: Iterable[str]) -> list[str]:
    """Return the anchors of a section's stories by their titles; those that share one are numbered: story, story-2."""
    seen: Counter[str] = Counter()
    own = []
    for title in titles:
        anchor = f"{section}-{slugify(title)}" if title else f"{section}-text"
        seen[anchor] += 1
        own.append(f"{anchor}-{seen[anchor]}" if seen[anchor] > 1 else anchor)
    return own


def slugify(text: str) -> str:
    """Return a text as an anchor: lower-case letters and digits with hyphens."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")
