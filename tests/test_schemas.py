"""JSON Schemas: editors accept exactly what the models accept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonfits import fits

from report.cli.schemas import schema_texts, write_schemas
from report.edition.model import FILES, json_schema

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "data" / "schema"
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DATA = sorted([*(ROOT / "data").glob("*/*.yaml"), *(ROOT / "examples").glob("*/data/*/*.yaml")])


TEXTS = schema_texts()


@pytest.mark.parametrize("name", TEXTS)
def test_the_checked_in_schema_equals_the_generated_one(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == TEXTS[name], "Run `python build.py schema`."


def test_there_are_no_other_schemas() -> None:
    assert {path.relative_to(ROOT).as_posix() for path in ROOT.glob("[dr]*/**/*.schema.json")} == set(TEXTS)


def test_schemas_are_written_as_generated(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "new")
    assert {
        path.relative_to(tmp_path / "new").as_posix(): path.read_text("utf-8") for path in written
    } == schema_texts()


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_the_first_line_of_a_data_file_names_its_schema(path: Path) -> None:
    first = path.read_text("utf-8").partition("\n")[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match, first
    assert (path.parent / match[1]).resolve() == SCHEMAS / f"{path.stem}.schema.json"


def objects(schema: Any) -> list[dict[str, Any]]:
    """Return all subschemas that describe an object with named keys."""
    nested = [
        schema_of_object
        for value in (schema.values() if isinstance(schema, dict) else schema)
        if isinstance(value, dict | list)
        for schema_of_object in objects(value)
    ]
    return [*([schema] if isinstance(schema, dict) and "properties" in schema else []), *nested]


@pytest.mark.parametrize("name", list(FILES))
def test_a_schema_refuses_unknown_keys_everywhere(name: str) -> None:
    schemas = objects(json_schema(name))
    assert schemas
    assert [each["title"] for each in schemas if each.get("additionalProperties") is not False] == []


@pytest.mark.parametrize("name", list(FILES))
def test_a_schema_is_valid_json_and_names_its_dialect(name: str) -> None:
    assert (
        json.loads(schema_texts()[f"data/schema/{name}.schema.json"])["$schema"]
        == "https://json-schema.org/draft/2020-12/schema"
    )


def _plain(path: Path) -> Any:
    """Read YAML as an editor does, with dates as text."""
    return json.loads(json.dumps(yaml.load(path.read_text("utf-8"), Loader=LOADER), default=str))


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_data_files_conform_to_their_schemas(path: Path) -> None:
    schema = json_schema(path.stem)
    assert fits(_plain(path), schema, schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [("unit: count", "unit: cuont"), ("value: 2000000", 'value: "2,000,000"'), ("label: students", "lable: students"),
     ("  county.students:", "  students:"), ("    source: report\n", "")],
)  # fmt: skip
def test_an_error_in_the_facts_violates_the_schema(tmp_path: Path, old: str, new: str) -> None:
    text = (ROOT / "data" / "2023-24" / "facts.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "facts.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    schema = json_schema("facts")
    assert not fits(_plain(tmp_path / "facts.yaml"), schema, schema)
