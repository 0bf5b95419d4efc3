"""Image files: what a photograph or a drawing must be, and what the message says when it is not."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageFile

from report.checks import pictures
from report.checks.pictures import image_problems
from report.edition.edition import Edition
from report.problems import Place, Problem, Severity

Judge = Callable[..., list[Problem]]
XLINK = "xmlns:xlink='http://www.w3.org/1999/xlink'"


@pytest.fixture
def judge(load_edition: Callable[..., Edition]) -> Judge:
    """Return a function that gives the problems of an image with this name and content."""

    def image(name: str, data: bytes | None, file: str = "") -> list[Problem]:
        edition = load_edition(
            images=f"images:\n  class: {{file: '{file or name}', alt: Children, credit: A. Person}}\n"
        )
        (edition.root / "images").mkdir(exist_ok=True)
        if data is not None:
            (edition.root / "images" / name).write_bytes(data)
        problems = list(image_problems(edition, "class"))
        assert {problem.where for problem in problems} <= {Place("data/tiny/images.yaml", 2, 11)}
        return problems

    return image


def picture(width: int, height: int = 4, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 120, 40)).save(out, kind)
    return out.getvalue()


def svg(inside: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode()


@pytest.mark.parametrize(
    ("name", "code", "what", "hint"),
    [
        ("a.gif", "image-kind", "The image format of `a.gif` is not supported.", "Save it as JPEG, PNG or SVG."),
        ("b.jpg", "image-missing", "The file images/b.jpg does not exist.", "Add the file, or correct its name."),
        ("../b.jpg", "outside", "`../b.jpg` is outside images/.", "Put a copy of the file into images/."),
        (f"{'x' * 90}.jpg", "image-missing", f"The file images/{'x' * 80} does not exist.", "Add the file, or correct"),
        (
            f"{'x' * 300}.JPEG",
            "image-missing",
            f"The file images/{'x' * 80} does not exist.",
            "Add the file, or correct",
        ),
    ],
)
def test_a_file_that_is_not_there_says_so(judge: Judge, name: str, code: str, what: str, hint: str) -> None:
    (problem,) = judge("a.jpg", picture(2000), name)
    assert (problem.code, problem.severity, problem.what) == (code, Severity.ERROR, what)
    assert problem.hint.startswith(hint)


def test_an_absolute_path_is_outside_even_if_it_leads_inside(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "data" / "tiny" / "images" / "a.jpg"
    assert [problem.code for problem in judge("a.jpg", picture(2000), str(path))] == ["outside"]


def test_a_folder_and_a_link_to_itself_are_no_images(judge: Judge, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "tiny" / "images"
    folder.mkdir(parents=True)
    (folder / "a.jpg").mkdir()
    (folder / "b.jpg").symlink_to("b.jpg")
    assert [problem.code for problem in judge("a.jpg", None)] == ["image-missing"]
    assert [problem.code for problem in judge("b.jpg", None)] == ["image-missing"]


def test_a_damaged_photograph_says_what_to_do_with_it(judge: Judge) -> None:
    (unknown,) = judge("a.jpg", b"not an image")
    assert unknown.what == "images/a.jpg is damaged, or is not a JPEG or PNG file."
    (cut,) = judge("a.jpg", picture(2000, 400)[:1500])
    assert cut.what.startswith("images/a.jpg could not be read: ")
    assert unknown.hint == cut.hint == "Open it in an image editor and save it again."
    assert {problem.code for problem in (unknown, cut)} == {"image-unreadable"}


def test_a_photograph_that_may_not_be_read_gives_the_reason_without_its_path(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path, **options: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Image, "open", denied)
    (problem,) = judge("a.jpg", b"")
    assert problem.what == "images/a.jpg could not be read: Permission denied."


def test_the_setting_of_the_engine_for_cut_photographs_is_put_back(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert [problem.code for problem in judge("a.jpg", picture(2000, 400)[:1500])] == ["image-unreadable"]
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_a_photograph_in_another_format_than_its_name_is_judged_by_its_content(judge: Judge) -> None:
    assert judge("a.jpg", picture(2000, kind="PNG")) == []
    assert [problem.code for problem in judge("a.png", picture(2000, kind="GIF"))] == ["image-unreadable"]


def with_size(width: int, height: int) -> bytes:
    """Return a PNG file that claims this size."""
    small, header = picture(4, kind="PNG"), struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    at = small.index(b"IHDR") + 4
    return small[:at] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + small[at + 17 :]


@pytest.mark.parametrize("side", [10_001, 14_000, 60_000])
def test_a_photograph_of_more_than_a_hundred_million_pixels_is_too_large(judge: Judge, side: int) -> None:
    (problem,) = judge("a.png", with_size(10_000, side))
    assert (problem.code, problem.severity) == ("image-size", Severity.ERROR)
    assert problem.what == "images/a.png is too large: it has more than 100 million pixels."
    assert problem.hint == "Scale it down."


def test_a_photograph_of_the_greatest_size_is_read(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pictures.MAX_PIXELS == 100_000_000
    monkeypatch.setattr(pictures, "MAX_PIXELS", 8000)
    assert judge("a.jpg", picture(2000, 4)) == []
    assert [problem.code for problem in judge("a.jpg", picture(2000, 5))] == ["image-size"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (svg("<script/>"), "contains `<script>`, but scripts and references to other files are not allowed (line 1)."),
        (svg("<g><path/></g><path/><script/>"), "contains `<script>`, but scripts"),
        (svg(f"<use {XLINK} xlink:href='other.svg#a'/>"), "contains `href=other.svg#a`, but scripts"),
        (svg("<path src='a.png'/>"), "contains `src=a.png`, but scripts"),
        (
            svg(f"<g id='a'><use {XLINK} xlink:href='#a'/></g><use href='#b'/>"),
            "uses #a within itself",
        ),
        (svg("<path OnLoad='x()'/>"), "contains `onload=x()`, but scripts"),
        (svg("<use href='other.svg#a'/>"), "contains `href=other.svg#a`, but scripts"),
        (svg(f"<path fill='url(x{'y' * 50})'/>"), f"contains `fill=url(x{'y' * 30}`, but scripts"),
        (svg("<path style='@IMPORT x'/>"), "contains `style=@IMPORT x`, but scripts"),
        (svg("<path style='fill: u\\72l(x)'/>"), "contains `style=fill: u\\72l(x)`, but scripts"),
        (b"<!DOCTYPE svg [<!ELEMENT x ANY>]>" + svg(""), "contains `<!DOCTYPE`, but scripts"),
        (b"<?php x?>" + svg(""), "contains `<?`, but scripts"),
        (
            svg("<linearGradient id='b'/>"),
            "contains a gradient, `<lineargradient>`, which has no inks",
        ),
        (svg("<style>@import url(x.css)</style>"), "contains `url(`, but scripts"),
        (svg("<style>@font-face { src: local(x) }</style>"), "contains `@font-face`, but scripts"),
        (svg("<g>" * 64 + "</g>" * 64), "has more than 64 nested elements."),
        (
            svg(f"<g id='{'a' * 50}'><use href='#{'a' * 50}'/></g>"),
            f"uses #{'a' * 40} within itself, or more than 20,000 times: uses can multiply without limit",
        ),
    ],
)
def test_a_drawing_that_is_not_plain_says_what_it_contains(judge: Judge, data: bytes, what: str) -> None:
    (problem,) = judge("a.svg", data)
    assert (problem.code, problem.severity) == ("active-svg", Severity.ERROR)
    assert problem.what.startswith(f"images/a.svg {what}")
    assert problem.hint == "Export it again as plain shapes and text."


@pytest.mark.parametrize(
    "inside",
    [
        "<g>" * 63 + "</g>" * 63,
        "<g><path/></g>" * 100,
        "<use href=' #a'/><path id='a' fill='URL( &quot;#b&quot;)'/>",
        "<style>.a { fill: url(#b) }</style><metadata/><title>one</title>",
    ],
    ids=["deep", "long", "used", "styled"],
)
def test_a_drawing_of_plain_shapes_is_accepted(judge: Judge, inside: str) -> None:
    assert judge("a.svg", b"<?xml version='1.0'?>\n" + svg(inside)) == []
    assert judge("A.SVG", svg(inside)) == []


def test_a_drawing_that_cannot_be_read_gives_the_reason(judge: Judge) -> None:
    (broken,) = judge("a.svg", b"<svg><g></svg>")
    assert (broken.code, broken.hint) == ("image-unreadable", "Export it again.")
    assert broken.what.startswith("images/a.svg is not a valid SVG: mismatched tag")
    (latin,) = judge("a.svg", svg("<title>é</title>").decode().encode("latin-1"))
    assert (latin.code, latin.hint) == ("image-unreadable", "Save the file as UTF-8 in your editor.")
    assert latin.what == "images/a.svg could not be read: This character is not valid UTF-8."
