"""The desk in a real browser, headless: what design staff see and do, from a save to the page, by mouse or keyboard."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from desks import write_project
from playwright.sync_api import Browser, Page, expect, sync_playwright

MISSING = "CHROMIUM IS NOT HERE: THE DESK WAS NOT TRIED IN A BROWSER. `make test` installs it on Debian and Ubuntu."
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SLOW = 30_000  # milliseconds: a machine that is busy with other things
STORY = "data/tiny/sections/story.md"
UP_TO_DATE = re.compile("Up to date")


@dataclass(frozen=True)
class Desk:
    """A running desk: its project, its address, its process."""

    root: Path
    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def edit(self, file: str, old: str, new: str) -> None:
        """Save a file as editors do: written beside it, then put in its place."""
        path = self.root / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        beside = path.with_name(f".{path.name}.swp")
        beside.write_text(text.replace(old, new), "utf-8")
        beside.replace(path)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = write_project(tmp_path_factory.mktemp("desk") / "project", copied=True)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "build.py", "watch", "tiny", "--no-open", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "EDITOR_URL": "edit://open?file={file}&line={line}"},
    )  # fmt: skip
    assert process.stdout is not None
    assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
    yield Desk(root, port, process)
    if process.poll() is None:
        process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=FLAGS)


@pytest.fixture
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    """A fresh tab with the story's spread; nothing may go wrong in it, and nothing be fetched from elsewhere."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.set_default_timeout(SLOW)
    expect.set_options(timeout=SLOW)
    faults: list[str] = []
    made.on("pageerror", lambda fault: faults.append(str(fault)))
    made.on("request", lambda sent: None if sent.url.startswith((desk.url, "blob:")) else faults.append(sent.url))
    made.goto(f"{desk.url}#page=3")
    expect(made.get_by_role("status").first).to_have_text(UP_TO_DATE)
    yield made
    context.close()
    assert faults == []


def shown(page: Page) -> list[str]:
    """Return the names of the pages on the table."""
    names = page.locator("#table .leaf:not(.empty)").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    return [str(name).partition(",")[0] for name in names]


def test_it_opens_with_facing_pages_and_their_pictures(page: Page) -> None:
    expect(page).to_have_title("Tiny Report · Screen")
    assert shown(page) == ["Page 2", "Page 3"]
    pictures = page.locator("#table .leaf > img")
    expect(pictures).to_have_count(2)
    page.wait_for_function("[...document.querySelectorAll('#table .leaf > img')].every(e => e.naturalWidth > 500)")
    page.wait_for_function("document.querySelector('.thumb img').naturalWidth > 100")
    left, right = (pictures.nth(index).bounding_box() for index in (0, 1))
    assert left and right and abs(left["x"] + left["width"] - right["x"]) < 1, "the pages meet at the fold"


def test_pages_are_turned_jumped_to_and_enlarged(page: Page) -> None:
    page.get_by_role("button", name="Next pages").click()
    assert shown(page) == ["Page 4", "Page 5"]
    page.get_by_role("button", name="Page 1, Tiny Report").click()
    assert shown(page) == ["Page 1"]
    field = page.get_by_label("Go to a page or section")
    field.fill("notes")
    field.press("Enter")
    assert "Page 6" in shown(page)
    page.get_by_role("button", name="Single", exact=True).click()
    assert len(shown(page)) == 1
    before = page.locator(".leaf").bounding_box()
    page.get_by_role("button", name="Zoom in").click()
    after = page.locator(".leaf").bounding_box()
    assert before and after and after["width"] > before["width"]
    page.reload()
    expect(page.get_by_role("status").first).to_have_text(UP_TO_DATE)
    assert len(shown(page)) == 1, "what was chosen survives"


def test_a_saved_word_is_on_the_page_which_stays_where_it_is(desk: Desk, page: Page) -> None:
    story = page.get_by_role("button", name=re.compile("^Text: Attendance grew"))
    expect(story).to_have_count(1)
    picture = page.locator("#table .leaf > img").nth(1)
    before = picture.get_attribute("src")
    desk.edit(STORY, "Attendance grew", "Presence rose")
    expect(page.get_by_role("button", name=re.compile("^Text: Presence rose"))).to_have_count(1)
    expect(story).to_have_count(0)
    expect(picture).not_to_have_attribute("src", str(before))
    assert shown(page) == ["Page 2", "Page 3"]
    desk.edit(STORY, "Presence rose", "Attendance grew")
    expect(story).to_have_count(1)


