"""The design tokens: what is derived from them, and what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from sentences import told

from report.design.tokens import Tokens, _fault, load_tokens
from report.problems import Problem, ReportError

FONT = Path(__file__).parents[1] / "styles" / "fonts" / "SourceSans3-Regular.ttf"

TINY = """\
colours:
  text: {rgb: "#1D1D1F", cmyk: [0, 0, 0, 100], use: text}
  paper: {rgb: "#FFFFFF", cmyk: [0, 0, 0, 0], use: tint}
  mist: {rgb: "#F5F1EA", cmyk: [3, 4, 8, 0], use: tint}
  ink: {rgb: "#14294B", cmyk: [100, 82, 30, 35], use: ground}
  haze: {rgb: "#8FA6C8", cmyk: [45, 28, 8, 0], use: tint}
  care: {rgb: "#0E716B", cmyk: [88, 30, 58, 12], use: ground}
type: {text: 10, small: 9.5}
fonts:
  sans: {family: Source Sans 3, weight: 400, style: normal, file: Sans.ttf}
page: {width: 612, height: 792, top: 59, inside: 63, outside: 45, bottom: 61, leading: 14,
       columns: 12, gutter: 12, bleed: 9, safe: 27}
"""
Read = Callable[..., Tokens]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Load the tiny tokens with one thing replaced."""

    def load(old: str = "", new: str = "") -> Tokens:
        (tmp_path / "fonts").mkdir(exist_ok=True)
        shutil.copy(FONT, tmp_path / "fonts" / "Sans.ttf")
        path = tmp_path / "tokens.yaml"
        assert not old or TINY.count(old) == 1
        path.write_text(TINY.replace(old, new) if old else TINY, encoding="utf-8")
        return load_tokens(path, "styles/tokens.yaml")

    return load


@pytest.fixture
def refused(read: Read) -> Callable[[str, str], Problem]:
    """Load the tiny tokens with one thing replaced, and return the one problem."""

    def problem(old: str, new: str) -> Problem:
        with pytest.raises(ReportError) as failure:
            read(old, new)
        (found,) = failure.value.problems
        return told(found)

    return problem


def test_the_project_s_own_tokens_are_valid(tokens: Tokens) -> None:
    assert tokens.hexes["paper"] == "#FFFFFF"
    assert all(face.path.is_file() for face in tokens.faces.values())


def test_css_has_every_colour_size_measure_and_font(read: Read) -> None:
    css = read().css().splitlines()
    for line in ("  --ink: #14294B;", "  --size-small: 9.5pt;", "  --page-leading: 14pt;", "  --col-1: 31pt;",
                 "  --col-12: 504pt;"):  # fmt: skip
        assert line in css
    assert css[0] == ":root {"
    assert css[-2] == "}"
    assert [line.split(":")[0] for line in css if "--col-" in line] == [f"  --col-{n}" for n in range(1, 13)]
    assert css[-1] == (
        "@font-face { font-family: 'Source Sans 3'; font-weight: 400; font-style: normal;"
        " src: url('press:font/Sans.ttf'); }"
    )
    assert not [line for line in css if "--page-columns" in line]


def test_columns_and_gutters_fill_the_measure(read: Read) -> None:
    page = read().page
    assert page.measure(12) == 612 - 63 - 45
    assert page.measure(7) == 7 * 31 + 6 * 12


def test_a_drawing_gets_the_colours_of_its_pillar_or_of_the_house(read: Read) -> None:
    tokens = read()
    assert (tokens.look().base, tokens.look().mid, tokens.look().tint) == ("ink", "haze", "mist")
    assert (tokens.look("care").base, tokens.look("care").tint) == ("care", "care-tint")
    assert tokens.look().type == {"text": 10.0, "small": 9.5}
    assert tokens.look("care").colours["care"] == "#0E716B"
    assert tokens.look().fonts["sans"].path.name == "Sans.ttf"


