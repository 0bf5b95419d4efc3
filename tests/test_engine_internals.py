"""The list of the engine's insides: complete, true of the engine that is installed, and each row with its test."""

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
# What WeasyPrint documents and keeps: its public way in.
PUBLIC = frozenset({"weasyprint.CSS", "weasyprint.HTML", "weasyprint.text.fonts.FontConfiguration",
                    "weasyprint.urls.URLFetcher", "weasyprint.urls.URLFetcherResponse"})  # fmt: skip


def found(name: str) -> Any:
    """Return what a full name stands for, as far as modules and classes go; attributes of instances are in no class."""
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
def test_each_is_in_the_engine_that_is_installed(internal: Internal) -> None:
    assert found(internal.name) is not None


@pytest.mark.parametrize("internal", INTERNALS, ids=lambda each: each.name)
def test_each_has_a_reason_and_a_test_that_exists(internal: Internal) -> None:
    file, _, test = internal.test.partition("::")
    functions = {
        node.name for node in ast.parse((TESTS / file).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    }
    assert test in functions
    assert internal.reason


def imported() -> set[str]:
    """Return the full names of everything that the engine room takes from WeasyPrint and pydyf."""
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
    """Return what a table of replacements names: the owner and the attribute."""
    pairs = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 3:
            owner, name = ast.unparse(node.elts[0]), node.elts[1]
            if isinstance(name, ast.Constant) and owner.startswith(("weasyprint", "Stream")):
                pairs.append((owner.replace("Stream", "weasyprint.pdf.stream.Stream"), str(name.value)))
    return pairs


def test_nothing_else_of_the_engine_is_used() -> None:
    names = imported()
    assert "weasyprint.pdf.add_tags" in names
    unlisted = {name for name in names if not any(f"{name}.".startswith(f"{each}.") for each in NAMES)}
    assert {name for name in unlisted if not any(each.startswith(f"{name}.") for each in NAMES)} == set()


def test_what_is_replaced_is_put_back_even_after_a_fault() -> None:
    class Owner:
        name = "before"

    mapping = {"name": "before"}
    with pytest.raises(ZeroDivisionError), replaced(Owner, "name", "meanwhile"), replaced(mapping, "name", "meanwhile"):
        assert (Owner.name, mapping["name"]) == ("meanwhile", "meanwhile")
        1 / 0  # noqa: B018
    assert (Owner.name, mapping["name"]) == ("before", "before")