def test_styles_drawings_and_layouts_are_followed_too(desk: Desk, page: Page) -> None:
    page.evaluate("window.ids = new Set(); setInterval(() => window.ids.add(window.desk.state.preview.id), 20)")
    for file, old, new in (
        ("styles/pages/feature.css", "", ".feature h2 { color: var(--ember); }\n"),
        ("layouts/pages/feature.html.j2", '<section class="feature"', '<section class="feature quiet"'),
        ("data/tiny/edition.yaml", "tagline: A small one", "tagline: A smaller one"),
    ):
        text = (desk.root / file).read_text("utf-8")
        (desk.root / file).write_text(text.replace(old, new, 1), "utf-8")
    expect(page.get_by_role("button", name=re.compile("^Running foot: A smaller one"))).to_have_count(1)
    expect(page.locator("#lamp")).to_have_class("ready")
    assert page.evaluate("window.ids.size") == 2, "three files saved at once are one change"
    function = desk.root / "figures" / "dots.py"
    text = function.read_text("utf-8")
    function.write_text(text + "\nraise LookupError('a slip')\n", "utf-8")
    problem = page.locator(".problem.error")
    expect(problem).to_contain_text("LookupError: a slip")
    expect(problem).to_contain_text(f"figures/dots.py:{text.count(chr(10)) + 2}")
    function.write_text(text, "utf-8")
    expect(problem).to_have_count(0)


def test_an_error_leaves_the_last_good_pages_is_listed_with_its_line_and_vanishes(desk: Desk, page: Page) -> None:
    picture = page.locator("#table .leaf > img").nth(1)
    before = picture.get_attribute("src")
    desk.edit("data/tiny/facts.yaml", "unit: ordinal\n", "unit: ordinall\n")
    problem = page.locator(".problem.error")
    expect(problem).to_contain_text("data/tiny/facts.yaml:8:")
    expect(page.get_by_role("status").first).to_have_text("1 error: showing the last good pages")
    assert picture.get_attribute("src") == before
    assert shown(page) == ["Page 2", "Page 3"]
    link = problem.get_by_role("link", name="Open data/tiny/facts.yaml:8")
    assert link.get_attribute("href") == f"edit://open?file={quote(str(desk.root / 'data/tiny/facts.yaml'))}&line=8"
    desk.edit("data/tiny/facts.yaml", "unit: ordinall\n", "unit: ordinal\n")
    expect(problem).to_have_count(0)
    expect(page.get_by_role("status").first).to_have_text(UP_TO_DATE)


def test_an_error_of_layout_shows_the_page_with_its_mark(desk: Desk, page: Page) -> None:
    wide = "W" * 120
    desk.edit(STORY, "at every K-8 school", f"at every K-8 school {wide}")
    problem = page.locator(".problem.error").first
    expect(problem).to_contain_text("WWW")
    expect(page.locator("#table .leaf svg .mark.error").first).to_be_attached()
    expect(page.locator(".thumb.faulty")).not_to_have_count(0)
    problem.get_by_role("button", name="Show on page 3").click()
    expect(page.locator("#table .leaf svg .mark.chosen").first).to_be_attached()
    desk.edit(STORY, f" {wide}", "")
    expect(page.locator("#table .leaf svg .mark.error")).to_have_count(0)


def test_a_click_on_a_figure_tells_its_fact_its_line_and_its_other_uses(desk: Desk, page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Figure ease.served: 11,102")).first.click()
    source = page.locator("#source")
    for words in ("11,102", "employees served", "ease.served", "data/tiny/facts.yaml:4", f"{STORY}:13",
                  "layouts/components.html.j2:", "styles/3-components.css", "row 1 of the chart ease"):  # fmt: skip
        expect(source).to_contain_text(words)
    link = source.get_by_role("link", name="Open data/tiny/facts.yaml:4 in the editor")
    assert link.get_attribute("href") == f"edit://open?file={quote(str(desk.root / 'data/tiny/facts.yaml'))}&line=4"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    source.get_by_role("button", name="Copy data/tiny/facts.yaml:4").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text === 'data/tiny/facts.yaml:4')")


