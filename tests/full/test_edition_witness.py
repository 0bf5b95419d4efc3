"""Witnesses: tools that we did not write look at the print file, and agree with what we say of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from documents.test_press_photographs import COLOURS, photograph
from documents.test_press_photographs import printed as with_photograph
from PIL import Image

from full.conftest import OpenedPdf
from report.preflight.facts import read_facts
from report.preflight.ink import page_ink
from report.preflight.plates import DPI, plates
from report.preflight.records import FileInfo

SCALE = DPI / 72
Inks = npt.NDArray[np.uint8]


def tool(name: str) -> str:
    """Return a tool's path. Where tests must not be left out (CI), a missing tool is a failure."""
    if path := shutil.which(name):
        return path
    reason = f"{name} is not on this machine, so nobody witnesses the print file: `make setup-dev` installs it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def asked(name: str, *arguments: str | Path) -> str:
    """Return what a tool says. It must find no fault."""
    done = subprocess.run([tool(name), *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{name}: {done.stdout[-500:]}{done.stderr[-500:]}"
    return done.stdout


@pytest.fixture(scope="module")
def path(printed: OpenedPdf, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The print file on disk."""
    file = tmp_path_factory.mktemp("witness") / "print.pdf"
    file.write_bytes(printed.data)
    return file


@pytest.fixture(scope="module")
def facts(printed: OpenedPdf) -> FileInfo:
    return read_facts(printed.data, "print.pdf")


@pytest.fixture(scope="module")
def looked_at(facts: FileInfo) -> list[int]:
    """Every sixth page, from the cover on, and the last."""
    return [*range(1, len(facts.pages), 6), len(facts.pages)]


def separated(file: Path, pages: list[int], folder: Path) -> dict[int, Inks]:
    """Return the four inks of some pages as Ghostscript renders them: smooth, at the resolution of our plates."""
    numbers = ",".join(map(str, pages))
    asked("gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=tiffscaled32", f"-r{4 * DPI}", "-dDownScaleFactor=4",
          "-dGraphicsAlphaBits=4", "-dTextAlphaBits=4", f"-sPageList={numbers}", f"-sOutputFile={folder}/%03d.tif",
          file)  # fmt: skip
    return {
        page: np.asarray(Image.open(folder / f"{number:03}.tif")).astype(np.uint8)
        for number, page in enumerate(pages, 1)
    }


@pytest.fixture(scope="module")
def ghostscript(path: Path, looked_at: list[int], tmp_path_factory: pytest.TempPathFactory) -> dict[int, Inks]:
    return separated(path, looked_at, tmp_path_factory.mktemp("plates"))


@pytest.fixture(scope="module")
def ours(printed: OpenedPdf, looked_at: list[int]) -> dict[int, Inks]:
    return dict(zip(looked_at, plates(printed.data, [page - 1 for page in looked_at]), strict=True))


def trimmed(inks: Inks) -> Inks:
    """Return what stays after the cut: marks are thin, and each renderer draws them in its own way."""
    top, left = round(36 * SCALE), round(36 * SCALE)
    return inks[top : top + round(792 * SCALE), left : left + round(612 * SCALE)]


def test_qpdf_finds_no_fault_in_the_structure(path: Path) -> None:
    said = asked("qpdf", "--check", path)
    assert "PDF Version: 1.6" in said
    assert "File is not encrypted" in said
    assert "No syntax or stream encoding errors found" in said


def test_poppler_finds_every_font_embedded_subset_and_readable(path: Path, printed: OpenedPdf) -> None:
    rows = asked("pdffonts", path).splitlines()[2:]
    found = [row.split()[-5:-2] for row in rows]
    assert len(rows) == len(printed.fonts) >= 6
    assert {tuple(row) for row in found} == {("yes", "yes", "yes")}
    assert not [row for row in rows if "Type 3" in row]


def test_poppler_finds_no_rgb_image(path: Path, tmp_path: Path) -> None:
    assert not [row for row in asked("pdfimages", "-list", path).splitlines()[2:] if row.split()[5] != "gray"
                and row.split()[5] != "cmyk"]  # fmt: skip
    file = tmp_path / "photograph.pdf"
    file.write_bytes(with_photograph(photograph((*COLOURS["red"], 128), "RGBA")))
    found = [(row.split()[2], row.split()[5]) for row in asked("pdfimages", "-list", file).splitlines()[2:]]
    assert sorted(found) == [("image", "cmyk"), ("smask", "gray")]


def test_poppler_agrees_on_the_boxes(path: Path) -> None:
    said = asked("pdfinfo", "-box", "-f", "1", "-l", "2", path)
    boxes = {line.split(":")[0].strip(): [float(each) for each in line.split(":")[1].split()]
             for line in said.splitlines() if "Box:" in line}  # fmt: skip
    assert boxes["Page    1 MediaBox"] == boxes["Page    1 CropBox"] == [0, 0, 684, 864]
    assert boxes["Page    1 TrimBox"] == boxes["Page    2 TrimBox"] == [36, 36, 648, 828]
    assert boxes["Page    1 BleedBox"] == [36, 27, 657, 837]
    assert boxes["Page    2 BleedBox"] == [27, 27, 648, 837]


def solids(inks: Inks) -> Iterator[tuple[slice, slice]]:
    """Yield the middles of all squares that are one even colour."""
    size, inner = 12, slice(4, 8)
    for row in range(0, inks.shape[0] - size, size):
        for column in range(0, inks.shape[1] - size, size):
            square = inks[row : row + size, column : column + size]
            if square.any() and (square == square[0, 0]).all():
                yield (slice(row + inner.start, row + inner.stop), slice(column + inner.start, column + inner.stop))


def test_ghostscript_and_we_see_the_same_inks_on_every_plate_of_every_solid(
    ghostscript: dict[int, Inks], ours: dict[int, Inks]
) -> None:
    compared = 0
    for page, theirs in ghostscript.items():
        witness, plate = trimmed(theirs), trimmed(ours[page])
        for middle in solids(witness):
            off = np.abs(plate[middle].astype(int) - witness[middle].astype(int)).max()
            assert off <= 5, f"page {page}: {plate[middle][0, 0]} is {witness[middle][0, 0]} to Ghostscript"
            compared += 1
    assert compared > 5000


def test_ghostscript_and_we_see_the_same_total_ink(
    ghostscript: dict[int, Inks], ours: dict[int, Inks], facts: FileInfo
) -> None:
    highest = []
    for page, theirs in ghostscript.items():
        witness, plate = (page_ink(inks, facts.pages[page - 1]).coverage for inks in (theirs, ours[page]))
        if witness >= 150:  # below, the densest spot is a letter, and a matter of how its edge is smoothed
            assert plate == pytest.approx(witness, rel=0.03, abs=0.3), f"page {page}"
        highest.append((plate, witness))
    assert max(plate for plate, _ in highest) == pytest.approx(max(witness for _, witness in highest), rel=0.02)


def test_ghostscript_and_we_see_the_same_amount_of_ink(ghostscript: dict[int, Inks], ours: dict[int, Inks]) -> None:
    amounts = {
        page: tuple(float(trimmed(inks).astype(int).sum(axis=2).mean()) / 2.55 for inks in (ours[page], theirs))
        for page, theirs in ghostscript.items()
    }
    for page, (plate, witness) in amounts.items():
        assert plate == pytest.approx(witness, rel=0.03, abs=0.3), f"page {page}"


def test_ghostscript_sees_body_text_on_the_black_plate_alone(
    ghostscript: dict[int, Inks], printed: OpenedPdf, facts: FileInfo
) -> None:
    looked = 0
    for page, theirs in ghostscript.items():
        witness = trimmed(theirs)
        for run in printed.runs:
            if run.page != page or not 9 <= run.size <= 10.5 or max(run.colour) > 60 or run.height < 4:
                continue
            x0, y0, x1, y1 = (round(edge * SCALE) for edge in (run.x, run.y, run.x + run.width, run.y + run.height))
            inks = witness[y0 : y1 + 1, x0 : x1 + 1]
            if inks.size and not inks[0, :, :3].any():  # on bare paper
                assert not inks[..., :3].any(), f"page {page}: “{run.text.strip()[:40]}” is not in black alone"
                assert inks[..., 3].max() > 60
                looked += 1
    assert looked > 200


def test_ghostscript_sees_a_photograph_the_right_way_round(tmp_path: Path) -> None:
    data = with_photograph(photograph(COLOURS["red"]))
    (tmp_path / "red.pdf").write_bytes(data)
    theirs = separated(tmp_path / "red.pdf", [1], tmp_path)[1]
    (plate,) = plates(data)
    assert theirs[170, 170].tolist() == pytest.approx(plate[170, 170].tolist(), abs=2)
    assert theirs[170, 170][1] > 200
