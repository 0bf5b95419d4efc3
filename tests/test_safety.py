"""Source files of a project: raw colours, external addresses, drawings and photographs."""

from __future__ import annotations

import io
import random
import struct
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import EpsImagePlugin, Image

from report.checks.safety import check_sources
from report.design.tokens import Tokens
from report.edition.edition import Edition
from report.edition.load import load
from report.problems import Place, Problem, Severity
from report.searchpath import SearchPath

Css = Callable[..., list[Problem]]
Photo = Callable[..., list[Problem]]
ENTRY = "images:\n  class: {{file: {0}, alt: Children paint, credit: A. Person}}\n"


@pytest.fixture
def css(tmp_path: Path, load_edition: Callable[..., Edition], tokens: Tokens) -> Css:
    """Return a function that gives the problems of a stylesheet, template or drawing."""

    def judge(text: str, path: str = "styles/1-page.css") -> list[Problem]:
        edition = load_edition()
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
        return [
            problem for problem in check_sources(SearchPath.of(tmp_path), edition, tokens) if problem.where.file == path
        ]

    return judge


@pytest.fixture
def photo(tmp_path: Path, write_edition: Callable[..., Path], tokens: Tokens) -> Photo:
    """Return a function that gives the problems of these image files; images.yaml names the first."""

    @cache
    def edition(entry: str) -> Edition:
        folder = write_edition(images=entry)
        (folder / "images").mkdir(exist_ok=True)
        return load(folder, "data/tiny")

    def judge(files: dict[str, bytes], entry: str = "") -> list[Problem]:
        loaded = edition(entry or ENTRY.format(f'"{next(iter(files))}"'))
        for name, data in files.items():
            (loaded.root / "images" / name).write_bytes(data)
        problems = check_sources(SearchPath.of(tmp_path), loaded, tokens)
        return [problem for problem in problems if "images.yaml" in problem.where.file]

    return judge


def picture(width: int = 2000, kind: str = "JPEG", height: int = 4) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 120, 40)).save(out, kind)
    return out.getvalue()


