"""An edition as loaded: the model of every file, each section's prose, and where everything stands."""

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

# The values that are printed, by file and path (* is any id or number), and whether references are resolved in them.
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
    """A text that is printed, as it is written, quotes and folds included; where it starts, and what it belongs to.

    `resolved` tells whether references to facts are resolved in it.
    """

    written: str
    place: Place
    what: str
    resolved: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One section's file: its front matter, its prose and its raw body with the place of its first line."""

    id: str
    front: SectionFront
    document: Document
    prose: Prose
    body: str
    origin: Place


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything one year's report says. `shown` is the folder as it is named in messages.

    `problems` are those of reading it. A file that could not be understood stands as an empty one and is named in
    `broken` (facts, sections/plan), so that everything else can still be judged and told at once.
    """

    root: Path
    shown: str
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

    def sound(self, *names: str) -> bool:
        """Tell whether these files were understood ("sections": all of them); else what they lack means nothing."""
        return not any(name.partition("/")[0] in names for name in self.broken)

    def ids(self, name: str) -> Collection[str] | None:
        """Return the ids that a file defines, as far as they are written there; None where nobody can tell."""
        if name == "sections":
            failed = {each.removeprefix("sections/") for each in self.broken if each.startswith("sections/")}
            return None if "sections" in self.broken else {*self.sections, *failed}
        if name in {"pillars", "sources"}:
            known = {"pillars": [pillar.id for pillar in self.config.pillars], "sources": list(self.config.sources)}
            return known[name] if self.sound("edition") else None
        if self.sound(name):
            return list(getattr(self, name))
        values = self.documents[name].values
        written = values.get(name) if isinstance(values, dict) else None
        return list(written) if isinstance(written, dict) else None

    @property
    def formats(self) -> Formats:
        """The formats of the edition's locale."""
        return Formats(self.config.locale)

    def place(self, file: str, path: KeyPath) -> Place:
        """Return where a key of a data file stands: place("facts", ("facts", "topic.thing"))."""
        return self.documents[file].key_place(path)

    def fact_place(self, fact: str) -> Place:
        """Return where a fact is defined."""
        return self.place("facts", ("facts", fact))

    def figure(self, reference: Reference) -> str:
        """Return what a reference prints. Raises FormatError, or KeyError for a fact that is not there."""
        return self.formats.apply(self.facts[reference.fact], reference.forms, self.facts)

    def texts(self) -> Iterator[PrintedText]:
        """Yield every text of the data that is printed."""
        for section in self.sections.values():
            what = f"the section {section.id}"
            yield PrintedText(section.body, section.origin, f"the text of {what}", True)
            yield from _texts_of(section.document, "section", what)
        for name in FILES:
            if self.sound(name):
                yield from _texts_of(self.documents[name], name, f"{name}.yaml")


def _texts_of(document: Document, kind: str, owner: str) -> Iterator[PrintedText]:
    for path, written in document.raw.items():
        for pattern, resolved in _TEXTS.get(kind, {}).items():
            if len(path) == len(pattern) and all(key in ("*", part) for key, part in zip(pattern, path, strict=True)):
                of_entry = f"the {path[0].removesuffix('s')} {path[1]}" if path[0] == kind else owner
                key = path[2] if path[0] == kind else path[0]
                yield PrintedText(written, document.place(path), f"the {key} of {of_entry}", resolved)
