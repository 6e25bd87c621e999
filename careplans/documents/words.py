"""What documents say, in the active language: names, moments and doses. Plain values in, texts out."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from catalogue.wording import is_translated, said

LONG_HOLD = 60  # seconds, from which a hold is told in minutes
RESTED_HOLD = 10  # seconds, from which one rests after each hold


def local(text: Any) -> Any:
    """Return a kept text of the catalogue in the active language; what is not translated is in English."""
    return said(text, (get_language() or "en")[:2]) if is_translated(text) else text


def short_name(given: str, family: str) -> str:
    """Return "R. Ghosh": on paper that others may see, the first name is one letter, in whatever script."""
    if not given or not family:
        return given or family
    return f"{_first_letter(given)}. {family}"


def _first_letter(name: str) -> str:
    """Return the first letter as a reader sees it: with its vowel sign, and all of a joined consonant."""
    end = 1
    while end < len(name) and (
        unicodedata.category(name[end]).startswith("M") or unicodedata.combining(name[end - 1]) == 9
    ):
        end += 1
    return name[:end]


# --- moments -----------------------------------------------------------------------------------------------------------
def moment(instant: str, zone: str) -> datetime:
    """Return an instant, "2026-11-23T05:34:00+00:00", on the clock of a zone."""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))


def day_said(day: date | str) -> str:
    """Return "23 Nov 2026"."""
    return date_format(date.fromisoformat(day) if isinstance(day, str) else day, "j M Y")


def moment_said(at: datetime) -> str:
    """Return "Tue 24 Nov 2026, 16:00"."""
    return f"{date_format(at, 'D j M Y')}, {at:%H:%M}"


# --- doses -------------------------------------------------------------------------------------------------------------
def dose(item: Mapping[str, Any]) -> str:
    """Return how often: "3 sets of 10", "10 times", "3 holds of 30 seconds"."""
    sets, reps, held = item["sets"], item["reps"], item["hold_s"]
    if held >= LONG_HOLD and held % LONG_HOLD == 0 and sets * reps == 1:
        minutes = held // LONG_HOLD
        return ngettext("For %d minute", "For %d minutes", minutes) % minutes
    if sets > 1:
        told = {"sets": sets, "reps": reps}
        return pgettext("a dose for the patient", "%(sets)d sets of %(reps)d") % told
    return ngettext("%d time", "%d times", reps) % reps


def dose_more(item: Mapping[str, Any]) -> list[str]:
    """Return the sentences that follow the dose: how long to hold, how long to rest.

    The rest is between sets; in a single set it is between long holds, and between quick repetitions there is none.
    """
    sets, reps, held, rest = item["sets"], item["reps"], item["hold_s"], item["rest_s"]
    told = []
    if held >= LONG_HOLD and held % LONG_HOLD == 0:
        if sets * reps > 1:
            minutes = held // LONG_HOLD
            told.append(ngettext("Each for %d minute.", "Each for %d minutes.", minutes) % minutes)
    elif held > 1:
        told.append(ngettext("Hold for %d second.", "Hold for %d seconds.", held) % held)
    if rest and sets > 1:
        told.append(
            ngettext("Rest for %d second between sets.", "Rest for %d seconds between sets.", rest) % rest
        )
    elif rest and reps > 1 and held >= RESTED_HOLD:
        told.append(
            ngettext("Rest for %d second in between.", "Rest for %d seconds in between.", rest) % rest
        )
    return told


def side(given: str | None, laterality: str) -> str:
    """Return which side, "" where there is none; `laterality` is the exercise's."""
    if laterality != "per-side":
        return ""
    return {"left": _("Left side"), "right": _("Right side")}.get(given or "", _("Both sides"))


def assistance(given: str) -> str:
    """Return who moves, for the patient; "" where nothing is said. `given` is of a home item's `assistance`."""
    return {
        "passive": _("Stay loose. Your helper moves you."),
        "by-carer": _("Your helper does this with you."),
        "active-assisted": _("Move as far as you can. Then let your helper, or your other hand, help."),
        "active": _("Do it by yourself."),
    }.get(given, "")
