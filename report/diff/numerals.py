"""What counts as a figure in a text of some language: digits, and the words for whole numbers up to one hundred.

In: a language, as a PDF names it. Out: `NumeralSyntax`. What a language is not known for is left to digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

_HIGHEST = 100


@dataclass(frozen=True, slots=True)
class NumeralSyntax:
    """`magnitudes` are the words that belong to the figure before them, such as million."""

    language: str
    magnitudes: frozenset[str]

    def is_figure(self, word: str) -> bool:
        """Tell whether a word without its punctuation is a figure."""
        return any(letter.isdigit() for letter in word) or word.lower() in _number_words(self.language)


@cache
def figures_of(language: str) -> NumeralSyntax:
    """Return what is a figure in a language, such as `en-US`; English if none is named or it is not known."""
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
    """Return the words for two and more: “one” is as often no number."""
    from num2words import num2words

    try:
        return frozenset(str(num2words(number, lang=language)) for number in (0, *range(2, _HIGHEST + 1)))
    except (NotImplementedError, KeyError):
        return frozenset()
