"""The archive's front door: index.html with covers, years, downloads and the figures that several years share.

In: the archive's folder and the tokens. Out: one page and pictures of covers beside it; nothing is loaded from
elsewhere and nothing runs. The page is replaced in one step, after the pictures that it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from report.archive import ledger
from report.archive.bag import own_folder
from report.archive.shelf import StoredVersion, shelf
from report.design.tokens import Tokens
from report.edition.edition import Edition
from report.edition.formats import Formats
from report.edition.load import read
from report.inspection.firstpage import first_page
from report.inspection.webpage import render_page
from report.problems import Place, Problem, ReportError, error
from report.processes.jobs import guarded_job
from report.sets.manifest import FileEntry
from report.sets.outputs import read_file, write_file

INDEX, COVERS = "index.html", "_covers"
MOST_FIGURES = 40
COVER_WIDTH = 480  # pixels
_ENGLISH = Formats("en_US")  # the language of the page; figures are written in that of their edition
_NAMES = {"screen": "For reading on a screen", "archive": "For keeping", "print": "For the printer",
          "cover": "Cover for the printer", "block": "Inner pages for the printer"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Download:
    """One file of a version: its address from the page, its name for people, and what it is."""

    href: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version as the page shows it. `cover` is the address of the picture, or empty."""

    kept: StoredVersion
    day: str
    cover: str
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class YearEntry:
    """One edition: its newest version, and those before it, newest first."""

    edition: str
    newest: VersionView
    earlier: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True)
class FigureHistory:
    """One figure over the years; `values` follow the columns, empty where a year does not have it."""

    label: str
    values: tuple[str, ...]


def write_index(archive: Path, tokens: Tokens, fresh: bool = False) -> tuple[Problem, ...]:
    """Write the page and its pictures, and return what kept them from being written. `fresh`: draw all covers again."""
    try:
        with ledger.locked(archive):
            kept = shelf(archive)
            years = tuple(_years(archive, kept, fresh))
            columns, figures = key_figures([_edition(year.newest.kept) for year in reversed(years)])
            told = {
                "years": years,
                "columns": columns,
                "figures": figures[:MOST_FIGURES],
                "left": figures[MOST_FIGURES:],
            }
            organisation = years[0].newest.kept.organisation if years else ""
            html = render_page(
                "archive.html.j2", tokens, title="Archive of annual reports", organisation=organisation, **told
            )
            write_file(archive / INDEX, html.encode())
    except OSError as failure:
        what = f"The index can't be written: {failure.strerror or failure}."
        hint = "The bags are not touched by this. Run `build.py archive index` when there is space and permission."
        return (error("index", Place(str(archive / INDEX)), what, hint),)
    except ReportError as failure:
        return failure.problems
    return ()


def _years(archive: Path, kept: Sequence[StoredVersion], fresh: bool) -> Iterator[YearEntry]:
    """Yield the editions, newest first."""
    for edition in sorted({each.edition for each in kept}, reverse=True):
        newest, *earlier = sorted((each for each in kept if each.edition == edition), key=lambda each: -each.version)
        yield YearEntry(
            edition, _shown(newest, _cover(archive, newest, fresh)), tuple(_shown(each, "") for each in earlier)
        )


def _shown(kept: StoredVersion, cover: str) -> VersionView:
    try:
        day = _ENGLISH.day(date.fromisoformat(kept.day))
    except ValueError:
        day = kept.day
    files = [
        Download(_href(kept, entry.name), _NAMES.get(entry.variant, entry.variant), _detail(entry))
        for entry in sorted(kept.files, key=lambda entry: [*_NAMES, entry.variant].index(entry.variant))
        if (kept.path / "data" / entry.name).is_file()
    ]
    others = {"README.txt": "What this is", "manifest.json": "Digests, versions, pages of each figure",
              "source": "Everything that it was made from"}  # fmt: skip
    files += [
        Download(_href(kept, name), what, name) for name, what in others.items() if (kept.path / "data" / name).exists()
    ]
    return VersionView(kept, day, cover, tuple(files))


def _href(kept: StoredVersion, name: str) -> str:
    return f"{kept.name}/data/{name}"


def _detail(entry: FileEntry) -> str:
    size = _ENGLISH.number(max(round(Decimal(entry.size) / 1_000_000, 2), Decimal("0.01")), "count")
    return f"PDF, {entry.pages} page{'' if entry.pages == 1 else 's'}, {size} MB"


def _cover(archive: Path, kept: StoredVersion, fresh: bool) -> str:
    """Draw the first page of a version's screen file, unless that was done before. Returns its address, or nothing."""
    name = f"{COVERS}/{kept.edition}-v{kept.version}.png"
    if (archive / name).is_file() and not fresh:
        return name
    for entry in sorted(kept.files, key=lambda entry: entry.variant != "screen"):
        try:
            data = read_file(kept.path / "data" / entry.name)
            picture = guarded_job(lambda data=data: first_page(data, COVER_WIDTH), entry.name)  # type: ignore[misc]
        except ReportError:  # it is damaged: `verify` tells of that
            continue
        write_file(archive / name, picture)
        return name
    return ""


def _edition(kept: StoredVersion) -> Edition | None:
    """Return an archived edition's data, if this program still understands them."""
    shown = f"data/{kept.edition}"
    root = kept.path / "data" / "source" / own_folder(kept.path) / "data" / kept.edition
    if not (root / "facts.yaml").is_file():
        return None
    try:
        edition = read(root, shown)
    except ReportError:
        return None
    return edition if edition.is_valid("facts", "edition") else None


def key_figures(editions: Sequence[Edition | None]) -> tuple[tuple[str, ...], tuple[FigureHistory, ...]]:
    """Return the years, oldest first, and the figures known for two of them or more, in the newest edition's order.

    Figures meet by their id, renames followed. One that a single edition states has its prior value beside it.
    `editions` are oldest first.
    """
    values: dict[str, dict[str, str]] = {}
    labels: dict[str, str] = {}
    priors: dict[str, tuple[str, str]] = {}
    now_called: dict[str, str] = {}
    for edition in reversed([each for each in editions if each is not None]):
        renamed = {}
        for id_, fact in edition.facts.items():
            known = now_called.get(id_, id_)
            labels.setdefault(known, fact.label)
            values.setdefault(known, {})[edition.root.name] = edition.formats.fact(fact)
            if fact.was:
                renamed[fact.was] = known
            if fact.prior:
                priors.setdefault(known, (fact.prior.period, edition.formats.number(fact.prior.value, fact.unit)))
        now_called |= renamed
    for id_, by_year in values.items():
        if len(by_year) == 1 and id_ in priors:
            by_year.setdefault(*priors[id_])
    shared = {id_: by_year for id_, by_year in values.items() if len(by_year) > 1}
    # A period need not be a year ("earlier"): it is before the years all the same.
    columns = sorted(
        {year for by_year in shared.values() for year in by_year}, key=lambda year: (year[:1].isdigit(), year)
    )
    figures = [
        FigureHistory(labels[id_][:1].upper() + labels[id_][1:], tuple(by_year.get(year, "") for year in columns))
        for id_, by_year in shared.items()
    ]
    return tuple(columns), tuple(figures)
