"""Loads the folder of an edition and reports the problems of all its files at once.

In: a folder of YAML and Markdown files. Out: an `Edition`. Only files inside this folder are read; no code is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from report.edition.edition import Edition, Section
from report.edition.formats import is_supported
from report.edition.model import FILES, Config, SectionFront
from report.edition.prose import parse as parse_prose
from report.edition.validate import validate
from report.edition.yamldoc import Document, parse, read_text
from report.problems import Place, Problem, ReportError, error, warning
from report.searchpath import is_leftover

OPTIONAL = frozenset({"charts", "quotes", "checks", "images"})  # an edition may have none
_FALLBACK_LANGUAGE = "en-US"
Result = TypeVar("Result")


def load(root: Path, display_name: str) -> Edition:
    """Load the edition in the folder `root`, named `display_name` in messages. Raises ReportError with all problems."""
    edition = read(root, display_name)
    if edition.broken:
        raise ReportError(edition.problems)
    return edition


def read(root: Path, display_name: str) -> Edition:
    """Return an edition even if some files are invalid. Those are replaced by empty ones and listed in `broken`."""
    problems: list[Problem] = []
    models: dict[str, Any] = {}
    documents: dict[str, Document] = {}
    for name, model in FILES.items():
        document = _attempt(problems, _read_yaml, root, display_name, name)
        documents[name] = document or Document(f"{display_name}/{name}.yaml", {}, {}, {})
        models[name] = None if document is None else _attempt(problems, validate, model, document)
    broken = {name for name in FILES if models.get(name) is None}
    models |= {name: _empty(name) for name in broken}
    sections = _load_sections(root, display_name, problems, broken)
    config = models["edition"]
    if not is_supported(config.locale):
        problems.append(_unknown_language(config, documents["edition"]))
        config, broken = config.model_copy(update={"language": _FALLBACK_LANGUAGE}), {*broken, "language"}
    return Edition(
        root=root,
        display_name=display_name,
        config=config,
        facts=models["facts"].facts,
        charts=models["charts"].charts,
        quotes=models["quotes"].quotes,
        checks=models["checks"].checks,
        images=models["images"].images,
        sections=sections,
        documents=documents,
        problems=(*problems, *_stray_files(root, display_name)),
        broken=frozenset(broken),
    )


def _empty(name: str) -> Any:
    """Return an empty model of a data file, so that the other files can still be checked."""
    if name == "edition":
        blank: dict[str, Any] = dict.fromkeys(Config.model_fields, "")
        blank |= dict.fromkeys(("sections", "pillars", "names_with_figures"), ())
        return Config.model_construct(**blank | {"language": _FALLBACK_LANGUAGE, "sources": {}})
    entries: dict[str, Any] = {name: () if name == "checks" else {}}
    return FILES[name].model_construct(**entries)


def _stray_files(root: Path, display_name: str) -> Iterator[Problem]:
    """A file named almost like a missing optional file is probably a misspelling; it would be ignored silently."""
    missing = [name for name in OPTIONAL if not (root / f"{name}.yaml").exists()]
    for path in sorted(root.glob("*.y*ml")):
        if path.name.removesuffix(".yaml") not in FILES and (close := get_close_matches(path.stem, missing)):
            hint = f"Rename it to {close[0]}.yaml, or move it out of the edition."
            yield warning("stray-file", Place(f"{display_name}/{path.name}"), "This file is not read.", hint)


def _unknown_language(config: Config, document: Document) -> Problem:
    """Numbers and dates need a language that Babel supports."""
    what = f"Unknown language `{config.language}`."
    hint = "Use a tag such as en-US, es or de-DE."
    return error("unknown-language", document.place(("language",)), what, hint)


def _attempt(problems: list[Problem], step: Callable[..., Result], *arguments: object) -> Result | None:
    """Run a step. If it fails, collect its problems and return None, so that all problems are reported at once."""
    try:
        return step(*arguments)
    except ReportError as failure:
        problems.extend(failure.problems)
        return None


def _read_yaml(root: Path, display_name: str, name: str) -> Document:
    path, file = root / f"{name}.yaml", f"{display_name}/{name}.yaml"
    if name in OPTIONAL and not path.exists():
        return Document(file, {name: () if name == "checks" else {}}, {}, {})
    return parse(_read_inside(path, root, file), file)


def _read_inside(path: Path, root: Path, display_name: str) -> str:
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to itself
        inside = False
    if not inside:
        what, hint = "The file is a link to a file outside the edition.", "Replace the link with a copy of the file."
        raise ReportError([error("outside", Place(display_name), what, hint)])
    return read_text(path, display_name)


def _load_sections(root: Path, display_name: str, problems: list[Problem], broken: set[str]) -> dict[str, Section]:
    """Return the valid sections by id. The others are added to `broken`."""
    folder = root / "sections"
    if not folder.is_dir():
        place = Place(f"{display_name}/sections")
        hint = "Create it. Each section of the report is a Markdown file in it."
        problems.append(error("file-missing", place, "The folder `sections` is missing.", hint))
        broken.add("sections")
        return {}
    sections = {}
    for path in sorted(each for each in folder.glob("*.md") if not is_leftover(each)):
        file = f"{display_name}/sections/{path.name}"
        text = _attempt(problems, _read_inside, path, root, file)
        section = None if text is None else _attempt(problems, _section, path.stem, text, file, problems)
        if section is None:
            broken.add(f"sections/{path.stem}")
        else:
            sections[section.id] = section
    return sections


def _section(name: str, text: str, file: str, problems: list[Problem]) -> Section:
    lines = text.split("\n")
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        hint = "Start the file with ---, keys such as `page: pillar` and `title: ...`, and --- again."
        raise ReportError([error("front-matter", Place(file, 1, 1), "The section has no front matter.", hint)])
    body, origin = "\n".join(lines[end + 1 :]), Place(file, end + 2, 1)
    prose, prose_problems = parse_prose(body, origin)
    problems.extend(prose_problems)  # first, because invalid front matter ends this function with an error
    document = parse("\n".join(lines[1:end]), file, first_line=2)
    return Section(name, validate(SectionFront, document), document, prose, body, origin)