def svg(inside: str, attributes: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" {attributes}>{inside}</svg>'.encode()


@pytest.mark.parametrize(
    "address",
    ["url(http://example.org/x.png)", "url('https://example.org/x.png')", 'url( "file:///etc/passwd" )',
     "URL(file:///etc/passwd)", "url(../data/x.png)", "url(//example.org/x)", "url(data:image/png;base64,AAAA)",
     r"u\72l(file:///etc/passwd)",],
)  # fmt: skip
def test_a_stylesheet_with_an_external_address_is_refused(css: Css, address: str) -> None:
    (problem,) = css(f"p {{\n  background: {address};\n}}\n")
    assert (problem.code, problem.severity) == ("outside-address", Severity.ERROR)
    assert problem.where == Place("styles/1-page.css", 2, 15)


@pytest.mark.parametrize(
    "rule",
    ["@import 'other.css';", '@import url("http://example.org/x.css");', "@import url(x.css) print;",
     "@IMPORT 'x.css';",
     '@import"x.css";', "@import/**/'x.css';", r"@\69mport 'x.css';"],
)  # fmt: skip
def test_a_stylesheet_that_imports_another_is_refused(css: Css, rule: str) -> None:
    assert [(problem.code, problem.where.line) for problem in css(f"p {{ margin: 0; }}\n{rule}\n")] == [
        ("outside-address", 2)
    ]


def test_an_address_cannot_hide_between_false_comment_marks(css: Css) -> None:
    text = 'p::before { content: "/*"; }\np { background: url(http://example.org); }\np::after { content: "*/"; }\n'
    assert [(problem.code, problem.where.line) for problem in css(text)] == [("outside-address", 2)]


def test_drawings_of_the_project_and_comments_are_accepted(css: Css) -> None:
    assert css("p { background: url('press:art/cover'); clip-path: url(#a); } /* url(http://x) #FFF */") == []


@pytest.mark.parametrize(
    "colour", ["#fff", "#14294B", "rgb(1, 2, 3)", "rgba(0,0,0,.5)", "hsl(1 2% 3%)", "device-cmyk(0 0 0 1)"]
)
def test_a_raw_colour_is_refused_at_its_place(css: Css, colour: str) -> None:
    (problem,) = css(f"p {{\n  color: {colour};\n}}\n")
    assert (problem.code, problem.where) == ("raw-colour", Place("styles/1-page.css", 2, 10))


@pytest.mark.parametrize("colour", ["red", "white", "RebeccaPurple"])
def test_a_colour_name_is_a_raw_colour(css: Css, colour: str) -> None:
    assert [problem.code for problem in css(f"p {{ color: {colour}; }}\n")] == ["raw-colour"]


def test_ids_keywords_and_tokens_are_not_raw_colours(css: Css) -> None:
    assert css("#cafe { color: var(--ink); background: transparent; fill: currentColor; }\n") == []


@pytest.mark.parametrize("rule", ["--hue: red", "color: rgb(0 0 0)", "border-top: 1pt solid navy", "--x: #fff"])
def test_a_raw_colour_in_any_painting_declaration_or_variable_is_refused(css: Css, rule: str) -> None:
    assert [problem.code for problem in css(f"p {{ {rule}; }}\n")] == ["raw-colour"]


@pytest.mark.parametrize(
    ("template", "line", "column"),
    [
        ('<p style="color: #123456">', 1, 18),
        ('<p style="color:red">', 1, 17),
        ("<p\n  style='--hue: {{ x }}; background: navy'>", 2, 38),
        ('<svg>\n<path fill="#123456"/>', 2, 13),
        ("<path stroke = 'red'/>", 1, 17),
        ("<stop stop-color=red>", 1, 18),
        ('<td bgcolor="white">', 1, 14),
        ('{% set hue = "#123456" %}', 1, 15),
        ("<style>\np { color: red }</style>", 2, 12),
    ],
)
def test_a_raw_colour_in_a_template_is_refused_at_its_place(css: Css, template: str, line: int, column: int) -> None:
    (problem,) = css(template, "layouts/pages/x.html.j2")
    assert (problem.code, problem.where.line, problem.where.column) == ("raw-colour", line, column)


def test_tokens_and_ordinary_words_are_accepted_in_a_template(css: Css) -> None:
    template = (
        '<p id="cafe" style="--hue: var(--{{ pillar }}); color: var(--ink)" data-fill="red">Red, tan: #123</p>'
        '<path fill="none" stroke="var(--ink)" d="M0 0"/><use fill="{{ hue }}" href="#red"/>'
    )
    assert css(template, "layouts/pages/x.html.j2") == []


@pytest.mark.parametrize(
    "source",
    ["x = '#123456'", "draw(1, 'red')", "draw('tab:blue')", "line(color=(0.1, 0.2, 0.3))",
     "bar(facecolor=[1, 0, 0, 1])",
     "line(colour='k')", "text(color='0.5')", "x = ['C0']", "line(edgecolor='rebeccapurple')"],
)  # fmt: skip
def test_a_raw_colour_in_a_drawing_is_refused_however_it_is_written(css: Css, source: str) -> None:
    (problem,) = css(f'"""Red and tan."""\n{source}\n', "figures/x.py")
    assert (problem.code, problem.where.line) == ("raw-colour", 2)


def test_tokens_positions_and_letters_are_not_colours_in_a_drawing(css: Css) -> None:
    source = "disc((1.0, 2.0, 3.0), 'ink', name='k')\nline(colour='base', width=(1, 2, 3))\ntext('none', colour=hue)\n"
    assert css(source, "figures/x.py") == []


def test_an_unset_variable_is_refused_with_a_suggestion(css: Css) -> None:
    (problem,) = css("p {\n  color: var(--txt);\n}\n")
    assert (problem.code, problem.where) == ("unknown-variable", Place("styles/1-page.css", 2, 10))
    assert problem.hint.startswith("Did you mean `--text")


def test_a_variable_may_be_a_token_or_be_set_anywhere_in_the_project(css: Css) -> None:
    assert css("p { --own: 3pt; margin: var(--own) var(--page-gutter) calc(2 * var(--col-2)); }") == []
    assert css('<p style="color: var(--{{ pillar }}-mid); --x: var(--txt)">', "layouts/a.j2")[0].where.column == 48


def test_a_valid_image_has_no_problem(photo: Photo) -> None:
    assert photo({"a.jpg": picture()}) == []
    assert photo({"a.PNG": picture(kind="PNG")}) == []
    assert photo({"drawing.svg": svg('<path d="M0 0" fill="url(#a)"/>')}) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("nowhere.jpg", "image-missing"), ("a.gif", "image-kind"), ("a.pdf", "image-kind"), ("a", "image-kind"),
     ("../../../secret.jpg", "outside"), ("/etc/secret.jpg", "outside"), ("x" * 300 + ".jpg", "image-missing"),
    ],
)  # fmt: skip
def test_an_image_that_is_missing_or_outside_its_folder_is_refused(photo: Photo, name: str, code: str) -> None:
    (problem,) = photo({"a.jpg": picture()}, ENTRY.format(f'"{name}"'))
    assert (problem.severity, problem.where.line, problem.where.column) == (Severity.ERROR, 2, 11)
    assert problem.code == code


