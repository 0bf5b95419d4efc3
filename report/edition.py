"""An edition as loaded: the model of every file, each section's prose, and where everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

    `problems` are those of its prose, which do not hinder looking for others.
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
