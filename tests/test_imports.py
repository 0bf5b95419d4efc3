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

# What each module of the package may import of the others. A new module gets a line here.
MAY_IMPORT = {
    "problems": "",
    "look": "",
    "overlay": "",
    "draft": "look",
    "variants": "metadata",
    "progress": "",
    "doctor": "verapdf",
    "inspect": "",
    "boxes": "",
    "model": "problems",
    "formats": "model",
    "listing": "problems",
    "outputs": "problems",
    "parallel": "problems",
    "assistants": "parallel",
    "memory": "",
    "project": "look overlay problems tokens",
    "yamldoc": "problems",
    "validate": "model problems yamldoc",
    "references": "formats model problems",
    "markup": "problems",
    "prose": "formats markup problems references",
    "edition": "formats model problems prose references yamldoc",
    "anchors": "edition prose",
    "values": "edition formats model problems",
    "load": "edition formats model problems prose validate yamldoc",
    "sums": "edition formats model problems",
    "typed": "edition formats problems references",
    "drawable": "charts edition formats look model problems",
    "uses": "drawable edition problems references",
    "consistency": "anchors drawable edition formats look model problems references sums typed uses values "
    "years.renewal",
    "tokens": "look model problems validate yamldoc",
    "typography": "formats",
    "texts": "",
    "cache": "",
    "firstpage": "",
    "contents": "",
    "known": "cache contents",
    "freshness": "overlay problems",
    "charts": "cache edition formats look model problems references tokens",
    "views": "model",
    "viewer": "anchors charts edition formats model problems prose references typography views",
    "sheets": "cache edition look model problems tokens typography",
    "compose": "overlay problems sheets tokens typography views",
    "stylecheck": "problems",
    "rawcolours": "problems references stylecheck",
    "pictures": "edition problems tokens yamldoc",
    "pagetypes": "edition problems",
    "safety": "edition overlay pagetypes pictures problems rawcolours stylecheck tokens yamldoc",
    "checking": "consistency edition load problems project safety tokens years.history",
    "drawing": "cache charts edition project sheets tokens",
    "resources": "drawing edition tokens",
    "attachments": "charts edition",
    "tags.engine": "",
    "tags.types": "",
    "tags.records": "",
    "tags.pieces": "tags.engine tags.records",
    "tags.shapes": "tags.pieces tags.records tags.types",
    "tags.plan": "problems tags.engine tags.pieces tags.records tags.shapes tags.types",
    "tags.writing": "tags.engine tags.records tags.types",
    "tags.marking": "tags.engine tags.records tags.writing",
    "painting": "",
    "pdf": "boxes compose painting problems tags.engine tags.marking tags.pieces tags.plan tags.records variants",
    "press.printers": "model problems validate yamldoc",
    "press.inks": "contents problems",
    "press.lettering": "look",
    "metadata": "",
    "press.pdfx": "press.printers",
    "press.photographs": "press.printers problems",
    "press.sheet": "look press.lettering press.printers",
    "press.placing": "",
    "press.cover": "press.inks press.placing press.printers problems",
    "lighten": "preflight.scan",
    "verapdf": "problems",
    "archival": "attachments",
    "finish": "archival attachments draft lighten metadata press.cover press.inks press.pdfx press.photographs "
    "press.printers press.sheet",
    "preflight.records": "",
    "preflight.spaces": "preflight.records",
    "preflight.geometry": "preflight.records",
    "preflight.state": "preflight.geometry preflight.records preflight.spaces",
    "preflight.scan": "preflight.geometry preflight.records preflight.spaces preflight.state",
    "preflight.pixels": "preflight.records",
    "preflight.facts": "preflight.records preflight.scan preflight.spaces problems",
    "preflight.recolour": "contents preflight.pixels preflight.records preflight.spaces",
    "preflight.plates": "preflight.recolour",
    "preflight.ink": "preflight.plates preflight.records",
    "judging": "problems",
    "preflight.checks": "inspect judging preflight.ink preflight.records press.printers problems",
    "preflight.bound": "inspect preflight.checks preflight.records",
    "preflight.checks_file": "preflight.checks press.printers problems",
    "preflight.checks_page": "preflight.checks preflight.records problems",
    "preflight.checks_ink": "preflight.checks preflight.ink problems",
    "preflight.outcome": "judging preflight.checks preflight.checks_file preflight.checks_ink preflight.checks_page",
    "preflight.run": "inspect judging known parallel preflight.bound preflight.checks preflight.facts "
    "preflight.ink preflight.outcome preflight.plates preflight.recolour preflight.records press.printers "
    "problems",
    "preflight.webpage": "judging preflight.ink preflight.records preflight.run tokens webpage",
    "webpage": "tokens",
    "access.marks": "",
    "access.reading": "access.marks",
    "access.contrast": "inspect known",
    "access.weight": "",
    "access.checklist": "",
    "access.checks": "access.contrast access.reading access.weight judging problems",
    "access.faint": "access.contrast known preflight.scan",
    "access.inbuild": "access.checks access.contrast access.faint access.run boxes judging known problems",
    "access.run": "access.checklist access.checks access.contrast access.reading access.weight inspect judging "
    "known parallel preflight.facts problems tokens verapdf webpage",
    "page_problems": "layout_checks pdf problems sheets texts tokens",
    "laying_out": "cache charts checking compose drawing edition freshness page_problems parallel pdf "
    "press.printers problems progress project resources sheets tokens viewer views years.renewal",
    "written": "boxes known look press.printers problems tokens variants",
    "proving": "access.inbuild draft file_checks inspect metadata preflight.run press.cover problems verapdf written",
    "making": "attachments charts draft finish known laying_out manifest metadata outputs page_problems parallel "
    "pdf press.sheet problems variants written",
    "pipeline": "assistants cache freshness known laying_out making manifest memory outputs pdf "
    "press.printers problems progress project proving variants written",
    "mail.addresses": "",
    "mail.settings": "mail.addresses model problems validate yamldoc",
    "mail.login": "mail.settings problems",
    "mail.recipients": "mail.addresses model problems validate yamldoc",
    "mail.screen": "manifest outputs problems",
    "mail.letter": "charts edition formats inspect mail.screen mail.settings model problems webpage",
    "mail.message": "mail.addresses",
    "mail.ledger": "problems",
    "mail.sender": "mail.login mail.settings",
    "mail.mailing": "edition firstpage mail.addresses mail.letter mail.message mail.recipients "
    "mail.screen mail.settings problems",
    "mail.deliver": "mail.ledger mail.mailing mail.recipients mail.sender problems",
    "mail.run": "load mail.addresses mail.deliver mail.ledger mail.login mail.mailing mail.recipients "
    "mail.screen mail.sender mail.settings outputs problems progress project",
    "schemas": "access.run archive.findings archive.rebuild diff.outcome judging mail.recipients "
    "mail.settings model press.printers",
    "diff.records": "",
    "diff.sheet": "diff.records",
    "diff.colours": "",
    "diff.lettering": "diff.colours diff.records diff.sheet",
    "diff.reading": "diff.colours diff.lettering diff.records diff.sheet inspect problems",
    "diff.matching": "diff.records",
    "diff.numerals": "",
    "diff.outcome": "diff.records",
    "diff.flows": "diff.records",
    "diff.words": "diff.flows diff.matching diff.numerals diff.outcome diff.records",
    "diff.shifts": "diff.flows diff.outcome diff.records diff.words",
    "diff.pictures": "diff.records diff.sheet",
    "diff.sources": "freshness outputs problems",
    "diff.compare": "diff.matching diff.numerals diff.outcome diff.pictures diff.reading diff.records diff.shifts "
    "diff.sources diff.words parallel progress",
    "diff.telling": "diff.outcome",
    "diff.webpage": "diff.compare diff.outcome diff.pictures diff.records diff.telling tokens webpage",
    "diff.approved": "diff.compare diff.sources diff.telling outputs problems",
    "cli.changes": "cli.ending cli.options diff.approved diff.compare diff.sources diff.telling diff.webpage "
    "judging listing outputs problems progress",
    "proofs": "manifest outputs press.placing problems",
    "layout_checks": "boxes look problems sheets texts tokens",
    "file_checks": "inspect look press.printers problems tokens variants",
    "manifest": "boxes edition outputs problems variants",
    "archive.ledger": "outputs problems",
    "archive.bag": "archive.ledger problems",
    "archive.findings": "archive.ledger problems",
    "archive.verify": "archive.bag archive.findings archive.ledger problems progress",
    "archive.difference": "outputs",
    "archive.rebuild": "archive.bag archive.difference archive.gather archive.ledger archive.verify manifest problems "
    "progress",
    "archive.repository": "",
    "archive.gather": "archive.repository freshness manifest outputs overlay press.printers problems project",
    "archive.evidence": "access.run judging manifest preflight.run press.cover press.printers problems progress "
    "variants verapdf",
    "archive.readme": "archive.bag",
    "archive.shelf": "archive.bag archive.ledger manifest problems",
    "archive.index": "archive.bag archive.ledger archive.shelf edition firstpage formats load manifest outputs "
    "parallel problems tokens webpage",
    "archive.add": "archive.bag archive.evidence archive.gather archive.index archive.readme checking edition manifest "
    "problems progress project",
    "years.renewal": "edition model problems",
    "years.history": "edition model problems validate yamldoc",
    "years.edits": "yamldoc",
    "years.new": "edition load model outputs problems project years.edits years.renewal yamldoc",
    "years.compare": "formats load model project years.history",
    "cli.years": "cli.options outputs years.compare years.new",
    "cli.ending": "listing problems",
    "cli.building": "cache cli.ending cli.options diff.approved freshness outputs parallel pipeline problems progress",
    "cli.options": "project",
    "cli.archive": "archive.add archive.index archive.rebuild archive.shelf archive.verify cli.options judging listing "
    "progress",
    "desk.records": "",
    "desk.pictures": "",
    "desk.watching": "",
    "desk.doors": "",
    "desk.faults": "problems",
    "desk.workshop": "desk.faults parallel problems",
    "desk.sources": "project",
    "desk.spots": "boxes desk.records desk.sources",
    "desk.marks": "boxes desk.records inspect judging problems",
    "desk.overlays": "access.contrast boxes desk.records inspect preflight.plates press.printers tags.records "
    "tags.types tokens",
    "desk.glimpse": "compose desk.records desk.workshop laying_out making pdf variants",
    "desk.builder": "access.inbuild boxes cache desk.glimpse desk.marks desk.overlays desk.records "
    "desk.sources desk.spots desk.workshop edition freshness inspect laying_out making outputs "
    "preflight.checks preflight.facts preflight.ink preflight.outcome preflight.plates problems progress "
    "project proving uses variants written",
    "desk.session": "desk.marks desk.records desk.workshop problems",
    "desk.gallery": "desk.session desk.workshop",
    "desk.server": "desk.doors desk.gallery desk.pictures desk.session desk.watching desk.workshop problems",
    "cli.desk": "cache cli.options desk.builder desk.pictures desk.server desk.workshop freshness problems project",
    "cli.files": "access.run cli.options judging outputs parallel preflight.run preflight.webpage press.printers "
    "proofs",
    "cli.mail": "cli.options listing mail.run progress",
    "trace": "uses edition load manifest outputs problems project years.history",
}
# The libraries with a door of their own: no other module knows of them.
DOORS = {
    "weasyprint": {"report.painting", "report.pdf", "report.tags.engine"},
    "pypdf": {"report.inspect"},
    "jinja2": {"report.compose", "report.webpage"},
    "markdown_it": {"report.markup", "report.prose"},
    "mdit_py_plugins": {"report.prose"},
    "babel": {"report.formats", "report.diff.numerals"},
    "num2words": {"report.formats", "report.diff.numerals"},
    "tinycss2": {"report.stylecheck"},
    "yaml": {"report.yamldoc"},
    "watchfiles": {"report.desk.watching"},
    "uvicorn": {"report.desk.server"},
    "starlette": {"report.desk.doors", "report.desk.server"},
    "email_validator": {"report.mail.addresses"},
    "keyring": {"report.mail.login"},
    "smtplib": {"report.mail.sender"},
    "bagit": {"report.archive.bag", "report.archive.verify"},
}
PDF_PACKAGES = tuple(f"report.{name}." for name in ("press", "preflight", "access", "archive", "diff"))
# PDF bytes are rewritten and rendered where that is the business of a module, and read as records everywhere else.
PDF_BYTES = {
    "report.contents",
    "report.known",
    "report.archival",
    "report.draft",
    "report.finish",
    "report.lighten",
    "report.metadata",
    "report.inspect",
    "report.proofs",
    "report.desk.pictures",
    "report.firstpage",
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
    "report.drawing",
    "report.outputs",
    "report.parallel",
    "report.assistants",
    "report.memory",
    "report.cli.ending",
    "report.doctor",
    "report.pdf",
    "report.verapdf",
    "report.cache",
}
# Mail: passwords come from the environment, the ledger is synced to the disk and dated, the server is in the network,
# and pauses are waited for. The command line asks whether it speaks to a terminal.
EDGES |= {"report.mail.login", "report.mail.ledger", "report.mail.sender", "report.mail.run", "report.cli.mail"}
# The archive writes bags that reach the disk, reads every byte of them, asks git, and runs a bag's own program.
EDGES |= {f"report.archive.{name}" for name in ("bag", "ledger", "verify", "repository", "rebuild")}
# The desk: processes and their signals; the clock of a build; a socket on loopback; modules loaded afresh.
EDGES |= {"report.desk.workshop", "report.desk.session", "report.desk.server", "report.cli.desk"}
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


