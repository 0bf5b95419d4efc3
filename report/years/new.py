"""Makes the next year's edition from an existing one and marks every value and passage that has to be renewed.

In: a project, the name of the new edition, and the name of its origin. Out: the new folder, created atomically. The
files are edited as text, so that comments, order and folds are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from report.edition.edition import Edition, Section
from report.edition.load import load
from report.edition.model import NAME_ID, PATTERNS
from report.edition.renewal import renewal_problems
from report.edition.yamldoc import read_text
from report.problems import Place, ReportError, error
from report.project import Project
from report.sets.outputs import create_folder, read_file
from report.years.edits import TextEdits, quoted

MARK = "renew: true"
PASSAGE = "[[renew]]"
# The keys of edition.yaml that a person has to check. The others are derived from the name, or stay the same.
_TO_RENEW = ("published", "subject", "sources")
_TEXTS = ("lede", "byline", "kicker", "statements", "callouts", "artwork_note")


@dataclass(frozen=True, slots=True)
class NewEdition:
    """A new edition: its folder, the edition it was made from, and the number of its `renew` marks."""

    folder: Path
    origin: str
    marks: int


def new_edition(project: Project, name: str, origin: str | None = None) -> NewEdition:
    """Make the edition `name` from `origin`, by default the newest one before it.

    Raises ReportError without creating anything.
    """
    origin = _origin(project, name, origin)
    edition = load(project.root / "data" / origin, f"data/{origin}")
    if marks := list(renewal_problems(edition)):
        hint = f"Finish it first. `build.py check {origin}` lists what is left to renew."
        what = f"The edition {origin} is unfinished: {len(marks)} of its values and passages still have to be renewed."
        raise ReportError([error("unfinished", marks[0].where, what, hint)])
    folder = project.root / "data" / name
    create_folder(folder, dict(_files(edition, origin, name)))
    new = load(folder, f"data/{name}")
    return NewEdition(folder, origin, len(list(renewal_problems(new))))


def _origin(project: Project, name: str, origin: str | None) -> str:
    """Return the edition to start from. Raises ReportError if there is none or the new name is not valid after it."""
    where = Place(f"data/{name}")
    if not re.fullmatch(NAME_ID, name):
        what = f"`{name}` is not a valid name for an edition: {PATTERNS[NAME_ID]}."
        hint = "Use a name such as 2024-25. It names the folder and appears in file names."
        raise ReportError([error("bad-id", where, what, hint)])
    earlier = [each for each in project.editions if each < name]
    if origin is None and not earlier and project.editions:
        hint = "Names are sorted alphabetically. Choose one that sorts after an existing edition, or use --from."
        raise ReportError([error("edition-order", where, f"No edition in data/ comes before `{name}`.", hint)])
    start = project.edition(origin or (earlier[-1] if earlier else None))
    if start >= name:
        what = f"`{name}` does not sort after `{start}`, so it would not be the newer edition."
        raise ReportError([error("edition-order", where, what, "Choose a name that sorts after it.")])
    return start


def _files(edition: Edition, old: str, new: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the new edition."""
    for name, change in _YAML.items():
        path = edition.root / f"{name}.yaml"
        if path.exists():
            edits = TextEdits(read_text(path, f"{edition.display_name}/{name}.yaml"))
            change(edits, edition, old, new)
            yield path.name, edits.result().encode()
    for section in edition.sections.values():
        text = read_text(edition.root / "sections" / f"{section.id}.md", section.document.file)
        yield f"sections/{section.id}.md", _section(section, text, old, new).encode()
    for file in sorted({image.file for image in edition.images.values()}):
        yield f"images/{file}", read_file(edition.root / "images" / file)


def _edition(edits: TextEdits, edition: Edition, old: str, new: str) -> None:
    """Edit edition.yaml: move the name, title, slug and dates on by the years between the two names."""
    config, years = edition.config, _years(old, new)
    to_renew = list(_TO_RENEW)
    edits.replace(("edition",), quoted(new))
    for key in ("title", "slug"):
        value = edits.value(key)
        if old in value:
            edits.replace((key,), value.replace(old, new))
        else:
            to_renew.append(key)
    for path, day in ((("period", "start"), config.period.start), (("period", "end"), config.period.end)):
        edits.replace(path, _later(day, years).isoformat())
    edits.replace(("published",), _later(config.published, years).isoformat())
    for each in (name for name in config.names_with_figures if old in name):
        if each.replace(old, new) not in config.names_with_figures:
            edits.add_first(("names_with_figures",), quoted(each.replace(old, new)))
    edits.add_first((), f"# Still from {old}. Update or confirm each value for {new}, then remove its key here.\n"
                        f"renew: [{', '.join(to_renew)}]")  # fmt: skip


def _facts(edits: TextEdits, edition: Edition, old: str, new: str) -> None:
    """Edit facts.yaml: copy each value to `prior`, keep it as a placeholder for the new value, and mark the fact."""
    for name in edition.facts:
        path = ("facts", name)
        prior = f"{{value: {edits.value(*path, 'value')}, period: {quoted(old)}}}"
        if (*path, "prior") in edits.spans:
            edits.replace((*path, "prior"), prior)
        else:
            edits.add_after((*path, "value"), f"prior: {prior}")
        edits.add_first(path, MARK)


def _mark_entries(file: str) -> Callable[[TextEdits, Edition, str, str], None]:
    """Return a function that marks every entry of a data file."""

    def mark(edits: TextEdits, edition: Edition, old: str, new: str) -> None:
        for name in getattr(edition, file):
            edits.add_first((file, name), MARK)

    return mark


def _checks(edits: TextEdits, edition: Edition, old: str, new: str) -> None:
    """Edit checks.yaml: mark the checks with an expected value, which is that of the old year."""
    for index, check in enumerate(edition.checks):
        if check.expect is not None:
            edits.add_first(("checks", index), MARK)


def _section(section: Section, text: str, old: str, new: str) -> str:
    """Return the text of a section's file with marks before its stories and in its front matter."""
    lines = text.split("\n")
    end = next(index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    body = lines[end:]
    for part in reversed(section.prose.parts):
        first = next((block for block in part.blocks if block.kind == "text"), None)
        if first is not None:
            index = first.place.line - 1 - end
            body[index:index] = [PASSAGE, ""]
    front = TextEdits("\n".join(lines[1:end]))
    if old in section.front.title:
        front.replace(("title",), front.value("title").replace(old, new))
    if any(getattr(section.front, key) for key in _TEXTS):
        front.add_first((), MARK)
    return "\n".join([lines[0], front.result(), *body])


def _years(old: str, new: str) -> int:
    """Return the number of years between two names that start with a year, or 1 if they do not."""
    starts = [re.match(r"\d{4}", name) for name in (old, new)]
    return int(starts[1][0]) - int(starts[0][0]) if starts[0] and starts[1] else 1


def _later(day: date, years: int) -> date:
    """Return the date `years` later. The last day of a month stays the last day."""
    if (day + timedelta(days=1)).day == 1:
        following = day + timedelta(days=1)
        return following.replace(year=following.year + years) - timedelta(days=1)
    return day.replace(year=day.year + years)


_YAML: Mapping[str, Callable[[TextEdits, Edition, str, str], None]] = {
    "edition": _edition,
    "facts": _facts,
    "charts": _mark_entries("charts"),
    "quotes": _mark_entries("quotes"),
    "checks": _checks,
    "images": _mark_entries("images"),
}
