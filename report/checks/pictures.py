"""Checks image files: present, readable, of sufficient resolution, and without active content.

In: an edition and the name of an image. Out: problems at the image's place in images.yaml.
"""

from __future__ import annotations

import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from report.compose.logos import plain_svg
from report.compose.photographs import UnknownColoursError, check_colours, photograph_file
from report.edition.edition import Edition
from report.edition.yamldoc import read_text
from report.problems import Place, Problem, ReportError, error

MAX_PIXELS = 100_000_000
MAX_DEPTH = 64  # nested SVG elements: more than any editor writes, and the engine draws them recursively
_KINDS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".svg": "SVG"}
_SAFE_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        """svg g defs symbol title desc path rect circle ellipse line polyline polygon text tspan use
    clippath mask pattern lineargradient radialgradient stop marker metadata style""",
    )
)
MAX_COPIES = 20_000  # elements that <use> may make of others
_GRADIENTS = frozenset({"lineargradient", "radialgradient"})
_PLAIN_HINT = "Export it again as plain shapes and text."
_REFUSED = "but scripts and references to other files are not allowed"
_URL = re.compile(r"url\((?!\s*[\"']?\s*#)", re.IGNORECASE)
_INSTRUCTION = re.compile(r"<!\s*(DOCTYPE|ENTITY)|<\?(?!xml\s)", re.IGNORECASE)


def image_problems(edition: Edition, name: str) -> Iterator[Problem]:
    """Yield the problems of an image's file."""
    image = edition.images[name]
    place = edition.place("images", ("images", name, "file"))
    folder = edition.root / "images"
    path = folder / image.file
    try:
        path = photograph_file(folder, image.file)
        inside = path.resolve().is_relative_to(folder.resolve()) and folder.resolve().is_relative_to(
            edition.root.resolve()
        )
        exists = path.is_file()
    except (OSError, RuntimeError, ValueError):  # the name is too long or invalid, or the file is a link to itself
        inside, exists = True, False
    if path.suffix.lower() not in _KINDS:
        hint = "Save it as JPEG, PNG or SVG."
        yield error("image-kind", place, f"The image format of `{image.file}` is not supported.", hint)
    elif not inside or Path(image.file).is_absolute():
        yield error("outside", place, f"`{image.file}` is outside images/.", "Put a copy of the file into images/.")
    elif not exists:
        hint = "Add the file, or correct its name."
        yield error("image-missing", place, f"The file images/{image.file[:80]} does not exist.", hint)
    elif path.suffix.lower() == ".svg":
        yield from _drawing(path, image.file, place)
    else:
        yield from _photograph(path, image.file, place)


def _drawing(path: Path, name: str, place: Place) -> Iterator[Problem]:
    try:
        text = read_text(path, name)
        plain = plain_svg(text)
        instruction = _INSTRUCTION.search(plain)  # searched for before parsing, which would resolve entities
        fault = f"contains `{instruction[0]}`, {_REFUSED}" if instruction else _unsafe_content(plain)
    except ReportError as failure:
        what = f"images/{name} could not be read: {failure.problems[0].what}"
        yield error("image-unreadable", place, what, failure.problems[0].hint)
        return
    except ElementTree.ParseError as failure:
        yield error("image-unreadable", place, f"images/{name} is not a valid SVG: {failure}.", "Export it again.")
        return
    if fault:
        yield error("active-svg", place, f"images/{name} {fault}{_line_of(fault, text)}.", _PLAIN_HINT)


def _line_of(fault: str, text: str) -> str:
    """Return the line of what a fault quotes, where it stands in the file as it is quoted."""
    quoted = re.search(r"`<?/?([^`]+?)>?`", fault)
    needle = quoted[1].partition("=")[2] or quoted[1] if quoted else ""
    at = text.find(needle) if needle else -1
    return f" (line {text.count(chr(10), 0, at) + 1})" if at >= 0 else ""


