"""A PDF file as `FileInfo`: its metadata, fonts and pages, and what the pages paint.

In: the bytes of any file. Out: `FileInfo`, or a ReportError with the reason why the file cannot be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from report.geometry import Rect
from report.preflight.records import FileInfo, FontInfo, Intent, PageInfo
from report.preflight.scan import Scan, ScanLimit
from report.preflight.spaces import space_of, text_of
from report.problems import Place, ReportError, error

MAX_PAGES = 3000
_BOXES = ("/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")


def read_facts(data: bytes, name: str) -> FileInfo:
    """Read a file. Raises ReportError if it is not a PDF, is damaged or locked, or exceeds the limits."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return _facts(pdf, name)
    except pikepdf.PasswordError:
        what, hint = "The file is locked with a password.", "Save it without a password; printers can't open it."
        raise ReportError([error("encrypted", Place(name), what, hint)]) from None
    except ScanLimit as failure:
        what = f"The file is too complex to check: {failure}."
        raise ReportError([error("too-large", Place(name), what, "Flatten or split it.")]) from None
    except (
        pikepdf.PikepdfError,
        ValueError,
        TypeError,
        KeyError,
        RuntimeError,
        RecursionError,
        OverflowError,
    ) as failure:
        raise ReportError([damaged(name, failure)]) from None


def damaged(name: str, failure: object) -> Any:
    """Return the problem of an unreadable file. It quotes the PDF library's message, but no other Python error."""
    reason = str(failure).splitlines()[0] if str(failure) and _is_pdf_error(failure) else "its structure is invalid"
    reason = re.sub(r"^.*<_io\.BytesIO[^>]*>:? ?", "", reason)
    what = f"The file can't be read as a PDF: {reason.rstrip('.')[:200]}."
    return error("damaged", Place(name), what, "Export it again.")


def _is_pdf_error(failure: object) -> bool:
    return isinstance(failure, pikepdf.PikepdfError) or type(failure).__name__ == "PdfiumError"


def _facts(pdf: pikepdf.Pdf, name: str) -> FileInfo:
    if len(pdf.pages) > MAX_PAGES:
        what = f"The file has {len(pdf.pages):,} pages."
        raise ReportError([error("too-large", Place(name), what, f"At most {MAX_PAGES:,} are accepted; split it.")])
    scan = Scan()
    pages = []
    for number, page in enumerate(pdf.pages, 1):
        pages.append(_page(page, number))
        scan.page(page, number)
    info = pdf.docinfo
    return FileInfo(
        version=max(pdf.pdf_version, str(pdf.Root.get("/Version", ""))[1:]),
        encrypted=pdf.is_encrypted,
        xmp=_xmp(pdf.Root),
        info={str(key)[1:]: str(info[key]) for key in info.keys()},  # noqa: SIM118 (a pikepdf dictionary)
        trapped=str(info.get("/Trapped", "")).removeprefix("/"),
        identifier="/ID" in pdf.trailer,
        intents=tuple(_intents(pdf.Root)),
        scripts=tuple(_scripts(pdf.Root)),
        layers="/OCProperties" in pdf.Root,
        fonts=tuple(_fonts(pdf)),
        pages=tuple(pages),
        painted=tuple(scan.painted),
        placed=tuple(scan.placed),
        groups=tuple(scan.groups),
        postscript=any(isinstance(each, Stream) and each.get("/Subtype") == "/PS" for each in pdf.objects),
        title=str(info.get("/Title", "")),
    )


def _page(page: pikepdf.Page, number: int) -> PageInfo:
    boxes = {key: _box(page.obj.get(key)) for key in _BOXES}
    space = page.obj.get("/Group", Dictionary()).get("/CS") if "/Group" in page.obj else None
    annotations = tuple(
        (str(each.get("/Subtype", ""))[1:], _box(each.get("/Rect")) or Rect(0, 0, 0, 0))
        for each in page.obj.get("/Annots", Array())
        if isinstance(each, Dictionary)
    )
    return PageInfo(
        number=number,
        media=_box(page.mediabox) or Rect(0, 0, 0, 0),
        crop=boxes["/CropBox"],
        bleed=boxes["/BleedBox"],
        trim=boxes["/TrimBox"],
        art=boxes["/ArtBox"],
        rotate=int(page.obj.get("/Rotate", 0)),
        unit=float(page.obj.get("/UserUnit", 1)),
        group=space_of(space, page.obj.get("/Resources")).kind if space is not None else None,
        annotations=annotations,
        actions="/AA" in page.obj,
    )


def _box(value: Any) -> Rect | None:
    try:
        return Rect.of_corners(value)
    except (TypeError, ValueError):
        return None


def _xmp(root: Any) -> str:
    stream = root.get("/Metadata")
    return stream.read_bytes().decode("utf-8", "replace") if isinstance(stream, Stream) else ""


def _intents(root: Any) -> Iterator[Intent]:
    for item in root.get("/OutputIntents", Array()):
        if not isinstance(item, Dictionary):
            continue
        value = item.get("/DestOutputProfile")
        profile = value if isinstance(value, Stream) else None
        yield Intent(
            kind=str(item.get("/S", ""))[1:],
            identifier=str(item.get("/OutputConditionIdentifier", "")),
            registry=str(item.get("/RegistryName", "")),
            info=str(item.get("/Info", item.get("/OutputCondition", ""))),
            profile=profile.read_bytes() if profile is not None else None,
            components=int(profile.get("/N", 0)) if profile is not None else 0,
        )


def _scripts(root: Any) -> Iterator[str]:
    """Yield what could run or prompt the reader: scripts, actions, forms (ISO 32000-1, 12.6), embedded files."""
    for key, name in (("/OpenAction", "an open action"), ("/AA", "actions"), ("/AcroForm", "a form")):
        value = root.get(key)
        if value is not None and not (key == "/OpenAction" and isinstance(value, Array)):
            yield name
    names = root.get("/Names", Dictionary())
    for key, name in (("/JavaScript", "JavaScript"), ("/EmbeddedFiles", "embedded files")):
        if isinstance(names, Dictionary) and key in names:
            yield name


def _fonts(pdf: pikepdf.Pdf) -> Iterator[FontInfo]:
    fonts: dict[FontInfo, None] = {}  # without repeats, in order
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == Name.Font and item.get("/Subtype") not in _DESCENDANTS:
            fonts[_font(item)] = None
    yield from fonts


def _font(item: Any) -> FontInfo:
    name, kind = (
        text_of(item.get("/BaseFont", item.get("/Name", Name.unnamed))),
        text_of(item.get("/Subtype", Name.none)),
    )
    prefix, plus, family = name.partition("+")
    subset = bool(plus) and len(prefix) == 6
    described = item
    if isinstance(descendants := item.get("/DescendantFonts"), Array) and len(descendants):
        described = descendants[0]
    descriptor = described.get("/FontDescriptor") if isinstance(described, Dictionary) else None
    files = set(map(str, descriptor.keys())) if isinstance(descriptor, Dictionary) else set()
    embedded = kind == "Type3" or bool(files & {"/FontFile", "/FontFile2", "/FontFile3"})
    return FontInfo(family if plus else name, kind, embedded, subset, "/ToUnicode" in item)


_DESCENDANTS = (Name.CIDFontType0, Name.CIDFontType2)
