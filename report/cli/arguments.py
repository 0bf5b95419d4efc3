"""Command-line arguments reordered for the parser: the project, the command, its arguments and options.

In: the arguments as typed. Out: the same arguments, with `build` added if no command is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

PROJECT, DEFAULT = "--project", "build"
WRONG_USE = 2
_INFO_OPTIONS = frozenset({"-h", "--help", "--version"})
# Options that every command accepts, and whether a value follows. Commands that do not use them ignore them.
_COMMON = {"--out": True, "-q": False, "--quiet": False}


def in_order(arguments: Sequence[str], app: Any, editions: Callable[[Path | None], list[str]]) -> list[str]:
    """Return the arguments in parser order. Raises SystemExit with status 2 for a mistyped command.

    `app` is the click command with all its subcommands. `editions` lists the editions of a project, to distinguish a
    mistyped command from an edition.
    """
    project, words = _project(arguments)
    if words and words[0] in _INFO_OPTIONS:
        return [*project, *words]
    index = _first_word(words, frozenset(_options_with_values(app)))
    first = words[index] if index < len(words) else ""
    if first not in app.commands:
        if first:
            _refuse_typo(first, list(app.commands), editions(_folder(project)))
        return [*project, DEFAULT, *words]
    after, before = words[index + 1 :], words[:index]
    return [*project, first, *_without_unused([*after, *before], app.commands[first])]


def _refuse_typo(word: str, commands: list[str], editions: list[str]) -> None:
    matches = get_close_matches(word, commands, n=1)
    if matches and word not in editions:
        typer.echo(f"There is no command or edition `{word}`. Did you mean `{matches[0]}`?", err=True)
        raise SystemExit(WRONG_USE)


def _project(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split `--project DIR` from the other words."""
    for index, argument in enumerate(arguments):
        if argument == PROJECT:
            return list(arguments[index : index + 2]), [*arguments[:index], *arguments[index + 2 :]]
        if argument.startswith(f"{PROJECT}="):
            return [argument], [*arguments[:index], *arguments[index + 1 :]]
    return [], list(arguments)


def _folder(project: Sequence[str]) -> Path | None:
    """Return the folder of `--project DIR` or `--project=DIR`, or None."""
    return Path(project[-1].removeprefix(f"{PROJECT}=")) if project else None


def _first_word(words: Sequence[str], with_value: frozenset[str]) -> int:
    """Return the index of the first word that is neither an option nor its value, or the number of words."""
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] in with_value else 1
    return min(index, len(words))


def _options_with_values(command: Any) -> Iterator[str]:
    """Yield the options, of a command and its subcommands, that take a value."""
    yield PROJECT
    for option in command.params:
        if option.param_type_name == "option" and not option.is_flag:
            yield from option.opts
    for subcommand in getattr(command, "commands", {}).values():
        yield from _options_with_values(subcommand)


def _without_unused(words: Sequence[str], command: Any) -> list[str]:
    """Return the words of a command without the common options that it does not use."""
    subcommands = getattr(command, "commands", {})
    named = next((word for word in words if word in subcommands), None)
    used = {name for option in (subcommands[named] if named else command).params for name in option.opts}
    if subcommands and not named:
        return list(words)
    kept, remaining = list[str](), iter(words)
    for word in remaining:
        name, _, value = word.partition("=")
        if name not in _COMMON or name in used:
            kept.append(word)
        elif _COMMON[name] and not value:
            next(remaining, None)
    return kept
