"""Compare two PDFs, or two builds, from the first byte to the last.

In: the files of both sides by variant. Out: a `Comparison`: the `Difference`, and the page pictures behind it. Files
are read and pages rendered in child processes with limits, because a file may be foreign or hostile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from report.diff.matching import match
from report.diff.numerals import numeral_syntax
from report.diff.outcome import Difference, FigureChange, FileChange, PageChange, PageState, PropertyChange
from report.diff.pictures import PairToCompare, PictureChange, compare_pictures
from report.diff.reading import page_count, read
from report.diff.records import ReadFile
from report.diff.shifts import shifts
from report.diff.sources import FileToCompare, in_order
from report.diff.words import PageComparison, compare_words
from report.processes.jobs import guarded_job, guarded_jobs
from report.progress import Progress

_PAGES_PER_JOB = 16


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference, and for each file one picture per page, in page order; None for a page that is the same."""

    difference: Difference
    pictures: tuple[tuple[PictureChange | None, ...], ...]


@dataclass(frozen=True, slots=True)
class _PairResult:
    """A pair of pages: how their text changed, and the pair to render and compare, if needed."""

    page: PageChange
    to_compare: PairToCompare | None


def compare(
    old: Mapping[str, FileToCompare],
    new: Mapping[str, FileToCompare],
    names: tuple[str, str],
    with_images: bool,
    progress: Progress,
) -> Comparison:
    """Compare two sides. `with_images`: keep images for the web page. Raises ReportError if a file is unreadable."""
    pairs = [(old[variant], new[variant]) for variant in in_order(old.keys() & new.keys())]
    with progress.stage("read") as stage:
        readings = _readings([pair for pair in pairs if pair[0].data != pair[1].data])
        stage.count = f"{sum(len(reading.pages) for reading in readings.values())} pages"
    with progress.stage("compare") as stage:
        files = [_compare_file(first, second, readings) for first, second in pairs]
        stage.count = f"{len(files)} file{'s' if len(files) != 1 else ''}"
    with progress.stage("draw") as stage:
        done = [_add_pictures(file, rows, pair, with_images) for (file, rows), pair in zip(files, pairs, strict=True)]
        stage.count = f"{sum(each is not None for _, pictures in done for each in pictures)} pages"
    changes = tuple(_mark_repeated([file for file, _ in done]))
    only_old, only_new = tuple(in_order(old.keys() - new.keys())), tuple(in_order(new.keys() - old.keys()))
    same = not only_old and not only_new and not any(file.differs for file in changes)
    return Comparison(Difference(*names, same, only_old, only_new, changes), tuple(pictures for _, pictures in done))


def compare_quickly(old: FileToCompare, new: FileToCompare) -> FileChange:
    """Compare two of the program's own files by their words and page digests only, without fonts and colours.

    Raises ReportError if a file cannot be read.
    """
    first, second = _read([("old", old), ("new", new)], full=False).values()
    texts = compare_words(match(first.pages, second.pages), numeral_syntax(second.language))
    pages = tuple(_quick_change(each) for each in texts)
    counts = len(first.pages), len(second.pages)
    properties = _properties(first, second)
    return FileChange(new.variant, old.name, new.name, *counts, False, "", _figures(pages), pages, properties, ())


def _quick_change(texts: PageComparison) -> PageChange:
    page, pair = _row(texts).page, texts.pair
    looks_different = pair.old and pair.new and pair.old.trim_digest != pair.new.trim_digest
    return replace(page, state="changed") if looks_different else page


def _readings(pairs: Sequence[tuple[FileToCompare, FileToCompare]]) -> dict[str, ReadFile]:
    """Read all files. Keys include the side, because both sides may use the same name."""
    return _read([(side, source) for pair in pairs for side, source in zip(("old", "new"), pair, strict=True)])


def _read(files: Sequence[tuple[str, FileToCompare]], full: bool = True) -> dict[str, ReadFile]:
    return guarded_jobs({_key(*file): partial(read, file[1].data, file[1].name, full) for file in files})


def _key(side: str, source: FileToCompare) -> str:
    return f"{source.name} ({side})"


def _compare_file(
    old: FileToCompare, new: FileToCompare, readings: Mapping[str, ReadFile]
) -> tuple[FileChange, list[_PairResult]]:
    """Compare the text and properties of two files, in a child process: hostile text can take arbitrarily long."""
    if old.data == new.data:
        count = guarded_job(lambda: page_count(new.data, new.name), new.name)
        return FileChange(new.variant, old.name, new.name, count, count, True, "", (), (), (), ()), []
    first, second = readings[_key("old", old)], readings[_key("new", new)]
    rows = guarded_job(lambda: _rows(first, second), new.name)
    pages = tuple(row.page for row in rows)
    file = FileChange(
        new.variant, old.name, new.name, len(first.pages), len(second.pages), False, "",
        _figures(pages), pages, _properties(first, second), _notes(first, second),
    )  # fmt: skip
    return file, rows


def _rows(old: ReadFile, new: ReadFile) -> list[_PairResult]:
    pairs = match(old.pages, new.pages)
    return [_row(texts) for texts in compare_words(pairs, numeral_syntax(new.language or old.language))]


