"""The table of engine internals: complete, valid for the installed engine, and with an existing test for each row."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest

from report.engine.internals import INTERNALS, Internal, replaced

TESTS = Path(__file__).parent
ENGINE = sorted((TESTS.parent / "report" / "engine").rglob("*.py"))
NAMES = frozenset(each.name for each in INTERNALS)
# The documented public interface of WeasyPrint.
PUBLIC = frozenset({"weasyprint.CSS", "weasyprint.HTML", "weasyprint.text.fonts.FontConfiguration",
                    "weasyprint.urls.URLFetcher", "weasyprint.urls.URLFetcherResponse"})  # fmt: skip


def resolve(name: str) -> Any:
    """Return the object of a full name, or its class where the name continues with an attribute of instances."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            item: Any = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            if isinstance(item, type):
                return item
            item = getattr(item, part)
        return item
    raise LookupError(name)


@pytest.mark.parametrize("internal", INTERNALS, ids=lambda each: each.name)
def test_each_internal_exists_in_the_installed_engine(internal: Internal) -> None:
    assert resolve(internal.name) is not None


@pytest.mark.parametrize("internal", INTERNALS, ids=lambda each: each.name)
def test_each_internal_has_a_reason_and_an_existing_test(internal: Internal) -> None:
    file, _, test = internal.test.partition("::")
    functions = {
        node.name for node in ast.parse((TESTS / file).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    }
    assert test in functions
    assert internal.reason


def used_names() -> set[str]:
    """Return the full names of everything that `report.engine` uses of WeasyPrint and pydyf."""
    names = set[str]()
    for path in ENGINE:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in {"weasyprint", "pydyf"}:
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Attribute) and (name := ast.unparse(node)).startswith(("weasyprint.", "pydyf.")):
                names.add(name)
        names |= {f"{owner}.{name}" for owner, name in _replaced(tree)}
    modules = {name.rpartition(".")[0] for name in names}
    return names - modules - PUBLIC


def _replaced(tree: ast.AST) -> list[tuple[str, str]]:
    """Return the owner and attribute of each entry in a table of replacements."""
    pairs = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 3:
            owner, name = ast.unparse(node.elts[0]), node.elts[1]
            if isinstance(name, ast.Constant) and owner.startswith(("weasyprint", "Stream")):
                pairs.append((owner.replace("Stream", "weasyprint.pdf.stream.Stream"), str(name.value)))
    return pairs


def test_no_unlisted_internal_is_used() -> None:
    names = used_names()
    assert "weasyprint.pdf.add_tags" in names
    unlisted = {name for name in names if not any(f"{name}.".startswith(f"{each}.") for each in NAMES)}
    assert {name for name in unlisted if not any(each.startswith(f"{name}.") for each in NAMES)} == set()


def test_a_replaced_attribute_is_restored_even_after_an_exception() -> None:
    class Owner:
        name = "before"

    mapping = {"name": "before"}
    with pytest.raises(ZeroDivisionError), replaced(Owner, "name", "meanwhile"), replaced(mapping, "name", "meanwhile"):
        assert (Owner.name, mapping["name"]) == ("meanwhile", "meanwhile")
        1 / 0  # noqa: B018
    assert (Owner.name, mapping["name"]) == ("before", "before")
