"""An edition as loaded: the model of every file, each section's prose, and where everything stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from report.formats import Formats
from report.model import Chart, Check, Config, Fact, Image, Quote, SectionFront
from report.problems import Place, Problem
from report.prose import Prose
from report.yamldoc import Document, Path_


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
    checks: tuple[Check, ...]
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

    def place(self, file: str, path: Path_) -> Place:
        """Return where a key of a data file stands: place("facts", ("facts", "ease.covered"))."""
        return self.documents[file].key_place(path)

    def fact_place(self, fact: str) -> Place:
        """Return where a fact is defined."""
        return self.place("facts", ("facts", fact))

    def texts(self) -> Iterator[tuple[str, Place]]:
        """Yield every text in which writers may refer to facts, as it is written, with the place where it starts."""
        for section in self.sections.values():
            yield section.body, section.origin
        for document, path in self.yaml_texts():
            if path in document.raw:
                yield document.raw[path], document.place(path)

    def yaml_texts(self) -> Iterator[tuple[Document, Path_]]:
        """Yield the values of YAML files and front matter in which references are resolved."""
        for section in self.sections.values():
            yield section.document, ("lede",)
            for index in range(len(section.front.statements)):
                yield section.document, ("statements", index, "text")
        for name in self.charts:
            for key in ("title", "subject", "alt"):
                yield self.documents["charts"], ("charts", name, key)
        yield self.documents["edition"], ("subject",)