def _row(texts: PageComparison) -> _PairResult:
    old, new, moved = texts.pair.old, texts.pair.new, texts.pair.moved
    page_shifts = shifts(texts)
    state: PageState = "inserted" if old is None else "removed" if new is None else "same"
    if old and new and (texts.texts or page_shifts or old.size != new.size or old.readable != new.readable):
        state = "changed"
    page = PageChange(
        old=old.number if old else None,
        new=new.number if new else None,
        old_label=old.name if old else "",
        new_label=new.name if new else "",
        state=state,
        moved=moved,
        old_size=old.size if old else "",
        new_size=new.size if new else "",
        texts=texts.texts,
        shifts=page_shifts,
        regions=(),
        share=0.0,
    )
    looks_same = old and new and old.bleed_digest == new.bleed_digest and state == "same"
    return _PairResult(page, None if looks_same else PairToCompare(page.old, page.new, texts.folios))


def _add_pictures(
    file: FileChange, rows: Sequence[_PairResult], pair: tuple[FileToCompare, FileToCompare], with_images: bool
) -> tuple[FileChange, tuple[PictureChange | None, ...]]:
    """Render and compare all pages that may differ. Return the file with the result, and the pictures by page."""
    old, new = pair
    wanted = [row.to_compare for row in rows if row.to_compare]
    batches = [wanted[start : start + _PAGES_PER_JOB] for start in range(0, len(wanted), _PAGES_PER_JOB)]
    jobs = {
        f"{new.name}, part {number}": partial(compare_pictures, old.data, new.data, batch, with_images)
        for number, batch in enumerate(batches, 1)
    }
    results = iter([picture for batch in guarded_jobs(jobs).values() for picture in batch])
    pictures = [next(results) if row.to_compare else None for row in rows]
    pages = tuple(_with_picture(row.page, picture) for row, picture in zip(rows, pictures, strict=True))
    shown = tuple(picture if page.state != "same" or page.moved else None
                  for page, picture in zip(pages, pictures, strict=True))  # fmt: skip
    return replace(file, pages=pages), shown


def _with_picture(page: PageChange, picture: PictureChange | None) -> PageChange:
    if picture is None or page.old is None or page.new is None:
        return page
    state: PageState = "changed" if picture.regions else page.state
    return replace(page, regions=picture.regions, share=picture.share, state=state)


def _mark_repeated(files: Sequence[FileChange]) -> list[FileChange]:
    """Set `same_as` to the first variant with the same changes, so that they are reported and shown only once."""
    marked: list[FileChange] = []
    for file in files:
        same = [other.variant for other in marked if not other.same_as and _signature(other) == _signature(file)]
        marked.append(replace(file, same_as=same[0] if same and file.differs else ""))
    return marked


def _signature(file: FileChange) -> object:
    """Return what changed, without exact positions and colours: they differ slightly between variants."""
    return [
        (page.old, page.new, page.moved, page.state, bool(page.regions),
         [(each.kind, each.old, each.new) for each in page.texts],
         [(each.kind, each.count) for each in page.shifts if each.kind != "restyled"])
        for page in file.pages
    ]  # fmt: skip


def _figures(pages: Sequence[PageChange]) -> tuple[FigureChange, ...]:
    """Return each changed figure once, with all its pages, in order of first appearance."""
    figures: dict[tuple[str, str], FigureChange] = {}
    for page in pages:
        for each in page.texts:
            if each.kind == "figure":
                key = (each.old, each.new)
                figure = figures.get(key, FigureChange(*key, (), each.before, each.after))
                number = page.new or page.old or 0
                figures[key] = replace(figure, pages=tuple(dict.fromkeys((*figure.pages, number))))
    return tuple(figures.values())


def _properties(old: ReadFile, new: ReadFile) -> tuple[PropertyChange, ...]:
    first, second = (
        {**dict(each.properties), "fonts": each.fonts, "colours": each.colours} for each in (old, new)
    )  # fmt: skip
    moved = first["page count"] != second["page count"]  # then every number after the place is another one
    return tuple(
        PropertyChange(name, _only(first.get(name, ()), second.get(name, ())), _only(second.get(name, ()), values))
        for name, values in {**first, **{name: first.get(name, ()) for name in second}}.items()
        if values != second.get(name, ()) and not (moved and name == "internal links")
    )


def _only(values: Sequence[str], without: Sequence[str]) -> tuple[str, ...]:
    """Return the distinct values that are not in `without`; nothing if both hold the same values in another order."""
    return tuple(value for value in dict.fromkeys(values) if value not in without)


def _notes(old: ReadFile, new: ReadFile) -> tuple[str, ...]:
    """Return a note for each page that could not be fully compared."""
    return tuple(
        f"Page {page.number} of {reading.name} {what}."
        for reading in (old, new)
        for page in reading.pages
        for applies, what in ((page.truncated, "has too many words; the rest is compared as a picture"),
                              (not page.readable, "could not be read"))
        if applies
    )  # fmt: skip
