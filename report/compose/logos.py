"""Logos and other drawings as Illustrator, Inkscape and Figma write them: what is not drawn is taken out.

In: the text of an SVG file. Out: SVG without a document type, entities, instructions, and elements and attributes of
other vocabularies; and the colours that it uses. Whether the rest is safe to embed, `checks.pictures` judges.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from tinycss2 import parse_blocks_contents, parse_stylesheet, serialize
from tinycss2.color3 import RGBA, parse_color

SVG, XLINK, XML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[>]*(?:\[(?P<subset>[^\]]*)\]\s*)?>", re.IGNORECASE)
# An entity of Illustrator: a name for an address, without anything that could be resolved again.
_ENTITY = re.compile(r"<!ENTITY\s+(\w+)\s+(?:\"([^\"&%<]*)\"|'([^'&%<]*)')\s*>")
_INSTRUCTION = re.compile(r"<\?(?!xml\s|xml-stylesheet|php)[\w-]+(?:\s.*?)?\?>", re.DOTALL)
_MAX_ENTITIES, _MAX_VALUE = 100, 200
_PAINTS = ("fill", "stroke", "color", "stop-color")


def plain_svg(text: str) -> str:
    """Return a drawing without what is not drawn. Raises ElementTree.ParseError.

    A file that has nothing of the kind is returned as it is. What could run, load or multiply stays, to be refused.
    """
    plain = _INSTRUCTION.sub("", _without_doctype(text))
    root = ElementTree.fromstring(plain) if _is_flat(plain) and _is_foreign(plain) else None
    if root is None:
        return plain
    _drop_foreign(root)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def colours(text: str) -> frozenset[str]:
    """Return the colours of a drawing as #rrggbb. Black is always among them: it is the colour of what names none."""
    found = {"#000000"}
    for _, element in ElementTree.iterparse(_Reader(text), ("end",)):
        values = [element.get(name, "") for name in _PAINTS]
        declared = parse_blocks_contents(element.get("style", ""))
        if str(element.tag).rpartition("}")[2] == "style":
            rules = parse_stylesheet(element.text or "", skip_comments=True, skip_whitespace=True)
            blocks = [rule.content for rule in rules if rule.type == "qualified-rule"]
            declared += [node for block in blocks for node in parse_blocks_contents(block)]
        values += [
            serialize(node.value) for node in declared if node.type == "declaration" and node.lower_name in _PAINTS
        ]
        found |= {_hex(colour) for value in values if isinstance(colour := parse_color(value.strip()), RGBA)}
    return frozenset(found)


def _hex(colour: RGBA) -> str:
    return "#" + "".join(f"{round(min(max(part, 0), 1) * 255):02x}" for part in colour[:3])


class _Reader:
    """A text as a file that is read once."""

    def __init__(self, text: str) -> None:
        self.data = text.encode()

    def read(self, _: int = -1) -> bytes:
        data, self.data = self.data, b""
        return data


def _without_doctype(text: str) -> str:
    """Return a text without its document type, and with the entities that it defines written out."""
    doctype = _DOCTYPE.search(text)
    if not doctype:
        return text
    subset = doctype["subset"] or ""
    entities = {name: one or two for name, one, two in _ENTITY.findall(subset)}
    if _ENTITY.sub("", re.sub(r"<!--.*?-->", "", subset, flags=re.DOTALL)).strip() or len(entities) > _MAX_ENTITIES:
        return text  # anything else in it is refused
    if any(len(value) > _MAX_VALUE for value in entities.values()):
        return text
    plain = text[: doctype.start()] + text[doctype.end() :]
    return re.sub(r"&(\w+);", lambda match: entities.get(match[1], match[0]), plain)


def _is_flat(text: str) -> bool:
    """Return whether a text is safe to parse as a whole: no document type is left, and it is not nested without end."""
    return "<!" not in re.sub(r"<!--.*?-->|<!\[CDATA\[", "", text, flags=re.DOTALL) and text.count("<") < 200_000


def _is_foreign(text: str) -> bool:
    """Return whether a text names another vocabulary than SVG."""
    return any(address not in {SVG, XLINK, XML} for address in re.findall(r"xmlns:?\w*\s*=\s*[\"']([^\"']*)", text))


def _drop_foreign(element: ElementTree.Element) -> None:
    for key in [key for key in element.attrib if key.startswith("{") and key[1:].partition("}")[0] not in {XLINK, XML}]:
        del element.attrib[key]
    for child in list(element):
        space, _, name = str(child.tag).rpartition("}") if isinstance(child.tag, str) else ("", "", "")
        if space not in {"", f"{{{SVG}"} or name == "metadata":
            element.remove(child)
        else:
            _drop_foreign(child)
