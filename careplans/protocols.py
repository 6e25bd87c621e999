"""From a plan back to a protocol: what was found for one patient, for the next one. Plain values, no database.

The way back from `drafting`. A protocol is about nobody: goals, notes and sides stay behind, because they are the patient's, and
so does what is paused. Names, aims and criteria of phases, goals, reassessment and discharge are those of the protocol that the
plan began with, as far as they still fit. Names and criteria that somebody typed into the plan may tell of the patient: they go
along only when a person read them and says so.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from careplans.body import Body

Entry = Mapping[str, Any]

LONGEST_PHASE = 26  # weeks of a phase of a protocol
MOST_VISITS = 7  # a week, in a protocol
CRITERIA = {"entry": "entry_criteria", "progress_when": "progression_criteria"}  # of a plan → of a protocol
OF_THE_PROTOCOL = ("suits", "not_for", "discharge_criteria", "sources")


class OwnWord(NamedTuple):
    """A text of a plan's phase that its protocol does not say: which phase (from 1), which field, what."""

    phase: int
    field: str  # name, entry or progress_when
    text: str


def own_words(content: Entry, began_as: Entry | None) -> list[OwnWord]:
    """Return the names and criteria of a plan's phases that are not those of the protocol that it began with."""
    found = []
    for number, (phase, usual) in enumerate(_paired(content["phases"], began_as), start=1):
        if phase["name"] not in (usual["name"] if usual else "", _unnamed(number)):
            found.append(OwnWord(number, "name", phase["name"]))
        found += [
            OwnWord(number, field, phase[field])
            for field, criteria in CRITERIA.items()
            if _lines(phase[field]) not in ([], usual[criteria] if usual else [])
        ]
    return found


def _paired(phases: Sequence[Entry], began_as: Entry | None) -> list[tuple[Entry, Entry | None]]:
    """Return each phase of a plan with that of the protocol which it is: of its name, or at its place and unchanged."""
    usual = began_as["phases"] if began_as else []
    by_name = {each["name"]: each for each in usual}

    def at(place: int, phase: Entry) -> Entry | None:
        there = usual[place] if place < len(usual) else None
        return there if there and _what(phase, "clinic", "home") == _proposed(there) else None

    return [(phase, by_name.get(phase["name"]) or at(place, phase)) for place, phase in enumerate(phases)]


def _what(phase: Entry, clinic: str, home: str) -> list[str]:
    """Return the treatments and exercises of a phase."""
    return [item["modality"] for item in phase[clinic]] + [item["exercise"] for item in phase[home]]


def _proposed(phase: Entry) -> list[str]:
    """Return the treatments and exercises that a draft of the protocol's phase begins with."""
    kinds = ("clinic_modalities", "home_exercises")
    return _what({kind: [each for each in phase[kind] if not each.get("optional")] for kind in kinds}, *kinds)


def _unnamed(number: int) -> str:
    return _("Phase %d") % number


def protocol_of(
    content: Entry,
    *,
    name: str,
    family: str,
    subtypes: Iterable[str],
    began_as: Entry | None,
    topics: Mapping[str, Entry],
    exercises: Mapping[str, Entry],
    body: Body,
    keep_text: bool = False,
) -> dict[str, Any]:
    """Return a protocol with the phases and doses of a plan's tree, as an entry of the catalogue without id.

    `keep_text` takes the plan's `own_words` along; without it such a phase has the protocol's name, or none of its own, and no
    criteria where the plan has others.
    `topics` are the education topics by id: one that is not meant for the family is left out. Days and times below what an
    exercise is usually done become its least. Raises nothing: whether the entry may be kept, the catalogue says.
    """
    phases = [
        _phase(_in_use(phase), family, topics, exercises, body)
        | _texts(number, phase, usual, keep_text=keep_text)
        for number, (phase, usual) in enumerate(_paired(content["phases"], began_as), start=1)
    ]
    weeks = sum(phase["weeks"]["default"] for phase in phases)
    entry: dict[str, Any] = {
        "name": name,
        "family": family,
        "subtypes": sorted(subtypes),
        "total_weeks": weeks,
        "phases": phases,
    }
    if began_as and began_as["family"] == family:
        entry |= {part: began_as[part] for part in OF_THE_PROTOCOL}
        entry["reassessment"] = [
            {**item, "weeks": kept}
            for item in began_as["reassessment"]
            if (kept := [week for week in item["weeks"] if week <= weeks])
        ]
        measured = {item["measure"] for item in entry["reassessment"]}
        entry["goal_templates"] = [
            goal
            for goal in began_as["goal_templates"]
            if goal["weeks"] <= weeks and goal["measure"] in measured
        ]
    return entry