def _unsafe_content(text: str) -> str:
    """Return what makes an SVG unsafe, as the end of a sentence, or "". Stops as soon as it is nested too deeply."""
    ancestors: list[str | None] = []  # the ids of the enclosing elements
    uses: dict[str, Counter[str]] = {}  # what is used inside each element with an id
    for event, element in ElementTree.iterparse(io.StringIO(text), ("start", "end")):
        if event == "end":
            if str(element.tag).rpartition("}")[2].lower() == "style" and (fault := _unsafe_style(element.text or "")):
                return fault
            ancestors.pop()
            element.clear()
            continue
        ancestors.append(element.get("id"))
        if len(ancestors) > MAX_DEPTH:
            return f"has more than {MAX_DEPTH} nested elements"
        tag = str(element.tag).rpartition("}")[2].lower()
        if content := _active_content(tag, element):
            return f"contains `{content[:40]}`, {_REFUSED}"
        if tag in _GRADIENTS:
            return f"contains a gradient, `<{tag}>`, which has no inks: use flat colours"
        if tag == "use":
            target = next((value for key, value in element.attrib.items() if key.endswith("href")), "")
            for holder in {"", *(each for each in ancestors if each)}:
                uses.setdefault(holder, Counter())[target.strip().removeprefix("#")] += 1
    return _endless_use(uses)


def _unsafe_style(text: str) -> str:
    """Return what makes a style element unsafe."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = _URL.search(bare) or re.search(r"@import|@font-face|\\", bare, re.IGNORECASE)
    return f"contains `{found[0][:40]}`, {_REFUSED}" if found else ""


def _endless_use(uses: Mapping[str, Counter[str]]) -> str:
    """Return the fault of a <use> that holds itself, or that multiplies too often. Uses within uses are counted out."""

    @cache
    def copies(name: str) -> int:
        if name in open_names:
            raise _EndlessUseError(name)
        open_names.add(name)
        total = sum(count * (1 + copies(target)) for target, count in uses.get(name, Counter()).items())
        open_names.discard(name)
        if total > MAX_COPIES:
            raise _EndlessUseError(name)
        return total

    open_names = set[str]()
    try:
        copies("")
        for name in uses:
            copies(name)
    except (_EndlessUseError, RecursionError) as failure:
        times = f"more than {MAX_COPIES:,} times: uses can multiply without limit"
        return f"uses #{str(failure)[:40]} within itself, or {times}"
    return ""


class _EndlessUseError(Exception):
    """A part of a drawing that is used without end. The message is its id."""


def _active_content(tag: str, element: ElementTree.Element) -> str:
    """Return the tag or attribute by which an element could run code or load a file, or ""."""
    if tag not in _SAFE_ELEMENTS:
        return f"<{tag}>"
    for key, value in element.attrib.items():
        attribute = key.rpartition("}")[2].lower()
        if attribute.startswith("on") or (attribute in {"href", "src"} and not value.strip().startswith("#")):
            return f"{attribute}={value}"
        if _URL.search(value) or "@import" in value.lower() or "\\" in value:
            return f"{attribute}={value}"
    return ""


def _photograph(path: Path, name: str, place: Place) -> Iterator[Problem]:
    from PIL import Image, ImageFile, UnidentifiedImageError

    previous = ImageFile.LOAD_TRUNCATED_IMAGES  # the engine sets this, so a truncated photograph would load
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # checked below, and reported with a place
            with Image.open(path, formats=("JPEG", "PNG")) as photograph:
                width, height = photograph.size
                if width * height <= MAX_PIXELS:
                    photograph.load()
                    check_colours(photograph)
    except UnknownColoursError as failure:
        hint = "Save it as sRGB, or export it with its colour profile."
        yield error("image-colours", place, f"images/{name} has unknown colours: {failure}.", hint)
        return
    except Image.DecompressionBombError:
        yield _too_large(name, place)
        return
    except UnidentifiedImageError:
        hint = "Open it in an image editor and save it again."
        yield error("image-unreadable", place, f"images/{name} is damaged, or is not a JPEG or PNG file.", hint)
        return
    except (OSError, ValueError, SyntaxError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else failure
        hint = "Open it in an image editor and save it again."
        yield error("image-unreadable", place, f"images/{name} could not be read: {reason}.", hint)
        return
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = previous
    if width * height > MAX_PIXELS:
        yield _too_large(name, place)
        return


def _too_large(name: str, place: Place) -> Problem:
    limit = MAX_PIXELS // 1_000_000
    what = f"images/{name} is too large: it has more than {limit} million pixels."
    return error("image-size", place, what, "Scale it down.")
