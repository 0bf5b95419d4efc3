"""The message: its content and structure, and that no value can inject a header."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from mailings import PNG, people, screen, settings_with, small_pdf, tiny_mailing
from pages import block, laid_out, web_design, written
from PIL import Image

from report.edition.load import load
from report.inspection.firstpage import first_page
from report.inspection.inspect import Pdf
from report.mail.addresses import AddressError, parse_address, single_line
from report.mail.letter import compose_letter, greeting_line, render_texts
from report.mail.mailing import Mailing, draft_files, prepare_mailing
from report.mail.message import Headers, MessageBody, MisreadError, NamedAddress, build_message
from report.mail.recipients import Recipient
from report.mail.settings import MIB, Settings, load_settings
from report.problems import Place, ReportError

DAY = datetime(2024, 12, 3, 12, tzinfo=UTC)
ANA = NamedAddress(parse_address("ana@example.org"), "Ana")
BODY = MessageBody("Text\n", "<p>Text</p>", PNG)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Content-Language", "MIME-Version", "Content-Type"]
Write = Callable[..., Path]


def head(**changes: Any) -> Headers:
    return replace(Headers("A report", DAY, "en-US", ANA, None, ANA), **changes)


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.SMTPUTF8)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def text_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture
def mail(write_edition: Write, tmp_path: Path) -> Mailing:
    return tiny_mailing(write_edition(), settings_with(tmp_path, "signature: [Bo Chan, Clerk]\n"))


def test_a_message_has_text_html_with_the_cover_and_the_report(mail: Mailing) -> None:
    recipient = Recipient(parse_address("ana@example.org"), "Ana Ortega", "", Place())
    message = parsed(mail.message(recipient, DAY).data)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    assert [str(message[name]) for name in ("From", "To", "Subject")] == [
        "Office of Small Things <office@example.org>",
        "Ana Ortega <ana@example.org>",
        "Tiny Report, Office of Small Things",
    ]
    attached = list(message.iter_attachments())
    assert [(part.get_filename(), part.get_content()) for part in attached] == [("tiny-report-screen.pdf", small_pdf())]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert picture.get_content() == PNG
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in text_of(message, "html")


def test_the_plain_text_is_complete_by_itself(mail: Mailing) -> None:
    text, _ = render_texts(mail.letter, "Dear Ana", "", mail.design)
    assert text == (
        "Dear Ana,\n\n"
        "The Tiny Report of the Office of Small Things is attached (1 page, PDF,\n"
        "0.1\N{NO-BREAK SPACE}MB). It covers July 1, 2023 to June 30, 2024.\n\n"
        "A year of work in a few figures.\n\n"
        "The year in figures\n\n"
        " - 7th in advocacy\n\n"
        "Bo Chan\nClerk\nOffice of Small Things\nwww.example.org\n"
    )


def test_only_a_link_makes_a_long_line_in_the_text(mail: Mailing) -> None:
    long = replace(mail.letter, description="Every word counts here. " * 30, link="https://example.org/" + "x" * 90)
    text, _ = render_texts(long, "Dear Ana", "", mail.design)
    assert [line for line in text.splitlines() if len(line) > 72] == [long.link]


class _Tags(HTMLParser):
    """Collects start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_html_has_a_language_and_alternative_text(mail: Mailing) -> None:
    _, html = render_texts(mail.letter, "Dear Ana", "cover.png", mail.design)
    tags = _Tags(html).tags
    assert [attributes.get("lang") for tag, attributes in tags if tag == "html"] == ["en-US"]
    assert [attributes["alt"] for tag, attributes in tags if tag == "img"] == ["The cover: Tiny Report. A small one."]
    assert {tag for tag, _ in tags} & {"script", "link", "iframe", "object"} == set()
    assert [attributes["src"] for tag, attributes in tags if "src" in attributes] == ["cover.png"]


def test_html_in_the_data_is_escaped(mail: Mailing) -> None:
    evil = replace(mail.letter, description='<script>alert("x")</script>', cover_alt='" onerror="x')
    text, html = render_texts(evil, "Dear <b>Ana</b>", "cover.png", mail.design)
    assert "<script>" not in html
    assert "Dear &lt;b&gt;Ana&lt;/b&gt;," in html
    assert [attributes for tag, attributes in _Tags(html).tags if "onerror" in attributes] == []
    assert "Dear <b>Ana</b>," in text


