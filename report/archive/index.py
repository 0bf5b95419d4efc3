"""The archive's index.html, with covers, years, downloads and the figures that several years share.

In: the archive's folder and the design. Out: one page and its cover images, without scripts or external
resources. The page is replaced atomically, after its images are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from report.archive import ledger
from report.archive.bag import project_folder
from report.archive.shelf import StoredVersion, stored_versions
from report.edition.edition import Edition
from report.edition.formats import Formats
from report.edition.load import read
from report.inspection.firstpage import first_page
from report.inspection.webpage import WebDesign
from report.problems import Place, Problem, ReportError, error
from report.processes.jobs import guarded_job
from report.sets.manifest import FileEntry
from report.sets.outputs import read_file, write_file

INDEX, COVERS = "index.html", "_covers"
MOST_FIGURES = 40
COVER_WIDTH = 480  # pixels
_ENGLISH = Formats("en_US")  # the language of the page; figures keep the language of their edition
_NAMES = {"screen": "For reading on screen", "archive": "For long-term keeping", "print": "For the printer",
          "cover": "Cover for the printer", "block": "Inside pages for the printer"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Download:
    """One file of a version: its URL relative to the page, its name for readers, and its format and size."""

    href: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version as the page shows it. `cover` is the relative URL of the image, or empty."""

    stored: StoredVersion
    day: str
    cover: str
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class YearEntry:
    """One edition: its newest version, and the earlier versions, newest first."""

    edition: str
    newest: VersionView
    earlier: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True)
class FigureHistory:
    """One figure over the years; `values` follow the columns, with an empty text for a year without the figure."""

    label: str
    values: tuple[str, ...]


def write_index(archive: Path, design: WebDesign, fresh: bool = False) -> tuple[Problem, ...]:
    """Write the page and its images. Return the problems that prevented it. `fresh` renders all covers again."""
    try:
        with ledger.locked(archive):
            stored = stored_versions(archive)
            years = tuple(_years(archive, stored, fresh))
            columns, figures = key_figures([_load_edition(year.newest.stored) for year in reversed(years)])
            values = {
                "years": years,
                "columns": columns,
                "figures": figures[:MOST_FIGURES],
                "left": figures[MOST_FIGURES:],
                "organisation": years[0].newest.stored.organisation if years else "",
            }
            html = design.page("archive.html.j2", title="Archive of annual reports", **values)
            write_file(archive / INDEX, html.encode())
    except OSError as failure:
        what = f"The index could not be written: {failure.strerror or failure}."
        hint = "The bags are unaffected. Free some space or check the permissions, then run `build.py archive index`."
        return (error("index", Place(str(archive / INDEX)), what, hint),)
    except ReportError as failure:
        return failure.problems
    return ()


def _years(archive: Path, stored: Sequence[StoredVersion], fresh: bool) -> Iterator[YearEntry]:
    """Yield the editions, newest first."""
    for edition in sorted({each.edition for each in stored}, reverse=True):
        newest, *earlier = sorted((each for each in stored if each.edition == edition), key=lambda each: -each.version)
        cover = _cover(archive, newest, fresh)
        yield YearEntry(edition, _version_view(newest, cover), tuple(_version_view(each, "") for each in earlier))


def _version_view(stored: StoredVersion, cover: str) -> VersionView:
    try:
        day = _ENGLISH.day(date.fromisoformat(stored.day))
    except ValueError:
        day = stored.day
    downloads = [
        Download(_href(stored, entry.name), _NAMES.get(entry.variant, entry.variant), _detail(entry))
        for entry in sorted(stored.files, key=lambda entry: [*_NAMES, entry.variant].index(entry.variant))
        if (stored.path / "data" / entry.name).is_file()
    ]
    others = {"README.txt": "About this folder", "manifest.json": "Digests, versions, pages of each figure",
              "source": "The complete source"}  # fmt: skip
    downloads += [
        Download(_href(stored, name), label, name)
        for name, label in others.items()
        if (stored.path / "data" / name).exists()
    ]
    return VersionView(stored, day, cover, tuple(downloads))


def _href(stored: StoredVersion, name: str) -> str:
    return f"{stored.name}/data/{name}"


def _detail(entry: FileEntry) -> str:
    size = _ENGLISH.number(max(round(Decimal(entry.size) / 1_000_000, 2), Decimal("0.01")), "count")
    return f"PDF, {entry.pages} page{'' if entry.pages == 1 else 's'}, {size} MB"


def _cover(archive: Path, stored: StoredVersion, fresh: bool) -> str:
    """Render the first page of a version's screen PDF, unless the image exists. Return its relative URL, or nothing.

    If the screen PDF cannot be rendered, another PDF of the version is used.
    """
    name = f"{COVERS}/{stored.edition}-v{stored.version}.png"
    if (archive / name).is_file() and not fresh:
        return name
    for entry in sorted(stored.files, key=lambda entry: entry.variant != "screen"):
        try:
            data = read_file(stored.path / "data" / entry.name)
            image = guarded_job(lambda data=data: first_page(data, COVER_WIDTH), entry.name)  # type: ignore[misc]
        except ReportError:  # `verify` reports damaged files
            continue
        write_file(archive / name, image)
        return name
    return ""


def _load_edition(stored: StoredVersion) -> Edition | None:
    """Return an archived edition's data, or None if this version of the program cannot read it."""
    shown = f"data/{stored.edition}"
    root = stored.path / "data" / "source" / project_folder(stored.path) / "data" / stored.edition
    if not (root / "facts.yaml").is_file():
        return None
    try:
        edition = read(root, shown)
    except ReportError:
        return None
    return edition if edition.is_valid("facts", "edition") else None


def key_figures(editions: Sequence[Edition | None]) -> tuple[tuple[str, ...], tuple[FigureHistory, ...]]:
    """Return the years, oldest first, and the figures known for at least two years, in the newest edition's order.

    Figures are matched by id, following renames. A figure that only one edition states is shown with its prior value.
    `editions` are oldest first.
    """
    values: dict[str, dict[str, str]] = {}
    labels: dict[str, str] = {}
    priors: dict[str, tuple[str, str]] = {}
    current_ids: dict[str, str] = {}
    for edition in reversed([each for each in editions if each is not None]):
        renamed = {}
        for id_, fact in edition.facts.items():
            current = current_ids.get(id_, id_)
            labels.setdefault(current, fact.label)
            values.setdefault(current, {})[edition.root.name] = edition.formats.fact(fact)
            if fact.was:
                renamed[fact.was] = current
            if fact.prior:
                priors.setdefault(current, (fact.prior.period, edition.formats.number(fact.prior.value, fact.unit)))
        current_ids |= renamed
    for id_, by_year in values.items():
        if len(by_year) == 1 and id_ in priors:
            by_year.setdefault(*priors[id_])
    shared = {id_: by_year for id_, by_year in values.items() if len(by_year) > 1}
    # A period that is not a year, such as "earlier", sorts before the years.
    columns = sorted(
        {year for by_year in shared.values() for year in by_year}, key=lambda year: (year[:1].isdigit(), year)
    )
    figures = [
        FigureHistory(labels[id_][:1].upper() + labels[id_][1:], tuple(by_year.get(year, "") for year in columns))
        for id_, by_year in shared.items()
    ]
    return tuple(columns), tuple(figures)
