"""Doses and times of the day in a patient's words: short, plain, whole sentences. The active language."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from careplans.documents import words
from careplans.services.wording import EVENING, NOON, part_of_day

__all__ = ["day_said", "dose", "greeting", "part_of_day"]

LONG_HOLD = 60  # seconds, from which a hold is told in minutes


def dose(item: Mapping[str, Any]) -> str:
    """Return how a home exercise is done: "Left side. Hold for 30 seconds. 3 times, 2 rounds"."""
    held, reps, sets = item["hold_s"] or 0, item["reps"], item["sets"]
    said = [{"left": _("Left side"), "right": _("Right side")}.get(item["side"] or "", "")]
    if held > 1:
        said.append(_hold(held))
    times = ngettext("%d time", "%d times", reps) % reps
    rounds = ngettext("%d round", "%d rounds", sets) % sets
    if sets > 1:
        said.append(_("%(times)s, %(rounds)s") % {"times": times, "rounds": rounds})
    elif reps > 1 or held <= 1:
        said.append(times)
    said.append(words.assistance(item["assistance"]).rstrip(".।"))
    return pgettext("between two sentences", ". ").join(part for part in said if part)


def _hold(seconds: int) -> str:
    if seconds >= LONG_HOLD and seconds % LONG_HOLD == 0:
        minutes = seconds // LONG_HOLD
        return ngettext("For %d minute", "For %d minutes", minutes) % minutes
    return ngettext("Hold for %d second", "Hold for %d seconds", seconds) % seconds


def day_said(sessions: Sequence[Mapping[str, Any]], now: time) -> str:
    """Return the sentence under the greeting: what is left, what is done, or that there is nothing to do."""
    exercises = [exercise for session in sessions for exercise in session["exercises"]]
    done = sum(exercise["done"] for exercise in exercises)
    if not exercises:
        return _("No exercises today. Rest is part of the plan.")
    if done == len(exercises):
        return _("All done for today. Well done.")
    left = next(session for session in sessions if not all(each["done"] for each in session["exercises"]))
    if time.fromisoformat(left["time"]) > now and done:
        return _("All done for now. Next time: %(time)s.") % {"time": left["time"]}
    if not done:
        return ngettext("%d exercise today.", "%d exercises today.", len(exercises)) % len(exercises)
    return ngettext("%(done)d of %(total)d done.", "%(done)d of %(total)d done.", len(exercises)) % {
        "done": done,
        "total": len(exercises),
    }


def greeting(at: time) -> str:
    """Return how to greet somebody at a time of their day; a pattern with %(name)s."""
    if at < NOON:
        return _("Good morning, %(name)s")
    return _("Good afternoon, %(name)s") if at < EVENING else _("Good evening, %(name)s")
