"""Layout and writing: only the resources passed in are read, and every message of the engine is returned."""

from __future__ import annotations

import os
import platform
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pages import SVG, block, laid_out, messages_of, opened, raw, tokens, written

from report.design.typography import hyphenated_words
from report.engine import pdf
from report.finishing.attachments import SourceFile
from report.inspection.inspect import Pdf

SECRET = "a secret in a file outside the project"
_opened: list[str] | None = None


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    """Record every file that Python opens and every connection it makes, while a test listens."""
    if _opened is not None and event in {"open", "socket.connect", "socket.getaddrinfo", "urllib.Request"}:
        _opened.append(str(arguments[1] if event == "socket.connect" else arguments[0]))


sys.addaudithook(_listen)


@pytest.fixture
def accessed() -> Iterator[list[str]]:
    """The files opened and connections made while the test runs."""
    global _opened
    _opened = []
    yield _opened
    _opened = None


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A picture and a stylesheet outside the project that a document may try to reach."""
    path = tmp_path / "secret.svg"
    path.write_text(SVG.format(10, 10, f"<text>{SECRET}</text>"), "utf-8")
    return path


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A local web server: its address, and the requested paths."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}", requests
        running.shutdown()
        thread.join()


# The ways in which a template, a stylesheet or a drawing can name a file.
WAYS = {
    "an image": ('<p>x</p><img alt="x" src="{0}">', ""),
    "an object": ('<p>x</p><object data="{0}">y</object>', ""),
    "an embedded file": ('<p>x</p><embed src="{0}">', ""),
    "a linked stylesheet": ('<link rel="stylesheet" href="{0}"><p>x</p>', ""),
    "an imported stylesheet": ("<p>x</p>", '@import url("{0}");'),
    "a background": ("<p>x</p>", 'p {{ background: url("{0}") }}'),
    "generated content": ("<p>x</p>", 'p::before {{ content: url("{0}") }}'),
    "a list marker": ("<section><ul><li>x</li></ul></section>", 'ul {{ list-style-image: url("{0}") }}'),
    "a font": ("<p>x</p>", '@font-face {{ font-family: Far; src: url("{0}") }}'),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_outside_the_project_is_never_read(way: str, secret: Path, accessed: list[str]) -> None:
    body, css = WAYS[way]
    layout = laid_out(body.format(secret.as_uri()), css.format(secret.as_uri()))
    assert messages_of(layout)
    assert not [name for name in accessed if "secret" in name]
    data, _ = raw(layout, "screen")
    assert SECRET not in "".join(Pdf(data).page_texts())


@pytest.mark.parametrize("way", WAYS)
def test_the_network_is_never_used(way: str, server: tuple[str, list[str]], accessed: list[str]) -> None:
    address, requests = server
    body, css = WAYS[way]
    layout = laid_out(body.format(address), css.format(address))
    raw(layout, "screen")
    assert messages_of(layout)
    assert requests == []
    assert not [name for name in accessed if "127.0.0.1" in name]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x.svg",
        "ftp://example.org/x",
        "//example.org/x",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        "press:../secret.svg",
        "press:font/../../../../etc/passwd",
        "press:chart/unknown",
        "/etc/passwd",
        "secret.svg",
    ],
)
def test_an_address_that_is_not_a_resource_gives_a_message(address: str, accessed: list[str]) -> None:
    layout = laid_out(f'{block("x")}<img alt="x" src="{address}">')
    assert len(layout.messages) == 1
    assert "only the edition's own" in layout.messages[0]
    assert not [name for name in accessed if "passwd" in name or "secret" in name or "example" in name]


def test_a_drawing_cannot_load_other_files(secret: Path, accessed: list[str]) -> None:
    inner = f'<image href="{secret.as_uri()}" width="9" height="9"/><use href="{secret.as_uri()}#x"/>'
    layout = laid_out('<img alt="x" src="press:chart/bad">', served={"chart/bad": SVG.format(9, 9, inner).encode()})
    raw(layout, "screen")
    assert not [name for name in accessed if "secret" in name]


def test_an_entity_in_a_drawing_reads_no_file(secret: Path, accessed: list[str]) -> None:
    drawing = SVG.format(99, 99, '<text font-family="Source Sans 3">&x;</text>')
    bomb = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{drawing}'
    layout = laid_out('<p>x</p><img alt="x" src="press:chart/bad">', served={"chart/bad": bomb.encode()})
    data, _ = raw(layout, "screen")
    assert SECRET not in "".join(Pdf(data).page_texts())
    assert not [name for name in accessed if "secret" in name]


def test_a_link_cannot_attach_a_file(secret: Path, accessed: list[str]) -> None:
    layout = laid_out(f'<link rel="attachment" href="{secret.as_uri()}">{block("x")}')
    data, messages = raw(layout, "archive")
    assert Pdf(data).attachments == []
    assert [*messages_of(layout), *messages]
    assert not [name for name in accessed if "secret" in name]


def test_layout_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", refused)
    assert laid_out(block("x")).messages == ()


@pytest.mark.parametrize(
    ("body", "css", "expected"),
    [
        ("<p>x</p>", "p { colour: red }", "colour"),
        ("<p>x</p>", "p { color: rgb( }", "color"),
        ("<p>x</p>", "p { width: 3 bananas }", "width"),
        ('<p>x</p><img alt="x" src="press:chart/bad">', "", "chart/bad"),
    ],
)
def test_messages_of_the_engine_during_layout_are_returned(body: str, css: str, expected: str) -> None:
    messages = messages_of(laid_out(body, css, {"chart/bad": b"<svg"}))
    assert len(messages) == 1
    assert expected in messages[0]


def test_messages_of_the_engine_while_writing_are_returned() -> None:
    _, dead_link = raw(laid_out(block('<a href="#none">x</a>')), "screen")
    assert ["none" in message for message in dead_link] == [True]
    drawing = SVG.format(99, 20, '<text y="9" font-size="9" font-family="Source Sans 3">漢</text>').encode()
    layout = laid_out('<p>x</p><img alt="x" src="press:chart/one">', served={"chart/one": drawing})
    data, missing_letter = raw(layout, "screen")
    assert {"漢" in message for message in missing_letter} == {True}
    assert all(font.family.startswith("Source-Sans-3") for font in Pdf(data).fonts)  # whatever fonts the system has


def test_the_system_fonts_are_hidden_from_the_engine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/a/setting/of/the/user")
    laid_out(block("x"))
    assert os.environ["FONTCONFIG_FILE"] == "/a/setting/of/the/user"


def test_messages_of_one_document_do_not_reach_the_next() -> None:
    assert messages_of(laid_out(block("x"), "p { colour: red }"))
    assert messages_of(laid_out(block("x"))) == []


def test_only_the_print_variant_keeps_the_bleed_which_is_painted_on_all_edges() -> None:
    bleed, layout = float(tokens().page.bleed), block("one") + block("two")
    pages = Pdf(raw(laid_out(layout), "print")[0]).pages
    assert [boxes.media for boxes in pages] == [(-bleed, -bleed, 612 + bleed, 792 + bleed)] * 2
    assert {boxes.media for boxes in opened(layout, "screen").pages} == {(0, 0, 612, 792)}


def test_all_variants_have_the_same_lines() -> None:
    body = block("word " * 300) + block("another " * 200)
    runs = {
        name: [(run.text, run.font, run.size) for run in opened(body, name).text_runs() if "PRESSA" not in run.font]
        for name in ("print", "screen", "archive")
    }
    assert runs["print"]
    assert runs["print"] == runs["screen"] == runs["archive"]


def test_sources_are_attached_with_relationship_description_and_date() -> None:
    day = datetime(2024, 12, 3, tzinfo=UTC)
    names = ("facts.yaml", "sections-a.md", "chart-b.csv")
    sources = tuple(SourceFile(name, name.encode(), f"About {name}", day) for name in names)
    pdf_file = Pdf(written(laid_out(block("x")), "archive", sources))
    assert {(each.name, each.relationship, each.description) for each in pdf_file.attachments} == {
        ("facts.yaml", "Source", "About facts.yaml"),
        ("sections-a.md", "Source", "About sections-a.md"),
        ("chart-b.csv", "Data", "About chart-b.csv"),
    }
    dates = [(item.creation_date, item.modification_date) for item in pdf_file.reader.attachment_list]
    assert dates == [(day, day)] * 3


def test_identifiers_follow_from_the_content_of_a_file() -> None:
    def identifier(text: str, variant: str) -> bytes:
        identifiers: Any = Pdf(written(laid_out(block(text)), variant)).reader.trailer["/ID"]
        return bytes(identifiers[0].original_bytes)

    identifiers = [
        identifier(*arguments) for arguments in (("x", "screen"), ("x", "screen"), ("y", "screen"), ("x", "archive"))
    ]
    assert identifiers[0] == identifiers[1]
    assert len(set(identifiers)) == 3


def test_the_versions_of_the_system_libraries_are_reported() -> None:
    versions = pdf.machine_versions()
    assert versions["python"] == platform.python_version()
    for name, least in (("pango", (1, 44)), ("harfbuzz", (2, 0))):
        number = tuple(int(part) for part in versions[name].split("."))
        assert len(number) == 3
        assert least <= number[:2] < (100, 100), name


@pytest.mark.parametrize("variant", ["print", "screen"])
def test_a_word_with_a_soft_hyphen_spoils_no_ligature(variant: str) -> None:
    """The engine gives a ligature around a soft hyphen no text, here and in every other word."""
    html = hyphenated_words(block("of\N{SOFT HYPHEN}fice, Office, affine"))
    assert "office, Office, affine" in Pdf(raw(laid_out(html), variant)[0]).page_texts()[0]
