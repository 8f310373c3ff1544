"""What a number counts: dollars or euros, days or hours, percent or percentage points."""

import re
from collections import defaultdict
from functools import lru_cache

from rag.facts import SCALES, value
from rag.words import fold

__all__ = ["other_units"]

_NAMES = {
    "dollar": "$ dollar dollars usd", "euro": "€ euro euros eur", "pound": "£ gbp pound pounds", "yen": "¥ yen",
    "franc": "franc francs chf", "crown": "crown crowns krona kronor krone kroner",
    "percent": "% percent per_cent pct", "point": "percentage_point percentage_points point points",
    "second": "second seconds", "minute": "minute minutes min", "hour": "hour hours", "day": "day days",
    "week": "week weeks", "month": "month months", "year": "year years", "decade": "decade decades",
    "century": "century centuries", "millimetre": "mm millimetre millimetres millimeter millimeters",
    "centimetre": "cm centimetre centimetres centimeter centimeters", "metre": "metre metres meter meters",
    "kilometre": "km kilometre kilometres kilometer kilometers", "mile": "mile miles", "foot": "foot feet",
    "inch": "inch inches", "light year": "light_year light_years", "gram": "g gram grams",
    "kilogram": "kg kilogram kilograms kilo kilos", "tonne": "tonne tonnes ton tons",
    "millilitre": "ml millilitre millilitres milliliter milliliters", "litre": "l litre litres liter liters",
    "celsius": "°c degrees_celsius", "fahrenheit": "°f degrees_fahrenheit", "am": "am a.m", "pm": "pm p.m",
}  # fmt: skip
_UNITS = {word.replace("_", " "): unit for unit, words in _NAMES.items() for word in words.split()}
"""Units and their signs, by what they stand for; no others are told apart."""

_UNIT = "|".join(
    re.escape(word).replace(r"\ ", r"[\s-]") + (r"\b" if word[-1].isalpha() else r"(?!\s?\d)")
    for word in sorted(_UNITS, key=len, reverse=True)
)
_MEASURE = re.compile(
    r"(?:([$€£¥])\s?)?(?<![\w.])(\d(?:[\d.,:]*\d)?|[a-z]+)"
    rf"((?:[\s-]?(?:{SCALES}|[bmt]n\b|[kmb]\b))?)"
    rf"(?:[\s-]?({_UNIT}))?"
)


def other_units(sentence: str, source: str) -> list[str]:
    """Return the numbers of a sentence, with their units, that its source has with other units only.

    Args:
        sentence: A sentence of an answer.
        source: The article's words that are to carry it.
    """
    stands = _measures(source)
    return [
        text
        for number, units in _measures(sentence).items()
        for unit, text in units.items()
        if unit and (its := stands.get(number)) and "" not in its and unit not in its
    ]


@lru_cache(maxsize=64)
def _measures(text: str) -> dict[float, dict[str, str]]:
    """Return the numbers of a text, the units of each, "" for none, and how it stands there."""
    found: dict[float, dict[str, str]] = defaultdict(dict)
    for match in _MEASURE.finditer(fold(text)):
        sign, number, scale, unit = match.groups()
        counted = value(number + scale)
        if counted is not None:
            name = _UNITS[sign or re.sub(r"[\s-]", " ", unit)] if sign or unit else ""
            found[counted].setdefault(name, match.group())
    return dict(found)
