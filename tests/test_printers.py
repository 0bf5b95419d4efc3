"""Printers as data: every built-in file loads, and errors in a printer file are reported with their places."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ImageCms
from sentences import told

import build
from report.press.printers import BUILT_IN, DEFAULT, Printer, load_printer, own_files, printer_names, profile_fault
from report.problems import Problem, ReportError, in_order

SHEETFED = (BUILT_IN / "sheetfed-us.yaml").read_text("utf-8")
PRESS = (BUILT_IN / "profiles" / "coated-tr006.icc").read_bytes()
DRAWN = 9.0  # points of bleed that the layout has

Judge = Callable[[str, str], list[Problem]]


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    """Write a printer's file of a user's own: the usual one with one thing changed, and the profile beside it."""

    def write(old: str = "", new: str = "") -> Path:
        assert SHEETFED.count(old) == 1 or not old, old
        path = tmp_path / "mine.yaml"
        path.write_text(SHEETFED.replace(old, new, 1) if old else SHEETFED, "utf-8")
        (tmp_path / "coated-tr006.icc").write_bytes(PRESS)
        return path

    return write


@pytest.fixture
def faults(own: Callable[..., Path]) -> Judge:
    """Load a changed printer's file and return every problem."""

    def judge(old: str, new: str) -> list[Problem]:
        with pytest.raises(ReportError) as failure:
            load_printer(str(own(old, new)), DRAWN)
        return [told(problem) for problem in in_order(failure.value.problems)]

    return judge


def the_fault(problems: list[Problem], code: str, pointed: Callable[[Problem], str], at: str) -> Problem:
    """Return the one problem, which must point to what is wrong."""
    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]
    problem = told(problems[0])
    assert problem.where.line and problem.where.column
    assert pointed(problem).startswith(at), str(problem)
    return problem


def test_the_built_in_printers_are_those_documented() -> None:
    assert printer_names() == ["digital-short-run", "newsletter-web", "perfect-bound", "saddle-stitch", "sheetfed-us"]
    assert DEFAULT == "sheetfed-us"


@pytest.mark.parametrize("name", printer_names())
def test_a_built_in_printer_loads_with_its_profile(name: str) -> None:
    found = load_printer(name, DRAWN)
    assert found.name == name
    assert profile_fault(found.icc) == ""
    assert 240 <= found.values.ink.limit <= 340
    assert found.values.condition.identifier in {"CGATS TR 006", "CGATS TR 005"}


def test_the_printers_differ_by_purpose() -> None:
    digital, web, perfect, saddle, usual = (load_printer(name) for name in printer_names())
    assert (digital.margin, usual.margin) == (0, 36)
    assert web.values.ink.limit < usual.values.ink.limit
    assert perfect.values.bleed.inside == 0 < perfect.values.binding.spine_minimum
    assert (saddle.values.binding.kind, saddle.values.binding.multiple) == ("saddle", 4)


def test_bleed_follows_the_side_of_the_page() -> None:
    usual = load_printer(DEFAULT)
    assert usual.bleed(2) == (9, 9, 0, 9)
    assert usual.bleed(3) == (0, 9, 9, 9)


def test_a_users_own_file_is_loaded_by_its_path(own: Callable[..., Path]) -> None:
    found: Printer = load_printer(str(own("ink: {limit: 300}", "ink: {limit: 255, spots: [PANTONE 300 C]}")), DRAWN)
    assert (found.name, found.values.ink.limit, found.values.ink.spots) == ("mine", 255, ("PANTONE 300 C",))
    assert found.icc == PRESS


def test_a_profile_may_lie_anywhere_on_the_machine(own: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "press.icc").write_bytes(PRESS)
    path = own("profile: coated-tr006.icc", f"profile: {tmp_path}/else/press.icc")
    assert load_printer(str(path)).icc == PRESS


@pytest.mark.parametrize(
    ("old", "new", "code", "at", "says"),
    [
        ("safe: 27", "saef: 27\nsafe: 27", "unknown-key", "saef", "Did you mean `safe`?"),
        ("slug: true}", "slag: true}", "unknown-key", "slag", "Did you mean `slug`?"),
        ("safe: 27", "safe: wide", "wrong-type", "wide", "must be a number"),
        ("safe: 27", "safe: -1", "bad-value", "-1", "it must be at least 0"),
        ("limit: 300", "limit: 120", "bad-value", "120", "200"),
        ("kind: none", "kind: sadle", "unknown-value", "sadle", "Did you mean `saddle`?"),
        ("refuse: 150", "refuse: 300", "printer", "300", "`refuse` is above `warn`."),
        ("marks: {", "marks: {offset: 8, ", "printer", "8", "Use 12 or more."),
        ("head: 9", "head: 12", "printer", "12", "the pages are drawn with 9 pt"),
        ("title: Sheet-fed", "titel: Sheet-fed", "missing-key", "", "`title` is missing"),
    ],
)
def test_an_error_in_a_printer_file_is_reported_with_its_place(
    faults: Judge, pointed: Callable[[Problem], str], old: str, new: str, code: str, at: str, says: str
) -> None:
    problems = faults(old, new)
    found = [problem for problem in problems if problem.code == code]
    problem = the_fault(found, code, pointed, at)
    assert says in f"{problem.what} {problem.hint}"


def test_limits_that_are_just_kept_are_accepted(own: Callable[..., Path]) -> None:
    assert load_printer(str(own("refuse: 150", "refuse: 225")), DRAWN).values.images.refuse == 225
    assert load_printer(str(own("marks: {", "marks: {offset: 12, "))).values.marks.offset == 12


