"""Two PDFs or two builds compared from the first byte to the last.

In: the files of both sides by variant. Out: a `Comparison`: the `Difference` and the pictures of the pages behind it.
Every file is read, and every page drawn, in children with limits: a file may be foreign or hostile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from report.diff.matching import match
from report.diff.numerals import figures_of
from report.diff.outcome import Difference, FigureChange, FileChange, PageChange, PageState, PropertyChange
from report.diff.pictures import PairToCompare, PictureChange, compare_pictures
from report.diff.reading import page_count, read
from report.diff.records import ReadFile
from report.diff.shifts import shifts
from report.diff.sources import FileToCompare, in_order
from report.diff.words import PageComparison, compare_words
from report.processes.jobs import guarded_job, guarded_jobs
from report.progress import Progress

_PAGES_A_JOB = 16


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found, and for each file the pictures of its pages in their order; None where a page is the same."""

    difference: Difference
    pictures: tuple[tuple[PictureChange | None, ...], ...]


@dataclass(frozen=True, slots=True)
class _PairResult:
    """A pair of pages: what became of their texts, and what is to be looked at of their pictures."""

    page: PageChange
    wanted: PairToCompare | None


def compare(
    old: Mapping[str, FileToCompare],
    new: Mapping[str, FileToCompare],
    names: tuple[str, str],
    shown: bool,
    progress: Progress,
) -> Comparison:
    """Compare two sides. `shown`: keep pictures for people. Raises ReportError if a file can't be read."""
    both = [(old[variant], new[variant]) for variant in in_order(old.keys() & new.keys())]
    with progress.stage("read") as stage:
        readings = _readings([pair for pair in both if pair[0].data != pair[1].data])
        stage.count = f"{sum(len(reading.pages) for reading in readings.values())} pages"
    with progress.stage("compare") as stage:
        files = [_file(first, second, readings) for first, second in both]
        stage.count = f"{len(files)} file{'s' if len(files) != 1 else ''}"
    with progress.stage("draw") as stage:
        done = [_drawn(file, rows, pair, shown) for (file, rows), pair in zip(files, both, strict=True)]
        stage.count = f"{sum(each is not None for _, pictures in done for each in pictures)} pages"
    told = tuple(_told_once([file for file, _ in done]))
    only_old, only_new = tuple(in_order(old.keys() - new.keys())), tuple(in_order(new.keys() - old.keys()))
    same = not only_old and not only_new and not any(file.differs for file in told)
    return Comparison(Difference(*names, same, only_old, only_new, told), tuple(pictures for _, pictures in done))


def glance(old: FileToCompare, new: FileToCompare) -> FileChange:
    """Compare two files of our own quickly: by their words and by digests of their pages, without fonts and colours.

    Raises ReportError if a file can't be read.
    """
    first, second = _read([("old", old), ("new", new)], sharp=False).values()
    texts = compare_words(match(first.pages, second.pages), figures_of(second.language))
    pages = tuple(_glanced(each) for each in texts)
    counts = len(first.pages), len(second.pages)
    properties = _properties(first, second)
    return FileChange(new.variant, old.name, new.name, *counts, False, "", _figures(pages), pages, properties, ())


def _glanced(texts: PageComparison) -> PageChange:
    page, pair = _row(texts).page, texts.pair
    drawn_otherwise = pair.old and pair.new and pair.old.trimmed != pair.new.trimmed
    return replace(page, state="changed") if drawn_otherwise else page


def _readings(both: Sequence[tuple[FileToCompare, FileToCompare]]) -> dict[str, ReadFile]:
    """Return the readings of all files by side and name: the names of both sides may be equal."""
    return _read([(side, source) for pair in both for side, source in zip(("old", "new"), pair, strict=True)])


def _read(files: Sequence[tuple[str, FileToCompare]], sharp: bool = True) -> dict[str, ReadFile]:
    return guarded_jobs({_key(*file): partial(read, file[1].data, file[1].name, sharp) for file in files})


def _key(side: str, source: FileToCompare) -> str:
    return f"{source.name} ({side})"


def _file(
    old: FileToCompare, new: FileToCompare, readings: Mapping[str, ReadFile]
) -> tuple[FileChange, list[_PairResult]]:
    """Compare the texts and properties of two files. PageComparison are compared in a child too: some take for ever."""
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
    return [_row(texts) for texts in compare_words(pairs, figures_of(new.language or old.language))]


