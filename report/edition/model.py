"""The edition as frozen types: what the files of `data/<edition>/` may say.

In: plain values from `yamldoc`. Out: validated, immutable records. The JSON Schemas in `data/schema/` are
generated from this module (`cli.schemas`), so a docstring or description here is what an editor shows to a writer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

FACT_ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$"
NAME_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
FUNCTION = r"^[a-z][a-z0-9_]*$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Z]{2})?$"
HEX = r"^#[0-9A-F]{6}$"
# What each pattern asks for, in plain words.
PATTERNS: Mapping[str, str] = {
    FACT_ID: "the id of a fact is lower-case words and digits with a dot between them, such as topic.thing",
    NAME_ID: "an id is lower-case letters and digits, with hyphens between them",
    FUNCTION: "the name of a function is lower-case letters and digits, with underscores between them",
    LANGUAGE: "a language is written as en, es or en-US",
    HEX: "a colour is a # and six digits or capital letters from A to F, such as #14294B",
}


def _decimal(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


# Digits are limited so that no share or change of two of them outgrows the arithmetic.
Number = Annotated[
    Decimal, BeforeValidator(_decimal), Field(max_digits=18, decimal_places=4), WithJsonSchema({"type": "number"})
]
Share = Annotated[Number, Field(ge=0, le=100), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100})]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
FactId = Annotated[str, StringConstraints(pattern=FACT_ID)]
NameId = Annotated[str, StringConstraints(pattern=NAME_ID)]
Function = Annotated[str, StringConstraints(pattern=FUNCTION)]
RENEW = "From the edition before: to be renewed, or confirmed. Remove this line when it is done."
_ARTWORK_ALT = "What the drawing shows, for those who can't see it. Absent: it is decoration."
Unit = Literal["count", "usd", "percent", "change", "score", "ordinal", "square-mile", "year"]


class FrozenModel(BaseModel):
    """Values are taken as written (no text where a number belongs), unknown keys are refused, nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Prior(FrozenModel):
    """An earlier value of the same fact."""

    value: Number
    period: Text = Field(description="The year or period of the earlier value, as it is printed.")


class Fact(FrozenModel):
    """One figure, stated once. Everything that prints it refers to it by its id."""

    value: Number = Field(description="The bare number. Money in whole dollars, percentages as 6.3.")
    unit: Unit = Field(description="percent is a share, from 0 to 100; change is growth in percent, which may be any.")
    label: Text = Field(description="A lower-case noun phrase that reads after the number.", max_length=70)
    short: Text | None = Field(None, description="A shorter label for charts.", max_length=32)
    qualifier: Text | None = Field(None, description="What stands before the number: over, more than, nearly.")
    source: NameId = Field(description="The id of a source in edition.yaml.")
    prior: Prior | None = None
    outof: Number | None = Field(None, description="What a score or a rank is out of.")
    was: FactId | None = Field(None, description="The id that this fact had in earlier editions.")
    renew: bool = Field(False, description=RENEW)


class Series(FrozenModel):
    """One row of a chart."""

    fact: FactId
    label: Text | None = None
    group: str = ""
    emphasis: bool = False


class Chart(FrozenModel):
    """One chart: which figure function draws which facts, and what the reader should see in it."""

    figure: Function = Field(description="The name of a function in figures/.")
    title: Text = Field(description="The finding, as a sentence without a final full stop.")
    subject: Text = Field(description="What is shown, for the alternative text and the notes.")
    source: NameId
    pillar: NameId | None = None
    width: int = Field(ge=2, le=12, description="Columns of the page grid.")
    lines: int = Field(ge=2, le=46, description="Height in lines of the baseline grid.")
    whole: FactId | None = None
    series: tuple[Series, ...] = Field(min_length=1)
    alt: Text | None = Field(None, description="Alternative text; drafted from the data if absent.")
    options: Mapping[str, str | int | float | bool | Decimal] = Field(default_factory=dict)
    renew: bool = Field(False, description=RENEW)


class Count(FrozenModel):
    """What the marks of a drawing stand for."""

    fact: FactId
    each: int = Field(1, ge=1, description="How many of the fact one mark stands for.")


class Quote(FrozenModel):
    """A quotation over two facing pages."""

    lines: tuple[Text, ...] = Field(min_length=1, description="The quotation, broken by sense.")
    attribution: Text
    source: Text | None = None
    status: Literal["verified", "attributed", "disputed"]
    note: Text | None = Field(None, description="What is known of its provenance, for the notes.")
    artwork: Function
    artwork_alt: Text | None = Field(
        None, description="What the drawing shows, for those who can't see it. Absent: decoration."
    )
    counts: tuple[Count, ...] = Field((), description="The facts that the drawing counts, if it counts any.")
    ground: NameId = Field(description="The colour token of the two pages.")
    side: Literal["recto", "verso"] = "recto"
    renew: bool = Field(False, description=RENEW)

    @property
    def text(self) -> str:
        """The quotation in one line."""
        return " ".join(self.lines)


