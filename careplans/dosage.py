"""Doses: within limits, usual, and what they are when nobody said. Plain values, no database.

A treatment in the clinic has the parameters of its modality (`check_dosage`) beside minutes and visits a week
(`check_clinic_item`); an exercise at home has sets, repetitions, seconds, days and times (`check_home_dose`).
Every check answers the dose in full or messages by field, and notes on what is allowed but not usual. Hard
limits are min and max of the catalogue; a step is only for the buttons of a page and refuses nothing.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from decimal import Decimal
from typing import Any, NamedTuple, TypeGuard

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.wording import unit_said

TOLERANCE = 1e-9  # decimal fractions such as 0.1 have no exact binary form

LEAST_VISITS = 0.25  # a week: once in four weeks
MOST_VISITS = 14  # twice a day
USUAL_VISITS = 2

COUNTS = ("sets", "reps", "hold_s", "rest_s")  # whole numbers of an exercise; hold_s and rest_s are seconds
HOME_DOSE = (*COUNTS, "days_of_week", "times")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)

# Days apart from each other, with the weekend free as long as that goes. 1 is Monday.
DAYS_APART: dict[int, list[int]] = {
    1: [1],
    2: [1, 4],
    3: [1, 3, 5],
    4: [1, 3, 5, 6],
    5: [1, 2, 3, 4, 5],
    6: [1, 2, 3, 4, 5, 6],
    7: [1, 2, 3, 4, 5, 6, 7],
}
TIMES_APART: dict[int, list[str]] = {1: ["08:00"], 2: ["08:00", "19:00"], 3: ["08:00", "13:00", "19:00"]}
WAKING = (8 * 60, 20 * 60)  # minutes of the day within which more times than these are spread
QUARTER = 15

COUNTABLE = 1e6  # what is typed beyond is refused at its field; nothing is added up from it
Limits = Mapping[str, Any]  # min and max, and default


class Checked(NamedTuple):
    """A dose looked at: all its `values` when there are no `errors`, and `notes` on what is not usual."""

    values: dict[str, Any]
    errors: dict[str, Any]
    notes: dict[str, Any]

    @property
    def ok(self) -> bool:
        return not self.errors


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether what somebody typed can be counted with: four hundred nines are a number and no amount."""
    return isinstance(value, int | float) and abs(value) < COUNTABLE


# ------------------------------------------------------------------ in the clinic


def check_dosage(modality: Mapping[str, Any], dosage: object) -> Checked:
    """Check the parameters of a treatment; one that is left out has its default.

    Errors and notes are messages by parameter id. Refused are unknown parameters, values outside min..max,
    choices that are not offered, and what is no number at all (a truth value, a text, NaN).
    """
    if not isinstance(dosage, Mapping):
        return Checked({}, {"non_field_errors": [_("Give a value for each parameter.")]}, {})
    parameters = {parameter["id"]: parameter for parameter in modality["parameters"]}
    values = {key: parameter["default"] for key, parameter in parameters.items()}
    errors: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    for key, value in dosage.items():
        parameter = parameters.get(key)
        if parameter is None:
            errors[str(key)] = [_("This treatment has no such parameter.")]
        elif message := _refused(parameter, value):
            errors[key] = [message]
        else:
            values[key] = _plain(value)
            if note := _unusual(parameter, value):
                notes[key] = [note]
    return Checked({} if errors else values, errors, notes)


def check_clinic_item(modality: Mapping[str, Any], item: Mapping[str, Any]) -> Checked:
    """Check `dosage`, `minutes` and `visits_per_week` of a treatment. Errors nest as the item does."""
    session = modality["session_minutes"]
    minutes = item.get("minutes", session["default"])
    visits = item.get("visits_per_week", USUAL_VISITS)
    dosage = check_dosage(modality, item.get("dosage", {}))
    found = {
        "dosage": dosage.errors,
        "minutes": _messages(_not_whole(minutes) or _outside(session["min"], session["max"], minutes, "min")),
        "visits_per_week": _messages(_outside(LEAST_VISITS, MOST_VISITS, visits)),
    }
    if errors := {key: messages for key, messages in found.items() if messages}:
        return Checked({}, errors, {})
    values = {"dosage": dosage.values, "minutes": _plain(minutes), "visits_per_week": _plain(visits)}
    return Checked(values, {}, {"dosage": dosage.notes} if dosage.notes else {})


def _refused(parameter: Mapping[str, Any], value: object) -> str | None:
    """Return why a parameter cannot have this value, or None."""
    if parameter["type"] == "choice":
        if any(type(value) is type(choice) and value == choice for choice in parameter["choices"]):
            return None
        return _("Choose one of: %s.") % ", ".join(map(str, parameter["choices"]))
    return _outside(parameter["min"], parameter["max"], value, unit_said(parameter["unit"]))


def _not_whole(value: object) -> str | None:
    if isinstance(value, float) and not value.is_integer():  # nor are NaN and infinity
        return _("Give a whole number.")
    return None


