"""Who gets the report: a YAML or CSV file kept outside git, with names and addresses in any script.

In: the path of the file (docs/recipients.example.yaml and .csv show one). Out: `Recipient`s, each mailbox once, or a
`ReportError` with everything that is invalid, empty or there twice, by line and column.
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
from report.mail.addresses import Address, AddressError, parse_address, sound_text
from report.problems import Place, Problem, ReportError, did_you_mean, error, in_order

COLUMNS = ("name", "address", "greeting")
_BARE = "Write the bare address, such as ana@example.org; the name stands beside it."


class RecipientEntry(FrozenModel):
    """One person. `greeting` is how the message starts, if not with "Dear" and the name."""

    address: Text | None = Field(None, description="The bare address. One that is missing is told with all the rest.")
    name: Text | None = None
    greeting: Text | None = None


class RecipientsFile(FrozenModel):
    """The file of recipients."""

    recipients: tuple[RecipientEntry, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person, and where the file names them."""

    address: Address
    name: str
    greeting: str
    place: Place


@dataclass(frozen=True, slots=True)
class _RawEntry:
    """What was typed for one person, and the place of each value."""

    values: dict[str, str]
    places: dict[str, Place]


def load_recipients(path: Path) -> tuple[Recipient, ...]:
    """Read a file of recipients, YAML or CSV by its ending. Raises ReportError with every problem."""
    text = read_text(path, str(path))
    problems: list[Problem] = []
    typed = list(_from_csv(text, str(path), problems) if path.suffix.lower() == ".csv" else _from_yaml(text, str(path)))
    found = _understood(typed, problems)
    if not typed and not problems:
        what = "Nobody is in this file."
        problems.append(error("no-recipients", Place(str(path), 1, 1), what, "Add a line for each recipient."))
    if problems:
        raise ReportError(in_order(problems))
    return tuple(found)


def select(recipients: Sequence[Recipient], only: Sequence[str], file: str) -> tuple[Recipient, ...]:
    """Return those whose addresses are named, or all. Raises ReportError for an address that is not in the file."""
    known = {recipient.address.key: recipient for recipient in recipients}
    problems, chosen = [], set()
    for text in only:
        try:
            key = parse_address(text).key
        except AddressError:
            key = text
        if key not in known:
            hint = did_you_mean(key, known) or "Correct the address."
            problems.append(error("unknown-address", Place(file), f"{text} is not in this file.", hint))
        chosen.add(key)
    if problems:
        raise ReportError(problems)
    return tuple(each for each in recipients if not only or each.address.key in chosen)


def _understood(typed: Sequence[_RawEntry], problems: list[Problem]) -> Iterator[Recipient] | list[Recipient]:
    """Return the recipients; each mailbox may be there once."""
    found: dict[str, Recipient] = {}
    for each in typed:
        texts = [key for key in ("name", "greeting") if not _sound(each, key, problems)]
        address = _address(each, problems)
        if address is None or texts:
            continue
        if first := found.get(address.key):
            what = f"{address.shown} is here a second time; the first is on line {first.place.line}."
            problems.append(error("duplicate-address", each.places["address"], what, "Keep one of the two."))
            continue
        name, greeting = each.values.get("name", ""), each.values.get("greeting", "")
        found[address.key] = Recipient(address, name, greeting, each.places["address"])
    return list(found.values())


def _sound(typed: _RawEntry, key: str, problems: list[Problem]) -> bool:
    try:
        sound_text(typed.values.get(key, ""))
    except AddressError as failure:
        problems.append(error("bad-text", typed.places[key], str(failure), "Write it in one line, and shorter."))
        return False
    return True


def _address(typed: _RawEntry, problems: list[Problem]) -> Address | None:
    text, place = typed.values.get("address", ""), typed.places["address"]
    if not text:
        what = f"{typed.values.get('name') or 'This recipient'} has no address."
        problems.append(error("empty-address", place, what, "Fill it in, or delete the line."))
        return None
    try:
        return parse_address(text)
    except AddressError as failure:
        problems.append(error("bad-address", place, f"This is no address. {failure}", _BARE))
        return None


def _from_yaml(text: str, shown: str) -> Iterator[_RawEntry]:
    document = parse(text, shown)
    for index, entry in enumerate(validate(RecipientsFile, document).recipients):
        values = {key: getattr(entry, key) or "" for key in COLUMNS}
        yield _RawEntry(values, {key: document.place(("recipients", index, key)) for key in COLUMNS})


def _from_csv(text: str, shown: str, problems: list[Problem]) -> Iterator[_RawEntry]:
    """Read CSV as RFC 4180 has it, with commas or, as some spreadsheets write it, semicolons or tabs."""
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
                what = f"This line has {len(row)} values, the first one {len(header)}."
                hint = "Put a value with a comma in it in quotes."
                problems.append(error("csv-row", places[0], what, hint))
            else:
                values = {key: cell.strip() for key, cell in zip(header, row, strict=True)}
                yield _RawEntry(values, dict(zip(header, places, strict=True)))
    except csv.Error as failure:
        hint = "Check the quotes: each that opens must close, and one inside a value is written twice."
        problems.append(error("csv-syntax", Place(shown, first, 1), f"CSV: {failure}.", hint))


def _header_problems(header: Sequence[str], places: Sequence[Place]) -> Iterator[Problem]:
    for index, (name, place) in enumerate(zip(header, places, strict=True)):
        if name not in COLUMNS:
            what = f"`{name[:40]}` is no column that is known here."
            yield error("unknown-column", place, what, did_you_mean(name, COLUMNS))
        elif name in header[:index]:
            yield error(
                "duplicate-column", place, f"The column `{name}` is here a second time.", "Keep one of the two."
            )
    if "address" not in header:
        what, hint = "There is no column `address`.", "The first line names the columns: name,address,greeting"
        yield error("no-address-column", places[0], what, hint)


def _columns(line: str, delimiter: str) -> list[int]:
    """Return the column, from one, at which each value of a line starts."""
    starts, quoted = [1], False
    for index, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == delimiter and not quoted:
            starts.append(index + 2)
    return starts