def test_the_grounds_are_the_colours_for_light_text(read: Read) -> None:
    assert read().dark == {"ink", "care"}


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "said"),
    [
        ("#8FA6C8", "#14294B", "token-twin", 6, "`haze` has the same rgb as `ink`"),
        ("#1D1D1F", "#9A9A9A", "token-contrast", 2, "contrast of 2.81:1 with paper; as text, 4.5:1 is required"),
        ("#0E716B", "#8FA6C8\", x: \"", "unknown-key", 7, "`x`"),
        ("#14294B", "#8899AA", "token-contrast", 5, "as ground, 4.5:1 is required"),
        ('8, 0], use: tint}\n  care', '8, 0], use: graphic}\n  care', "token-contrast", 6,
         "as graphic, 3.0:1 is required"),
        ("  paper:", "  page:", "token-missing", 1, "Colour `paper` is missing"),
        ("file: Sans.ttf", "file: Serif.ttf", "font-missing", 10, "styles/fonts/Serif.ttf"),
        ("#14294B", "#14294b", "bad-value", 5, "`rgb` cannot be"),
        ("#14294B", "navy", "bad-value", 5, "a colour is a # followed by six digits or capital letters"),
        ("[100, 82, 30, 35]", "[101, 82, 30, 35]", "bad-value", 5, "`cmyk` cannot be 101"),
        ("[100, 82, 30, 35]", "[100, 82, 30]", "missing-key", 5, "`cmyk` has too few values: value 4 is missing"),
        ("use: ground}\n  haze", "use: grund}\n  haze", "unknown-value", 5, "`use`"),
        ("leading: 14", "leading: tall", "wrong-type", 11, "`leading` must be a number"),
        ("  mist: {", "  ink: {", "duplicate-key", 5, "Duplicate key `ink`"),
    ],
)  # fmt: skip
def test_an_invalid_token_is_reported_with_its_place(
    refused: Callable[[str, str], Problem], old: str, new: str, code: str, line: int, said: str
) -> None:
    problem = refused(old, new)
    assert (problem.code, problem.where.file, problem.where.line) == (code, "styles/tokens.yaml", line)
    assert said in problem.what


@pytest.mark.parametrize(
    ("key", "needed"), [("on", "as text, 4.5:1 is required"), ("large_on", "as large text, 3.0:1 is required")]
)
def test_a_colour_is_legible_on_every_ground_that_it_names(
    refused: Callable[[str, str], Problem], key: str, needed: str
) -> None:
    problem = refused("use: ground}\n  haze", f"use: ground, {key}: [care]}}\n  haze")
    assert problem.code == "token-contrast"
    assert f"with care; {needed}" in problem.what
    assert "Darken" not in problem.hint  # the ground may be the one to change


def test_an_unknown_ground_is_reported_with_the_nearest_colour(
    refused: Callable[[str, str], Problem],
) -> None:
    problem = refused("use: ground}\n  haze", "use: ground, on: [mits]}\n  haze")
    assert (problem.code, problem.where.line, problem.hint) == ("unknown-token", 5, "Did you mean `mist`?")
    assert "`ink` names the unknown ground `mits`" in problem.what


def test_a_colour_with_too_little_contrast_on_paper_is_to_be_darkened(refused: Callable[[str, str], Problem]) -> None:
    assert "Darken" in refused("#1D1D1F", "#9A9A9A").hint


PILLARS = """\
  care-mid: {rgb: "#549F93", cmyk: [66, 14, 44, 2], use: tint}
  care-tint: {rgb: "#DDF0EB", cmyk: [12, 0, 9, 0], use: tint}
  grow: {rgb: "%s", cmyk: [88, 30, 58, 12], use: ground}
  grow-mid: {rgb: "#6B96C2", cmyk: [58, 32, 6, 0], use: tint}
  grow-tint: {rgb: "#E1ECF7", cmyk: [10, 3, 0, 0], use: tint}
type:"""


@pytest.mark.parametrize(
    ("colour", "one", "other", "vision"),
    [
        ("#0E7168", "care", "grow", "with normal vision"),
        ("#162B4E", "grow", "ink", "with normal vision"),
        ("#7A6266", "care", "grow", "with protanopia"),
    ],
)
def test_the_colours_of_pillars_are_told_apart_from_each_other_and_from_ink_by_everybody(
    read: Read, colour: str, one: str, other: str, vision: str
) -> None:
    with pytest.raises(ReportError) as failure:
        read("type:", PILLARS % colour)
    problem = told(failure.value.problems[0])
    assert (problem.code, problem.where.line) == ("token-confusable", {"care": 7, "grow": 10}[one])
    assert f"`{one}` and `{other}` differ by only" in problem.what
    assert f"{vision}; 9 is required" in problem.what


