"""Another organisation, with the same code: the proof that nothing in the press knows the first one."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from pages import ROOT

import build
from full.conftest import OpenedPdf
from report.edition.load import load
from report.edition.model import NAME_ID
from report.inspection.verapdf import installed, validate
from report.pipeline import build as run_pipeline
from report.progress import Progress
from report.project import Project
from report.variants import USUAL
from report.years.compare import compare

HOUSE = ROOT / "examples" / "marrow-isles"
EDITIONS = ("2031", "2032")
pytestmark = pytest.mark.xdist_group("example")
PRESS = ("report", "layouts", "figures")
SAMPLE = ROOT / "data" / "2023-24"


@dataclass(frozen=True)
class Made:
    """One edition of the example, built."""

    folder: Path
    manifest: dict[str, Any]
    problems: tuple[object, ...]
    pdfs: dict[str, OpenedPdf]


@pytest.fixture(scope="module")
def house() -> Project:
    whole = build.whole_project()
    return Project(HOUSE, whole.figures, whole.artworks, ROOT)


@pytest.fixture(scope="module", params=EDITIONS)
def made(request: pytest.FixtureRequest, house: Project, tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("house")
    built = run_pipeline(house, request.param, USUAL, out, Progress(quiet=True), strict=True)
    manifest = json.loads((built.folder / "manifest.json").read_text("utf-8"))
    pdfs = {each["variant"]: OpenedPdf((built.folder / each["name"]).read_bytes()) for each in manifest["files"]}
    return Made(built.folder, manifest, built.problems, pdfs)


def test_both_editions_build_without_a_problem(made: Made) -> None:
    assert made.problems == ()
    assert {(variant, len(pdf.pages)) for variant, pdf in made.pdfs.items()} == {(name, 16) for name in USUAL}
    assert made.manifest["draft"] is False
    (standards,) = (each["standards"] for each in made.manifest["files"] if each["variant"] == "print")
    assert standards["PDF/X-4"], "its own preflight found nothing"


def test_a_validator_confirms_them(made: Made) -> None:
    if not installed():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "veraPDF is not here; `build.py doctor` says how to get it"
        )
    verdicts = validate(made.pdfs["archive"].data, "archive.pdf", ["PDF/A-3a", "PDF/UA-1"])
    assert [verdict.passed for verdict in verdicts] == [True, True]


def test_they_wear_their_own_brand(made: Made, house: Project) -> None:
    fonts = {font.family for font in made.pdfs["screen"].fonts}
    assert any("Sora" in name for name in fonts)
    assert not any("Fraunces" in name for name in fonts)
    first = yaml.safe_load((ROOT / "styles" / "tokens.yaml").read_text())["colours"]
    shared = {value["rgb"] for value in first.values()} & set(house.tokens().hexes.values())
    assert shared == {"#FFFFFF"}, "of the first house's colours only the paper"


def test_they_say_nothing_of_the_first_organisation(made: Made) -> None:
    first = load(SAMPLE, "data/2023-24").config.organisation
    for variant in ("screen", "print"):
        text = " ".join(made.pdfs[variant].texts.values())
        assert "Marrow Isles Ferry Trust" in text
        assert first.short not in text
        assert first.name not in text


def test_the_second_tells_how_it_moved_from_the_first(house: Project) -> None:
    done = compare(house, *EDITIONS)
    assert [line.id for line in done.of("renamed")] == ["weather.lost"]
    assert [line.id for line in done.of("new")] == ["ferry.electric"]
    assert [line.id for line in done.of("gone")] == ["ferry.bicycles"]
    assert len(done.of("changed")) > 20


def test_the_trend_is_printed(made: Made) -> None:
    text = " ".join(made.pdfs["screen"].texts.values())
    assert ("up 9.3% from 486,200 in 2031" if "2032" in made.folder.name else "up 12.6% from 431,700") in text


def words() -> dict[str, str]:
    """Return what would give the first organisation away, each as a pattern: names, fact ids, colours of pillars."""
    config, facts = (yaml.safe_load((SAMPLE / f"{name}.yaml").read_text("utf-8")) for name in ("edition", "facts"))
    house = config["organisation"]
    names = [house["name"], house["short"], house["website"], *house["address"], config["slug"], config["tagline"]]
    names += [pillar["name"] for pillar in config["pillars"]]
    names += ["Los Angeles", "Downey", "Duardo", "school district", "superintendent", "students"]
    found = {name: re.escape(name) for name in names}
    found |= {name: rf"(?<![\w.]){re.escape(name)}(?![\w-])" for name in facts["facts"]}
    for pillar in (each["id"] for each in config["pillars"]):
        assert re.fullmatch(NAME_ID, pillar)
        found[pillar] = rf"""["'`(:]\s*{pillar}(-mid|-tint)?["'`)]|--{pillar}\b|\b{pillar}-(mid|tint)\b"""
    return found


def sources() -> Iterator[Path]:
    for folder in PRESS:
        yield from (
            path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in {".py", ".j2", ".css", ".yaml"}
        )
    yield from (path for path in sorted((ROOT / "styles").rglob("*.css")))


def test_nothing_in_the_press_names_the_first_organisation() -> None:
    patterns = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in words().items()}
    told = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        for text in [path.read_text("utf-8")]
        for name, pattern in patterns.items()
        if pattern.search(text)
    ]
    assert told == []


def test_the_search_would_find_what_it_looks_for() -> None:
    patterns = words()
    for name, text in (
        ("county.districts", 'counts["county.districts"]'), ("voice", 'FAMILIES = ("voice", "excellence")'),
        ("voice", "color: var(--voice-mid)"), ("LACOE", "a title of LACOE"),
    ):  # fmt: skip
        assert re.search(patterns[name], text, re.IGNORECASE), name
