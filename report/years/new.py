"""The next year's edition, made from this one: everything carried over, every value and passage marked to be renewed.

In: a project, the names of the new edition and of the one it starts from. Out: the new folder, complete or not
at all. The files are changed as text, so that comments, order and folds stay as their authors made them.
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
# What of edition.yaml a person has to look at; the rest follows from the name, or stays.
_TO_RENEW = ("published", "subject", "sources")
_TEXTS = ("lede", "byline", "kicker", "statements", "callouts", "artwork_note")


@dataclass(frozen=True, slots=True)
class NewEdition:
    """A new edition: its folder, what it was made from, and how many marks there are to work through."""

    folder: Path
    origin: str
    marks: int


def new_edition(project: Project, name: str, origin: str | None = None) -> NewEdition:
    """Make the edition `name` from `origin` (the newest before it). Raises ReportError; then nothing is made."""
    origin = _origin(project, name, origin)
    edition = load(project.root / "data" / origin, f"data/{origin}")
    if left := list(renewal_problems(edition)):
        hint = f"Finish it first: `build.py check {origin}` lists what is to be renewed."
        what = f"The edition {origin} is unfinished itself: {len(left)} of its values and passages are to be renewed."
        raise ReportError([error("unfinished", left[0].where, what, hint)])
    folder = project.root / "data" / name
    create_folder(folder, dict(_files(edition, origin, name)))
    made = load(folder, f"data/{name}")
    return NewEdition(folder, origin, len(list(renewal_problems(made))))


def _origin(project: Project, name: str, origin: str | None) -> str:
    where = Place(f"data/{name}")
    if not re.fullmatch(NAME_ID, name):
        hint = "A name such as 2024-25 is its folder's and stands in file names."
        raise ReportError([error("bad-id", where, f"`{name}` can't name an edition: {PATTERNS[NAME_ID]}.", hint)])
    earlier = [each for each in project.editions if each < name]
    if origin is None and not earlier and project.editions:
        hint = "Names are ordered as they are spelled; choose one that comes after, or say --from."
        raise ReportError([error("edition-order", where, f"No edition in data/ comes before `{name}`.", hint)])
    found = project.edition(origin or (earlier[-1] if earlier else None))
    if found >= name:
        what = f"`{name}` does not come after `{found}`, so that nobody could tell which of the two is the newer."
        raise ReportError([error("edition-order", where, what, "Choose a name that comes after.")])
    return found


def _files(edition: Edition, old: str, new: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the new edition."""
    for name, change in _YAML.items():
        path = edition.root / f"{name}.yaml"
        if path.exists():
            edits = TextEdits(read_text(path, f"{edition.shown}/{name}.yaml"))
            change(edits, edition, old, new)
            yield path.name, edits.done().encode()
    for section in edition.sections.values():
        text = read_text(edition.root / "sections" / f"{section.id}.md", section.document.file)
        yield f"sections/{section.id}.md", _section(section, text, old, new).encode()
    for file in sorted({image.file for image in edition.images.values()}):
        yield f"images/{file}", read_file(edition.root / "images" / file)


def _edition(edits: TextEdits, edition: Edition, old: str, new: str) -> None:
    """Name, title, slug and days go on by as many years as the names do."""
    config, years = edition.config, _years(old, new)
    to_renew = list(_TO_RENEW)
    edits.replace(("edition",), quoted(new))
    for key in ("title", "slug"):
        written = edits.value(key)
        if old in written:
            edits.replace((key,), written.replace(old, new))
        else:
            to_renew.append(key)
    for path, day in ((("period", "start"), config.period.start), (("period", "end"), config.period.end)):
        edits.replace(path, _later(day, years).isoformat())
    edits.replace(("published",), _later(config.published, years).isoformat())
    named = [each for each in config.names_with_figures if old in each]
    for each in named:
        if each.replace(old, new) not in config.names_with_figures:
            edits.add_first(("names_with_figures",), quoted(each.replace(old, new)))
    edits.add_first((), f"# Not yet renewed. Remove each key from the list when its value is that of {new}.\n"
                        f"renew: [{', '.join(to_renew)}]")  # fmt: skip


def _facts(edits: TextEdits, edition: Edition, old: str, new: str) -> None:
    """The value of the year becomes the prior one; it also stays where the new one will stand."""
    for name in edition.facts:
        path = ("facts", name)
        prior = f"{{value: {edits.value(*path, 'value')}, period: {quoted(old)}}}"
        if (*path, "prior") in edits.spans:
            edits.replace((*path, "prior"), prior)
        else:
            edits.add_after((*path, "value"), f"prior: {prior}")
        edits.add_first(path, MARK)


def _marked(file: str) -> Callable[[TextEdits, Edition, str, str], None]:
    def mark(edits: TextEdits, edition: Edition, old: str, new: str) -> None:
        for name in getattr(edition, file):
            edits.add_first((file, name), MARK)

    return mark


def _checks(edits: TextEdits, edition: Edition, old: str, new: str) -> None:
    """A check that says itself what the result is says it for the old year."""
    for index, check in enumerate(edition.checks):
        if check.expect is not None:
            edits.add_first(("checks", index), MARK)


def _section(section: Section, text: str, old: str, new: str) -> str:
    lines = text.split("\n")
    end = next(index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    body = lines[end:]
    for part in reversed(section.prose.parts):
        first = next((block for block in part.blocks if block.kind == "text"), None)
        if first is not None:
            at = first.place.line - 1 - end
            body[at:at] = [PASSAGE, ""]
    front = TextEdits("\n".join(lines[1:end]))
    if old in section.front.title:
        front.replace(("title",), front.value("title").replace(old, new))
    if any(getattr(section.front, key) for key in _TEXTS):
        front.add_first((), MARK)
    return "\n".join([lines[0], front.done(), *body])


def _years(old: str, new: str) -> int:
    """Return how many years lie between two names that start with a year; one if they don't."""
    starts = [re.match(r"\d{4}", name) for name in (old, new)]
    return int(starts[1][0]) - int(starts[0][0]) if starts[0] and starts[1] else 1


def _later(day: date, years: int) -> date:
    """Return the day so many years later; the last of a month stays that."""
    if (day + timedelta(days=1)).day == 1:
        following = day + timedelta(days=1)
        return following.replace(year=following.year + years) - timedelta(days=1)
    return day.replace(year=day.year + years)


_YAML: Mapping[str, Callable[[TextEdits, Edition, str, str], None]] = {
    "edition": _edition,
    "facts": _facts,
    "charts": _marked("charts"),
    "quotes": _marked("quotes"),
    "checks": _checks,
    "images": _marked("images"),
}
