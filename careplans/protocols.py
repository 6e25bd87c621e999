"""From a plan back to a protocol: what was found for one patient, for the next one. Plain values, no database.

The way back from `drafting`. A protocol is about nobody: goals, notes and sides stay behind, because they are the patient's.
What follows from the protocol that the plan began with (goals, reassessment, discharge) is taken from there, as far as it
still fits the weeks.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from careplans.body import Body

Entry = Mapping[str, Any]

LONGEST_PHASE = 26  # weeks of a phase of a protocol
MOST_VISITS = 7  # a week, in a protocol
OF_THE_PROTOCOL = ("suits", "not_for", "discharge_criteria", "sources")


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
) -> dict[str, Any]:
    """Return a protocol with the phases and doses of a plan's tree, as an entry of the catalogue without id.

    `topics` are the education topics by id: one that is not meant for the family is left out. Days and times below what an
    exercise is usually done become its least. Raises nothing: whether the entry may be kept, the catalogue says.
    """
    phases = [_phase(phase, family, topics, exercises, body) for phase in content["phases"]]
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


def _phase(
    phase: Entry, family: str, topics: Mapping[str, Entry], exercises: Mapping[str, Entry], body: Body
) -> dict[str, Any]:
    weeks = min(max(1, math.ceil(phase["weeks"])), LONGEST_PHASE)
    visits = max((item["visits_per_week"] for item in phase["clinic"]), default=1)
    visits = min(visits, MOST_VISITS)
    clinic = [_clinic_item(item, body) for item in phase["clinic"]]
    shown: dict[str, Any] = {
        "name": phase["name"],
        "weeks": dict.fromkeys(("min", "default", "max"), weeks),
        "visits_per_week": dict.fromkeys(("min", "default", "max"), visits),
        "entry_criteria": _lines(phase["entry"]),
        "progression_criteria": _lines(phase["progress_when"]),
        "clinic_modalities": clinic,
        "home_exercises": list(
            {item["exercise"]: _home_item(item, exercises) for item in phase["home"]}.values()
        ),
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


def _home_item(item: Entry, exercises: Mapping[str, Entry]) -> dict[str, Any]:
    least = exercises[item["exercise"]]["dosage"]
    dosage = {name: item[name] for name in ("sets", "reps", "hold_s", "rest_s")}
    dosage |= {"times_per_day": len(item["times"]), "days_per_week": len(item["days_of_week"])}
    dosage = {name: max(given, least[name]["min"]) for name, given in dosage.items()}
    return {"exercise": item["exercise"], "dosage": dosage}