def test_the_same_input_gives_the_same_bytes_and_each_recipient_a_different_id(mail: Mailing) -> None:
    ana, bo = people("ana@example.org", "bo@example.org")
    once, again, other = mail.message(ana, DAY), mail.message(ana, DAY), mail.message(bo, DAY)
    later = mail.message(ana, DAY.replace(year=2025))
    assert once.data == again.data
    assert once.id == later.id != other.id
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", once.id)


def test_a_message_is_ascii_with_crlf_and_short_lines(mail: Mailing) -> None:
    data = mail.message(people("ana@example.org")[0], DAY).data
    lines = data.split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line and len(line) <= 998 for line in lines)
    assert data.isascii()


def test_a_draft_opens_unsent_with_its_recipients_in_bcc(mail: Mailing) -> None:
    draft = parsed(mail.draft(people("ana@example.org", "bo@bücher.example.org")).data)
    assert draft["X-Unsent"] == "1"
    assert str(draft["Bcc"]) == "ana@example.org, bo@xn--bcher-kva.example.org"
    assert draft["To"] is None
    assert draft["Date"].datetime == DAY
    assert text_of(draft, "plain").startswith("Dear members of the board,")


def test_a_draft_without_settings_leaves_the_sender_to_the_mail_program(write_edition: Write) -> None:
    draft = parsed(tiny_mailing(write_edition(), load_settings(None)).draft(()).data)
    assert (draft["From"], draft["Bcc"], draft["X-Unsent"]) == (None, None, "1")


def test_the_files_beside_the_draft_have_the_same_content(mail: Mailing) -> None:
    files = draft_files(mail, ())
    assert set(files) == {"message.eml", "message.txt", "message.html", "cover.png", "tiny-report-screen.pdf"}
    draft = parsed(files["message.eml"])
    plain, html = text_of(draft, "plain"), text_of(draft, "html")
    assert plain == files["message.txt"].decode()
    assert re.sub(r'src="[^"]+"', 'src="cover.png"', html) == files["message.html"].decode()
    assert files["cover.png"] == PNG
    assert files["tiny-report-screen.pdf"] == small_pdf()


@pytest.mark.parametrize(
    "value", ["A\r\nBcc: eve@example.org", "A\nBcc: eve@example.org", "A\rBcc: x", "A\r\n\r\nbody"]
)
@pytest.mark.parametrize("field", ["subject", "language", "sender", "to", "reply_to"])
def test_no_value_can_inject_a_header(field: str, value: str) -> None:
    """A line break that slipped through input validation still does not get into a message."""
    changed = head(**{field: value if field in {"subject", "language"} else NamedAddress(ANA.address, value)})
    try:
        data = build_message(changed, BODY).data
    except MisreadError:
        return
    message = message_from_bytes(data, policy=policy.compat32)
    assert set(message.keys()) <= {*HEADERS, "Reply-To"}
    assert "eve@example.org" not in [address for _, address in getaddresses(message.get_all("Bcc", []))]


@pytest.mark.parametrize("field", ["sender", "to", "bcc"])
def test_no_address_can_inject_a_header(field: str) -> None:
    evil = replace(ANA.address, envelope="ana@example.org>\r\nBcc: <eve@example.org")
    with pytest.raises(MisreadError):
        build_message(head(**{field: (evil,) if field == "bcc" else NamedAddress(evil, "Ana")}), BODY)


def test_names_in_any_script_and_of_any_length_round_trip() -> None:
    chance = random.Random(7)
    alphabet = [*"abc ", *"ÄßłŻ漢字שלحبनमस्ते😀", *",;:<>@()[]\\\".'`=?_", "=?utf-8?q?x?=", "\u200d", "\u00a0", "e\u0301"]
    for _ in range(60):
        name = "".join(chance.choices(alphabet, k=chance.randint(1, 90))).strip()
        try:
            single_line(name)
        except AddressError:
            continue
        address = parse_address(chance.choice(["ana@example.org", "用户@例え.jp", f"{'l' * 60}@{'d' * 60}.org"]))
        data = build_message(head(sender=NamedAddress(address, name), subject=f"On {name}"), BODY).data
        found = message_from_bytes(data, policy=policy.compat32)
        raw = data.split(b"\r\n\r\n")[0].decode()
        sender = re.search(r"^From: ([^\r\n]*(?:\r\n [^\r\n]*)*)", raw, re.MULTILINE)
        assert sender
        [(shown, where)] = getaddresses([sender[1].replace("\r\n ", " ").strip()])
        assert (str(make_header(decode_header(shown))), where) == (name, address.envelope)
        assert str(make_header(decode_header(str(found["Subject"])))) == f"On {name}"