def _outside(low: float, high: float, value: object, unit: str = "") -> str | None:
    """Return why this is not a number from low to high, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return _("Give a number.")
    value = float(value) if isinstance(value, Decimal) else value
    if low - TOLERANCE <= value <= high + TOLERANCE:  # false for NaN too
        return None
    return _("Must be between %(low)s and %(high)s.") % _range(low, high, unit)


def _unusual(parameter: Mapping[str, Any], value: Any) -> str | None:
    if parameter["type"] == "choice":
        return None
    low, high = parameter["usual_min"], parameter["usual_max"]
    if low - TOLERANCE <= value <= high + TOLERANCE:
        return None
    return _("Usually between %(low)s and %(high)s.") % _range(low, high, unit_said(parameter["unit"]))


def _range(low: float, high: float, unit: str) -> dict[str, str]:
    return {"low": f"{low:g}", "high": f"{high:g} {unit}".rstrip()}


def _messages(message: str | None) -> list[str]:
    return [message] if message else []


def _plain(value: Any) -> Any:
    """Return 30 for 30.0: the same dose reads the same, whoever sent it."""
    value = float(value) if isinstance(value, Decimal) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


# ------------------------------------------------------------------ at home


def check_home_dose(exercise: Mapping[str, Any], dose: Mapping[str, Any]) -> Checked:
    """Check sets, reps, hold_s, rest_s, days_of_week and times; what is left out has its default.

    Errors and notes are messages by field. Fewer days or times than the exercise names are only noted: less
    is safe.
    """
    limits = exercise["dosage"]
    values = usual_home_dose(exercise)
    errors: dict[str, Any] = {}
    for key, value in dose.items():
        if message := _home_error(limits, key, value):
            errors[str(key)] = [message]
        else:
            values[key] = _tidy(value)
    return Checked({} if errors else values, errors, {} if errors else _less_than_usual(limits, values))


def usual_home_dose(exercise: Mapping[str, Any], changes: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return an exercise's default dose, its days spread over the week and its times over the day.

    `changes` are a protocol's own sets, reps, hold_s, rest_s, times_per_day and days_per_week.
    """
    usual = {key: limits["default"] for key, limits in exercise["dosage"].items()} | dict(changes or {})
    dose: dict[str, Any] = {key: usual[key] for key in COUNTS}
    return dose | {
        "days_of_week": spread_days(usual["days_per_week"]),
        "times": spread_times(usual["times_per_day"]),
    }


def spread_days(count: int) -> list[int]:
    """Return `count` days of the week, 1 to 7, as far apart as that goes; 1 is Monday."""
    return list(DAYS_APART[count])


def spread_times(count: int) -> list[str]:
    """Return `count` times of day, at least one, spread over waking hours, as "HH:MM"."""
    if count in TIMES_APART:
        return list(TIMES_APART[count])
    first, last = WAKING
    between = (last - first) / (count - 1)
    minutes = (first + QUARTER * round(between * place / QUARTER) for place in range(count))
    return [f"{minute // 60:02}:{minute % 60:02}" for minute in minutes]


def _home_error(limits: Mapping[str, Limits], key: str, value: object) -> str | None:
    if key in COUNTS:
        unit = "s" if key.endswith("_s") else ""
        return _not_whole(value) or _outside(limits[key]["min"], limits[key]["max"], value, unit)
    if key == "days_of_week":
        return _days_error(limits["days_per_week"], value)
    if key == "times":
        return _times_error(limits["times_per_day"], value)
    return _("This exercise has no such value.")


def _days_error(limits: Limits, value: object) -> str | None:
    if not _is_list(value) or not all(type(day) is int and 1 <= day <= 7 for day in value):
        return _("Give days as numbers from 1, Monday, to 7, Sunday.")
    if not value:
        return _("Choose at least one day.")
    if len(set(value)) < len(value):
        return _("A day is listed twice.")
    if len(value) > limits["max"]:
        most: int = limits["max"]
        return ngettext("At most %d day a week.", "At most %d days a week.", most) % most
    return None


def _times_error(limits: Limits, value: object) -> str | None:
    if not _is_list(value) or not all(isinstance(at, time) or _is_clock(at) for at in value):
        return _("Give times of day as hours and minutes, such as 08:00.")
    if not value:
        return _("Choose at least one time.")
    if len(set(_tidy(value))) < len(value):
        return _("A time is listed twice.")
    if len(value) > limits["max"]:
        most: int = limits["max"]
        return ngettext("At most %d time a day.", "At most %d times a day.", most) % most
    return None


def _less_than_usual(limits: Mapping[str, Limits], values: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    notes = {}
    least = limits["days_per_week"]["min"]
    if len(values["days_of_week"]) < least:
        note = ngettext("Usually at least %d day a week.", "Usually at least %d days a week.", least)
        notes["days_of_week"] = [note % least]
    least = limits["times_per_day"]["min"]
    if len(values["times"]) < least:
        note = ngettext("Usually at least %d time a day.", "Usually at least %d times a day.", least)
        notes["times"] = [note % least]
    return notes


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, list | tuple)


def _is_clock(value: object) -> bool:
    return isinstance(value, str) and CLOCK.fullmatch(value) is not None


def _tidy(value: Any) -> Any:
    """Return a number plain, and days and times in order and as numbers and "HH:MM"."""
    if not _is_list(value):
        return _plain(value)
    return sorted(f"{each:%H:%M}" if isinstance(each, time) else each for each in value)
