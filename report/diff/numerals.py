"""What counts as a figure in the text of a language: digits, and the words for whole numbers up to one hundred.

In: a language tag from a PDF. Out: `NumeralSyntax`. In a language without known number words, only digits count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

_HIGHEST = 100


@dataclass(frozen=True, slots=True)
class NumeralSyntax:
    """How a language writes numbers. `magnitudes` are words that belong to the preceding figure, such as “million”."""

    language: str
    magnitudes: frozenset[str]

    def is_figure(self, word: str) -> bool:
        """Return whether a word, without its punctuation, is a figure."""
        return any(character.isdigit() for character in word) or word.lower() in _number_words(self.language)


@cache
def numeral_syntax(language: str) -> NumeralSyntax:
    """Return the syntax of a language such as `en-US`; that of English if the tag is empty or unknown."""
    try:
        locale = Locale.parse((language or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        locale = Locale("en")
    patterns = [pattern.pattern for forms in locale.compact_decimal_formats["long"].values()
                for pattern in forms.values()]  # fmt: skip
    return NumeralSyntax(
        locale.language, frozenset(re.sub(r"[0'.\s]", "", pattern).lower() for pattern in patterns) - {""}
    )


@cache
def _number_words(language: str) -> frozenset[str]:
    """Return the number words, without “one”, which is often not meant as a number."""
    from num2words import num2words

    try:
        return frozenset(str(num2words(number, lang=language)) for number in (0, *range(2, _HIGHEST + 1)))
    except (NotImplementedError, KeyError):
        return frozenset()
