"""Words that the program itself prints, and that an edition in another language than English would not have.

In: the templates on the search path and an edition. Out: one warning that names the words. A template of the project's
own is taken to be in the language of the edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from report.edition.edition import Edition
from report.problems import Problem, warning
from report.searchpath import SearchPath

_ENGLISH = "en"
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)
_LITERAL = re.compile(r"\{\{[^{}]*?\bor \"(\w[^\"]*)\"")  # what stands in place of an empty value
_TAG = re.compile(r"<[^>]*>")
_WORDS = re.compile(r"[A-Za-z][A-Za-z ]+")
_QUOTED = ("“", "”")
_SHARED = ("layouts/components.html.j2", "layouts/report.html.j2")
# Words of tables and notes that no template holds.
_FIXED = ("Value", "Before", "Share", "Out of", "Back to note")


def untranslated_words(search: SearchPath, edition: Edition) -> Iterator[Problem]:
    """Yield a warning with the English words that an edition in another language would print or read aloud."""
    language = edition.config.language
    if not edition.is_valid("edition", "sections") or language.partition("-")[0] == _ENGLISH:
        return
    used = {f"layouts/pages/{section.front.page}.html.j2" for section in edition.sections.values()}
    used |= {"layouts/pages/quote.html.j2"} if edition.quotes else set()
    words: list[str] = []
    for name in (*_SHARED, *sorted(used)):
        path = search.file(name)
        if path.is_file() and not (len(search.folders) > 1 and path.is_relative_to(search.project)):
            words += template_words(path.read_text("utf-8"))
    alone = [name for name, chart in edition.charts.items() if not chart.alt]
    words += [*_FIXED, *([f"the alternative texts of charts without `alt` ({', '.join(alone)})"] if alone else [])]
    what = f"This edition is in {language}, but the program's own words are English: {', '.join(dict.fromkeys(words))}."
    hint = "Put templates with your words into layouts/ of the project, and give each chart an `alt`."
    yield warning("untranslated", edition.place("edition", ("language",)), what, hint)


def template_words(text: str) -> list[str]:
    """Return the words that stand in a template itself, and its quotation marks."""
    literals = _LITERAL.findall(text)
    plain = _JINJA.sub(" ", text).replace("&#160;", " ")
    between = (
        piece for piece in _TAG.split(plain) if "=" not in piece and "--" not in piece
    )  # not in a macro's attributes
    found = [word.strip() for piece in between for word in _WORDS.findall(piece)]
    marks = ["".join(_QUOTED)] if all(mark in text for mark in _QUOTED) else []
    return [*(word for word in found if len(word) > 1), *literals, *marks]
