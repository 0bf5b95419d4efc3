"""Recoloured copies for plates: a content stream rewritten as text equals one parsed in full."""

from __future__ import annotations

import io
import random
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from streams import operations, page_of

from report.inspection.contents import NotPlainError
from report.preflight.recolour import recolour, recolour_instructions, recolour_text

_SPOT = Array([Name.Separation, Name.Gold, Name.DeviceCMYK, Dictionary(FunctionType=2, Domain=[0, 1], N=1)])
_RESOURCES: dict[str, dict[str, Any]] = {
    "ExtGState": {"On": Dictionary(OP=True, op=True, OPM=1), "Off": Dictionary(OP=False, OPM=0), "W": Dictionary(LW=3)},
    "ColorSpace": {"Spot": _SPOT, "Ink": Array([Name.ICCBased, Name.none])},
}
_PIECES = (
    "0 0 0 1 k", "1 .5 0 0.25 K", "0.2 g", "1 0 0 rg", "0 0 1 RG", "/On gs", "/Off gs", "/W gs", "/Spot cs", "/Spot CS",
    "0.5 scn", "0.3 SCN", ".4 sc", "/DeviceCMYK cs 0.1 0.2 0.3 0.4 scn", "q", "Q", "1 0 0 1 5 5 cm", "0 0 10 20 re f",
    "1 2 m 3 4 l S", "BT /F 9 Tf [ <0012> 4 () -3.2 (a\\\\b) ] TJ ET", "/P <</MCID 0>> BDC", "EMC", "/S sh", "/P scn",
)  # fmt: skip


def _both_ways(content: str) -> tuple[tuple[list[Any], list[Any]] | None, tuple[list[Any], list[Any]]]:
    """Return the operations of a page for both copies, rewritten as text and parsed in full."""

    def said(pair: tuple[bytes, bytes]) -> tuple[list[Any], list[Any]]:
        one, other = (operations(page_of(each.decode("latin-1"))) for each in pair)
        return one, other

    with pikepdf.open(io.BytesIO(page_of(content, _RESOURCES))) as pdf:
        page = pdf.pages[0].obj
        try:
            quick = said(recolour_text(content.encode(), page.Resources))
        except NotPlainError:
            quick = None
        return quick, said(recolour_instructions(pikepdf.parse_content_stream(page), page.Resources))


@pytest.mark.parametrize("seed", range(60))
def test_a_stream_rewritten_as_text_has_the_same_operations(seed: int) -> None:
    chance = random.Random(seed)
    content = chance.choice(["\n", " ", " \r\n "]).join(chance.choices(_PIECES, k=seed))
    quick, thorough = _both_ways(content)
    assert quick == thorough, content


@pytest.mark.parametrize("content", ["1 0 k", "x y z rg", "gs", "/No#20w gs", "0 0 (a) 1 k"])
def test_streams_that_are_not_plain_are_parsed_in_full(content: str) -> None:
    assert _both_ways(content)[0] is None


@pytest.mark.parametrize(
    "content",
    [
        "BT (0 0 0 1 k ) Tj ET 1 0 0 0 k 0 0 9 9 re f",
        "% 0 0 0 1 k \n1 0 0 0 k 0 0 9 9 re f",
        "q 9 0 0 9 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID 0 g EI Q 1 0 0 0 k 0 0 9 9 re f",
    ],
)
def test_text_that_only_looks_like_a_colour_is_not_changed(content: str) -> None:
    coloured, _ = recolour(page_of(content))
    said = operations(coloured)
    assert [operands for name, operands in said if name == "rg"] == [(0.0, 1.0, 1.0)]
    assert said[-1][0] == "f"