def test_a_click_on_a_chart_tells_its_specification_and_the_function_that_draws_it(page: Page) -> None:
    chart = page.get_by_role("button", name="Chart ease", exact=True)
    if not chart.count():
        page.get_by_role("button", name="Next pages").click()
    chart.first.dispatch_event("click")
    source = page.locator("#source")
    for words in ("data/tiny/charts.yaml:3", "figures/dots.py:", "ease.served", "ease.covered"):
        expect(source).to_contain_text(words)
    source.get_by_role("button", name="ease.covered").click()
    expect(source).to_contain_text("data/tiny/facts.yaml:3")


OVERLAYS = {
    "Trim and bleed": (".trim", ".safe", ".gutter"),
    "Grid": (".column", ".baseline", ".margin"),
    "Reading order": (".step", ".path", ".tag"),
    "Contrast": (".fine",),
}


def test_overlays_are_switched_on_and_off(page: Page) -> None:
    for name, drawn in OVERLAYS.items():
        button = page.get_by_role("button", name=name)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        for each in drawn:
            expect(page.locator(f"#table svg {each}").first).to_be_attached()
        expect(page.locator("#legend")).not_to_be_empty()
        button.click()
        for each in drawn:
            expect(page.locator(f"#table svg {each}")).to_have_count(0)


def test_print_has_a_bleed_and_ink_and_the_variants_are_switched(page: Page) -> None:
    page.get_by_role("button", name="Ink coverage").click()
    expect(page.locator("#legend")).to_contain_text("Ink coverage is measured for the print variant only.")
    page.get_by_role("button", name="Show print").click()
    expect(page).to_have_title("Tiny Report · Print")
    expect(page.locator("#table canvas")).to_have_count(2)
    most = "[...e.amounts ?? []].reduce((a, b) => Math.max(a, b), 0)"
    amount = f"[...document.querySelectorAll('#table canvas')].map(e => {most})"
    page.wait_for_function(f"{amount}.every(most => most > 0)")
    assert all(100 < most * 400 / 255 <= 302 for most in page.evaluate(amount)), "percent of ink"
    page.get_by_role("button", name="Trim and bleed").click()
    expect(page.locator("#table svg .bleed").first).to_be_attached()
    page.get_by_role("button", name="Screen", exact=True).click()
    expect(page).to_have_title("Tiny Report · Screen")


def test_everything_is_done_by_keyboard_alone(page: Page) -> None:
    keys = page.keyboard
    keys.press("End")
    assert "Page 3" not in shown(page)
    keys.press("Home")
    assert shown(page) == ["Page 1"]
    keys.press("ArrowRight")
    assert shown(page) == ["Page 2", "Page 3"]
    keys.press("1")
    assert shown(page) == ["Page 2"]
    keys.press("g")
    keys.type("3")
    keys.press("Enter")
    assert shown(page) == ["Page 3"]
    keys.press("l")
    expect(page.locator("#table svg .baseline").first).to_be_attached()
    keys.press("i")
    focused = "document.activeElement.getAttribute('aria-label')"
    first = page.evaluate(focused)
    keys.press("ArrowDown")
    second = page.evaluate(focused)
    assert first and second and first != second
    keys.press("Enter")
    expect(page.locator("#source")).to_contain_text("data/tiny/")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is seen"
    keys.press("s")
    assert page.evaluate("document.activeElement.id") == "source-title"
    keys.press("Tab")
    assert page.evaluate("document.activeElement.closest('#source') !== null")
    keys.press("Escape")
    expect(page.locator("#source")).to_contain_text("Click anything")
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    reached = set[str]()
    for _ in range(40):
        keys.press("Tab")
        reached.add(str(page.evaluate("document.activeElement.id || document.activeElement.className")))
    assert {"jump", "single", "spread", "help", "overlay-marks"} <= reached


def test_a_screen_reader_finds_landmarks_and_names(page: Page) -> None:
    for role, name in (("banner", None), ("main", None), ("contentinfo", None), ("navigation", "Thumbnails"),
                       ("region", "Pages"), ("complementary", "Source and problems"), ("region", "Source"),
                       ("group", "Variant"), ("group", "Overlays"), ("group", "Page 3, A Story")):  # fmt: skip
        found = page.get_by_role(role, name=name, exact=True) if name else page.get_by_role(role)  # type: ignore[arg-type]
        assert found.count() == 1, (role, name)
    nameless = """[...document.querySelectorAll('button, a, input')].filter(e => !e.closest('dialog')).filter(e =>
        !(e.getAttribute('aria-label') || e.textContent || e.labels?.length)).map(e => e.outerHTML)"""
    assert page.evaluate(nameless) == []
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h1").count() == 1


