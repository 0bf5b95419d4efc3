"""RGB colours to CMYK: every colour becomes the exact CMYK build of its token, and black overprints.

In: a PDF whose colours are the hex values of tokens, and the table of builds. Out: the same PDF, changed to DeviceCMYK
only. A colour that is not a token is an error with its page: nothing is converted approximately.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Operator

from report.inspection.contents import (
    NotPlainError,
    content_of,
    format_operation,
    operator_pattern,
    split_at_operators,
)
from report.problems import Place, Problem, ReportError, error

InkBuild = tuple[int, int, int, int]  # percent of cyan, magenta, yellow, black

BLACK: InkBuild = (0, 0, 0, 100)
_RGB = {"rg": "k", "RG": "K", "g": "k", "G": "K"}
_OTHER = frozenset({"cs", "CS", "sc", "SC", "scn", "SCN", "sh", "INLINE IMAGE"})
_OPERATORS = operator_pattern({*_RGB, *_OTHER - {"INLINE IMAGE"}, "q", "Q"})
_HINT = "Use a colour of styles/tokens.yaml: only these have a CMYK build. Or draw the object as an image."


def convert_colours(pdf: pikepdf.Pdf, builds: Mapping[str, InkBuild]) -> None:
    """Convert every colour of the pages and their forms. Raises ReportError with every colour that has no build."""
    table = {_channels(rgb): build for rgb, build in builds.items()}
    states = _overprint_states(pdf)
    problems: list[Problem] = []
    done: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages, 1):
        for holder, is_form in _streams(page, done):
            converter = _InkConverter(table, number, inherits=is_form)
            try:
                data = converter.as_text(content_of(holder))
            except NotPlainError:
                converter = _InkConverter(table, number, inherits=is_form)
                data = converter.as_instructions(pikepdf.parse_content_stream(holder))
            problems += converter.problems
            if is_form:
                holder.write(data)
            else:
                holder.Contents = pdf.make_stream(data)
            _add_states(holder, converter.used, states)
    if problems:
        raise ReportError(dict.fromkeys(problems))
    _set_blending_space(pdf)


def _channels(rgb: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(rgb.removeprefix("#")))


def _streams(page: pikepdf.Page, done: set[tuple[int, int]]) -> Iterator[tuple[Any, bool]]:
    """Yield the page and every form that it draws, also nested ones; each form only once in the whole file."""
    waiting: list[tuple[Any, bool]] = [(page.obj, False)]
    while waiting:
        holder, is_form = waiting.pop()
        objects = holder.get(Name.Resources, Dictionary()).get(Name.XObject, Dictionary())
        for item in objects.values():
            if item.get(Name.Subtype) == Name.Form and item.objgen not in done:
                done.add(item.objgen)
                waiting.append((item, True))
        yield holder, is_form


class _InkConverter:
    """Rewrites the colour operators of one content stream, and adds overprint where the colour is black.

    The overprint state (stroke, fill) is saved and restored by q and Q like the colours. In a form it is unknown at the
    start.
    """

    def __init__(self, table: Mapping[tuple[int, ...], InkBuild], page: int, inherits: bool) -> None:
        self.table, self.page = table, page
        self.problems: list[Problem] = []
        self.used: set[tuple[bool, bool]] = set()
        self.black, self.known = (False, False), not inherits
        self.saved: list[tuple[tuple[bool, bool], bool]] = []

    def as_text(self, content: bytes) -> bytes:
        """Return a plain content stream with its colours in CMYK. Raises NotPlainError if it has to be parsed."""
        out: list[bytes] = []
        for before, name, operands in split_at_operators(content, _OPERATORS):
            if name in _OTHER:  # report these with all their operands
                raise NotPlainError
            changes = self._changes(name, operands)
            out += (
                [before, name.encode()]
                if changes is None
                else [before, *(format_operation(*change) for change in changes)]
            )
        return b"".join(out)

    def as_instructions(self, instructions: Sequence[Any]) -> bytes:
        """Return any content stream, parsed into instructions, with its colours in CMYK."""
        out: list[Any] = []
        for instruction in instructions:
            changes = self._changes(str(instruction.operator), instruction.operands)
            if changes is None:
                out.append(instruction)
                continue
            out += [pikepdf.ContentStreamInstruction(values, Operator(name)) for values, name in changes]
        return pikepdf.unparse_content_stream(out)

    def _changes(self, operator: str, operands: Any) -> list[tuple[list[Any], str]] | None:
        """Track the state through an operator, and return its replacement; None if it stays."""
        if operator in _RGB:
            build = self._build(operator, operands)
            stroke, fill = self.black
            state = (build == BLACK, fill) if operator in {"RG", "G"} else (stroke, build == BLACK)
            changes: list[tuple[list[Any], str]] = [([Decimal(part) / 100 for part in build], _RGB[operator])]
            if state != self.black or not self.known:
                changes.append(([_state_name(state)], "gs"))
                self.used.add(state)
            self.black, self.known = state, True
            return changes
        if operator == "q":
            self.saved.append((self.black, self.known))
        elif operator == "Q" and self.saved:
            self.black, self.known = self.saved.pop()
        elif operator in _OTHER:
            self._refuse(f"A colour space, gradient or inline image (operator {operator}) has no CMYK build.")
        return None

    def _build(self, operator: str, operands: Any) -> InkBuild:
        channels = tuple(round(float(value) * 255) for value in operands)
        channels *= 3 if operator in {"g", "G"} else 1
        if channels not in self.table:
            if channels == (0, 0, 0):  # the initial colour
                return BLACK
            self._refuse(f"Colour #{bytes(channels).hex().upper()} has no CMYK build.")
        return self.table.get(channels, BLACK)

    def _refuse(self, what: str) -> None:
        self.problems.append(error("no-ink", Place(page=self.page), what, _HINT))


def _state_name(state: tuple[bool, bool]) -> Name:
    return Name(f"/Overprint{int(state[0])}{int(state[1])}")


def _overprint_states(pdf: pikepdf.Pdf) -> dict[tuple[bool, bool], Any]:
    """Return a graphics state for each combination. OPM 1: an ink of 0 % leaves the ink below (ISO 32000-1, 8.6.7)."""
    return {
        (stroke, fill): pdf.make_indirect(Dictionary(Type=Name.ExtGState, OP=stroke, op=fill, OPM=1))
        for stroke in (False, True)
        for fill in (False, True)
    }


def _add_states(holder: Any, used: set[tuple[bool, bool]], states: Mapping[tuple[bool, bool], Any]) -> None:
    if not used:
        return
    for key in (Name.Resources, Name.ExtGState):
        if key not in holder:
            holder[key] = Dictionary()
        holder = holder[key]
    for state in sorted(used):
        holder[_state_name(state)] = states[state]


def _set_blending_space(pdf: pikepdf.Pdf) -> None:
    """Blend in CMYK if anything is transparent; otherwise remove the transparency groups, so that black overprints."""
    groups = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and Name.Group in item]
    transparent = any(_is_transparent(item) for item in _states_and_images(pdf))
    for holder in chain(groups, (page.obj for page in pdf.pages)):
        if transparent:
            holder[Name.Group] = Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceCMYK, I=True)
        elif Name.Group in holder:
            del holder[Name.Group]


def _states_and_images(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Yield every object, and the graphics states that are direct objects in resources."""
    for item in pdf.objects:
        if isinstance(item, Dictionary | pikepdf.Stream):
            yield item
            for resources in (item, item.get(Name.Resources, Dictionary())):
                yield from resources.get(Name.ExtGState, Dictionary()).values()


def _is_transparent(item: Any) -> bool:
    """Tell whether a graphics state or an image is transparent (ISO 32000-1, 11.6.4)."""
    if Name.SMask in item and item[Name.SMask] != Name("/None"):
        return True
    blend = item.get(Name.BM, Name.Normal)
    return any(float(item.get(key, 1)) < 1 for key in (Name.ca, Name.CA) if _is_number(item.get(key, 1))) or (
        item.get(Name.Type) == Name.ExtGState and blend not in (Name.Normal, Name.Compatible)
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal)
