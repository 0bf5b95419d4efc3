"""The recipients file: YAML or CSV, kept outside git, with names and addresses in any script.

In: the path of the file (see docs/recipients.example.yaml and .csv). Out: `Recipient`s without duplicates, or a
`ReportError` that lists every invalid, empty or duplicate entry by line and column.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from report.edition.model import FrozenModel, Text
from report.edition.validate import validate
from report.edition.yamldoc import parse, read_text
from report.mail.addresses import Address, AddressError, parse_address, single_line
from report.problems import Place, Problem, ReportError, did_you_mean, error, in_order

COLUMNS = ("name", "address", "greeting")
_BARE = "Write the address alone, such as ana@example.org; the name has its own field."


class RecipientEntry(FrozenModel):
    """One recipient. `greeting` replaces "Dear" and the name at the start of the message."""

    # Optional here, so that a missing address is reported together with all other problems.
    address: Text | None = Field(None, description="The address alone, without a name. Required.")
    name: Text | None = None
    greeting: Text | None = None


class RecipientsFile(FrozenModel):
    """The recipients file."""

    recipients: tuple[RecipientEntry, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient and the place of the entry in the file."""

    address: Address
    name: str
    greeting: str
    place: Place


@dataclass(frozen=True, slots=True)
class _RawEntry:
    """The unchecked values of one entry, and the place of each value."""

    values: dict[str, str]
    places: dict[str, Place]


def load_recipients(path: Path) -> tuple[Recipient, ...]:
    """Read a recipients file: CSV if its name ends in .csv, otherwise YAML. Raises ReportError with every problem."""
    text = read_text(path, str(path))
    problems: list[Problem] = []
    is_csv = path.suffix.lower() == ".csv"
    entries = list(_from_csv(text, str(path), problems) if is_csv else _from_yaml(text, str(path)))
    recipients = _parse_entries(entries, problems)
    if not entries and not problems:
        what = "This file lists no recipients."
        problems.append(error("no-recipients", Place(str(path), 1, 1), what, "Add a line for each recipient."))
    if problems:
        raise ReportError(in_order(problems))
    return tuple(recipients)


def select(recipients: Sequence[Recipient], only: Sequence[str], file: str) -> tuple[Recipient, ...]:
    """Return the recipients with the addresses in `only`, or all if it is empty.

    Raises ReportError for an address that is not in the file.
    """
    by_key = {recipient.address.key: recipient for recipient in recipients}
    problems, chosen = [], set()
    for text in only:
        try:
            key = parse_address(text).key
        except AddressError:
            key = text
        if key not in by_key:
            hint = did_you_mean(key, by_key) or "Correct the address."
            problems.append(error("unknown-address", Place(file), f"{text} is not in this file.", hint))
        chosen.add(key)
    if problems:
        raise ReportError(problems)
    return tuple(each for each in recipients if not only or each.address.key in chosen)


def _parse_entries(entries: Sequence[_RawEntry], problems: list[Problem]) -> list[Recipient]:
    """Return the valid recipients. A mailbox that occurs more than once is a problem."""
    recipients: dict[str, Recipient] = {}
    for entry in entries:
        invalid = [key for key in ("name", "greeting") if not _is_valid_text(entry, key, problems)]
        address = _parse_entry_address(entry, problems)
        if address is None or invalid:
            continue
        if first := recipients.get(address.key):
            what = f"{address.shown} is a duplicate; it first appears on line {first.place.line}."
            problems.append(error("duplicate-address", entry.places["address"], what, "Keep one of the two."))
            continue
        name, greeting = entry.values.get("name", ""), entry.values.get("greeting", "")
        recipients[address.key] = Recipient(address, name, greeting, entry.places["address"])
    return list(recipients.values())


def _is_valid_text(entry: _RawEntry, key: str, problems: list[Problem]) -> bool:
    try:
        single_line(entry.values.get(key, ""))
    except AddressError as failure:
        problems.append(error("bad-text", entry.places[key], str(failure), "Use a short text on a single line."))
        return False
    return True


def _parse_entry_address(entry: _RawEntry, problems: list[Problem]) -> Address | None:
    text, place = entry.values.get("address", ""), entry.places["address"]
    if not text:
        what = f"{entry.values.get('name') or 'This recipient'} has no address."
        problems.append(error("empty-address", place, what, "Add the address or delete the line."))
        return None
    try:
        return parse_address(text)
    except AddressError as failure:
        problems.append(error("bad-address", place, f"This is not a valid address. {failure}", _BARE))
        return None


def _from_yaml(text: str, shown: str) -> Iterator[_RawEntry]:
    document = parse(text, shown)
    for index, entry in enumerate(validate(RecipientsFile, document).recipients):
        values = {key: getattr(entry, key) or "" for key in COLUMNS}
        yield _RawEntry(values, {key: document.place(("recipients", index, key)) for key in COLUMNS})


def _from_csv(text: str, shown: str, problems: list[Problem]) -> Iterator[_RawEntry]:
    """Read RFC 4180 CSV, separated by commas or, as some spreadsheets export it, by semicolons or tabs."""
    lines = text.split("\n")
    delimiter = max(",;\t", key=lines[0].count)
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    header: list[str] = []
    first = 1
    try:
        while (row := next(reader, None)) is not None:
            columns = _columns(lines[first - 1], delimiter)
            places = [Place(shown, first, columns[min(index, len(columns) - 1)]) for index in range(len(row))]
            first = reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header = [cell.strip().lower() for cell in row]
                problems += _header_problems(header, places)
                if problems:
                    return
            elif len(row) != len(header):
                what = f"This line has {len(row)} values, but the first line has {len(header)}."
                hint = "Put values that contain the separator in quotes."
                problems.append(error("csv-row", places[0], what, hint))
            else:
                values = {key: cell.strip() for key, cell in zip(header, row, strict=True)}
                yield _RawEntry(values, dict(zip(header, places, strict=True)))
    except csv.Error as failure:
        hint = "Check the quotes: every opening quote needs a closing one; double a quote inside a value."
        problems.append(error("csv-syntax", Place(shown, first, 1), f"CSV error: {failure}.", hint))


def _header_problems(header: Sequence[str], places: Sequence[Place]) -> Iterator[Problem]:
    for index, (name, place) in enumerate(zip(header, places, strict=True)):
        if name not in COLUMNS:
            yield error("unknown-column", place, f"Unknown column `{name[:40]}`.", did_you_mean(name, COLUMNS))
        elif name in header[:index]:
            yield error("duplicate-column", place, f"The column `{name}` is a duplicate.", "Keep one of the two.")
    if "address" not in header:
        what = "The column `address` is missing."
        hint = "Name the columns in the first line: name,address,greeting"
        yield error("no-address-column", places[0], what, hint)


def _columns(line: str, delimiter: str) -> list[int]:
    """Return the 1-based column at which each value of a line starts."""
    starts, quoted = [1], False
    for index, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == delimiter and not quoted:
            starts.append(index + 2)
    return starts
