"""The tiny project for desk tests."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import ARTWORKS, write_tiny
from pages import ROOT, link_project

import figures
from report.desk.records import Hotspot, PagePreview, Preview
from report.geometry import Frame
from report.project import Project


def write_project(folder: Path, copied: bool = False) -> Path:
    """Write the tiny edition and link the real project around it. `copied`: copy the folders that staff edit."""
    write_tiny(folder / "data" / "tiny")
    link_project(folder)
    for name in ("figures", "layouts", "styles") if copied else ():
        (folder / name).unlink()
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def project(folder: Path) -> Project:
    """Return the project in a folder."""
    return Project(folder, figures.FIGURES, ARTWORKS)


def spots_of(preview: Preview, kind: str) -> list[tuple[PagePreview, Hotspot]]:
    """Return all hotspots of a kind with their pages."""
    return [(leaf, spot) for leaf in preview.pages for spot in leaf.spots if spot.kind == kind]


def holds(outer: Frame, inner: Frame) -> bool:
    """Return whether a box is inside another, within a point."""
    return (
        outer[0] - 1 <= inner[0]
        and outer[1] - 1 <= inner[1]
        and outer[0] + outer[2] + 1 >= inner[0] + inner[2]
        and outer[1] + outer[3] + 1 >= inner[1] + inner[3]
    )
