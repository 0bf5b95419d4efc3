"""JSON Schemas: what editors are told is what the model accepts."""

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
def test_the_schema_that_is_checked_in_is_the_one_the_model_gives(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == TEXTS[name], "run `python build.py schema`"


def test_no_schema_is_left_over() -> None:
    assert {path.relative_to(ROOT).as_posix() for path in ROOT.glob("[dr]*/**/*.schema.json")} == set(TEXTS)


def test_schemas_are_written_as_they_are_generated(tmp_path: Path) -> None:
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
    """Return every schema of an object with named keys."""
    inside = [
        found
        for value in (schema.values() if isinstance(schema, dict) else schema)
        if isinstance(value, dict | list)
        for found in objects(value)
    ]
    return [*([schema] if isinstance(schema, dict) and "properties" in schema else []), *inside]


@pytest.mark.parametrize("name", list(FILES))
def test_a_schema_refuses_unknown_keys_everywhere(name: str) -> None:
    found = objects(json_schema(name))
    assert found
    assert [each["title"] for each in found if each.get("additionalProperties") is not False] == []


@pytest.mark.parametrize("name", list(FILES))
def test_a_schema_can_be_read_by_any_json_reader_and_names_its_dialect(name: str) -> None:
    assert (
        json.loads(schema_texts()[f"data/schema/{name}.schema.json"])["$schema"]
        == "https://json-schema.org/draft/2020-12/schema"
    )


def _plain(path: Path) -> Any:
    """Read YAML as an editor does: dates are text."""
    return json.loads(json.dumps(yaml.load(path.read_text("utf-8"), Loader=LOADER), default=str))


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_the_sample_edition_fits_its_schemas(path: Path) -> None:
    schema = json_schema(path.stem)
    assert fits(_plain(path), schema, schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [("unit: count", "unit: cuont"), ("value: 2000000", 'value: "2,000,000"'), ("label: students", "lable: students"),
     ("  county.students:", "  students:"), ("    source: report\n", "")],
)  # fmt: skip
def test_an_editor_is_told_of_a_slip_in_the_facts(tmp_path: Path, old: str, new: str) -> None:
    text = (ROOT / "data" / "2023-24" / "facts.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "facts.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    schema = json_schema("facts")
    assert not fits(_plain(tmp_path / "facts.yaml"), schema, schema)
