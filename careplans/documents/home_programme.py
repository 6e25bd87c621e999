"""The home programme: what to do at home now, for the patient, in their language and in words of a person of eleven.

It says nothing of the diagnosis. What is paused, and all of a plan that does not run, is named as not to be done.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from careplans.documents import words
from careplans.documents.sheet import Facts, Values, sheet, standing, together
from careplans.documents.typesetting import BREAK, square_code
from careplans.documents.words import local
from careplans.services.wording import day_name, part_of_day

WEEK = range(1, 8)
DANGERS = ("danger-signs", "relapse-signs", "dysreflexia-plan")  # topics that say when to get help


def values(content: Mapping[str, Any], kept: Mapping[str, Any], facts: Facts, *, layout: str) -> Values:
    """Return the values of home_programme.typ, in the active language.

    `content` is the tree of a signed plan, `kept` the catalogue's text that was kept with it (`Reference.text_used`) and
    `pictures`, {svg, alt, author} by the id of the item; `facts` what was true when it was printed.
    """
    phase = next((each for each in content["phases"] if each["id"] == facts["phase"]), None)
    items = phase["home"] if phase else []
    runs = facts["status"] == "active"
    due = [item for item in items if runs and item["id"] not in facts["paused"]]
    held = [item for item in items if item not in due]
    exercises = [_exercise(number, item, kept) for number, item in enumerate(due, start=1)]
    return {
        **sheet(content, facts, title=_("Your exercises at home"), layout=layout),
        "lead": _lead(due) if due else "",
        "none": "" if exercises else _("There are no exercises to do at home now."),
        "notice": _notice(facts["status"]),
        "week": [day_name(day) for day in WEEK],
        "exercises": exercises,
        "authors": _authors(exercises),
        "held": _held(held, kept) if held and runs else None,
        **_help(content, kept, facts["clinic"]),
        "visit": _visit(facts),
        "portal": _portal(facts["portal"]),
    }


def _lead(due: list[Any]) -> str:
    clocks = sorted({clock for item in due for clock in item["times"]})
    parts = dict.fromkeys(map(part_of_day, clocks))
    told = ", ".join(parts).lower()
    return _("Do these at home: %(times)s. Tick a box each time.") % {"times": told}


def _notice(status: str) -> str:
    said = standing(status)
    return f"{said} {_('Do no exercises from this sheet. Ask your physiotherapist.')}" if said else ""


def _exercise(number: int, item: Mapping[str, Any], kept: Mapping[str, Any]) -> Values:
    entry = kept["exercises"][item["exercise"]]
    name = local(entry["name"])
    with override("en"):
        english = local(entry["name"])
    more = words.dose_more(item)
    if helped := words.assistance(item.get("assistance") or ""):
        more.append(helped)
    elif entry.get("helper_needed"):
        more.append(_("You need a helper for this one."))
    return {
        "number": number,
        "name": name,
        "english": "" if english == name else english,
        "dose": words.dose(item),
        "side": words.side(item["side"], entry["laterality"]),
        "more": more,
        "steps": local(entry["steps"]),
        "note": item["note"],
        "stop": [
            local(kept["stop_cues"][cue]["text"]) for cue in entry["stop_if"] if cue in kept["stop_cues"]
        ],
        "days": [day in item["days_of_week"] for day in WEEK],
        "times": [{"part": part_of_day(clock), "clock": clock} for clock in sorted(item["times"])],
        "picture": kept.get("pictures", {}).get(item["id"]),
    }


def _authors(exercises: list[Values]) -> str:
    """Return who drew the pictures of the sheet, "" where it shows none."""
    authors = dict.fromkeys(each["picture"]["author"] for each in exercises if each["picture"])
    return _("Drawings: © %(authors)s") % {"authors": ", ".join(authors)} if authors else ""


def _held(held: list[Any], kept: Mapping[str, Any]) -> Values:
    return {
        "title": _("Not for now"),
        "text": _("Do not do these until your physiotherapist says so:"),
        "names": [local(kept["exercises"][item["exercise"]]["name"]) for item in held],
    }


def _help(content: Mapping[str, Any], kept: Mapping[str, Any], clinic: Mapping[str, Any]) -> Values:
    """Return when to stop and whom to call, what to do about a spasm, when to go to hospital."""
    taught = dict.fromkeys(topic for phase in content["phases"] for topic in phase["education"])
    signs = [
        kept["education"][topic]["text"]
        for topic in taught
        if topic in DANGERS and topic in kept["education"]
    ]
    return {
        "call": {
            "title": _("Stop and call us if"),
            "lines": [
                _("an exercise makes your pain clearly worse"),
                _("you feel new numbness or weakness"),
                _("a spasm does not let go after some minutes"),
            ],
            "phone": together(clinic["phone"]),
        },
        "hospital": {
            "title": _("When to go to hospital"),
            "lines": [local(sign) for sign in signs or [kept["danger_signs"]]],
            "emergency": _("Emergency %(number)s") % {"number": clinic["emergency_number"]},
        },
        "spasm": {
            "title": _("If a spasm comes:"),
            "text": " ".join(
                [
                    _("Stop and hold still. Sit or lean on something firm. Breathe out slowly."),
                    _("Do not push against it. Then move slowly."),
                ]
            ),
        },
    }


def _visit(facts: Facts) -> Values:
    if not facts["next_visit"]:
        return {"title": _("Next visit"), "when": "", "none": _("Ask the clinic for a time.")}
    at = words.moment(facts["next_visit"], facts["clinic"]["timezone"])
    return {"title": _("Next visit"), "when": words.moment_said(at), "none": ""}


def _portal(address: str) -> Values:
    return {
        "code": square_code(address),
        "alt": _("Square code with the address of your programme on the phone"),
        "caption": _("See it on your phone"),
        "address": re.sub(r"([./])", rf"{BREAK}\1", address.partition("://")[2].rstrip("/")),
    }
