"""The words of a command line in the order that the parser expects: the project, the command, its words and options.

In: what a person typed. Out: the same words, with `build` where no command is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

PROJECT, DEFAULT = "--project", "build"
WRONG_USE = 2
_ABOUT = frozenset({"-h", "--help", "--version"})
# Options that people give to every command out of habit: (name, whether a value follows). A command that writes no set
# and reports no progress has no use for them, and takes them all the same.
_COMMON = {"--out": True, "-q": False, "--quiet": False}


def in_order(arguments: Sequence[str], app: Any, editions: Callable[[Path | None], list[str]]) -> list[str]:
    """Return the words in order; leaves with status 2 for a mistyped command.

    `app` is the command line with all its commands; `editions` lists the editions of a project, for a first word that
    is neither a command nor an edition.
    """
    project, words = _project(arguments)
    if words and words[0] in _ABOUT:
        return [*project, *words]
    at = _first_word(words, frozenset(_options_with_values(app)))
    first = words[at] if at < len(words) else ""
    if first not in app.commands:
        if first:
            _refuse_slip(first, list(app.commands), editions(_folder(project)))
        return [*project, DEFAULT, *words]
    rest, ahead = words[at + 1 :], words[:at]
    return [*project, first, *_without_idle([*rest, *ahead], app.commands[first])]


def _refuse_slip(word: str, commands: list[str], editions: list[str]) -> None:
    meant = get_close_matches(word, commands, n=1)
    if meant and word not in editions:
        typer.echo(f"There is no command and no edition `{word}`. Did you mean `{meant[0]}`?", err=True)
        raise SystemExit(WRONG_USE)


def _project(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return `--project DIR`, wherever it stands, and the other words."""
    for index, argument in enumerate(arguments):
        if argument == PROJECT:
            return list(arguments[index : index + 2]), [*arguments[:index], *arguments[index + 2 :]]
        if argument.startswith(f"{PROJECT}="):
            return [argument], [*arguments[:index], *arguments[index + 1 :]]
    return [], list(arguments)


def _folder(project: Sequence[str]) -> Path | None:
    """Return the folder that `--project DIR` or `--project=DIR` names."""
    return Path(project[-1].removeprefix(f"{PROJECT}=")) if project else None


def _first_word(words: Sequence[str], taking: frozenset[str]) -> int:
    """Return the index of the first word that is no option and no option's value; the number of words if none is."""
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] in taking else 1
    return min(index, len(words))


def _options_with_values(command: Any) -> Iterator[str]:
    """Yield the options of a command, and of those below it, that take the word after them."""
    yield PROJECT
    for option in command.params:
        if option.param_type_name == "option" and not option.is_flag:
            yield from option.opts
    for inner in getattr(command, "commands", {}).values():
        yield from _options_with_values(inner)


def _without_idle(words: Sequence[str], command: Any) -> list[str]:
    """Return the words of a command without the common options that it has no use for."""
    inner = getattr(command, "commands", {})
    named = next((word for word in words if word in inner), None)
    used = {name for option in (inner[named] if named else command).params for name in option.opts}
    if inner and not named:
        return list(words)
    kept, waiting = list[str](), iter(words)
    for word in waiting:
        name, _, value = word.partition("=")
        if name not in _COMMON or name in used:
            kept.append(word)
        elif _COMMON[name] and not value:
            next(waiting, None)
    return kept
