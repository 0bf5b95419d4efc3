"""JSON Schemas of the data files, generated from the model, so that editors complete and check them.

In: the model. Out: files `<name>.schema.json`. A test keeps the checked-in files equal to what is generated here.
"""

from __future__ import annotations

import json
from pathlib import Path

from report.model import FILES, json_schema


def schema_texts() -> dict[str, str]:
    """Return the schema of each data file as JSON text, by file name."""
    return {f"{name}.schema.json": json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n" for name in FILES}


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schema_texts().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
