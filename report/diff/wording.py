"""A comparison in words: the table for a terminal, and the one-line summary after a build.

In: a `Difference`. Out: text. Figures come first, then pages, text, layout, and the properties of the whole file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from report.diff.outcome import Difference, FileChange, PageChange, PropertyChange, TextChange

_MAX_FIGURES, _MAX_TEXTS, _MAX_SHIFTS, _MAX_PAGES, _MAX_VALUES = 40, 40, 20, 24, 8
_MAX_LISTED = 60  # pages
_FIRST_FIGURES = 3  # in the one-line summary
_MAX_LENGTH = 90  # characters of a changed text


def table(difference: Difference) -> str:
    """Return the comparison as text for a terminal."""
    lines = [f"{difference.old} → {difference.new}"]
    for file in difference.files:
        lines += ["", *_file(file)]
    for which, variants in (("old", difference.only_old), ("new", difference.only_new)):
        if variants:
            lines += ["", f"Only the {which} build has {', '.join(variants)}."]
    lines += ["", "NO DIFFERENCES" if difference.same else "DIFFERENT"]
    return "\n".join(lines)


def summary(file: FileChange) -> str:
    """Return what changed in one file, as part of a sentence."""
    if file.identical:
        return "identical, byte for byte"
    if not file.differs:
        return "different bytes, but no visible or readable difference"
    groups = [
        (f"page{'s' if len(pages) != 1 else ''} {what}", pages)
        for what, pages in (
            ("changed", [page for page in file.pages if page.state == "changed"]),
            ("inserted", [page for page in file.pages if page.state == "inserted"]),
            ("removed", [page for page in file.pages if page.state == "removed"]),
            ("moved", [page for page in file.pages if page.moved]),
        )
        if pages
    ]
    parts = [f"{len(pages)} {what} ({numbers(pages)})" for what, pages in groups]
    if file.figures:
        first = [f"{figure.old} → {figure.new}" for figure in file.figures[:_FIRST_FIGURES]]
        first += ["…"] if len(file.figures) > _FIRST_FIGURES else []
        parts.append(f"{len(file.figures)} figure{'s' if len(file.figures) != 1 else ''} ({', '.join(first)})")
    if file.old_pages != file.new_pages:
        parts.append(f"page count {file.old_pages} → {file.new_pages}")
    changed = {each.name for each in file.properties} - {"page count"}
    return ", ".join(parts) or f"changed {', '.join(sorted(changed))}"


def numbers(pages: Sequence[PageChange]) -> str:
    """Return the numbers of some pages: the new number if there is one, else the old."""
    named = [str(page.new or page.old) for page in pages[:_MAX_PAGES]]
    return ", ".join(named) + (f" and {len(pages) - _MAX_PAGES} more" if len(pages) > _MAX_PAGES else "")


def page_name(page: PageChange) -> str:
    """Return the name of one page: "page 12", or "page 12 → 14" if its number changed."""
    if page.old is None or page.new is None or page.old == page.new:
        return f"page {page.new or page.old}"
    return f"page {page.old} → {page.new}"


def _file(file: FileChange) -> Iterator[str]:
    name = file.variant or "file"
    if file.same_as:
        yield f"{name}: the same changes as in {file.same_as}."
        yield from _indented(_properties(file.properties))
        return
    yield f"{name}: {summary(file)}."
    for title, lines in (
        ("Figures", list(_figures(file))),
        ("Pages", list(_pages(file))),
        ("Text", list(_texts(file))),
        ("Layout", list(_shifts(file))),
        ("Whole file", list(_properties(file.properties))),
        ("Not compared", list(file.notes)),
    ):
        if lines:
            yield f"  {title}"
            yield from _indented(lines)


def _indented(lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _figures(file: FileChange) -> Iterator[str]:
    for figure in file.figures[:_MAX_FIGURES]:
        pages = ", ".join(str(page) for page in figure.pages)
        yield f"{figure.old} → {figure.new}   (page{'s' if len(figure.pages) > 1 else ''} {pages})"
        yield f"    … {figure.before} [{figure.new}] {figure.after} …"
    yield from _more(len(file.figures), _MAX_FIGURES)


def _pages(file: FileChange) -> Iterator[str]:
    for state in ("inserted", "removed"):
        if pages := [page for page in file.pages if page.state == state]:
            yield f"{state:<9} {numbers(pages)}"
    for page in file.pages:
        if page.moved:
            yield f"moved     {page.old} → {page.new}"
    changed = [page for page in file.pages if page.state == "changed"]
    for page in changed[:_MAX_LISTED]:
        what = [f"{len(page.texts)} text change{'s' if len(page.texts) != 1 else ''}"] if page.texts else []
        what += ["layout"] if page.shifts else []
        what += [f"picture ({page.share:.2g} % of it)"] if page.regions else []
        what += [f"size {page.old_size} → {page.new_size}"] if page.old_size != page.new_size else []
        yield f"changed   {page_name(page).removeprefix('page ')}: {', '.join(what)}"
    yield from _more(len(changed), _MAX_LISTED)


def _texts(file: FileChange) -> Iterator[str]:
    texts = [(page, text) for page in file.pages for text in page.texts if text.kind == "text"]
    for page, text in texts[:_MAX_TEXTS]:
        yield f"{page_name(page)}: … {text.before[-30:]} {_change(text)} {text.after[:30]} …"
    yield from _more(len(texts), _MAX_TEXTS)
    if count := sum(text.kind == "page number" for page in file.pages for text in page.texts):
        yield f"{count} page number{'s' if count != 1 else ''} updated because the pages moved"


def _change(text: TextChange) -> str:
    removed = f"[-{_short(text.old)}-]" if text.old else ""
    return removed + (f"{{+{_short(text.new)}+}}" if text.new else "")


def _short(text: str) -> str:
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"


def _shifts(file: FileChange) -> Iterator[str]:
    shifts = [(page, shift) for page in file.pages for shift in page.shifts]
    for page, shift in shifts[:_MAX_SHIFTS]:
        yield f"{page_name(page)}: {shift.what}"
    yield from _more(len(shifts), _MAX_SHIFTS)


def _properties(properties: Sequence[PropertyChange]) -> Iterator[str]:
    for each in properties:
        if len(each.old) == len(each.new) == 1:
            yield f"{each.name}: {each.old[0]} → {each.new[0]}"
            continue
        removed, added = [f"-{value}" for value in each.old], [f"+{value}" for value in each.new]
        values = [*removed[:_MAX_VALUES], *_more(len(removed), _MAX_VALUES), *added[:_MAX_VALUES],
                  *_more(len(added), _MAX_VALUES)]  # fmt: skip
        yield f"{each.name}: {', '.join(values) or 'in a different order'}"


def _more(count: int, listed: int) -> Iterator[str]:
    if count > listed:
        yield f"and {count - listed} more"