def test_only_non_ascii_addresses_need_smtputf8() -> None:
    utf8 = parse_address("用户@例え.jp")
    assert not build_message(head(to=NamedAddress(ANA.address, "山田")), BODY).utf8
    assert build_message(head(to=NamedAddress(utf8, "山田")), BODY).utf8
    assert build_message(head(bcc=(utf8,)), BODY).utf8


def test_the_cover_is_an_image_of_the_first_page() -> None:
    data = first_page(small_pdf(), 560)
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.width) == ("PNG", 560)
        assert picture.height == round(560 * 792 / 612)
        colours = picture.getcolors(1 << 20)
    assert colours is not None
    assert len(colours) > 2
    assert data == first_page(small_pdf(), 560)


BO = NamedAddress(parse_address("bo@example.com"), "Bo Chan")


def test_the_headers_come_in_one_order_with_names_quoted_and_nothing_more() -> None:
    data = build_message(head(reply_to=BO, to=NamedAddress(BO.address), language="pl"), BODY).data
    head_lines = data.split(b"\r\n\r\n")[0].decode().split("\r\n")
    assert [line.partition(":")[0] for line in head_lines if line[0] != " "][:7] == [
        "From",
        "Reply-To",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Content-Language",
    ]
    assert head_lines[:5] == [
        'From: "Ana" <ana@example.org>',
        'Reply-To: "Bo Chan" <bo@example.com>',
        "To: bo@example.com",
        "Subject: A report",
        "Date: Tue, 03 Dec 2024 12:00:00 +0000",
    ]
    assert "Content-Language: pl" in head_lines


def test_a_draft_is_marked_first_and_has_a_bcc_line_for_each_recipient() -> None:
    bcc = (ANA.address, BO.address)
    message = build_message(head(sender=None, to=None, bcc=bcc, draft=True), BODY)
    assert message.data.startswith(b"X-Unsent: 1\r\nBcc: ana@example.org,\r\n bo@example.com\r\nSubject: ")
    assert message.id.endswith("@draft.invalid>")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Ana", '"Ana" <ana@example.org>'),
        ("A", '"A" <ana@example.org>'),
        ("O'Neil (Chair), Ph.D.", '"O\'Neil (Chair), Ph.D." <ana@example.org>'),
        ("Żółć", "=?utf-8?b?xbvDs8WCxIc=?= <ana@example.org>"),
        ('The "Chair"', "=?utf-8?q?The_=22Chair=22?= <ana@example.org>"),
        ("a\\b", "=?utf-8?b?YVxi?= <ana@example.org>"),
        ("=?x?=", "=?utf-8?b?PT94Pz0=?= <ana@example.org>"),
    ],
)
def test_a_name_is_quoted_if_it_is_plain_and_encoded_otherwise(name: str, line: str) -> None:
    data = build_message(head(to=NamedAddress(ANA.address, name)), BODY).data
    assert f"\r\nTo: {line}\r\n" in data.decode()


def test_a_long_subject_in_another_script_is_folded() -> None:
    data = build_message(head(subject="Żółć " * 40 + "end"), BODY).data
    lines = data.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in lines) <= 78
    assert sum(line.startswith(b" =?utf-8?") for line in lines) >= 3


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Another"},
        {"language": "pl"},
        {"draft": True},
        {"sender": NamedAddress(ANA.address, "Anna")},
        {"to": BO},
        {"to": None},
        {"reply_to": ANA},
        {"bcc": (BO.address,)},
        {"text": "Other\n"},
        {"html": "<p>Other</p>"},
        {"cover": PNG + b"x"},
        {"attached": ("a.pdf", b"x")},
        {"attached": ("b.pdf", b"x")},
        {"attached": ("b.pdf", b"y")},
    ],
)
def test_whatever_differs_in_a_message_gives_it_another_id(changes: dict[str, Any]) -> None:
    of_body = {key: value for key, value in changes.items() if key in ("text", "html", "cover", "attached")}
    of_head = {key: value for key, value in changes.items() if key not in of_body}
    first = MessageBody("Text\n", "<p>Text</p>", PNG, ("b.pdf", b"z")) if "attached" in changes else BODY
    changed = build_message(head(**of_head), replace(first, **of_body))
    assert changed.id != build_message(head(), first).id


