"""Screen files for the accessibility tests: a sound one of three pages, ways to break it, and the findings."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import pikepdf
import pytest
from pages import SVG, Change, laid_out, written
from pikepdf import Dictionary, Name

from report.access.checks import CHECKS, LONG
from report.access.run import JUDGED_BY, read_subject
from report.inspection.judging import Verdict, judge

DRAWING = SVG.format(200, 60, '<rect width="200" height="60" fill="#14294B"/>').encode()
BODY = """
<section data-component="story" data-src="a.md:3"><h1>First</h1>
<p>Some words, a note<span class="footnote">One note.</span> another<span class="footnote">Two.</span>
and <a href="#two">a way on</a>.</p>
<ul><li>One</li><li>Two</li></ul><figure><img alt="Bars rise" src="press:chart/a"></figure></section>
<section id="two" data-component="story" data-src="a.md:9"><h2>Second</h2>
<table><thead><tr><th>Year</th><th>Value</th></tr></thead><tbody><tr><th scope="row">2024</th><td>7</td></tr></tbody>
</table></section><section data-component="story" data-src="a.md:20"><h3>Third</h3><p>The end.</p></section>
"""
BUDGET = 60_000


@cache
def sound() -> bytes:
    """Return three pages with one of everything, as built for the screen variant."""
    return written(laid_out(BODY, served={"chart/a": DRAWING}), "screen")


def verdicts(data: bytes, rendered: bool = True) -> dict[str, Verdict]:
    """Return every check's verdict by its id. Only contrast needs the pages rendered."""
    with pytest.MonkeyPatch.context() as patch:
        if not rendered:
            patch.setattr("report.access.run.text_runs", lambda data: ())
        subject = read_subject(data, "small.pdf", BUDGET)
    outcome = judge("small.pdf", JUDGED_BY, len(subject.reading.pages), subject, CHECKS, frozenset())
    return {each.id: each for each in outcome.verdicts}


def findings_of(data: bytes, rendered: bool = False) -> dict[str, list[str]]:
    """Return the findings of each check, each with its page number in front."""
    faults = {
        name: [f"{fault.page}: {fault.what}" for fault in each.faults]
        for name, each in verdicts(data, rendered).items()
    }
    return {name: findings for name, findings in faults.items() if findings}


def of(pdf: pikepdf.Pdf, *types: str) -> list[Any]:
    """Return the structure elements of some types in file order."""
    wanted = [Name(f"/{each}") for each in types]
    return [item for item in pdf.objects if isinstance(item, Dictionary) and item.get("/S") in wanted and "/P" in item]


def on_element(kind: str, key: str, value: Any = None) -> Change:
    """Set an entry of the first element of a type, or delete it."""
    return lambda pdf: put(of(pdf, kind)[0], key, value)


def in_root(key: str, value: Any = None) -> Change:
    return lambda pdf: put(pdf.Root, key, value)


def put(holder: Any, key: str, value: Any) -> None:
    if value is None:
        del holder[f"/{key}"]
    else:
        holder[f"/{key}"] = value


def with_content(content: str) -> Change:
    return lambda pdf: pdf.pages[0].contents_add(pdf.make_stream(content.encode()))


def text(setting: str, mark: str = "/Artifact BMC", before: str = "") -> Change:
    """Draw two characters in a font of the page, after other operators."""

    def draw(pdf: pikepdf.Pdf) -> None:
        fonts = pdf.pages[0].Resources.Font
        name = min(fonts.keys())
        character = re.findall(rb"<([0-9a-f]{4})> <00[3-7]", fonts[name].ToUnicode.read_bytes())[0].decode()
        content = f"{before} BT {setting} {name} 10 Tf 1 0 0 1 300 300 Tm <{character}{character}> Tj ET"
        pdf.pages[0].contents_add(pdf.make_stream(f"\n{mark} {content} EMC\n".encode()))

    return draw


def lengthened(pdf: pikepdf.Pdf, pages: int = LONG + 1) -> None:
    for _ in range(pages - len(pdf.pages)):
        pdf.add_blank_page(page_size=(612, 792))


def combined(*changes: Change) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        for each in changes:
            each(pdf)

    return change


def protected(data: bytes, accessibility: bool) -> bytes:
    """Return the file with an owner password but no user password."""
    out = io.BytesIO()
    allowed = pikepdf.Permissions(accessibility=accessibility)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        lock = pikepdf.Encryption(owner="secret", user="", R=3, aes=False, metadata=False, allow=allowed)
        pdf.save(out, encryption=lock)
    return out.getvalue()


def forms(pdf: pikepdf.Pdf) -> list[Any]:
    return [each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == Name.Form]