def test_how_far_colours_are_apart_is_how_far_they_look_apart(read: Read) -> None:
    """Two strong blues whose numbers are far apart look alike."""
    team = """\
  team: {rgb: "#2A3CFF", cmyk: [88, 30, 58, 12], use: ground}
  team-mid: {rgb: "#6B96C3", cmyk: [58, 32, 6, 0], use: tint}
  team-tint: {rgb: "#E1ECF8", cmyk: [10, 3, 0, 0], use: tint}
type:"""
    with pytest.raises(ReportError, match=r"`grow` and `team` differ by only 6\.2 with normal vision"):
        read("type:", (PILLARS % "#0014FF").replace("type:", team))


def test_colours_that_everybody_tells_apart_are_accepted(read: Read) -> None:
    assert read("type:", PILLARS % "#79367E").hexes["grow"] == "#79367E"


def test_a_missing_colour_and_a_font_are_placed_at_their_keys(refused: Callable[[str, str], Problem]) -> None:
    text = '  text: {rgb: "#1D1D1F", cmyk: [0, 0, 0, 100], use: text}\n  paper:'
    missing = refused(f"colours:\n{text}", f"# first\ncolours:\n{text.replace('paper', 'page')}")
    assert (missing.code, missing.where.line) == ("token-missing", 2)
    second = "  serif: {family: Serif, weight: 400, style: normal, file: Serif.ttf}\npage:"
    font = refused("page:", second)
    assert (font.code, font.where.line) == ("font-missing", 11)


def test_a_colour_without_a_family_is_no_pillar_and_may_be_near_another(read: Read) -> None:
    near = '  grow: {rgb: "#0E7168", cmyk: [88, 30, 58, 12], use: ground}\ntype:'
    assert "grow" in read("type:", near).hexes


def test_tokens_that_are_not_there_are_named_as_they_are_shown(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as failure:
        load_tokens(tmp_path / "none.yaml", "styles/none.yaml")
    assert [problem.where.file for problem in failure.value.problems] == ["styles/none.yaml"]


def test_the_house_colours_are_required(read: Read) -> None:
    with pytest.raises(ReportError, match="haze"):
        read("  haze:", "  fog:")


def test_a_font_outside_the_fonts_folder_is_refused(refused: Callable[[str, str], Problem], tmp_path: Path) -> None:
    (tmp_path / "outside.ttf").touch()
    problem = refused("file: Sans.ttf", "file: ../outside.ttf")
    assert (problem.code, problem.where.line) == ("font-outside", 10)
    assert "outside.ttf is outside styles/fonts/" in problem.what


@pytest.mark.parametrize("data", [b"", b"no font", b"\x00\x01\x00\x00" + b"x" * 60])
def test_a_file_that_is_not_a_font_is_reported_with_its_name(
    refused: Callable[[str, str], Problem], tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "fonts").mkdir(exist_ok=True)
    (tmp_path / "fonts" / "Broken.ttf").write_bytes(data)
    problem = refused("file: Sans.ttf", "file: Broken.ttf")
    assert (problem.code, problem.where.line) == ("font-unreadable", 10)
    assert "Broken.ttf cannot be used" in problem.what


@pytest.mark.parametrize(
    ("fs_type", "allowed"), [(0, True), (4, True), (8, True), (2, False), (6, True), (0x100, True), (0x200, False)]
)
def test_a_font_that_forbids_embedding_is_refused(fs_type: int, allowed: bool, tmp_path: Path) -> None:
    with TTFont(FONT) as font:
        font["OS/2"].fsType = fs_type
        font.save(tmp_path / "font.ttf")
    fault = _fault(tmp_path / "font.ttf")
    assert (fault == "") is allowed
    assert allowed or "forbids embedding" in fault


def test_a_font_without_characters_is_reported(refused: Callable[[str, str], Problem], tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir(exist_ok=True)
    mute = FontBuilder(1000, isTTF=True)
    mute.setupGlyphOrder([".notdef"])
    mute.setupCharacterMap({})
    mute.setupGlyf({".notdef": TTGlyphPen(None).glyph()})
    mute.setupHorizontalMetrics({".notdef": (500, 0)})
    mute.setupHorizontalHeader()
    mute.setupPost()
    mute.save(tmp_path / "fonts" / "Mute.ttf")
    problem = refused("file: Sans.ttf", "file: Mute.ttf")
    assert (problem.code, problem.where.line) == ("font-unreadable", 10)
    assert "has no characters" in problem.what
