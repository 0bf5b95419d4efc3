"""The preflight, access and proof commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from report.cli.options import AnyPdf, EditionArgument, Json, Out, PrinterName, display_path, workspace


def register(app: typer.Typer) -> None:
    """Add the preflight, access and proof commands."""
    app.command("preflight")(preflight_command)
    app.command("access")(access_command)
    app.command("proof")(proof_command)


def preflight_command(
    context: typer.Context,
    file: AnyPdf,
    printer: PrinterName = "sheetfed-us",
    json: Json = False,
    html: Annotated[
        Path | None, typer.Option(help="Also write a web page that shows the pages with the place of each fault.")
    ] = None,
    ink: Annotated[bool, typer.Option(help="Render the pages to measure ink, bleed and safe area.")] = True,
) -> None:
    """Check any PDF as a commercial printer would: boxes, inks, overprint, images, fonts, ink coverage, PDF/X-4.

    Exit status: 0 if the file passes (warnings are allowed), 1 if not.
    """
    from report.inspection.judging import as_json
    from report.preflight.run import guarded_preflight
    from report.preflight.webpage import report_page
    from report.press.printers import load_printer
    from report.processes.jobs import guarded_job
    from report.sets.outputs import read_file, write_file

    data, project = read_file(file), workspace(context).bare_project()
    result = guarded_preflight(data, file.name, load_printer(printer, None, project.search), ink)
    typer.echo(as_json(result.outcome) if json else result.outcome.table(), nl=not json)
    if html:
        design = project.web_design()
        write_file(html, guarded_job(lambda: report_page(result, data, design), file.name).encode())
        typer.echo(f"{html}", err=True)
    if not result.outcome.passed:
        raise typer.Exit(1)


def access_command(
    context: typer.Context,
    file: AnyPdf,
    json: Json = False,
    html: Annotated[Path | None, typer.Option(help="Also write the result as a web page for printing.")] = None,
) -> None:
    """Check the accessibility of any PDF: tags, headings, alternative texts, tables, links, contrast, language.

    Ends with a checklist of what only a person can judge. Includes veraPDF's verdict if veraPDF is installed.
    """
    from report.access.run import access, report_page
    from report.inspection.judging import as_json
    from report.sets.outputs import read_file, write_file

    result = access(read_file(file), file.name)
    typer.echo(as_json(result) if json else result.table(), nl=not json)
    if html:
        write_file(html, report_page(result, workspace(context).bare_project().web_design()).encode())
        typer.echo(f"{html}", err=True)
    if not result.passed:
        raise typer.Exit(1)


def proof_command(
    context: typer.Context,
    edition: EditionArgument = None,
    out: Out = None,
    sheet: Annotated[str, typer.Option(help="The paper size of the booklet: tabloid or a3.")] = "tabloid",
    flip: Annotated[str, typer.Option(help="The edge for duplex printing: short or long.")] = "short",
    printer: PrinterName = "saddle-stitch",
) -> None:
    """Make proofs of the last build, beside its print file: a contact sheet, reader spreads and a booklet.

    The booklet's pages compensate for creep with the paper thickness in the printer's file.
    """
    from report.press.printers import load_printer
    from report.press.proofs import make_proofs

    project = workspace(context).bare_project()
    name = project.edition(edition)
    caliper = float(load_printer(printer, None, project.search).values.binding.caliper)
    for path in make_proofs(workspace(context).out(out), name, sheet, caliper, flip):
        typer.echo(display_path(path))