def _row(texts: PageComparison) -> _PairResult:
    old, new, moved = texts.pair.old, texts.pair.new, texts.pair.moved
    found = shifts(texts)
    state: PageState = "inserted" if old is None else "removed" if new is None else "same"
    if old and new and (texts.texts or found or old.size != new.size or old.readable != new.readable):
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
        shifts=found,
        regions=(),
        share=0.0,
    )
    looks_same = old and new and old.bled == new.bled and state == "same"
    return _PairResult(page, None if looks_same else PairToCompare(page.old, page.new, texts.folios))


def _drawn(
    file: FileChange, rows: Sequence[_PairResult], both: tuple[FileToCompare, FileToCompare], shown: bool
) -> tuple[FileChange, tuple[PictureChange | None, ...]]:
    """Compare the pictures of all pages that may differ, and return the file with what was found."""
    wanted = [row.wanted for row in rows if row.wanted]
    parts = [wanted[start : start + _PAGES_A_JOB] for start in range(0, len(wanted), _PAGES_A_JOB)]
    jobs = {
        f"{both[1].name}, part {number}": partial(compare_pictures, both[0].data, both[1].data, part, shown)
        for number, part in enumerate(parts, 1)
    }
    found = iter([picture for part in guarded_jobs(jobs).values() for picture in part])
    pictures = [next(found) if row.wanted else None for row in rows]
    pages = tuple(_with_picture(row.page, picture) for row, picture in zip(rows, pictures, strict=True))
    kept = tuple(picture if page.state != "same" or page.moved else None
                 for page, picture in zip(pages, pictures, strict=True))  # fmt: skip
    return replace(file, pages=pages), kept


def _with_picture(page: PageChange, picture: PictureChange | None) -> PageChange:
    if picture is None or page.old is None or page.new is None:
        return page
    state: PageState = "changed" if picture.regions else page.state
    return replace(page, regions=picture.regions, share=picture.share, state=state)


def _told_once(files: Sequence[FileChange]) -> list[FileChange]:
    """Name for each file an earlier one in which the same has changed, so that it is told, and shown, once."""
    told: list[FileChange] = []
    for file in files:
        same = [other.variant for other in told if not other.same_as and _gist(other) == _gist(file)]
        told.append(replace(file, same_as=same[0] if same and file.differs else ""))
    return told


def _gist(file: FileChange) -> object:
    """What has changed in a file, without where exactly: positions and colours differ a little between variants."""
    return [
        (page.old, page.new, page.moved, page.state, bool(page.regions),
         [(each.kind, each.old, each.new) for each in page.texts],
         [(each.kind, each.count) for each in page.shifts if each.kind != "restyled"])
        for page in file.pages
    ]  # fmt: skip


def _figures(pages: Sequence[PageChange]) -> tuple[FigureChange, ...]:
    """Return each figure that changed once, with all its pages, in the order in which it first comes."""
    found: dict[tuple[str, str], FigureChange] = {}
    for page in pages:
        for each in page.texts:
            if each.kind == "figure":
                key = (each.old, each.new)
                before = found.get(key, FigureChange(*key, (), each.before, each.after))
                number = page.new or page.old or 0
                found[key] = replace(before, pages=tuple(dict.fromkeys((*before.pages, number))))
    return tuple(found.values())


def _properties(old: ReadFile, new: ReadFile) -> tuple[PropertyChange, ...]:
    first, second = (
        {**dict(each.properties), "fonts": each.fonts, "colours": each.colours} for each in (old, new)
    )  # fmt: skip
    return tuple(
        PropertyChange(name, _only(first.get(name, ()), second.get(name, ())), _only(second.get(name, ()), values))
        for name, values in {**first, **{name: first.get(name, ()) for name in second}}.items()
        if values != second.get(name, ())
    )


def _only(values: Sequence[str], without: Sequence[str]) -> tuple[str, ...]:
    """Return what is only among the first; where both hold the same in another order, nothing."""
    return tuple(value for value in dict.fromkeys(values) if value not in without)


def _notes(old: ReadFile, new: ReadFile) -> tuple[str, ...]:
    """What could not be compared."""
    return tuple(
        f"Page {page.number} of {reading.name} {what}."
        for reading in (old, new)
        for page in reading.pages
        for is_so, what in ((page.cut, "has too many words; the rest is compared as a picture"),
                            (not page.readable, "can't be read"))
        if is_so
    )  # fmt: skip
