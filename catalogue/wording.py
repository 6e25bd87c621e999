"""Texts in several languages: {en, hi, bn}, each a text or a list of texts. Plain values."""

from collections.abc import Mapping
from typing import Any

from catalogue.shapes import LANGUAGES

# Units as people write them, where the catalogue keeps to plain letters.
UNITS = {
    "count": "",
    "us": "µs",
    "C": "°C",
    "cm2": "cm²",
    "percent of maximum": "%",
    "percent of 1RM": "% 1RM",
}


def unit_said(unit: str) -> str:
    """Return a unit of the catalogue as it is written behind a number; "" for a count."""
    return UNITS.get(unit, unit)


def is_translated(value: Any) -> bool:
    """Tell whether a value is a text by language."""
    return isinstance(value, Mapping) and "en" in value and value.keys() <= set(LANGUAGES)


def said(value: Mapping[str, Any], language: str) -> Any:
    """Return a translated text in one language; what it lacks, text by text, is said in English."""
    english, wanted = value["en"], value.get(language)
    if isinstance(english, list):
        wanted = wanted or []
        return [
            wanted[place] if place < len(wanted) and wanted[place] else text
            for place, text in enumerate(english)
        ]
    return wanted or english


def in_language(node: Any, language: str) -> Any:
    """Return a copy of an entry in which every translated text is said in one language."""
    if is_translated(node):
        return said(node, language)
    if isinstance(node, Mapping):
        return {key: in_language(value, language) for key, value in node.items()}
    if isinstance(node, list):
        return [in_language(item, language) for item in node]
    return node