def test_the_parts_of_a_message_are_named_shown_and_encoded_as_mail_programs_expect() -> None:
    body = replace(BODY, text="Größe\n", html="<p>Größe</p>", attached=("r.pdf", b"%PDF-1.7"))
    message = parsed(build_message(head(), body).data)
    found = [
        (
            part.get_content_type(),
            part["Content-Transfer-Encoding"],
            part.get_content_disposition(),
            part.get_filename(),
        )
        for part in message.walk()
        if not part.is_multipart()
    ]
    assert found == [
        ("text/plain", "quoted-printable", None, None),
        ("text/html", "quoted-printable", None, None),
        ("image/png", "base64", "inline", "cover.png"),
        ("application/pdf", "base64", "attachment", "r.pdf"),
    ]
    assert (text_of(message, "plain"), text_of(message, "html")) == ("Größe\n", "<p>Größe</p>\n")
    boundaries = [part.get_boundary() for part in message.walk() if part.is_multipart()]
    assert len(set(boundaries)) == 3
    assert all(str(each).startswith("=_") for each in boundaries)


def test_any_address_in_another_script_needs_smtputf8() -> None:
    utf8 = NamedAddress(parse_address("用户@例え.jp"))
    assert head(sender=utf8).utf8
    assert head(reply_to=utf8).utf8
    assert head(bcc=(ANA.address, utf8.address)).utf8
    assert not head(reply_to=ANA, bcc=(ANA.address,)).utf8


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"subject": "A\nB"}, "subject reads back|line break"),
        ({"language": "en\nBcc: x"}, "The value for Content-Language contains a line break"),
        ({"to": NamedAddress(replace(ANA.address, envelope="ana@example.org, eve@example.org"))}, "To reads back as"),
        ({"bcc": (replace(ANA.address, envelope="Eve <ana@example.org>"),)}, "Bcc reads back as"),
    ],
)
def test_a_message_that_reads_back_otherwise_is_not_sent(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(MisreadError, match=what):
        build_message(head(**changes), BODY)


# The budget


def with_budget(edition: Path, folder: Path, warn: float, refuse: float, more: str = "") -> Mailing:
    settings = settings_with(folder, f"budget: {{warn: {warn:.4f}, refuse: {refuse:.4f}}}\n{more}")
    return prepare_mailing(
        "tiny", load(edition, "data/tiny"), screen(), settings, people("ana@example.org"), web_design()
    )


def test_above_the_budget_a_link_replaces_the_pdf(write_edition: Write, tmp_path: Path) -> None:
    edition = write_edition()
    size = len(with_budget(edition, tmp_path, 1, 2).draft(people("ana@example.org")).data) / MIB
    within = with_budget(edition, tmp_path, size + 0.003, size + 0.006)
    assert (within.problems, within.letter.attached) == ((), True)
    warned = with_budget(edition, tmp_path, size - 0.003, size + 0.003)
    assert ([each.code for each in warned.problems], warned.letter.attached) == (["message-big"], True)
    with pytest.raises(ReportError, match="the message is") as caught:
        with_budget(edition, tmp_path, size - 0.006, size - 0.003)
    assert [(each.code, each.where.line) for each in caught.value.problems] == [("message-too-big", 2)]
    linked = with_budget(edition, tmp_path, size - 0.006, size - 0.003, "link: https://example.org/report.pdf\n")
    assert ([each.code for each in linked.problems], linked.letter.attached) == (["linked"], False)
    message = parsed(linked.message(people("ana@example.org")[0], DAY).data)
    assert list(message.iter_attachments()) == []
    for kind in ("plain", "html"):
        assert "https://example.org/report.pdf" in text_of(message, kind)
        assert "attached" not in text_of(message, kind)
    with pytest.raises(ReportError, match="Even without the PDF"):
        with_budget(edition, tmp_path, 0.001, 0.002, "link: https://example.org/report.pdf\n")


def test_each_problem_of_the_size_gives_the_size_the_limit_and_what_to_do(write_edition: Write, tmp_path: Path) -> None:
    edition, link = write_edition(), "link: https://example.org/report.pdf\n"
    size = len(with_budget(edition, tmp_path, 1, 2).draft(people("ana@example.org")).data) / MIB
    [warned] = with_budget(edition, tmp_path, 0.001, 1.5).problems
    assert warned.what == f"With the PDF attached, the message is {size:.1f} MiB; the limit is 1.5 MiB."
    assert (warned.hint, warned.where.line) == (
        "Make the PDF smaller (build.py access shows what takes up space).",
        2,
    )
    [linked] = with_budget(edition, tmp_path, 0.001, round(size - 0.003, 4), link).problems
    assert linked.what.endswith(" MiB. The message links to the PDF instead.")
    assert linked.hint == "Check that the PDF is available at https://example.org/report.pdf before sending."
    for more, what, hint in (
        ("", "With the PDF attached", "or publish it on the web and give its address as `link`"),
        (link, "Even without the PDF", "Raise the budget."),
    ):
        with pytest.raises(ReportError) as caught:
            with_budget(edition, tmp_path, 0.001, 0.001, more)
        [problem] = caught.value.problems
        assert (problem.code, problem.where.line, problem.what.startswith(what)) == ("message-too-big", 2, True)
        assert hint in problem.hint


@pytest.mark.parametrize(
    ("name", "greeting", "line"),
    [
        ("Ana", "", "Dear Ana"),
        ("Ana", "Hello Ana, ", "Hello Ana"),
        ("", "", "Dear members of the board"),
        ("", "Good day,", "Good day"),
    ],
)
def test_a_greeting_is_the_one_of_the_recipient_or_names_them_or_is_that_of_all(
    name: str, greeting: str, line: str, mail: Mailing
) -> None:
    assert greeting_line(name, greeting, mail.letter) == line
    assert greeting_line("", "", replace(mail.letter, greeting="To all, ")) == "To all"


# The facts


def figures(edition: Path, settings: Settings) -> list[tuple[str, str]]:
    return [(each.value, each.label) for each in compose_letter(load(edition, "data/tiny"), screen(), settings).figures]


def codes(edition: Path, settings: Settings) -> list[tuple[str, str]]:
    with pytest.raises(ReportError) as caught:
        figures(edition, settings)
    return [(str(each.where), each.code) for each in caught.value.problems]


def test_the_key_facts_come_from_the_settings_or_the_first_call_outs(write_edition: Write, tmp_path: Path) -> None:
    edition = write_edition()
    assert figures(edition, settings_with(tmp_path)) == [("7th", "in advocacy")]
    assert figures(edition, settings_with(tmp_path, "facts: [advocacy.rank]\n")) == [("7th", "in advocacy")]
    place = f"{tmp_path / 'mail.yaml'}:2:9"
    assert codes(edition, settings_with(tmp_path, "facts: [advocacy.rang]\n")) == [(place, "unknown-fact")]


def test_a_figure_changed_after_the_build_is_refused(write_edition: Write, tmp_path: Path) -> None:
    settings = settings_with(tmp_path)
    assert codes(write_edition(facts=("value: 7\n", "value: 8\n")), settings) == [
        ("data/tiny/facts.yaml:6:3", "stale-fact")
    ]
    assert codes(
        write_edition(facts=("value: 7\n", "value: 7\n"), edition=("title: Tiny", "title: Teeny")), settings
    ) == [("data/tiny/edition.yaml:3:1", "stale-title")]
    chosen = settings_with(tmp_path, "facts: [ease.served]\n")
    assert codes(write_edition(), chosen) == [("data/tiny/facts.yaml:4:3", "stale-fact")]


def test_a_figure_is_not_found_within_a_longer_one(write_edition: Write, tmp_path: Path) -> None:
    for shown, found in (("12,500 of them", True), ("500 of them", False), ("up to 500.", False), ("500,7", True)):
        page = f"In advocacy we came 7th. {shown}"
        pdf = written(laid_out(block(page)), "screen")
        folder = write_edition(facts=("value: 11102,", "value: 500,"), story=("[advocacy.rank]", "[ease.served]"))
        shown_screen = replace(screen(), data=pdf, facts={"ease.served": (1,)})
        with pytest.raises(ReportError) if found else nullcontext():
            compose_letter(load(folder, "data/tiny"), shown_screen, settings_with(tmp_path))


def test_a_title_of_two_lines_is_one_line_in_the_subject(write_edition: Write, tmp_path: Path) -> None:
    edition = load(write_edition(edition=("title: Tiny Report", 'title: "Tiny\\nReport"')), "data/tiny")
    letter = compose_letter(edition, replace(screen(), title="Tiny\nReport"), settings_with(tmp_path))
    assert letter.subject == "Tiny Report, Office of Small Things"


def test_a_message_without_figures_is_refused(write_edition: Write, tmp_path: Path) -> None:
    edition = write_edition(story=("callouts: [advocacy.rank]\n", ""))
    assert codes(edition, settings_with(tmp_path)) == [(str(tmp_path / "mail.yaml"), "no-key-facts")]


def test_the_small_pdf_of_these_tests_shows_its_figure() -> None:
    assert "7th" in Pdf(small_pdf()).page_texts()[0]
