"""How much a phase asks of the patient at home: minutes and exercises on each weekday, and when that is too much.

Plain values, no database. A time is an estimate: a repetition is its hold, or four seconds without one; the rests between
sets count, and both sides where an exercise is done for one side at a time.

Limits. The more exercises at once, the fewer are done and the less well: older adults given two did them better than those
given eight (Henry KD et al. Phys Ther 1999;79:270-277). Who tires easily begins with half (the rule `ms-fatigue-exercise`
of the catalogue; Halabchi F et al. 2017). Minutes are a working value of the product, which a physiotherapist may set anew.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans import dosage

Entry = Mapping[str, Any]

REPETITION_S = 4  # of a repetition without a hold
MANY_EXERCISES = 8  # on one day
USUAL_MINUTES = 60  # a day, at most
TIRED_MINUTES = USUAL_MINUTES // 2
TIRING = frozenset({"severe-fatigue", "overwork-weakness-risk"})  # flags that halve the day
LEAST_LIMIT, MOST_LIMIT = 5, 240  # minutes that may be set for a patient


class Day(NamedTuple):
    """What is due on one weekday: 1 is Monday."""

    day: int
    minutes: float
    exercises: int


def days(items: Iterable[Entry], exercises: Mapping[str, Entry]) -> list[Day]:
    """Return the seven days of a week in which these home items are due; paused ones are not.

    An item may be as typed: what is no number of its field counts as the exercise's usual.
    """
    week = [Day(day, 0.0, 0) for day in range(1, 8)]
    for item in items:
        exercise = exercises.get(item.get("exercise", ""))
        if exercise is None or item.get("status") == "paused":
            continue
        dose = dosage.usual_home_dose(exercise) | item
        seconds = session_seconds(dose, exercise) * len(dose["times"])
        for place, day in enumerate(week):
            if day.day in dose["days_of_week"]:
                week[place] = Day(day.day, day.minutes + seconds / 60, day.exercises + 1)
    return week


def session_seconds(item: Entry, exercise: Entry) -> float:
    """Return about how long an exercise takes when it is done once, in seconds."""
    usual = {name: limits["default"] for name, limits in exercise["dosage"].items()}
    sets, reps, hold, rest = (
        item[name] if dosage.is_number(item.get(name)) else usual[name] for name in dosage.COUNTS
    )
    sides = 2 if exercise["laterality"] == "per-side" and not item.get("side") else 1
    return (sets * reps * (hold or REPETITION_S) + (sets - 1) * rest) * sides


def heaviest(week: Collection[Day]) -> Day:
    """Return the day that takes longest; of equal ones the one with the most exercises."""
    return max(week, key=lambda day: (day.minutes, day.exercises))


def limit(told: int | None, flags: Collection[str]) -> int:
    """Return how many minutes a day are enough for this patient: as told, else the usual for one with these flags."""
    if told is not None:
        return told
    return TIRED_MINUTES if TIRING.intersection(flags) else USUAL_MINUTES


def warnings(week: Collection[Day], most_minutes: int) -> list[str]:
    """Return in sentences what is too much; empty: nothing."""
    said = []
    longest = round(heaviest(week).minutes)
    if longest > most_minutes:
        said.append(
            ngettext(
                "About %(minutes)d minute on the longest day, over the limit of %(limit)d.",
                "About %(minutes)d minutes on the longest day, over the limit of %(limit)d.",
                longest,
            )
            % {"minutes": longest, "limit": most_minutes}
        )
    most = max(day.exercises for day in week)
    if most > MANY_EXERCISES:
        said.append(_("%d exercises on one day. With so many, fewer get done.") % most)
    return said
