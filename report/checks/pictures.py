"""Photographs and drawings of an edition: there, readable, large enough, and plain pictures.

In: an edition and the name of an image. Out: problems at the image's place in images.yaml.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from report.design.tokens import Tokens
from report.edition.edition import Edition
from report.edition.yamldoc import read_text
from report.problems import Place, Problem, ReportError, error, warning

MIN_PPI, GOOD_PPI = 150, 225  # GWG 2022 and US print shops: below the first an error, below the second a warning
MAX_PIXELS = 100_000_000
MAX_DEPTH = (
    64  # elements of an SVG inside one another: no editor nests so deeply, and the engine draws them by recursion
)
_KINDS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".svg": "SVG"}
_SHAPES = frozenset(
    re.findall(
        r"\w+",
        """svg g defs symbol title desc path rect circle ellipse line polyline polygon text tspan use
    clippath mask pattern lineargradient radialgradient stop marker metadata""",
    )
)
_REFUSED = "and scripts and references to other files are refused"
_URL = re.compile(r"url\((?!\s*[\"']?\s*#)", re.IGNORECASE)
_INSTRUCTION = re.compile(r"<!\s*(DOCTYPE|ENTITY)|<\?(?!xml\s)", re.IGNORECASE)


def image_problems(edition: Edition, name: str, tokens: Tokens) -> Iterator[Problem]:
    """Yield what is wrong with an image's file."""
    image = edition.images[name]
    place = edition.place("images", ("images", name, "file"))
    folder = edition.root / "images"
    path = folder / image.file
    try:
        inside = path.resolve().is_relative_to(folder.resolve()) and folder.resolve().is_relative_to(
            edition.root.resolve()
        )
        there = path.is_file()
    except (OSError, RuntimeError, ValueError):  # a name too long, a link to itself, a letter no file name may have
        inside, there = True, False
    if path.suffix.lower() not in _KINDS:
        hint = "Save it as JPEG, PNG or SVG."
        yield error("image-kind", place, f"`{image.file}` is not a kind of image that is used here.", hint)
    elif not inside or Path(image.file).is_absolute():
        yield error("outside", place, f"`{image.file}` is outside images/.", "Put a copy of the file into images/.")
    elif not there:
        hint = "Add the file, or correct its name."
        yield error("image-missing", place, f"There is no file images/{image.file[:80]}.", hint)
    elif path.suffix.lower() == ".svg":
        yield from _drawing(path, image.file, place)
    else:
        yield from _photograph(path, image.file, place, tokens)


def _drawing(path: Path, name: str, place: Place) -> Iterator[Problem]:
    try:
        text = read_text(path, name)
        told = _INSTRUCTION.search(text)  # before it is parsed: entities would be resolved
        found = f"holds `{told[0]}`, {_REFUSED}" if told else _more_than_shapes(text)
    except ReportError as failure:
        what = f"images/{name} can't be read: {failure.problems[0].what}"
        yield error("image-unreadable", place, what, failure.problems[0].hint)
        return
    except ElementTree.ParseError as failure:
        yield error("image-unreadable", place, f"images/{name} is no sound SVG: {failure}.", "Export it again.")
        return
    if found:
        yield error("active-svg", place, f"images/{name} {found}.", "Export it again as plain shapes and text.")


def _more_than_shapes(text: str) -> str:
    """Return what makes an SVG more than shapes, or nothing. One walk, which ends where it is nested too deeply."""
    inside: list[str | None] = []  # the ids of the elements around
    used, users = set[str](), set[str | None]()
    for event, element in ElementTree.iterparse(io.StringIO(text), ("start", "end")):
        if event == "end":
            inside.pop()
            element.clear()
            continue
        inside.append(element.get("id"))
        if len(inside) > MAX_DEPTH:
            return f"has more than {MAX_DEPTH} elements inside one another"
        shape = str(element.tag).rpartition("}")[2].lower()
        if found := _active(shape, element):
            return f"holds `{found[:40]}`, {_REFUSED}"
        if shape == "use":
            used |= {value.strip().removeprefix("#") for key, value in element.attrib.items() if key.endswith("href")}
            users.update(inside)
    if twice := sorted(used & users, key=str):
        return f"uses #{twice[0][:40]}, which has a <use> in it: a few such lines could draw for ever"
    return ""


def _active(shape: str, element: ElementTree.Element) -> str:
    """Return what an element runs or fetches, if it does."""
    if shape not in _SHAPES:
        return f"<{shape}>"
    for key, value in element.attrib.items():
        attribute = key.rpartition("}")[2].lower()
        if attribute.startswith("on") or (attribute in {"href", "src"} and not value.strip().startswith("#")):
            return f"{attribute}={value}"
        if _URL.search(value) or "@import" in value.lower() or "\\" in value:
            return f"{attribute}={value}"
    return ""


def _photograph(path: Path, name: str, place: Place, tokens: Tokens) -> Iterator[Problem]:
    from PIL import Image, ImageFile, UnidentifiedImageError

    lenient = ImageFile.LOAD_TRUNCATED_IMAGES  # the engine turns this on, and would print half a photograph
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged below, with a place
            with Image.open(path, formats=("JPEG", "PNG")) as photograph:
                width, height = photograph.size
                if width * height <= MAX_PIXELS:
                    photograph.load()
    except Image.DecompressionBombError:
        yield _too_large(name, place)
        return
    except UnidentifiedImageError:
        hint = "Open it in an image editor and save it again."
        yield error("image-unreadable", place, f"images/{name} is damaged, or is no JPEG or PNG.", hint)
        return
    except (OSError, ValueError, SyntaxError) as failure:
        fault = failure.strerror if isinstance(failure, OSError) and failure.strerror else failure
        hint = "Open it in an image editor and save it again."
        yield error("image-unreadable", place, f"images/{name} can't be read: {fault}.", hint)
        return
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    if width * height > MAX_PIXELS:
        yield _too_large(name, place)
        return
    inches = tokens.page.measure(tokens.page.columns) / 72  # a photograph takes the whole measure
    if (ppi := width / inches) < GOOD_PPI:
        what = f"images/{name} is {width} pixels wide: {ppi:.0f} ppi over the whole measure."
        hint = f"Use one of at least {int(inches * GOOD_PPI) + 1} pixels."
        yield (error if ppi < MIN_PPI else warning)("image-small", place, what, hint)


def _too_large(name: str, place: Place) -> Problem:
    limit = MAX_PIXELS // 1_000_000
    what = f"images/{name} has more than {limit} million pixels."
    return error("image-size", place, what, "Scale it down.")