class CheckEntry(FrozenModel):
    """Something that must hold between facts."""

    id: NameId
    kind: Literal["sum", "share", "change", "shares", "at-most"]
    parts: tuple[FactId, ...] = ()
    whole: FactId | None = None
    part: FactId | None = None
    fact: FactId | None = None
    limit: FactId | None = None
    equals: FactId | None = None
    expect: Number | None = None
    tolerance: Number = Decimal(0)
    decimals: int = Field(0, ge=0, le=6)
    renew: bool = Field(False, description=RENEW)


class Image(FrozenModel):
    """A photograph."""

    file: Text = Field(description="The file's name inside images/.")
    alt: Text
    credit: Text
    caption: Text | None = None
    focal: tuple[Share, Share] = Field(
        (Decimal(50), Decimal(50)), description="The point that a crop keeps, in percent from the left and the top."
    )
    renew: bool = Field(False, description=RENEW)


class Statement(FrozenModel):
    """A labelled statement, such as the mission."""

    label: Text
    text: Text
    stress: Text | None = Field(None, description="How the statement ends: its last words, set in italics.")


class Byline(FrozenModel):
    """Who signs a text."""

    name: Text
    role: Text


class SectionFront(FrozenModel):
    """The front matter of a section's Markdown file."""

    page: NameId = Field(description="The page type: the name of a template in layouts/pages/.")
    title: Text
    kicker: Text | None = None
    pillar: NameId | None = None
    lede: Text | None = None
    byline: Byline | None = None
    callouts: tuple[FactId, ...] = ()
    statements: tuple[Statement, ...] = ()
    artwork: Function | None = None
    artwork_alt: Text | None = Field(
        None, description="What the drawing shows, for those who can't see it. Absent: decoration."
    )
    artwork_note: Text | None = Field(None, description="A line beside the drawing that tells what it counts.")
    counts: tuple[Count, ...] = Field((), description="The facts that the drawing counts, if it counts any.")
    margin_read: Literal["after", "before"] = Field(
        "after", description="When a story's margin is read aloud: after its text, or before it."
    )
    ground: NameId | None = Field(None, description="The colour token under the artwork, if not the pillar's own.")
    renew: bool = Field(False, description=RENEW)


class Organisation(FrozenModel):
    """Who publishes the report."""

    name: Text
    short: Text
    address: tuple[Text, ...] = ()
    website: Text


class Period(FrozenModel):
    """The reporting period, both days included."""

    start: date
    end: date


class Pillar(FrozenModel):
    """A strategic pillar. Its id is also the name of its colour tokens."""

    id: NameId
    name: Text


class Source(FrozenModel):
    """Where figures come from."""

    title: Text
    publisher: Text
    year: int
    note: Text | None = None


class SectionEntry(FrozenModel):
    """One step in the order of the report: a section or a quotation."""

    section: NameId | None = None
    quote: NameId | None = None


class Config(FrozenModel):
    """edition.yaml: what the edition is and the order of its sections."""

    edition: Text
    title: Text
    tagline: Text
    slug: NameId
    organisation: Organisation
    period: Period
    published: date
    language: Annotated[str, StringConstraints(pattern=LANGUAGE)]
    subject: Text
    keywords: tuple[Text, ...] = ()
    pillars: tuple[Pillar, ...] = ()
    sources: Mapping[NameId, Source]
    sections: tuple[SectionEntry, ...] = Field(min_length=1)
    names_with_figures: tuple[Text, ...] = ()
    abbreviations: Mapping[Text, Text] = Field(
        default_factory=dict, description="What abbreviations stand for; told to screen readers where each comes first."
    )
    renew: tuple[Text, ...] = Field((), description="Keys of this file whose values are of the edition before.")

    @property
    def locale(self) -> str:
        """The language tag in the form that Babel reads (en_US)."""
        return self.language.replace("-", "_")


class FactsFile(FrozenModel):
    """facts.yaml: every figure of the edition, once."""

    facts: Mapping[FactId, Fact]


class ChartsFile(FrozenModel):
    """charts.yaml: the charts."""

    charts: Mapping[NameId, Chart]


class QuotesFile(FrozenModel):
    """quotes.yaml: the quotations."""

    quotes: Mapping[NameId, Quote]


class ChecksFile(FrozenModel):
    """checks.yaml: sums, shares and changes that must hold."""

    checks: tuple[CheckEntry, ...]


class ImagesFile(FrozenModel):
    """images.yaml: the photographs."""

    images: Mapping[NameId, Image]


FILES: Mapping[str, type[FrozenModel]] = {
    "edition": Config,
    "facts": FactsFile,
    "charts": ChartsFile,
    "quotes": QuotesFile,
    "checks": ChecksFile,
    "images": ImagesFile,
}


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of the data file `name` (edition, facts, ...)."""
    return schema_of(FILES[name])


def schema_of(model: type[FrozenModel]) -> dict[str, Any]:
    """Return the JSON Schema of a model of a file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    _close(schema)
    return schema


def _close(node: Any) -> None:
    """Where keys are ids, refuse every other key: a pattern alone lets an editor pass what the check refuses."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for child in node.values():
            _close(child)
    elif isinstance(node, list):
        for child in node:
            _close(child)
