"""The data model of an edition: frozen types for the files of `data/<edition>/`.

In: plain values from `yamldoc`. Out: validated, immutable records. The JSON Schemas in `data/schema/` are
generated from this module (`cli.schemas`), so editors show its docstrings and descriptions to writers.
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
# The meaning of each pattern in plain words, for messages.
PATTERNS: Mapping[str, str] = {
    FACT_ID: "a fact id consists of lower-case words and digits separated by dots, such as topic.thing",
    NAME_ID: "an id consists of lower-case letters and digits, separated by hyphens",
    FUNCTION: "a function name consists of lower-case letters and digits, separated by underscores",
    LANGUAGE: "a language is written as en, es or en-US",
    HEX: "a colour is a # followed by six digits or capital letters from A to F, such as #14294B",
}


def _decimal(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


# Digits are limited so that no share or change of two numbers exceeds the precision of the arithmetic.
Number = Annotated[
    Decimal, BeforeValidator(_decimal), Field(max_digits=18, decimal_places=4), WithJsonSchema({"type": "number"})
]
Share = Annotated[Number, Field(ge=0, le=100), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100})]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
FactId = Annotated[str, StringConstraints(pattern=FACT_ID)]
NameId = Annotated[str, StringConstraints(pattern=NAME_ID)]
Function = Annotated[str, StringConstraints(pattern=FUNCTION)]
RENEW = "Carried over from the previous edition. Update or confirm it, then remove this line."
_ARTWORK_ALT = "Alternative text: what the drawing shows. Without it, the drawing is treated as decoration."
Unit = Literal["count", "usd", "percent", "change", "score", "ordinal", "square-mile", "year"]


class FrozenModel(BaseModel):
    """Base of all models: strict types (no text in place of a number), no unknown keys, immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Prior(FrozenModel):
    """An earlier value of the same fact."""

    value: Number
    period: Text = Field(description="The year or period of the earlier value, as printed.")


class Fact(FrozenModel):
    """One figure, stated once. Texts, charts and drawings refer to it by its id."""

    value: Number = Field(description="The bare number: money in whole dollars, percentages as 6.3.")
    unit: Unit = Field(description="percent is a share from 0 to 100; change is growth in percent, with no limits.")
    label: Text = Field(description="A lower-case noun phrase that follows the number.", max_length=70)
    short: Text | None = Field(None, description="A shorter label for charts.", max_length=32)
    qualifier: Text | None = Field(None, description="A word or phrase before the number: over, more than, nearly.")
    source: NameId = Field(description="The id of a source in edition.yaml.")
    prior: Prior | None = None
    outof: Number | None = Field(None, description="The maximum of a score, or the number of places in a ranking.")
    was: FactId | None = Field(None, description="The id that this fact had in earlier editions.")
    renew: bool = Field(False, description=RENEW)


class Series(FrozenModel):
    """One row of a chart."""

    fact: FactId
    label: Text | None = None
    group: str = ""
    emphasis: bool = False


class Chart(FrozenModel):
    """One chart: the figure function, the facts it draws, and the finding that readers should see in it."""

    figure: Function = Field(description="The name of a function in figures/.")
    title: Text = Field(description="The finding, as a sentence without a final full stop.")
    subject: Text = Field(description="What the chart shows, for the alternative text and the notes.")
    source: NameId
    pillar: NameId | None = None
    width: int = Field(ge=2, le=12, description="Columns of the page grid.")
    lines: int = Field(ge=2, le=46, description="Height in lines of the baseline grid.")
    whole: FactId | None = None
    series: tuple[Series, ...] = Field(min_length=1)
    alt: Text | None = Field(None, description="Alternative text. Without it, one is drafted from the data.")
    options: Mapping[str, str | int | float | bool | Decimal] = Field(default_factory=dict)
    renew: bool = Field(False, description=RENEW)


class Count(FrozenModel):
    """A fact that the marks of a drawing count."""

    fact: FactId
    each: int = Field(1, ge=1, description="The amount that one mark stands for.")