def test_a_users_file_may_end_with_yml_and_its_problems_name_it(own: Callable[..., Path]) -> None:
    path = own().rename(own().with_suffix(".yml"))
    assert load_printer(str(path)).document.file == str(path)
    path.write_text(path.read_text("utf-8").replace("safe: 27", "safe: wide"), "utf-8")
    with pytest.raises(ReportError) as failure:
        load_printer(str(path))
    assert failure.value.problems[0].where.file == str(path)


def test_a_file_that_is_not_there_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as failure:
        load_printer(str(tmp_path / "nothing.yaml"))
    assert [problem.where.file for problem in failure.value.problems] == [str(tmp_path / "nothing.yaml")]


def test_a_built_in_printer_is_named_as_it_lies_in_the_project() -> None:
    place = load_printer(DEFAULT).document.place(("safe",))
    assert (place.file, SHEETFED.splitlines()[place.line - 1]) == ("report/printers/sheetfed-us.yaml", "safe: 27")


def test_marks_must_also_clear_a_wide_bleed(own: Callable[..., Path]) -> None:
    path = own("bleed: {head: 9, foot: 9, outside: 9,", "bleed: {head: 9, foot: 9, outside: 18,")
    with pytest.raises(ReportError, match=r"Use 18 or more\."):
        load_printer(str(path))


def test_without_marks_their_offset_does_not_matter(own: Callable[..., Path]) -> None:
    marks = "marks: {crop: true, bleed: true, registration: true, colour_bar: true, slug: true}"
    assert load_printer(str(own(marks, "marks: {offset: 2}"))).margin == 0


def test_all_errors_are_reported_at_once(own: Callable[..., Path]) -> None:
    path = own("bleed: {head: 9, foot: 9,", "bleed: {head: 10, foot: 11,")
    path.write_text(
        path.read_text("utf-8").replace("refuse: 150", "refuse: 400").replace("tr006.icc", "tr7.icc"), "utf-8"
    )
    with pytest.raises(ReportError) as failure:
        load_printer(str(path), DRAWN)
    assert sorted(problem.code for problem in failure.value.problems) == ["printer"] * 3 + ["profile-missing"]


def cut(data: bytes) -> bytes:
    return data[:-100]


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (None, "profile-missing", "could not be read: No such file or directory"),
        (srgb(), "profile", "has device class mntr and colour space RGB; prtr and CMYK are required"),
        (cut(PRESS), "profile", "is truncated or has trailing data"),
        (PRESS + b"more", "profile", "is truncated or has trailing data"),
        (b"no profile at all", "profile", "is not an ICC profile"),
    ],
)
def test_an_unusable_profile_is_reported_with_its_place(
    own: Callable[..., Path], pointed: Callable[[Problem], str], data: bytes | None, code: str, says: str
) -> None:
    path = own("profile: coated-tr006.icc", "profile: other.icc")
    if data is not None:
        (path.parent / "other.icc").write_bytes(data)
    with pytest.raises(ReportError) as failure:
        load_printer(str(path), DRAWN)
    assert says in the_fault(list(failure.value.problems), code, pointed, "other.icc").what


def test_an_unknown_printer_is_reported_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as failure:
        load_printer("sheetfed")
    problem = told(failure.value.problems[0])
    assert (problem.code, problem.where.file) == ("unknown-printer", "--printer")
    assert "`sheetfed`" in problem.what
    assert "`sheetfed-us`" in problem.hint
    assert problem.hint.endswith("Or put its file into printers/, or give the path of a .yaml file.")
    for name in ("", "../printers/nothing", str(tmp_path / "nothing.yaml"), str(tmp_path)):
        with pytest.raises(ReportError):
            load_printer(name)


def test_the_command_line_reports_errors_in_a_printer_file(
    own: Callable[..., Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = own("safe: 27", "saef: 27")
    (tmp_path / "a.pdf").write_bytes(b"never read")
    status, said = build.main(["preflight", str(tmp_path / "a.pdf"), "--printer", str(path)]), capsys.readouterr()
    line = SHEETFED[: SHEETFED.index("safe: 27")].count("\n") + 1
    assert status == 1
    assert f"{path}:{line}:1: error: Unknown key `saef`." in said.err
    assert "Traceback" not in said.err + said.out


def test_a_profile_is_checked_by_its_header() -> None:
    assert profile_fault(PRESS) == ""
    assert profile_fault(b"") == profile_fault(PRESS[:100]) == "is not an ICC profile"
    assert profile_fault(PRESS[:36] + b"xxxx" + PRESS[40:]) == "is not an ICC profile"
    assert "device class scnr and colour space CMYK" in profile_fault(PRESS[:12] + b"scnr" + PRESS[16:])
    longer = struct.pack(">I", len(PRESS) + 1) + PRESS[4:]
    assert "truncated" in profile_fault(longer)
    assert ImageCms.getOpenProfile(io.BytesIO(PRESS)).profile.xcolor_space.strip() == "CMYK"


def test_a_printers_own_files_are_its_description_and_its_profile(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    profile = tmp_path / "profiles" / "mine.icc"
    profile.write_bytes(b"profile")
    path = tmp_path / "mine.yaml"
    for line in ("  profile: mine.icc", '  profile: "mine.icc" # ours', "  profile: 'mine.icc'"):
        path.write_text(f"condition:\n{line}\n", encoding="utf-8")
        assert own_files(str(path)) == [path, profile]
    path.write_text("condition: {title: mine, profile: mine.icc}\n", encoding="utf-8")
    assert own_files(str(path)) == [path, profile]
    for text in ("condition: {}\n", "condition: [\n", "- profile: mine.icc\n"):
        path.write_text(text, encoding="utf-8")
        assert own_files(str(path)) == [path]
    assert own_files("sheetfed-us") == own_files(str(tmp_path / "nowhere.yaml")) == []