@pytest.mark.parametrize("target", ["a file", "the folder"])
def test_a_photograph_behind_a_link_to_outside_is_refused(
    photo: Photo, tmp_path: Path, write_edition: Callable[..., Path], target: str
) -> None:
    outside, folder = tmp_path / "outside", write_edition()
    outside.mkdir()
    (outside / "a.jpg").write_bytes(picture())
    if target == "a file":
        (folder / "images").mkdir()
        (folder / "images" / "a.jpg").symlink_to(outside / "a.jpg")
    else:
        (folder / "images").symlink_to(outside)
    assert [problem.code for problem in photo({}, ENTRY.format("a.jpg"))] == ["outside"]


@pytest.mark.parametrize("alt", ["", "alt: ,", 'alt: "",', 'alt: "  ",'])
def test_a_photograph_without_alternative_text_is_an_error(problems_of: Callable[..., list[Problem]], alt: str) -> None:
    (problem,) = problems_of(images=f"images:\n  class: {{file: a.jpg, {alt} credit: A. Person}}\n")
    assert (problem.severity, problem.where.line) == (Severity.ERROR, 2)
    assert "`alt`" in problem.what


@pytest.mark.parametrize(
    "data", [b"", b"not an image", picture()[:300], picture(kind="PNG")[:60], picture(kind="PNG")[:8]]
)
def test_an_unreadable_photograph_is_named(photo: Photo, data: bytes) -> None:
    (problem,) = photo({"a.jpg": data})
    assert problem.code == "image-unreadable"
    assert "images/a.jpg" in problem.what and "/tmp" not in problem.what


def test_damaged_photographs_give_problems_and_nothing_else(photo: Photo) -> None:
    rng = random.Random(7)
    for good in (picture(40, "PNG", 40), picture(40, "JPEG", 40)):
        for _ in range(25):
            bad = bytearray(good)
            bad[rng.randrange(len(bad))] = rng.randrange(256)
            assert {problem.code for problem in photo({"a.png": bytes(bad)})} <= {
                "image-unreadable",
                "image-size",
                "image-colours",
            }


@pytest.mark.parametrize("side", [11_000, 60_000])
def test_a_photograph_of_absurd_size_is_refused_without_being_unpacked(photo: Photo, side: int) -> None:
    header = struct.pack(">II5B", side, side, 8, 2, 0, 0, 0)
    small = picture(4, "PNG")
    at = small.index(b"IHDR") + 4
    crc = struct.pack(">I", __import__("zlib").crc32(b"IHDR" + header))
    (problem,) = photo({"a.png": small[:at] + header + crc + small[at + 17 :]})
    assert problem.code in {"image-size", "image-unreadable"}


