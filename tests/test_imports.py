"""Who may know whom: imports go one way, and the outside world has few doors."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPORT = sorted((ROOT / "report").rglob("*.py"))
SOURCES = [*REPORT, *sorted((ROOT / "figures").rglob("*.py"))]

# The libraries with a door of their own: no other module knows of them.
DOORS = {
    "weasyprint": {"report.engine.painting", "report.engine.pdf", "report.engine.tags.adapter"},
    "pypdf": {"report.inspection.inspect"},
    "jinja2": {"report.compose.run", "report.compose.templates", "report.inspection.webpage"},
    "markdown_it": {"report.edition.markup", "report.edition.prose"},
    "mdit_py_plugins": {"report.edition.prose"},
    "babel": {"report.edition.formats", "report.diff.numerals"},
    "num2words": {"report.edition.formats", "report.diff.numerals"},
    "tinycss2": {"report.checks.stylecheck", "report.compose.logos", "report.engine.pdf"},
    "yaml": {"report.edition.yamldoc"},
    "watchfiles": {"report.desk.watching"},
    "uvicorn": {"report.desk.server"},
    "starlette": {"report.desk.guard", "report.desk.server"},
    "email_validator": {"report.mail.addresses"},
    "keyring": {"report.mail.login"},
    "smtplib": {"report.mail.sender"},
    "bagit": {"report.archive.bag", "report.archive.verify"},
}
PDF_PACKAGES = tuple(f"report.{name}." for name in ("press", "preflight", "access", "archive", "diff"))
# PDF bytes are rewritten and rendered where that is the business of a module, and read as records everywhere else.
PDF_BYTES = {
    "report.inspection.contents",
    "report.cache.pages",
    "report.finishing.archival",
    "report.finishing.draft",
    "report.finishing.run",
    "report.finishing.downsample",
    "report.finishing.metadata",
    "report.inspection.inspect",
    "report.press.proofs",
    "report.desk.pictures",
    "report.inspection.firstpage",
    "report.inspection.validation",
}
# Clock, environment, processes and network live at the edges.
OUTSIDE = {
    "smtplib",
    "ssl",
    "fcntl",
    "time",
    "os",
    "subprocess",
    "multiprocessing",
    "socket",
    "urllib",
    "http",
    "tempfile",
    "shutil",
    "sys",
}
EDGES = {
    "report.progress",
    "report.drawing.run",
    "report.sets.outputs",
    "report.processes.child",
    "report.processes.jobs",
    "report.processes.server",
    "report.processes.memory",
    "report.cli.ending",
    "report.cli.doctor",
    "report.engine.pdf",
    "report.inspection.verapdf",
    "report.cache.store",
}
# Mail: passwords come from the environment, the ledger is synced to the disk and dated, the server is in the network,
# and pauses are waited for. The command line asks whether it speaks to a terminal.
EDGES |= {"report.mail.login", "report.mail.ledger", "report.mail.sender", "report.mail.run", "report.cli.mail"}
# The archive writes bags that reach the disk, reads every byte of them, asks git, and runs a bag's own program.
EDGES |= {f"report.archive.{name}" for name in ("bag", "ledger", "verify", "repository", "rebuild")}
# The desk: processes and their signals; the clock of a build; a socket on loopback; modules loaded afresh.
EDGES |= {"report.processes.server", "report.desk.session", "report.desk.server", "report.cli.desk"}
# Packages have no line in the table; and the pipeline calls everything.
PACKAGES = {"", "press", "preflight", "tags", "access", "archive", "diff", "cli", "desk", "mail", "years", "pipeline"}


@cache
def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return everything that a module's text is made of."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return the full names of everything a module imports, at its head and inside functions."""
    found = set[str]()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def short_name(path: Path) -> str:
    """Return a module's name without the package's own: preflight.scan."""
    return name_of(path).removeprefix("report").removeprefix(".")


def module_of(imported: str) -> str:
    """Return the module of report that an imported name belongs to."""
    parts = imported.split(".")[1:]
    return ".".join(parts[:2] if (ROOT / "report" / parts[0]).is_dir() else parts[:1])


def top(names: frozenset[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_only_the_desk_builds_as_the_pipeline_does() -> None:
    users = [name_of(path) for path in SOURCES if any("report.making" in name for name in imports_of(path))]
    assert users == ["report.desk.builder", "report.desk.quick", "report.pipeline"]


def test_the_report_never_imports_figures_or_the_command_line() -> None:
    assert {name_of(path) for path in REPORT if top(imports_of(path)) & {"figures", "build"}} == set()
    users = {name_of(path) for path in REPORT if "typer" in top(imports_of(path))}
    assert all(name.startswith("report.cli.") for name in users)


def test_figures_know_nothing_of_the_report_but_the_look() -> None:
    known = {name.rpartition(".")[0] for path in SOURCES if path not in REPORT for name in imports_of(path)}
    assert {name for name in known if name.startswith("report")} == {"report.design.look", "report.geometry"}


@pytest.mark.parametrize("library", DOORS)
def test_a_library_with_a_door_of_its_own_is_imported_nowhere_else(library: str) -> None:
    assert {name_of(path) for path in SOURCES if library in top(imports_of(path))} == DOORS[library]


@pytest.mark.parametrize("library", ["pikepdf", "pypdfium2"])
def test_pdf_bytes_are_touched_only_where_that_is_the_business(library: str) -> None:
    users = {name_of(path) for path in SOURCES if library in top(imports_of(path))}
    assert users
    assert {name for name in users if not name.startswith(PDF_PACKAGES)} <= PDF_BYTES


def test_nobody_draws_on_the_global_canvas_of_pyplot() -> None:
    used = {name for path in SOURCES for name in imports_of(path) if name.startswith("matplotlib")}
    assert used
    assert {name for name in used if "pyplot" in name or "pylab" in name or name.endswith(".use")} == set()


def test_clock_environment_processes_and_network_live_at_the_edges() -> None:
    users = {name_of(path) for path in SOURCES if top(imports_of(path)) & OUTSIDE}
    assert users <= EDGES


def test_no_module_runs_text_as_code_or_reads_the_clock() -> None:
    found = {name_of(path): forbidden_calls(path) for path in SOURCES}
    assert found
    assert {name: calls for name, calls in found.items() if calls} == {}


def forbidden_calls(path: Path) -> list[str]:
    """Return the calls of a module that would run text as code, read the clock or draw lots without a seed."""
    calls = [node.func for node in nodes_of(path) if isinstance(node, ast.Call)]
    plain = {call.id for call in calls if isinstance(call, ast.Name)}
    attributes = {ast.unparse(call) for call in calls if isinstance(call, ast.Attribute)}
    clock = {name for name in attributes if name.endswith((".now", ".today", ".utcnow", ".popen", ".urlopen"))}
    lots = {name for name in attributes if name.startswith(("os.system", "random."))} - {"random.Random"}
    return sorted((plain & {"eval", "exec", "__import__", "compile"}) | clock | lots)


@pytest.mark.parametrize("name", ["report", "report.problems", "report.cli.listing", "report.variants"])
def test_what_the_command_line_needs_first_loads_no_library(name: str) -> None:
    path = ROOT / f"{name.replace('.', '/')}.py" if "." in name else ROOT / "report" / "__init__.py"
    own = {"report", "__future__"}
    assert {library for library in top(imports_of(path)) if library not in sys.stdlib_module_names} <= own