class Quote(FrozenModel):
    """A quotation across a spread."""

    lines: tuple[Text, ...] = Field(min_length=1, description="The quotation, with line breaks by sense.")
    attribution: Text
    source: Text | None = None
    status: Literal["verified", "attributed", "disputed"]
    note: Text | None = Field(None, description="The provenance of the quotation, for the notes.")
    artwork: Function
    artwork_alt: Text | None = Field(None, description=_ARTWORK_ALT)
    counts: tuple[Count, ...] = Field((), description="The facts that the marks of the drawing count, if any.")
    ground: NameId = Field(description="The colour token for the background of the spread.")
    side: Literal["recto", "verso"] = "recto"
    renew: bool = Field(False, description=RENEW)

    @property
    def text(self) -> str:
        """The quotation as one line."""
        return " ".join(self.lines)


class CheckEntry(FrozenModel):
    """A relation between facts that must hold."""

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


Hex = Annotated[str, StringConstraints(pattern=HEX)]
Percent = Annotated[int, Field(ge=0, le=100)]
Inks = tuple[Percent, Percent, Percent, Percent]


class Image(FrozenModel):
    """A photograph, or a drawing such as a logo."""

    file: Text = Field(description="The name of the file in images/.")
    alt: Text
    credit: Text
    caption: Text | None = None
    focal: tuple[Share, Share] = Field(
        (Decimal(50), Decimal(50)), description="The point that cropping keeps, in percent from the left and the top."
    )
    inks: dict[Hex, Inks] = Field({}, description="For a drawing: inks in percent (C, M, Y, K) by colour (#rrggbb).")
    renew: bool = Field(False, description=RENEW)


class Statement(FrozenModel):
    """A labelled statement, such as the mission."""

    label: Text
    text: Text
    stress: Text | None = Field(None, description="The last words of the statement, set in italics.")


class Byline(FrozenModel):
    """The author of a text."""

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
    artwork_alt: Text | None = Field(None, description=_ARTWORK_ALT)
    artwork_note: Text | None = Field(None, description="A line beside the drawing that says what its marks count.")
    counts: tuple[Count, ...] = Field((), description="The facts that the marks of the drawing count, if any.")
    margin_read: Literal["after", "before"] = Field(
        "after", description="Reading order of a story's margin: after the text, or before it."
    )
    ground: NameId | None = Field(
        None, description="The colour token for the background of the artwork. Default: the pillar's colour."
    )
    renew: bool = Field(False, description=RENEW)


class Organisation(FrozenModel):
    """The organisation that publishes the report."""

    name: Text
    short: Text
    address: tuple[Text, ...] = ()
    website: Text


class Period(FrozenModel):
    """The reporting period, including both days."""

    start: date
    end: date


class Pillar(FrozenModel):
    """A strategic pillar. Its colour tokens are named after its id."""

    id: NameId
    name: Text


class Source(FrozenModel):
    """A source of figures."""

    title: Text
    publisher: Text
    year: int
    note: Text | None = None


class SectionEntry(FrozenModel):
    """One entry in the order of the report: a section or a quotation."""

    section: NameId | None = None
    quote: NameId | None = None


class Config(FrozenModel):
    """edition.yaml: the title, period, language, sources and section order of the edition."""

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
        default_factory=dict,
        description="Abbreviations and their expansions, given to screen readers at the first occurrence of each.",
    )
    renew: tuple[Text, ...] = Field(
        (), description="Keys of this file whose values are carried over from the previous edition."
    )

    @property
    def locale(self) -> str:
        """The language tag as a Babel locale (en_US)."""
        return self.language.replace("-", "_")


class FactsFile(FrozenModel):
    """facts.yaml: every figure of the edition, stated once."""

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
    """Return the JSON Schema of a model that describes a file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    _close(schema)
    return schema


def _close(node: Any) -> None:
    """Set `additionalProperties` to false where keys are ids. `patternProperties` alone would accept any other key."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for child in node.values():
            _close(child)
    elif isinstance(node, list):
        for child in node:
            _close(child)
