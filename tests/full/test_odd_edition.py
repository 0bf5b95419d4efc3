"""The odd edition: inputs as real editions have them, built in all variants, and every claim confirmed.

Marrow Isles, with photographs of the kinds that people bring and that broke reports before.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pages import ROOT
from PIL import Image, ImageDraw
from test_photographs import wide_profile

import build
from report.inspection.verapdf import installed, validate
from report.pipeline import BuildResult
from report.pipeline import build as run_pipeline
from report.problems import Severity
from report.progress import Progress
from report.project import Project
from report.variants import USUAL

PROFILE = ROOT / "report" / "printers" / "profiles" / "coated-tr006.icc"


def scene(mode: str, size: tuple[int, int] = (2400, 1100)) -> Image.Image:
    """Return a picture with soft tones and edges, as a photograph has."""
    gradient = Image.linear_gradient("L").resize(size)
    picture = Image.merge("RGB", (gradient, gradient.transpose(Image.Transpose.ROTATE_180), Image.new("L", size, 96)))
    ImageDraw.Draw(picture).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 1.5), fill=(250, 170, 40))
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Telephone"
    return saved(scene("RGB", (1100, 2400)).transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)


PHOTOGRAPHS: Mapping[str, Callable[[], bytes]] = {
    "ordinary.jpg": lambda: saved(scene("RGB"), "JPEG", quality=90),
    "wide-gamut.jpg": lambda: saved(scene("RGB"), "JPEG", quality=90, icc_profile=wide_profile()),
    "press.jpg": lambda: saved(scene("CMYK"), "JPEG", quality=90, icc_profile=PROFILE.read_bytes()),
    "turned.jpg": turned,
    "grey.jpg": lambda: saved(scene("L"), "JPEG", quality=90),
    "fine.png": lambda: saved(Image.frombytes("I;16", (2400, 1100), bytes(range(256)) * 20625), "PNG"),
    "line art.png": lambda: saved(scene("1"), "PNG"),
    "paletté #1 100%.png": lambda: saved(scene("RGB").quantize(64), "PNG"),
    "Fa\u0308hre.jpg": lambda: saved(scene("RGB"), "JPEG", quality=90),
    "see-through.png": lambda: saved(scene("RGBA"), "PNG"),
    "tones.png": lambda: saved(scene("LA"), "PNG"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("odd") / "isles"
    shutil.copytree(ROOT / "examples" / "marrow-isles", root, ignore=shutil.ignore_patterns("dist", ".cache", "2031"))
    data = root / "data" / "2032"
    (data / "images").mkdir()
    entries, directives = ["images:"], list[str]()
    for number, (name, make) in enumerate(PHOTOGRAPHS.items(), 1):
        (data / "images" / name).write_bytes(make())
        entries.append(
            f'  photo-{number}:\n    {{file: "{name}", alt: "A disc on a ground of soft tones", credit: "Nobody"}}'
        )
        directives.append(f"[[image: photo-{number}]]")
    (data / "images.yaml").write_text("\n".join(entries) + "\n", "utf-8")
    section = data / "sections" / "passage.md"
    section.write_text(section.read_text("utf-8").rstrip() + "\n\n" + "\n\n".join(directives) + "\n", "utf-8")
    whole = build.whole_project()
    return Project(root, whole.figures, whole.artworks, ROOT)


@pytest.fixture(scope="module")
def built(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuildResult]:
    out = tmp_path_factory.mktemp("dist")
    yield run_pipeline(project, "2032", USUAL, out, Progress(quiet=True), strict=False)


def file_of(built: BuildResult, variant: str) -> Path:
    (entry,) = (entry for entry in built.manifest.files if entry.variant == variant)
    return built.folder / entry.name


def images(path: Path) -> list[Any]:
    with pikepdf.open(path) as pdf:
        streams = [
            item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        return [(str(item.ColorSpace), int(item.BitsPerComponent), "/Interpolate" in item, item.read_raw_bytes())
                for item in streams]  # fmt: skip


def test_it_builds_without_an_error(built: BuildResult) -> None:
    assert [str(problem) for problem in built.problems if problem.severity is Severity.ERROR] == []


def test_every_claim_is_confirmed_in_the_build(built: BuildResult) -> None:
    record = json.loads((built.folder / "manifest.json").read_text("utf-8"))
    standards = {entry["variant"]: entry["standards"] for entry in record["files"]}
    assert standards["screen"]["PDF/UA-1"].startswith("page-validation")
    assert standards["archive"]["PDF/A-3a"].startswith("page-validation")
    assert standards["archive"]["PDF/UA-1"].startswith("page-validation")
    assert standards["print"]["PDF/X-4"].startswith("own preflight")


def test_vera_confirms_them_too(built: BuildResult) -> None:
    if not installed():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("veraPDF is not installed: make validator")
    claims = {"screen": ["PDF/UA-1"], "archive": ["PDF/A-3a", "PDF/UA-1"]}
    for variant, standards in claims.items():
        path = file_of(built, variant)
        for verdict in validate(path.read_bytes(), path.name, standards):
            assert verdict.passed, verdict.failed


def test_print_has_inks_alone_and_readers_get_rgb_or_grey(built: BuildResult) -> None:
    assert {space for space, *_ in images(file_of(built, "print"))} == {"/DeviceCMYK", "/DeviceGray"}
    for variant in ("screen", "archive"):
        assert {space for space, *_ in images(file_of(built, variant))} == {"/DeviceRGB", "/DeviceGray"}


def test_no_image_asks_to_be_smoothed_or_tells_of_its_camera(built: BuildResult) -> None:
    for variant in USUAL:
        for _, _, smoothed, data in images(file_of(built, variant)):
            assert not smoothed
            assert b"Telephone" not in data and b"Exif" not in data
