"""A plan's items and doses in words, for pages and differences. Words of the catalogue are in the active language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from careplans.goals import LEVELS
from careplans.models import Assistance, ItemStatus
from careplans.services.reference import Reference, local
from careplans.services.trees import Tree
from catalogue.wording import unit_said

EVERY_DAY = 7
MINUTE = 60  # seconds
NOON, EVENING = time(12), time(17)


def item_name(item: Tree, reference: Reference) -> str:
    """Return the name of a treatment or an exercise."""
    if "modality" in item:
        return reference.modalities[item["modality"]]["name"]
    return local(reference.exercises[item["exercise"]]["name"])


def labels(item: Tree, reference: Reference) -> dict[str, str]:
    """Return what an item's fields are called, in the order in which they are read; a treatment's parameters too."""
    if "modality" in item:
        return {
            "sites": _("Sites"),
            **{each["id"]: each["label"] for each in reference.modalities[item["modality"]]["parameters"]},
            "minutes": _("Minutes"),
            "visits_per_week": _("Visits a week"),
            "note": _("Note"),
        }
    return {
        "side": _("Side"),
        "assistance": _("Help"),
        "sets": _("Sets"),
        "reps": _("Repetitions"),
        "hold_s": _("Hold"),
        "rest_s": _("Rest"),
        "days_of_week": _("Days"),
        "times": _("Times"),
        "note": _("Note"),
    }


def value(name: str, given: Any, item: Tree, reference: Reference) -> str:
    """Return the value of an item's, goal's or phase's field in words, with its unit; "" for nothing."""
    if given is None or given in ("", []):
        return _("both sides") if name == "side" and given is None else ""
    if "modality" in item and name in (each["id"] for each in _parameters(item, reference)):
        return parameter_value(
            next(each for each in _parameters(item, reference) if each["id"] == name), given
        )
    return _SAID.get(name, _plain)(given, reference)


def parameter_value(parameter: Mapping[str, Any], given: Any) -> str:
    """Return "80 Hz" or "Very gentle"."""
    if parameter["type"] == "choice":
        return choice(given)
    return f"{number(given)} {unit(parameter)}".strip()


def unit(parameter: Mapping[str, Any]) -> str:
    """Return the unit as it is written behind a number; "" for a count."""
    return unit_said(parameter["unit"])


def choice(given: str) -> str:
    """Return a choice of the catalogue as a person writes it: "very-gentle" is "Very gentle"."""
    return capfirst(str(given).replace("-", " "))


def region(region_id: str, reference: Reference) -> str:
    """Return "Left calf" for a region of the chart, "Calf" for one of the vocabulary."""
    return reference.body.name(region_id)


def regions(ids: Iterable[str], reference: Reference) -> str:
    return ", ".join(region(each, reference) for each in ids)


def side(given: str | None) -> str:
    return {"left": _("Left"), "right": _("Right")}.get(given or "", "")


def assistance(given: str) -> str:
    """Return how much of a movement the patient does, in words; "" where nothing is said."""
    return str(Assistance(given).label) if given in Assistance.values else ""


def levels(given: Sequence[str]) -> str:
    """Return the levels of goal attainment in one line: "-2: …; -1: …"."""
    return "; ".join(
        f"{level:+d}: {text}" if level else f"0: {text}" for level, text in zip(LEVELS, given, strict=False)
    )


def days(given: Iterable[int]) -> str:
    """Return "Every day", or "Mon, Wed, Fri"."""
    chosen = sorted(given)
    return _("Every day") if len(chosen) == EVERY_DAY else ", ".join(day_name(day) for day in chosen)


def day_name(day: int) -> str:
    """Return the short name of a weekday; 1 is Monday."""
    return date_format(date(2024, 1, day), "D")  # the first of January 2024 was a Monday


def part_of_day(clock: str) -> str:
    """Return "Morning", "Afternoon" or "Evening" for a time "HH:MM"."""
    at = time.fromisoformat(clock)
    return _("Morning") if at < NOON else _("Afternoon") if at < EVENING else _("Evening")


def dose(item: Tree) -> str:
    """Return how an exercise is done: "3 sets of 10, hold 30 s"; one long bout as "20 min"."""
    if item["sets"] == item["reps"] == 1 and item["hold_s"] >= MINUTE:
        return _("%s min") % number(item["hold_s"] / MINUTE)
    sets = ngettext("%d set", "%d sets", item["sets"]) % item["sets"]
    said = pgettext("a dose: 3 sets of 10", "%(sets)s of %(reps)d") % {"sets": sets, "reps": item["reps"]}
    return (
        _("%(dose)s, hold %(seconds)d s") % {"dose": said, "seconds": item["hold_s"]}
        if item["hold_s"]
        else said
    )


def number(given: Any) -> str:
    """Return a number without needless decimals."""
    return f"{given:g}" if isinstance(given, int | float) else str(given)


def _parameters(item: Tree, reference: Reference) -> list[Mapping[str, Any]]:
    return reference.modalities[item["modality"]]["parameters"]


def _plain(given: Any, _library: Reference) -> str:
    return number(given)


def _seconds(given: Any, _library: Reference) -> str:
    return f"{number(given)} s"


_SAID: dict[str, Callable[[Any, Reference], str]] = {
    "sites": regions,
    "side": lambda given, _library: side(given).lower(),
    "assistance": lambda given, _library: assistance(given),
    "status": lambda given, _library: _("Paused") if given == ItemStatus.PAUSED else _("In use"),
    "gas": lambda given, _library: levels(given),
    "hold_s": _seconds,
    "rest_s": _seconds,
    "days_of_week": lambda given, _library: days(given),
    "times": lambda given, _library: ", ".join(given),
    "due_on": lambda given, _library: date_format(date.fromisoformat(given), "j M Y"),
    "education": lambda given, reference: ", ".join(
        local(reference.education[topic]["title"]) for topic in given if topic in reference.education
    ),
}
