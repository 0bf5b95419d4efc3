"""A tiny project on the desk, for tests: written to a folder, and built once for all who only look at it."""

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
    """Write the tiny edition with the real press around it; `copied`: what staff edit are copies of their own."""
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
    """Return everything of a kind with its page."""
    return [(leaf, spot) for leaf in preview.pages for spot in leaf.spots if spot.kind == kind]


def holds(outer: Frame, inner: Frame) -> bool:
    """Tell whether a box lies inside another, give or take a point."""
    return (
        outer[0] - 1 <= inner[0]
        and outer[1] - 1 <= inner[1]
        and outer[0] + outer[2] + 1 >= inner[0] + inner[2]
        and outer[1] + outer[3] + 1 >= inner[1] + inner[3]
    )
