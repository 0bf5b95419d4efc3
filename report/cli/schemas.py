"""JSON Schemas of the input files, for completion and checks in editors, and of the JSON results.

In: the models. Out: files `<name>.schema.json`. A test compares the checked-in files with those generated here.
"""

from __future__ import annotations

import json
from pathlib import Path

from report.access.run import Access
from report.archive.findings import Verification
from report.archive.rebuild import RebuildResult
from report.diff.outcome import Difference
from report.edition.model import FILES, json_schema, schema_of
from report.inspection.judging import Outcome
from report.inspection.judging import schema as outcome_schema
from report.mail.recipients import RecipientsFile
from report.mail.settings import SettingsFile
from report.press.printers import PrinterFile


def schema_texts() -> dict[str, str]:
    """Return each schema as JSON text, by its path in the project."""
    schemas = {f"data/schema/{name}.schema.json": json_schema(name) for name in FILES}
    schemas["report/printers/printer.schema.json"] = schema_of(PrinterFile)
    schemas["report/mail/mail.schema.json"] = schema_of(SettingsFile)
    schemas["report/mail/recipients.schema.json"] = schema_of(RecipientsFile)
    schemas["report/preflight/preflight.schema.json"] = outcome_schema(Outcome)
    schemas["report/access/access.schema.json"] = outcome_schema(Access)
    schemas["report/archive/verification.schema.json"] = outcome_schema(Verification)
    schemas["report/archive/rebuilt.schema.json"] = outcome_schema(RebuildResult)
    schemas["report/diff/diff.schema.json"] = outcome_schema(Difference)
    return {path: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for path, schema in schemas.items()}


def write_schemas(root: Path) -> list[Path]:
    """Write the schemas and return their paths."""
    written = []
    for name, text in schema_texts().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
