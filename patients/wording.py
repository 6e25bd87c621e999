"""The catalogue's words for what is on a patient's record: regions, flags, disorders. No query."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalogue.knowledge import Knowledge, knowledge

Entry = Mapping[str, Any]


def region(region_id: str) -> str:
    """Return "Left calf" for a region of the chart, "Calf" for one of the vocabulary; an unknown id as it is."""
    known = knowledge()
    if spot := known.terms("chart_regions").get(region_id):
        return capfirst(spot.get("label") or region_id.replace("-", " "))
    if part := known.terms("body_regions").get(region_id):
        return part["label"]
    return region_id


def regions(ids: Iterable[str]) -> str:
    return ", ".join(region(each) for each in ids)


def is_region(region_id: str) -> bool:
    known = knowledge()
    return region_id in known.terms("chart_regions") or region_id in known.terms("body_regions")


def region_called(told: str) -> str:
    """Return the id of a region by its id or its name, "Left calf"; else what was told."""
    return _called(knowledge()).get(told.strip().lower(), told.strip())


@lru_cache(maxsize=2)
def _called(known: Knowledge) -> Mapping[str, str]:
    ids = [*known.terms("body_regions"), *known.terms("chart_regions")]
    return {name: each for each in ids for name in (each, region(each).lower())}


def region_names() -> list[str]:
    """Return the name of every region of the body chart, to choose from."""
    return sorted(region(each) for each in knowledge().terms("chart_regions"))


def flag(flag_id: str) -> str:
    entry = knowledge().flags.get(flag_id)
    return entry["label"] if entry else flag_id


def condition(condition_id: str) -> str:
    entry = knowledge().conditions.get(condition_id)
    return entry["name"] if entry else condition_id


def flag_category(category_id: str) -> str:
    entry = knowledge().terms("flag_categories").get(category_id)
    return entry["label"] if entry else category_id


def choice(given: str) -> str:
    """Return a choice of the catalogue as a person writes it: "not-applicable" is "Not applicable"."""
    return capfirst(given.replace("-", " "))


def diagnosis(row: Any) -> str:
    """Return "Lumbar radiculopathy, left, L5" for a diagnosis on record."""
    parts = [condition(row.condition_id)]
    side = str(row.get_side_display()).lower() if row.side and row.side != "midline" else ""
    if side and side not in parts[0].lower():
        parts.append(side)
    if row.level:
        parts.append(row.level)
    if grade := row.qualifiers.get("ais-grade") or row.qualifiers.get("ais"):
        parts.append(f"AIS {grade}")
    return ", ".join(parts)


def question(condition_id: str, asked: str) -> str:
    """Return what is asked about a disorder in words: its side, its level, or a qualifier of its family."""
    if asked in ("side", "level"):
        return {"side": _("Side"), "level": _("Level")}[asked]
    known = knowledge().conditions
    family = known[known[condition_id]["family"] or condition_id]
    return next((each["name"] for each in family.get("qualifiers", ()) if each["id"] == asked), asked)
