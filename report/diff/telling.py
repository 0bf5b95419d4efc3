"""A comparison in words: the table for a terminal, and the one line of a build.

In: a `Difference`. Out: text. Figures come first, then pages, texts, layout, and what concerns the whole file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from report.diff.outcome import Difference, FileChange, PageChange, PropertyChange, TextChange

_MOST_FIGURES, _MOST_TEXTS, _MOST_SHIFTS, _MOST_PAGES, _MOST_VALUES = 40, 40, 20, 24, 8
_MOST_LISTED = 60  # pages
_FIRST_FIGURES = 3  # that the one line names
_WIDEST = 90  # letters of a text that changed


def table(difference: Difference) -> str:
    """Return the comparison as text for a terminal."""
    lines = [f"{difference.old} → {difference.new}"]
    for file in difference.files:
        lines += ["", *_file(file)]
    for which, variants in (("old", difference.only_old), ("new", difference.only_new)):
        if variants:
            lines += ["", f"Only the {which} build has {', '.join(variants)}."]
    lines += ["", "NOTHING DIFFERS" if difference.same else "DIFFERENT"]
    return "\n".join(lines)


def summary(file: FileChange) -> str:
    """Return what changed in one file as part of a sentence."""
    if file.identical:
        return "the same to the byte"
    if not file.differs:
        return "other bytes, but nothing that can be seen or read differs"
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
    told = {each.name for each in file.properties} - {"page count"}
    return ", ".join(parts) or f"other {', '.join(sorted(told))}"


def numbers(pages: Sequence[PageChange]) -> str:
    """Return the numbers of some pages, the new one where there is one."""
    named = [str(page.new or page.old) for page in pages[:_MOST_PAGES]]
    return ", ".join(named) + (f" and {len(pages) - _MOST_PAGES} more" if len(pages) > _MOST_PAGES else "")


def page_name(page: PageChange) -> str:
    """Return the numbers of one page: "page 12", or "page 12 → 14" where it stands elsewhere now."""
    if page.old is None or page.new is None or page.old == page.new:
        return f"page {page.new or page.old}"
    return f"page {page.old} → {page.new}"


def _file(file: FileChange) -> Iterator[str]:
    name = file.variant or "file"
    if file.same_as:
        yield f"{name}: the same has changed as in {file.same_as}."
        yield from _indented(_properties(file.properties))
        return
    yield f"{name}: {summary(file)}."
    for title, lines in (
        ("Figures", list(_figures(file))),
        ("Pages", list(_pages(file))),
        ("Texts", list(_texts(file))),
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
    for figure in file.figures[:_MOST_FIGURES]:
        pages = ", ".join(str(page) for page in figure.pages)
        yield f"{figure.old} → {figure.new}   (page {pages})"
        yield f"    … {figure.before} [{figure.new}] {figure.after} …"
    yield from _more(len(file.figures), _MOST_FIGURES)


def _pages(file: FileChange) -> Iterator[str]:
    for state in ("inserted", "removed"):
        if pages := [page for page in file.pages if page.state == state]:
            yield f"{state:<9} {numbers(pages)}"
    for page in file.pages:
        if page.moved:
            yield f"moved     {page.old} → {page.new}"
    changed = [page for page in file.pages if page.state == "changed"]
    for page in changed[:_MOST_LISTED]:
        what = [f"{len(page.texts)} text{'s' if len(page.texts) != 1 else ''}"] if page.texts else []
        what += ["layout"] if page.shifts else []
        what += [f"picture ({page.share:.2g} % of it)"] if page.regions else []
        what += [f"size {page.old_size} → {page.new_size}"] if page.old_size != page.new_size else []
        yield f"changed   {page_name(page).removeprefix('page ')}: {', '.join(what)}"
    yield from _more(len(changed), _MOST_LISTED)


def _texts(file: FileChange) -> Iterator[str]:
    found = [(page, text) for page in file.pages for text in page.texts if text.kind == "text"]
    for page, text in found[:_MOST_TEXTS]:
        yield f"{page_name(page)}: … {text.before[-30:]} {_change(text)} {text.after[:30]} …"
    yield from _more(len(found), _MOST_TEXTS)
    if followed := sum(text.kind == "page number" for page in file.pages for text in page.texts):
        yield f"{followed} page number{'s' if followed != 1 else ''} followed their pages"


def _change(text: TextChange) -> str:
    gone = f"[-{_short(text.old)}-]" if text.old else ""
    return gone + (f"{{+{_short(text.new)}+}}" if text.new else "")


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _shifts(file: FileChange) -> Iterator[str]:
    found = [(page, shift) for page in file.pages for shift in page.shifts]
    for page, shift in found[:_MOST_SHIFTS]:
        yield f"{page_name(page)}: {shift.what}"
    yield from _more(len(found), _MOST_SHIFTS)


def _properties(properties: Sequence[PropertyChange]) -> Iterator[str]:
    for each in properties:
        if len(each.old) == len(each.new) == 1:
            yield f"{each.name}: {each.old[0]} → {each.new[0]}"
            continue
        gone, come = [f"-{value}" for value in each.old], [f"+{value}" for value in each.new]
        told = [*gone[:_MOST_VALUES], *_more(len(gone), _MOST_VALUES), *come[:_MOST_VALUES],
                *_more(len(come), _MOST_VALUES)]  # fmt: skip
        yield f"{each.name}: {', '.join(told) or 'in another order'}"


def _more(count: int, told: int) -> Iterator[str]:
    if count > told:
        yield f"and {count - told} more"
