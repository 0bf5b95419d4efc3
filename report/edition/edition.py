"""An edition in memory: the model of every file, the prose of each section, and the place of every value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from report.edition.formats import Formats
from report.edition.model import FILES, Chart, CheckEntry, Config, Fact, Image, Quote, SectionFront
from report.edition.prose import Prose
from report.edition.references import Reference
from report.edition.yamldoc import Document, KeyPath
from report.problems import Place, Problem

# The printed values by file and path (* matches any id or index), and whether references are resolved in them.
_TEXTS: Mapping[str, Mapping[tuple[str, ...], bool]] = {
    "section": {
        ("title",): False,
        ("kicker",): False,
        ("artwork_note",): False,
        ("lede",): True,
        ("byline", "*"): False,
        ("statements", "*", "label"): False,
        ("statements", "*", "text"): True,
        ("statements", "*", "stress"): True,
        ("artwork_alt",): False,
    },
    "edition": {
        ("title",): False,
        ("tagline",): False,
        ("subject",): True,
        ("pillars", "*", "name"): False,
        ("sources", "*", "note"): False,
        ("abbreviations", "*"): False,
    },
    "facts": {
        ("facts", "*", "label"): False,
        ("facts", "*", "short"): False,
        ("facts", "*", "qualifier"): False,
        ("facts", "*", "prior", "period"): False,
    },
    "charts": {
        ("charts", "*", "title"): True,
        ("charts", "*", "subject"): True,
        ("charts", "*", "alt"): True,
        ("charts", "*", "series", "*", "label"): False,
        ("charts", "*", "series", "*", "group"): False,
    },
    "quotes": {
        ("quotes", "*", "attribution"): False,
        ("quotes", "*", "source"): False,
        ("quotes", "*", "note"): False,
        ("quotes", "*", "artwork_alt"): False,
    },
    "images": {
        ("images", "*", "alt"): False,
        ("images", "*", "caption"): False,
    },
}


@dataclass(frozen=True, slots=True)
class PrintedText:
    """A printed text as it is written in the file, including YAML quotes and folds.

    `place` is where it starts, `what` describes it in messages ("the lede of the section plan"), and `resolved` is
    true where references to facts are resolved.
    """

    written: str
    place: Place
    what: str
    resolved: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The file of one section: its front matter, its parsed prose, and its raw body. `origin` is the body's start."""

    id: str
    front: SectionFront
    document: Document
    prose: Prose
    body: str
    origin: Place


@dataclass(frozen=True, slots=True)
class Edition:
    """The complete content of one year's report. `display_name` is the folder's name in messages.

    `problems` holds the problems found while reading. An invalid file is replaced by an empty one and listed in
    `broken` ("facts", "sections/plan"), so that the remaining files can still be checked in the same run.
    """

    root: Path
    display_name: str
    config: Config
    facts: Mapping[str, Fact]
    charts: Mapping[str, Chart]
    quotes: Mapping[str, Quote]
    checks: tuple[CheckEntry, ...]
    images: Mapping[str, Image]
    sections: Mapping[str, Section]
    documents: Mapping[str, Document]
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()

    def is_valid(self, *names: str) -> bool:
        """Return whether these files were read without errors ("sections" stands for all section files).

        If not, a missing entry proves nothing, and rules that depend on it must be skipped.
        """
        return not any(name.partition("/")[0] in names for name in self.broken)

    def ids(self, name: str) -> Collection[str] | None:
        """Return the ids that a file defines, including those of invalid entries. None: the ids can't be determined."""
        if name == "sections":
            failed = {each.removeprefix("sections/") for each in self.broken if each.startswith("sections/")}
            return None if "sections" in self.broken else {*self.sections, *failed}
        if name in {"pillars", "sources"}:
            ids = {"pillars": [pillar.id for pillar in self.config.pillars], "sources": list(self.config.sources)}
            return ids[name] if self.is_valid("edition") else None
        if self.is_valid(name):
            return list(getattr(self, name))
        values = self.documents[name].values
        entries = values.get(name) if isinstance(values, dict) else None
        return list(entries) if isinstance(entries, dict) else None

    @property
    def formats(self) -> Formats:
        """The number and date formats of the edition's locale."""
        return Formats(self.config.locale)

    def place(self, file: str, path: KeyPath) -> Place:
        """Return the place of a key in a data file, such as place("facts", ("facts", "topic.thing"))."""
        return self.documents[file].key_place(path)

    def fact_place(self, fact: str) -> Place:
        """Return the place where a fact is defined."""
        return self.place("facts", ("facts", fact))

    def figure(self, reference: Reference) -> str:
        """Return the printed text of a reference. Raises FormatError, or KeyError if the fact does not exist."""
        return self.formats.apply(self.facts[reference.fact], reference.forms, self.facts)

    def texts(self) -> Iterator[PrintedText]:
        """Yield every printed text of the data."""
        for section in self.sections.values():
            owner = f"the section {section.id}"
            yield PrintedText(section.body, section.origin, f"the text of {owner}", True)
            yield from _texts_of(section.document, "section", owner)
        for name in FILES:
            if self.is_valid(name):
                yield from _texts_of(self.documents[name], name, f"{name}.yaml")


def _texts_of(document: Document, kind: str, owner: str) -> Iterator[PrintedText]:
    for path, written in document.raw.items():
        for pattern, resolved in _TEXTS.get(kind, {}).items():
            if len(path) == len(pattern) and all(key in ("*", part) for key, part in zip(pattern, path, strict=True)):
                entry = f"the {path[0].removesuffix('s')} {path[1]}" if path[0] == kind else owner
                key = path[2] if path[0] == kind else path[0]
                yield PrintedText(written, document.place(path), f"the {key} of {entry}", resolved)
