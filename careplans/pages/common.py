"""What the pages of a plan have in common: plain values for templates, made from a tree, stored or as it was typed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans import dosage
from careplans.services import wording
from careplans.services.trees import Tree

Shown = dict[str, Any]
Errors = Mapping[Any, Any]


ICONS = {
    "electrical": "bolt",
    "heat": "flame",
    "cold": "snow",
    "manual": "hand",
    "exercise": "stretch",
    "posture": "person",
    "neuro": "nerve",
    "education": "book",
}


# --- errors, nested as the tree is ------------------------------------------------------------------------------------
def below(errors: Any, key: Any) -> Errors:
    found = errors.get(key, errors.get(str(key))) if isinstance(errors, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def flat(errors: Any) -> list[str]:
    """Return every message of an error, however deep."""
    if isinstance(errors, Mapping):
        return [message for each in errors.values() for message in flat(each)]
    if isinstance(errors, list | tuple):
        return [message for each in errors for message in flat(each)]
    return [str(errors)] if errors else []


def messages(errors: Errors, but: Iterable[str] = ("clinic", "home")) -> dict[str, str]:
    """Return the messages of the fields of a row, not those of its parts."""
    return {name: " ".join(flat(found)) for name, found in errors.items() if name not in but}


def faults(errors: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Return the form's name of each field with an error, and what is wrong: phases-0-clinic-1-minutes, …"""
    if isinstance(errors, Mapping):
        for key, found in errors.items():
            is_place_in_list = prefix.endswith(("-sites", "-days_of_week", "-times", "-education", "-gas"))
            yield from faults(found, prefix if is_place_in_list else f"{prefix}-{key}".lstrip("-"))
    elif errors:
        yield prefix.removesuffix("-non_field_errors"), " ".join(flat(errors))


# --- sums ------------------------------------------------------------------------------------------------------------
def weeks_span(first: float, weeks: Any) -> str:
    """Return "Weeks 3 to 4" for a phase that begins in week `first`."""
    if not dosage.is_number(first) or not dosage.is_number(weeks):
        return ""
    begin, end = int(first), max(int(first), round(first + weeks) - 1)
    if begin == end:
        return _("Week %d") % begin
    return _("Weeks %(begin)d to %(end)d") % {"begin": begin, "end": end}


def visits_a_week(phase: Tree) -> str:
    """Return how often a phase brings the patient in: as often as its most frequent treatment."""
    visits = [
        item.get("visits_per_week", dosage.USUAL_VISITS)
        for item in phase.get("clinic", [])
        if dosage.is_number(item.get("visits_per_week", 0))
    ]
    if not visits:
        return ""
    most = max(visits)
    return ngettext("%s visit a week", "%s visits a week", 1 if most == 1 else 2) % wording.number(most)
