"""Numbers in text that state no figure: dates, times, clauses, telephone numbers, standards, school grades, ordinals.

In: a locale. Out: patterns for the check of typed figures, which leaves what they match alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from report.edition.formats import month_names

_DAY, _YEAR = r"(?:[012]?\d|3[01])", r"(?:19|20)\d\d"
_CURRENCIES = "EUR|USD|GBP|CHF|CAD|AUD|NZD|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|MXN|BRL|ZAR"
_TIMES = (
    r"\d{1,2}:\d\d(?::\d\d)?(?!\d)",
    r"\d{1,2}(?:[.:]\d\d)?\s*(?:a\.\s?m\.|p\.\s?m\.|(?:Uhr|am|pm|h)\b)",
)
_DATES = (
    rf"{_YEAR}-\d\d-\d\d",
    rf"{_DAY}\.\s?[01]?\d\.(?:\s?(?:{_YEAR}|\d\d)\b)?",
    rf"[0-3]?\d/[0-3]?\d/(?:{_YEAR}|\d\d)",
)
_CLAUSE_WORDS = "(?:Art|Abs|Nr|No|no|Sec|art|sec|vol|Vol|Bd|p|pp|S)\\.|(?:Section|Article|Artikel|artículo)"
_CLAUSES = (rf"(?:§{{1,2}}|\b(?:{_CLAUSE_WORDS}))\s?\d+[a-z]?(?:[.–-]\d+)*(?:\s?f{{1,2}}\.)?",)
_TELEPHONES = (
    r"\+\d[\d\s()/–-]{6,}\d",
    r"\(?\b0\d{1,5}\)?[\s/–-]\s?\d[\d\s/–-]{2,}\d",
    r"\(\d{3}\)\s?\d{3}[-–]\d{4}",
    r"\b\d{3}[-–.]\d{3}[-–.]\d{4}\b",
)
_STANDARDS = (rf"\b(?!(?:{_CURRENCIES})\b)[A-ZÄÖÜ]{{2,}}(?:[ /][A-ZÄÖÜ]{{2,}})*\s\d+(?:[-–:.]\d+)*\b",)
_GRADE_WORDS = "[Gg]rades?|[Cc]lass(?:es)?|[Kk]lassen?|Stufe|Jahrgang|[Gg]rados?|[Cc]lases?"
_GRADES = (rf"\b(?:{_GRADE_WORDS})\s\d{{1,2}}(?:[-–]\d{{1,2}})?\b",)
_ORDINALS = (r"\b\d+(?:st|nd|rd|th)\b", r"\b\d{1,3}[ºª]", r"\b\d+-(?=[^\W\d])")  # 4th, 3º, and 20 in 20-year-old


@lru_cache(maxsize=8)
def certain_notations(locale: str) -> re.Pattern[str]:
    """Return a pattern for what can be no fact, whatever its value: dates, times, clauses and telephone numbers."""
    months = "|".join(sorted(map(re.escape, month_names(locale)), key=len, reverse=True))
    spelled = (
        rf"{_DAY}(?:\.|st|nd|rd|th)?\s(?:de\s|of\s)?(?:{months})(?!\w)(?:,?\s(?:de\s)?{_YEAR})?",
        rf"\b(?:{months})\s{_DAY}(?:st|nd|rd|th)?(?![\w%]|[.,]\d)(?:,?\s{_YEAR})?",
    )
    return _either(*spelled, *_DATES, *_TIMES, *_CLAUSES, *_TELEPHONES)


@lru_cache(maxsize=1)
def likely_notations() -> re.Pattern[str]:
    """Return a pattern for what is hardly a figure unless it has the value of a fact: standards, grades, ordinals."""
    return _either(*_STANDARDS, *_GRADES, *_ORDINALS)


def _either(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<![\w.,-])(?:{pattern})" for pattern in patterns))
