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


def told(read: Read, text: str, name: str = "to.csv") -> list[str]:
    with pytest.raises(ReportError) as caught:
        read(text, name)
    return [f"{problem.what} {problem.hint}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["This file lists no recipients. Add a line for each recipient."]),
        ("name,address\nBo,\n", ["Bo has no address. Add the address or delete the line."]),
        ("name,greeting,address\n,Dear all,\n", ["This recipient has no address."]),
        ("address\nDee <dee@example.org>\n", ["This is not a valid address. ", "Write the address alone"]),
        (
            "address\n\nana@example.org\nAna@Example.org\n",
            ["Ana@example.org is a duplicate; it first appears on line 3. Keep one of the two."],
        ),
        (
            "name,address\nOrtega, Ana,ana@example.org\n",
            ["This line has 3 values, but the first line has 2.", "Put values that contain the separator in quotes."],
        ),
        ('address\n"ana@example.org\n', ["CSV error: ", "every opening quote needs a closing one"]),
        ("adress\n", ["Unknown column `adress`. Did you mean `address`?", "The column `address` is missing."]),
        ("address,name,name\n", ["The column `name` is a duplicate. Keep one of the two."]),
        ("name\n", ["The column `address` is missing. Name the columns in the first line: name,address,greeting"]),
        (f"address,{'x' * 41}\n", [f"Unknown column `{'x' * 40}`. Known: address, greeting, name."]),
        (f"name,address\n{'x' * 201},ana@example.org\n", ["at most 200 are allowed", "Use a short text"]),
        ('greeting,address\n"Dear\nAna",ana@example.org\n', ["U+000A", "Use a short text on a single line."]),
    ],
)
def test_each_problem_says_what_is_wrong_and_what_to_do(read: Read, text: str, parts: list[str]) -> None:
    found = "\n".join(told(read, text))
    assert [part for part in parts if part not in found] == []


def test_a_csv_with_a_wrong_first_line_is_not_read_further(read: Read) -> None:
    assert problems(read, "name,address,mail\nBo,,\n", "to.csv") == [("to.csv:1:14", "unknown-column")]


def test_a_csv_without_addresses_is_told_at_its_start(read: Read) -> None:
    assert problems(read, " \nname,greeting\nBo,\n", "to.csv") == [("to.csv:2:1", "no-address-column")]


def test_a_csv_with_a_wrong_row_is_read_to_its_end(read: Read) -> None:
    text = 'name,address,greeting\nAna,a@example.org\n"B\no",,x\n\nCy,cy@,\nDee,d@example.org,,\n'
    assert problems(read, text, "to.csv") == [
        ("to.csv:2:1", "csv-row"),
        ("to.csv:3:1", "empty-address"),  # the address is on the second line of this row: its place is the first
        ("to.csv:3:1", "bad-text"),
        ("to.csv:6:4", "bad-address"),
        ("to.csv:7:1", "csv-row"),
    ]


def test_the_separator_of_a_csv_is_the_one_its_first_line_has_most_of(read: Read) -> None:
    [ana] = read('name;address;greeting\nOrtega, Ana; ana@example.org ;"Dear; Ana, "\n', "to.CSV")
    assert (ana.name, ana.address.shown, ana.greeting) == ("Ortega, Ana", "ana@example.org", "Dear; Ana,")


def test_a_quoted_value_may_contain_the_separator_and_quotes_but_not_end_early(read: Read) -> None:
    [ana] = read('name,greeting,address\n"Ortega, ""Ana""","Hi, you",ana@example.org\n', "to.csv")
    assert (ana.name, ana.greeting, str(ana.place)) == ('Ortega, "Ana"', "Hi, you", "to.csv:2:29")
    assert problems(read, 'name,address\n"Ana" Ortega,ana@example.org\n', "to.csv") == [("to.csv:2:1", "csv-syntax")]


def test_a_yaml_recipient_has_its_place_and_may_have_a_greeting(read: Read) -> None:
    ana, bo = read("recipients:\n  - {address: ana@example.org, greeting: Dear Ana}\n  - address: bo@example.org\n")
    assert [(each.name, each.greeting, str(each.place)) for each in (ana, bo)] == [
        ("", "Dear Ana", "to.yaml:2:15"),
        ("", "", "to.yaml:3:14"),
    ]


def test_an_entry_with_two_problems_has_both_reported_and_does_not_hide_a_later_one(read: Read) -> None:
    text = 'recipients:\n  - {name: "A\\nB", greeting: "C\\nD", address: x}\n  - {name: "E\\nF", address: b@x.org}\n'
    assert problems(read, text + "  - address: b@x.org\n  - address: b@x.org\n") == [
        ("to.yaml:2:12", "bad-text"),
        ("to.yaml:2:30", "bad-text"),
        ("to.yaml:2:47", "bad-address"),
        ("to.yaml:3:12", "bad-text"),
        ("to.yaml:5:14", "duplicate-address"),
    ]


def test_recipients_that_are_chosen_keep_the_order_of_the_file_and_every_unknown_one_is_told(read: Read) -> None:
    recipients = read(
        "recipients: [{address: ana@example.org}, {address: bo@example.org}, {address: cy@example.org}]\n"
    )
    chosen = select(recipients, ["cy@example.org", "ANA@example.org"], "to.yaml")
    assert [each.address.key for each in chosen] == ["ana@example.org", "cy@example.org"]
    with pytest.raises(ReportError) as caught:
        select(recipients, ["nobody", "bo@example.org", "Anna@example.org"], "to.yaml")
    assert [(str(each.where), each.code, each.what) for each in caught.value.problems] == [
        ("to.yaml", "unknown-address", "nobody is not in this file."),
        ("to.yaml", "unknown-address", "Anna@example.org is not in this file."),
    ]
    assert "Known: ana@example.org" in caught.value.problems[0].hint
    with pytest.raises(ReportError, match=r"Correct the address\."):
        select((), ["ana@example.org"], "to.yaml")


def test_a_name_may_have_two_hundred_characters() -> None:
    assert single_line("x" * 200) == "x" * 200
    with pytest.raises(AddressError, match="has 201 characters; at most 200"):
        single_line("x" * 201)


def test_the_reason_for_refusing_an_address_is_told() -> None:
    with pytest.raises(AddressError, match="@-sign"):
        parse_address("ana")


def test_an_address_has_a_domain_in_ascii_and_a_key_without_case() -> None:
    address = parse_address("Ana.Ortega@BÜCHER.example.org")
    assert (address.shown, address.envelope) == (
        "Ana.Ortega@bücher.example.org",
        "Ana.Ortega@xn--bcher-kva.example.org",
    )
    assert (address.key, address.domain) == ("ana.ortega@xn--bcher-kva.example.org", "xn--bcher-kva.example.org")


def test_a_csv_may_have_addresses_alone(read: Read) -> None:
    [ana] = read("address\nana@example.org\n", "to.csv")
    assert (ana.name, ana.greeting) == ("", "")
