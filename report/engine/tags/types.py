"""Structure types for HTML elements (ISO 32000-1, 14.8.4).

In: nothing. Out: mapping tables.
"""

from __future__ import annotations

from collections.abc import Mapping

SVG = "{http://www.w3.org/2000/svg}svg"

TYPES: Mapping[str, str] = {
    "body": "Document", "main": "Part", "section": "Sect", "article": "Art", "div": "Div", "header": "Div",
    "footer": "Div", "nav": "Div", "aside": "Aside", "address": "Div", "figure": "Div", "hgroup": "Div", "p": "P",
    "blockquote": "BlockQuote", "ul": "L", "ol": "L", "dl": "L", "li": "LI", "dt": "Lbl", "dd": "LBody",
    "table": "Table", "caption": "Caption", "figcaption": "Caption", "thead": "THead", "tbody": "TBody",
    "tfoot": "TFoot", "tr": "TR", "th": "TH", "td": "TD", "img": "Figure", SVG: "Figure", "a": "Link",
    "strong": "Strong", "b": "Strong", "em": "Em", "i": "Em", "q": "Quote", "code": "Code", "pre": "P",
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
}  # fmt: skip
# Custom types and the standard types they map to.
ROLES: Mapping[str, str] = {"Aside": "Div", "Strong": "Span", "Em": "Span", "Generated": "Span"}
GROUPING = frozenset({"Document", "Part", "Art", "Sect", "Div", "Aside", "BlockQuote"})
INLINE = frozenset({"Span", "Strong", "Em", "Generated", "Link", "Quote", "Code", "Reference", "Note"})
NUMBERING: Mapping[str, str] = {
    "disc": "Disc", "circle": "Circle", "square": "Square", "decimal": "Decimal", "lower-alpha": "LowerAlpha",
    "upper-alpha": "UpperAlpha", "lower-roman": "LowerRoman", "upper-roman": "UpperRoman",
}  # fmt: skip