def _in_use(phase: Entry) -> Entry:
    """Return a phase without what is paused: what stopped for a patient is not prescribed to the next one."""
    kept = {kind: [item for item in phase[kind] if item["status"] != "paused"] for kind in ("clinic", "home")}
    return {**phase, **kept}


def _texts(number: int, phase: Entry, usual: Entry | None, *, keep_text: bool) -> dict[str, Any]:
    """Return the name, the aim and the criteria of a phase."""
    own = {criteria: _lines(phase[field]) for field, criteria in CRITERIA.items()}
    if not keep_text:
        own = {key: lines if usual and lines == usual[key] else [] for key, lines in own.items()}
    return {
        "name": phase["name"] if keep_text else usual["name"] if usual else _unnamed(number),
        "goal": usual["goal"] if usual else "",
        **own,
        "hold_or_stop_criteria": list(usual["hold_or_stop_criteria"]) if usual else [],
    }


def _phase(
    phase: Entry, family: str, topics: Mapping[str, Entry], exercises: Mapping[str, Entry], body: Body
) -> dict[str, Any]:
    weeks = min(max(1, math.ceil(phase["weeks"])), LONGEST_PHASE)
    visits = max((item["visits_per_week"] for item in phase["clinic"]), default=1)
    visits = min(visits, MOST_VISITS)
    clinic = [_clinic_item(item, body) for item in phase["clinic"]]
    shown: dict[str, Any] = {
        "weeks": dict.fromkeys(("min", "default", "max"), weeks),
        "visits_per_week": dict.fromkeys(("min", "default", "max"), visits),
        "clinic_modalities": clinic,
        "home_exercises": _home_items(phase["home"], exercises),
        "education": [topic for topic in phase["education"] if family in topics[topic]["families"]],
    }
    if clinic:
        shown["visit_minutes"] = max(5, sum(item["minutes"] for item in clinic))
    return shown


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _clinic_item(item: Entry, body: Body) -> dict[str, Any]:
    regions = dict.fromkeys(body.place(site).region for site in item["sites"])
    shown = {"modality": item["modality"], "minutes": item["minutes"], "parameters": dict(item["dosage"])}
    return shown | ({"regions": list(regions)} if regions else {})


def _home_items(items: Iterable[Entry], exercises: Mapping[str, Entry]) -> list[dict[str, Any]]:
    """Return the exercises, each once. A side is the patient's: left and right are one, and where they differ the gentler dose."""
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        shown = _home_item(item, exercises)
        dose = found.setdefault(item["exercise"], shown)["dosage"]
        for name, given in shown["dosage"].items():
            dose[name] = max(given, dose[name]) if name == "rest_s" else min(given, dose[name])
    return list(found.values())


def _home_item(item: Entry, exercises: Mapping[str, Entry]) -> dict[str, Any]:
    least = exercises[item["exercise"]]["dosage"]
    dosage = {name: item[name] for name in ("sets", "reps", "hold_s", "rest_s")}
    dosage |= {"times_per_day": len(item["times"]), "days_per_week": len(item["days_of_week"])}
    dosage = {name: max(given, least[name]["min"]) for name, given in dosage.items()}
    return {"exercise": item["exercise"], "dosage": dosage}
