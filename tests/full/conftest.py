"""The sample edition, built once for the whole run, and read back as plain records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

import build
from report.compose.run import Composition
from report.design.tokens import Tokens, load_tokens
from report.edition.edition import Edition
from report.edition.load import load
from report.engine import pdf
from report.engine.boxes import PageRecord
from report.engine.tags.records import TagNode
from report.inspection.inspect import Pdf, TextRun
from report.pipeline import build as run_pipeline
from report.problems import Problem
from report.progress import Progress
from report.sets.freshness import gather
from report.variants import USUAL


class OpenedPdf(Pdf):
    """A finished file whose texts are read once for all tests."""

    @cached_property
    def runs(self) -> list[TextRun]:
        """Every text run of the report, with places measured from the trim's top left corner; not the slug line."""
        offsets = {page.number: (page.trim[0] - page.media[0], page.media[3] - page.trim[3]) for page in self.pages}
        moved = []
        for run in self.text_runs():
            if run.font.startswith("PRESSA+"):
                continue
            left, top = offsets[run.page]
            moved.append(TextRun(run.page, run.text, run.x - left, run.y - top, run.width, run.height, run.font,
                                 run.size, run.colour))  # fmt: skip
        return moved

    @cached_property
    def texts(self) -> Mapping[int, str]:
        """The text of each page by its number, with single spaces."""
        return {number: plain(text) for number, text in enumerate(self.page_texts(), 1)}


@dataclass(frozen=True)
class Sample:
    """The sample edition: its data, its laid-out pages, its published set."""

    edition: Edition
    tokens: Tokens
    folder: Path
    manifest: Mapping[str, Any]
    problems: tuple[Problem, ...]
    pages: tuple[PageRecord, ...]
    html: str
    tree: TagNode
    pdfs: Mapping[str, OpenedPdf]

    def pages_of(self, section: str) -> list[int]:
        """Return the pages on which a section's components stand, by its source file."""
        source = f"{self.edition.display_name}/sections/{section}.md:"
        return [page.number for page in self.pages if any(each.src.startswith(source) for each in page.components)]

    def sheet_pages(self) -> Iterator[PageRecord]:
        """Yield the pages that lie on an artwork."""
        return (page for page in self.pages if page.name.startswith(("art-", "quote-")))

    def spreads(self) -> dict[str, list[PageRecord]]:
        """Return the pages of each quotation by its id."""
        return {name: [page for page in self.pages if page.name == f"quote-{name}"] for name in self.edition.quotes}


def plain(text: str) -> str:
    """Return a text with single spaces and no breaks, so that what is set can be compared with what was written."""
    text = re.sub(r"(?<=[K\d])–(?=\d)", "-", text)  # ranges are typed with a hyphen and set with a dash
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " ").replace("\xad", "")).strip()


@pytest.fixture(scope="module", autouse=True)
def once() -> None:
    """Find everything anew: all that the whole edition is made from is part of what is tested here."""


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Build the newest edition of the repository, all variants."""
    project = build.whole_project()
    name = project.edition(None)
    laid_out: list[pdf.Layout] = []
    documents: list[str] = []
    lay_out = pdf.lay_out

    def remembered(document: Composition, served: pdf.Resources) -> pdf.Layout:
        documents.append(document.html)
        laid_out.append(lay_out(document, served))
        return laid_out[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "lay_out", remembered)
        built = run_pipeline(
            project,
            name,
            USUAL,
            tmp_path_factory.mktemp("edition"),
            Progress(quiet=True),
            strict=False,
            inputs=gather(project.search, name, printer="sheetfed-us", validated=False, draft=False),
        )
    assert len(laid_out) == 1, "one layout serves all variants"
    manifest = json.loads((built.folder / "manifest.json").read_text("utf-8"))
    return Sample(
        edition=load(project.root / "data" / name, f"data/{name}"),
        tokens=load_tokens(project.root / "styles" / "tokens.yaml", "styles/tokens.yaml"),
        folder=built.folder,
        manifest=manifest,
        problems=built.problems,
        pages=laid_out[0].pages,
        html=documents[0],
        tree=laid_out[0].tree,
        pdfs={entry["variant"]: OpenedPdf((built.folder / entry["name"]).read_bytes()) for entry in manifest["files"]},
    )


@pytest.fixture(scope="session")
def printed(sample: Sample) -> OpenedPdf:
    """The print edition."""
    return sample.pdfs["print"]


@pytest.fixture(scope="session")
def screen(sample: Sample) -> OpenedPdf:
    """The screen edition."""
    return sample.pdfs["screen"]


@pytest.fixture(scope="session")
def archive(sample: Sample) -> OpenedPdf:
    """The archive edition."""
    return sample.pdfs["archive"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here: `-m "not edition"` leaves the full build out."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.edition)
