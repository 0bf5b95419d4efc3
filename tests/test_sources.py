"""The digests of what an edition is made from: each part's changes are seen in that part, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from report.sources import EARLIER, PARTS, digests

FILES = {
    "data": "data/2023-24/facts.yaml",
    "layouts": "layouts/report.html.j2",
    "styles": "styles/pages/cover.css",
    "fonts": "styles/fonts/Sans.ttf",
    "figures": "figures/bars.py",
    "printers": "report/printers/sheetfed.yaml",
    "code": "report/pdf.py",
    EARLIER: "data/2022-23/facts.yaml",
}
EDITIONS = ["2022-23", "2023-24", "2024-25"]


def put(root: Path, name: str, text: str = "first") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES.values():
        put(tmp_path, name)
    return tmp_path


def test_every_part_has_a_digest(root: Path) -> None:
    found = digests(root, "2023-24", EDITIONS)
    assert set(found) == set(FILES) == {*PARTS, EARLIER}
    assert {len(digest) for digest in found.values()} == {64}


@pytest.mark.parametrize("part", FILES)
@pytest.mark.parametrize("change", ["another content", "another name", "another file"])
def test_a_change_is_seen_in_its_part_alone(root: Path, part: str, change: str) -> None:
    before, path = digests(root, "2023-24", EDITIONS), root / FILES[part]
    if change == "another content":
        path.write_text("second")
    elif change == "another name":
        path.rename(path.with_name("other.txt"))
    else:
        put(root, str(Path(FILES[part]).parent / "new.txt"))
    after = digests(root, "2023-24", EDITIONS)
    assert [name for name in before if before[name] != after[name]] == [part]


@pytest.mark.parametrize(
    "name",
    ["data/2024-25/facts.yaml", "layouts/reports/base.html.j2", "report/__pycache__/pdf.pyc", "styles/.DS_Store",
     "tests/test_pdf.py", "README.md"],
)  # fmt: skip
def test_what_no_page_is_made_from_changes_nothing(root: Path, name: str) -> None:
    before = digests(root, "2023-24", EDITIONS)
    put(root, name)
    assert digests(root, "2023-24", EDITIONS) == before


def test_a_file_can_not_pass_for_two(root: Path) -> None:
    put(root, "figures/a.py", "x")
    before = digests(root, "2023-24", EDITIONS)
    (root / "figures" / "a.py").rename(root / "figures" / "b.py")
    assert digests(root, "2023-24", EDITIONS) != before
