"""The folder of an edition, read whole: YAML and Markdown in, an `Edition` out, with every problem of every file.

Only files inside the edition's own folder are read. Nothing in them is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from report.edition.edition import Edition, Section
from report.edition.formats import is_known
from report.edition.model import FILES, Config, SectionFront
from report.edition.prose import parse as parse_prose
from report.edition.validate import validate
from report.edition.yamldoc import Document, parse, read_text
from report.problems import Place, Problem, ReportError, error, warning

OPTIONAL = frozenset({"images"})
_STAND_IN_LANGUAGE = "en-US"
Result = TypeVar("Result")


def load(root: Path, shown: str) -> Edition:
    """Load the edition in the folder `root`, called `shown` in messages. Raises ReportError with all problems."""
    edition = read(root, shown)
    if edition.broken:
        raise ReportError(edition.problems)
    return edition


def read(root: Path, shown: str) -> Edition:
    """Read what can be read of an edition: its `broken` names the files that stand as empty ones."""
    problems: list[Problem] = []
    models: dict[str, Any] = {}
    documents: dict[str, Document] = {}
    for name, model in FILES.items():
        document = _attempt(problems, _read_yaml, root, shown, name)
        documents[name] = document or Document(f"{shown}/{name}.yaml", {}, {}, {})
        models[name] = None if document is None else _attempt(problems, validate, model, document)
    broken = {name for name in FILES if models.get(name) is None}
    models |= {name: _stand_in(name) for name in broken}
    sections = _load_sections(root, shown, problems, broken)
    config = models["edition"]
    if not is_known(config.locale):
        problems.append(_unknown_language(config, documents["edition"]))
        config, broken = config.model_copy(update={"language": _STAND_IN_LANGUAGE}), {*broken, "language"}
    return Edition(
        root=root,
        shown=shown,
        config=config,
        facts=models["facts"].facts,
        charts=models["charts"].charts,
        quotes=models["quotes"].quotes,
        checks=models["checks"].checks,
        images=models["images"].images,
        sections=sections,
        documents=documents,
        problems=(*problems, *_strays(root, shown)),
        broken=frozenset(broken),
    )


def _stand_in(name: str) -> Any:
    """Return an empty file of a kind: it says nothing, so that the others can be judged."""
    if name == "edition":
        blank: dict[str, Any] = dict.fromkeys(Config.model_fields, "")
        blank |= dict.fromkeys(("sections", "pillars", "names_with_figures"), ())
        return Config.model_construct(**blank | {"language": _STAND_IN_LANGUAGE, "sources": {}})
    nothing: dict[str, Any] = {name: () if name == "checks" else {}}
    return FILES[name].model_construct(**nothing)


def _strays(root: Path, shown: str) -> Iterator[Problem]:
    """A file whose name is nearly that of an optional one that is missing is a slip, and would be ignored."""
    missing = [name for name in OPTIONAL if not (root / f"{name}.yaml").exists()]
    for path in sorted(root.glob("*.y*ml")):
        if path.name.removesuffix(".yaml") not in FILES and (close := get_close_matches(path.stem, missing)):
            hint = f"Rename it to {close[0]}.yaml, or move it out of the edition."
            yield warning("stray-file", Place(f"{shown}/{path.name}"), "This file is not read.", hint)


def _unknown_language(config: Config, document: Document) -> Problem:
    """Numbers and dates need a language that Babel knows."""
    what = f"The language `{config.language}` is not known."
    hint = "Use a tag such as en-US, es or de-DE."
    return error("unknown-language", document.place(("language",)), what, hint)


def _attempt(problems: list[Problem], step: Callable[..., Result], *arguments: object) -> Result | None:
    """Run a step; keep its problems and go on, so that a person learns of all of them at once."""
    try:
        return step(*arguments)
    except ReportError as failure:
        problems.extend(failure.problems)
        return None


def _read_yaml(root: Path, shown: str, name: str) -> Document:
    path = root / f"{name}.yaml"
    if name in OPTIONAL and not path.exists():
        return Document(f"{shown}/{name}.yaml", {name: {}}, {}, {})
    return parse(_read_inside(path, root, f"{shown}/{name}.yaml"), f"{shown}/{name}.yaml")


def _read_inside(path: Path, root: Path, shown: str) -> str:
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        inside = False
    if not inside:
        hint = "Replace the link with a copy of the file."
        raise ReportError([error("outside", Place(shown), "The file is a link that leads out of the edition.", hint)])
    return read_text(path, shown)


def _load_sections(root: Path, shown: str, problems: list[Problem], broken: set[str]) -> dict[str, Section]:
    """Return the sections that were understood; the others are named in `broken`."""
    folder = root / "sections"
    if not folder.is_dir():
        hint = "Create it; each section of the report is a Markdown file in it."
        problems.append(error("file-missing", Place(f"{shown}/sections"), "There is no folder of sections.", hint))
        broken.add("sections")
        return {}
    sections = {}
    for path in sorted(folder.glob("*.md")):
        where = f"{shown}/sections/{path.name}"
        text = _attempt(problems, _read_inside, path, root, where)
        section = None if text is None else _attempt(problems, _section, path.stem, text, where, problems)
        if section is None:
            broken.add(f"sections/{path.stem}")
        else:
            sections[section.id] = section
    return sections


def _section(name: str, text: str, shown: str, problems: list[Problem]) -> Section:
    lines = text.split("\n")
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        hint = "Start the file with --- , keys such as `page: pillar` and `title: ...`, and --- again."
        raise ReportError([error("front-matter", Place(shown, 1, 1), "The section has no front matter.", hint)])
    body, origin = "\n".join(lines[end + 1 :]), Place(shown, end + 2, 1)
    prose, found = parse_prose(body, origin)
    problems.extend(found)  # before the front matter is judged, so that both are told at once
    document = parse("\n".join(lines[1:end]), shown, first_line=2)
    return Section(name, validate(SectionFront, document), document, prose, body, origin)