def test_a_module_imports_only_what_the_table_allows() -> None:
    modules = {short_name(path): path for path in REPORT if short_name(path) not in PACKAGES}
    assert set(modules) - set(MAY_IMPORT) == set(), "a new module: say in the table what it may import"
    used = {
        name: {module_of(each) for each in imports_of(path) if each.startswith("report.")}
        for name, path in modules.items()
    }
    foreign = {name: each - set(MAY_IMPORT[name].split()) for name, each in used.items()}
    assert {name: sorted(each) for name, each in foreign.items() if each} == {}


def test_the_table_names_no_module_that_is_gone_and_goes_one_way() -> None:
    modules = {short_name(path) for path in REPORT}
    assert set(MAY_IMPORT) <= modules
    done = set[str]()
    while ready := {name for name in MAY_IMPORT if name not in done and set(MAY_IMPORT[name].split()) <= done}:
        done |= ready
    assert done == set(MAY_IMPORT), "these import one another in a circle"


def test_only_the_desk_builds_as_the_pipeline_does() -> None:
    users = [name_of(path) for path in SOURCES if any("report.making" in name for name in imports_of(path))]
    assert users == ["report.desk.builder", "report.desk.glimpse", "report.pipeline"]


def test_the_report_never_imports_figures_or_the_command_line() -> None:
    assert {name_of(path) for path in REPORT if top(imports_of(path)) & {"figures", "build"}} == set()
    users = {name_of(path) for path in REPORT if "typer" in top(imports_of(path))}
    assert all(name.startswith("report.cli.") for name in users)


def test_figures_know_nothing_of_the_report_but_the_look() -> None:
    known = {name.rpartition(".")[0] for path in SOURCES if path not in REPORT for name in imports_of(path)}
    assert {name for name in known if name.startswith("report")} == {"report.look"}


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


@pytest.mark.parametrize("name", ["report", "report.problems", "report.listing", "report.variants"])
def test_what_the_command_line_needs_first_loads_no_library(name: str) -> None:
    path = ROOT / f"{name.replace('.', '/')}.py" if "." in name else ROOT / "report" / "__init__.py"
    own = {"report", "__future__"}
    assert {library for library in top(imports_of(path)) if library not in sys.stdlib_module_names} <= own