def test_postscript_named_as_a_photograph_is_never_run(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    run = list[object]()
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *arguments, **options: run.append(arguments))
    problems = photo({"a.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 3000 3000\n%%EndComments\nshowpage\n"})
    assert ([problem.code for problem in problems], run) == (["image-unreadable"], [])


@pytest.mark.parametrize(
    "data",
    [
        svg("<script>alert(1)</script>"),
        svg("<svg:script xmlns:svg='http://www.w3.org/2000/svg'>alert(1)</svg:script>"),
        svg("", 'onload="alert(1)"'),
        svg("<a href='https://example.org'><path/></a>"),
        svg("<image xlink:href='file:///etc/passwd'/>"),
        svg("<use href='other.svg#a'/>"),
        svg("<foreignObject><p>x</p></foreignObject>"),
        svg("<style>@import url(http://example.org/x.css);</style>"),
        svg("<path style='fill: url(http://example.org/x.svg#a)'/>"),
        b'<?xml-stylesheet href="http://example.org/x.css"?>' + svg(""),
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<text>&x;</text>"),
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + svg("<text>&b;</text>"),
        svg("<path/>").decode().encode("utf-16"),
    ],
    ids=["script", "script with prefix", "event", "link", "image", "use", "foreign", "import", "url", "stylesheet",
         "entity", "bomb", "another encoding"],
)  # fmt: skip
def test_a_drawing_with_active_content_or_external_references_is_refused(photo: Photo, data: bytes) -> None:
    (problem,) = photo({"a.svg": data})
    assert (problem.severity, problem.where) == (Severity.ERROR, Place("data/tiny/images.yaml", 2, 11))


@pytest.mark.parametrize(
    "drawing",
    [
        '<g id="a"><use href="#a"/></g>',
        '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>',
        "".join(f'<g id="a{n}">' + f'<use href="#a{n + 1}"/>' * 10 + "</g>" for n in range(5)) + '<path id="a5"/>',
    ],
    ids=["of itself", "in a circle", "without limit"],
)
def test_a_drawing_whose_uses_multiply_is_refused(photo: Photo, drawing: str) -> None:
    assert [problem.code for problem in photo({"a.svg": svg(drawing)})] == ["active-svg"]


@pytest.mark.parametrize("levels", [100, 5_000, 60_000])
def test_a_deeply_nested_drawing_is_refused_quickly(photo: Photo, levels: int) -> None:
    start = time.process_time()
    (problem,) = photo({"a.svg": svg("<g>" * levels + "<path/>" + "</g>" * levels)})
    assert (problem.code, "64 nested elements" in problem.what) == ("active-svg", True)
    assert time.process_time() - start < 1


def test_a_drawing_with_many_uses_is_checked_quickly(photo: Photo) -> None:
    start = time.process_time()
    assert photo({"a.svg": svg('<g id="a"><path/></g>' + '<g><use href="#a"/></g>' * 20_000)}) == []
    assert time.process_time() - start < 1


def test_a_drawing_may_use_a_part_that_uses_another(photo: Photo) -> None:
    nested = '<g id="a"><path/></g><g id="b"><use href="#a"/><use href="#a"/></g><use href="#b"/>'
    assert photo({"a.svg": svg(nested)}) == []


def test_a_drawing_may_reuse_a_part(photo: Photo) -> None:
    assert photo({"a.svg": svg('<path id="a"/><use href="#a"/><use href="#a"/>')}) == []


@pytest.mark.parametrize("fill", ["url(#a)", "url('#a')", "url( #a )"])
def test_a_drawing_may_refer_to_its_own_parts(photo: Photo, fill: str) -> None:
    assert photo({"a.svg": svg(f'<path d="M0 0" style="fill: {fill}"/>')}) == []