PALE = """() => {
  const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = (rgb) => rgb.reduce((sum, v, i) => sum + linear(v / 255) * [0.2126, 0.7152, 0.0722][i], 0);
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const solid = (colour) => (colour.length === 4 && colour[3] === 0 ? null : colour.slice(0, 3));
  const says = (e) => [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const pale = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('#table, dialog, svg') || e.disabled || !says(e) || !e.offsetParent) continue;
    let ground = null;
    for (let at = e; at && !ground; at = at.parentElement) {
      ground = solid(numbers(getComputedStyle(at).backgroundColor));
    }
    const own = numbers(getComputedStyle(e).color).slice(0, 3);
    const [light, dark] = [luminance(own), luminance(ground ?? [255, 255, 255])].sort((x, y) => y - x);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) pale.push([e.id || e.className || e.tagName, e.textContent.slice(0, 30), ratio.toFixed(2)]);
  }
  return pale;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_own_words_have_contrast_and_nothing_moves_for_those_who_ask(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.get_by_role("button", name=re.compile("^Figure ease.served")).first.click()
    assert page.evaluate(PALE) == []
    page.evaluate("document.getElementById('lamp').className = 'building'")
    assert page.evaluate("getComputedStyle(document.getElementById('lamp')).animationName") == "none"


def test_two_tabs_see_the_same_change_and_one_going_does_no_harm(desk: Desk, page: Page, browser: Browser) -> None:
    other = browser.new_page()
    other.goto(f"{desk.url}#page=3")
    expect(other.get_by_role("button", name=re.compile("^Text: Attendance grew"))).to_have_count(1)
    desk.edit(STORY, "Attendance grew", "Presence rose")
    for tab in (page, other):
        expect(tab.get_by_role("button", name=re.compile("^Text: Presence rose"))).to_have_count(1)
    other.close()
    desk.edit(STORY, "Presence rose", "Attendance grew")
    expect(page.get_by_role("button", name=re.compile("^Text: Attendance grew"))).to_have_count(1)


def test_a_workshop_that_is_killed_is_replaced_and_the_pages_stay(desk: Desk, page: Page) -> None:
    children = Path(f"/proc/{desk.process.pid}/task/{desk.process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    assert shown(page) == ["Page 2", "Page 3"]
    desk.edit(STORY, "Attendance grew", "Presence rose")
    expect(page.get_by_role("button", name=re.compile("^Text: Presence rose"))).to_have_count(1)
    desk.edit(STORY, "Presence rose", "Attendance grew")
    expect(page.get_by_role("button", name=re.compile("^Text: Attendance grew"))).to_have_count(1)


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        ("GET", "/", {}, 200),
        ("GET", "/", {"Host": "evil.example"}, 403),
        ("GET", "/events", {"Origin": "http://evil.example"}, 403),
        ("POST", "/", {}, 405),
        ("GET", "/../build.py", {}, 404),
        ("GET", "/%2e%2e/build.py", {}, 404),
        ("GET", "/data/tiny/facts.yaml", {}, 404),
    ],
)
def test_the_running_desk_refuses_what_is_not_its_own(
    desk: Desk, method: str, target: str, headers: dict[str, str], status: int
) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", desk.port, timeout=10)) as connection:
        connection.putrequest(method, target, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == status


def test_only_this_machine_can_reach_it(desk: Desk) -> None:
    listening = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line}
    own = {address for address in listening if address.endswith(f":{desk.port:04X}")}
    assert own == {f"0100007F:{desk.port:04X}"}


def test_ctrl_c_ends_it_with_zero_though_a_tab_is_open_and_a_build_runs(desk: Desk, page: Page) -> None:
    before = {path: path.read_bytes() for path in (desk.root / "data").rglob("*") if path.is_file()}
    desk.edit(STORY, "Attendance grew", "Presence rose")
    expect(page.locator("#lamp")).to_have_class(re.compile("building"))
    start = time.monotonic()
    desk.process.send_signal(signal.SIGINT)
    assert desk.process.wait(10) == 0
    assert time.monotonic() - start < 5
    assert desk.process.stdout is not None
    assert desk.process.stdout.read() == "The desk is closed. Nothing was changed.\n"
    assert {path for path in (desk.root / "data").rglob("*") if path.is_file()} == set(before)
    assert not (desk.root / "dist").exists()
    expect(page.get_by_role("status").first).to_contain_text("not responding")
