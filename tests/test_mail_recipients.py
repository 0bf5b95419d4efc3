"""The recipients file: names and addresses in any script; every problem reported with line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from report.mail.addresses import AddressError, parse_address, single_line
from report.mail.recipients import Recipient, load_recipients, select
from report.problems import ReportError

Read = Callable[..., tuple[Recipient, ...]]
ROOT = Path(__file__).parents[1]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    monkeypatch.chdir(tmp_path)

    def from_text(text: str | bytes, name: str = "to.yaml") -> tuple[Recipient, ...]:
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_recipients(Path(name))

    return from_text


def problems(read: Read, text: str | bytes, name: str = "to.yaml") -> list[tuple[str, str]]:
    with pytest.raises(ReportError) as caught:
        read(text, name)
    return [(str(problem.where), problem.code) for problem in caught.value.problems]


def test_names_and_addresses_may_be_in_any_script(read: Read) -> None:
    recipients = read(
        "recipients:\n  - {name: 山田 太郎, address: 用户@例え.jp}\n  - {name: Ana, address: ana@bücher.example.org}\n"
    )
    assert [(each.name, each.address.shown, each.address.envelope, each.address.utf8) for each in recipients] == [
        ("山田 太郎", "用户@例え.jp", "用户@xn--r8jz45g.jp", True),
        ("Ana", "ana@bücher.example.org", "ana@xn--bcher-kva.example.org", False),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_from_spreadsheets_is_read_with_any_separator(read: Read, delimiter: str) -> None:
    lines = ["Name,Address,Greeting", '"Ortega, Ana",ana@example.org,Dear Ana', "", "שרה,sara@example.org,"]
    quoted = [line.replace(",", delimiter).replace(f"Ortega{delimiter}", "Ortega,") for line in lines]
    recipients = read("\ufeff" + "\r\n".join(quoted) + "\r\n", "to.csv")
    assert [(each.name, each.greeting, str(each.place)) for each in recipients] == [
        ("Ortega, Ana", "Dear Ana", "to.csv:2:15"),
        ("שרה", "", "to.csv:4:5"),
    ]


def test_every_problem_in_a_yaml_file_has_line_and_column(read: Read) -> None:
    text = """\
recipients:
  - {name: Ana, address: ana@example.org}
  - {name: Bo, address: bo at example.org}
  - {name: Again, address: ANA@EXAMPLE.ORG}
  - {name: "Two\\nLines", address: cy@example.org}
  - {address: Dee <dee@example.org>}
"""
    assert problems(read, text) == [
        ("to.yaml:3:25", "bad-address"),
        ("to.yaml:4:28", "duplicate-address"),
        ("to.yaml:5:12", "bad-text"),
        ("to.yaml:6:15", "bad-address"),
    ]


def test_every_problem_in_a_csv_file_has_line_and_column(read: Read) -> None:
    lines = [
        "name,address",
        "Ana,ana@example.org",
        "Bo,",
        "Cy,cy@",
        '"Ana, again",Ana@Example.org',
        "Dee",
        '"Two',
        'lines",',
    ]
    text = "\n".join(lines) + "eve@example.org\n"
    assert problems(read, text, "to.csv") == [
        ("to.csv:3:4", "empty-address"),
        ("to.csv:4:4", "bad-address"),
        ("to.csv:5:14", "duplicate-address"),
        ("to.csv:6:1", "csv-row"),
        ("to.csv:7:1", "bad-text"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ana@example.org", "ANA@Example.ORG"),
        ("ana@bücher.example.org", "ana@xn--bcher-kva.example.org"),
        ("ana@BÜCHER.example.org", "ana@bücher.example.org"),
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
        ("ДАША@пример.рф", "даша@xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_two_spellings_of_the_same_mailbox_are_duplicates(read: Read, first: str, second: str) -> None:
    assert problems(read, f"recipients:\n  - address: {first}\n  - address: {second}\n") == [
        ("to.yaml:3:14", "duplicate-address")
    ]


@pytest.mark.parametrize(
    ("name", "text", "place", "code"),
    [
        ("to.yaml", "", "to.yaml:1:1", "missing-key"),
        ("to.yaml", "recipients: []\n", "to.yaml:1:1", "no-recipients"),
        ("to.yaml", "recipients:\n  - name: Ana\n", "to.yaml:2:5", "empty-address"),
        ("to.yaml", "recipients:\n  - address:\n", "to.yaml:2:13", "empty-address"),
        ("to.yaml", "recipients:\n  - {address: a@example.org, mail: x}\n", "to.yaml:2:30", "unknown-key"),
        ("to.yaml", b"recipients:\n  - address: \xff\n", "to.yaml:2:14", "encoding"),
        ("to.csv", "", "to.csv:1:1", "no-recipients"),
        ("to.csv", "name,address\n", "to.csv:1:1", "no-recipients"),
        ("to.csv", "name,mail\n", "to.csv:1:6", "unknown-column"),
        ("to.csv", "address,address\n", "to.csv:1:9", "duplicate-column"),
        ("to.csv", 'address\n"ana@example.org\n', "to.csv:2:1", "csv-syntax"),
        ("to.csv", "Ana,ana@example.org\n", "to.csv:1:1", "unknown-column"),
    ],
)
def test_an_empty_or_malformed_file_is_reported(
    read: Read, name: str, text: str | bytes, place: str, code: str
) -> None:
    assert (place, code) in problems(read, text, name)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="No such file"):
        load_recipients(tmp_path / "none.csv")


def test_recipients_are_selected_by_any_spelling_of_their_address(read: Read) -> None:
    recipients = read("recipients:\n  - address: ana@example.org\n  - address: bo@bücher.example.org\n")
    assert select(recipients, [], "to.yaml") == recipients
    assert select(recipients, ["BO@xn--bcher-kva.example.org"], "to.yaml") == recipients[1:]
    with pytest.raises(ReportError, match="Did you mean `ana@example"):
        select(recipients, ["anna@example.org"], "to.yaml")


@pytest.mark.parametrize("ending", ["yaml", "csv"])
def test_the_examples_in_docs_are_valid(ending: str) -> None:
    recipients = load_recipients(ROOT / "docs" / f"recipients.example.{ending}")
    assert len(recipients) >= 3
    assert any(not each.name.isascii() for each in recipients)


@pytest.mark.parametrize(
    "text",
    ["ana", "ana@", "@example.org", "a@b@example.org", "ana@localhost", "ana@example.org\r\nBcc: x@example.org", ""],
)
def test_an_invalid_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_address(text)


@pytest.mark.parametrize("letter", ["\n", "\r", "\x00", "\x85", "\u2028", "\u2029", "\u202e", "\ud800"])
def test_line_breaks_and_direction_controls_are_refused_in_names(letter: str) -> None:
    with pytest.raises(AddressError, match=f"U\\+{ord(letter):04X}"):
        single_line(f"Ana{letter}Bcc: bo@example.org")


@pytest.mark.parametrize("name", ["Łukasz Żółć", "محمد علی‌پور", "नमस्ते", "👩‍👩‍👧", "O'Neil (Chair), Ph.D."])
def test_names_in_every_script_are_unchanged(name: str) -> None:
    assert single_line(name) == name
