"""The phrases for a change, by language. A new language is a row of `TRENDS`.

In: nothing. Out: phrases with `{change}` and `{prior}` in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trend:
    """The phrases for a change in one language; `points` is keyed by plural form."""

    up: str
    down: str
    same: str
    little: str
    points: Mapping[str, str]


TRENDS: Mapping[str, Trend] = {
    "en": Trend(
        "up {change} from {prior}",
        "down {change} from {prior}",
        "unchanged at {prior}",
        "little changed from {prior}",
        {"one": "percentage point", "other": "percentage points"},
    ),
    "es": Trend(
        "una subida de {change} desde {prior}",
        "una bajada de {change} desde {prior}",
        "sin cambios en {prior}",
        "casi sin cambios desde {prior}",
        {"one": "punto porcentual", "other": "puntos porcentuales"},
    ),
    "fr": Trend(
        "en hausse de {change} par rapport à {prior}",
        "en baisse de {change} par rapport à {prior}",
        "sans changement à {prior}",
        "presque sans changement par rapport à {prior}",
        {"one": "point de pourcentage", "other": "points de pourcentage"},
    ),
    "de": Trend(
        "plus {change} gegenüber {prior}",
        "minus {change} gegenüber {prior}",
        "unverändert bei {prior}",
        "kaum verändert gegenüber {prior}",
        {"one": "Prozentpunkt", "other": "Prozentpunkte"},
    ),
}
