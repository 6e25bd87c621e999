"""Plans and protocols to read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from careplans import goals, load
from careplans.models import Cause
from careplans.pages import glance
from careplans.pages.common import ICONS, Shown, visits_a_week, weeks_span
from careplans.pages.panel import item_names
from careplans.services import wording
from careplans.services.checking import Check
from careplans.services.reference import Reference, local
from careplans.services.trees import Tree
from catalogue.pictures import described


# --- a plan ------------------------------------------------------------------------------------------------------------
def read(content: Tree, reference: Reference, latest: Mapping[str, Any] | None = None) -> Shown:
    """Return a plan to read: phases with their items in words, goals; `latest` are the patient’s values by measure."""
    now = next(
        (place for place, phase in enumerate(content["phases"]) if phase["id"] == content["current_phase"]),
        None,
    )
    first_week, phases = 1.0, []
    for place, phase in enumerate(content["phases"]):
        state = "" if now is None else "now" if place == now else "done" if place < now else ""
        phases.append(
            {
                **{name: phase[name] for name in ("id", "name", "weeks")},
                "number": place + 1,
                "span": weeks_span(first_week, phase["weeks"]),
                "state": state,
                "entry": phase["entry"].splitlines(),
                "progress_when": phase["progress_when"].splitlines(),
                "education": [
                    local(reference.education[topic]["title"])
                    for topic in phase["education"]
                    if topic in reference.education
                ],
                "visits": visits_a_week(phase),
                "minutes": round(load.heaviest(load.days(phase["home"], reference.exercises)).minutes),
                "clinic": [_read_clinic(item, reference) for item in phase["clinic"]],
                "home": [_read_home(item, reference) for item in phase["home"]],
            }
        )
        first_week += phase["weeks"]
    return {
        "phases": phases,
        "goals": [_read_goal(goal, reference, latest or {}) for goal in content["goals"]],
        "now": now,
        "benefits": glance.benefits(content, reference),
    }


def _read_clinic(item: Tree, reference: Reference) -> Shown:
    modality = reference.modalities[item["modality"]]
    dose = [
        (each["label"], wording.parameter_value(each, item["dosage"][each["id"]]))
        for each in modality["parameters"]
        if each["id"] in item["dosage"]
    ]
    return {
        **{name: item[name] for name in ("id", "note", "status_reason")},
        "paused": item["status"] == "paused",
        "name": modality["name"],
        "icon": ICONS.get(modality["group"], "hand"),
        "checks": modality["checks"],
        "where": wording.regions(item["sites"], reference),
        "dose": [
            *dose,
            (_("Minutes"), wording.number(item["minutes"])),
            (_("Visits a week"), wording.number(item["visits_per_week"])),
        ],
    }


def _read_home(item: Tree, reference: Reference) -> Shown:
    return {
        **{name: item[name] for name in ("id", "note", "status_reason", "times")},
        "paused": item["status"] == "paused",
        "name": wording.item_name(item, reference),
        "picture": described(item["exercise"], item["side"]),
        "icon": "figure",
        "side": wording.side(item["side"]),
        "assistance": wording.assistance(item["assistance"]),
        "dose": wording.dose(item),
        "days": wording.days(item["days_of_week"]),
    }


def _read_goal(goal: Tree, reference: Reference, latest: Mapping[str, Any]) -> Shown:
    measure = reference.measures.get(goal["measure"])
    return {
        **{name: goal[name] for name in ("id", "text", "baseline", "target", "due_on", "benefit", "weight")},
        "now": wording.number(latest[goal["measure"]]) if goal["measure"] in latest else "",
        "levels": list(zip(goals.LEVELS, goal["gas"], strict=False)),
        "measure": measure["name"] if measure else "",
        "unit": measure["value"].get("unit", "") if measure else "",
    }


# --- a protocol to choose --------------------------------------------------------------------------------------------
def protocol_card(
    entry: Mapping[str, Any], check: Check | None, reference: Reference, content: Tree | None = None
) -> Shown:
    """Return a protocol for the picker: what it contains, and what would be blocked or need a reason for this patient."""
    phases = entry["phases"]
    visits = sum(phase["weeks"]["default"] * phase["visits_per_week"]["default"] for phase in phases)
    blocked, careful = [], []
    if check is not None and content is not None:
        names = item_names(content, reference)
        blocked = list(
            dict.fromkeys(names[each.prescription]["name"] for each in check.findings if each.blocks)
        )
        careful = list(
            dict.fromkeys(names[each.prescription]["name"] for each in check.findings if not each.blocks)
        )
    first_week, shown = 1.0, []
    for phase in phases:
        weeks = phase["weeks"]["default"]
        parts = [
            reference.modalities[each["modality"]]["name"]
            for each in phase["clinic_modalities"]
            if not each.get("optional")
        ]
        parts += [
            local(reference.exercises[each["exercise"]]["name"])
            for each in phase["home_exercises"]
            if not each.get("optional")
        ]
        shown.append(
            {
                "name": phase["name"],
                "span": weeks_span(first_week, weeks),
                "parts": parts,
                "goal": phase["goal"],
                "moves_on": ", ".join(phase["progression_criteria"]),
            }
        )
        first_week += weeks
    return {
        "id": entry["id"],
        "name": entry["name"],
        "weeks": entry["total_weeks"],
        "visits": round(visits),
        "phases": shown,
        "suits": entry["suits"],
        "not_for": entry["not_for"],
        "blocked": blocked,
        "careful": [name for name in careful if name not in blocked],
        "checked": check is not None,
        "unknown": len(check.unknown) if check else 0,
        "sources": [
            reference.known.sources[source]["citation"]
            for source in entry["sources"]
            if source in reference.known.sources
        ],
    }


# --- what was found since it was signed ----------------------------------------------------------------------------------
def alert(row: Mapping[str, Any] | None, content: Tree, reference: Reference) -> Shown | None:
    """Return what a new check found against a running plan, a line a rule, and the questions open again; None: nothing.

    `row` is the plan's PlanAlert as JSON (`ALERT`), or None.
    """
    if row is None or not (row["findings"] or row["unknown"]):
        return None
    names = item_names(content, reference)
    lines: dict[str, Shown] = {}
    for finding in row["findings"]:
        source = reference.known.sources.get(finding["source"], {})
        line = lines.setdefault(
            finding["rule"],
            {
                **{name: finding[name] for name in ("rule", "message")},
                "blocks": finding["severity"] == "block",
                "source": source.get("citation", finding["source"]),
                "items": [],
            },
        )
        name = names[finding["prescription"]]["name"]
        if name not in line["items"]:
            line["items"].append(name)
    flags = reference.known.flags
    return {
        "since": date.fromisoformat(row["since"]),
        "cause": "" if row["cause"] == Cause.DAY and not lines else Cause(row["cause"]).label,
        "lines": list(lines.values()),
        "questions": [flags[flag]["label"] for flag in row["unknown"] if flag in flags],
    }


# --- what it was signed in spite of -------------------------------------------------------------------------------------
def overrides(content: Tree, reference: Reference) -> list[Shown]:
    """Return each rule that a plan was signed in spite of: the rule's words, why or whose clearance, for which items."""
    names = item_names(content, reference)
    lines: dict[str, Shown] = {}
    for finding in content["findings"]:
        why = content["overrides"].get(finding["rule"], "")
        line = lines.setdefault(
            finding["rule"],
            {
                "message": finding["message"],
                "blocks": finding["severity"] == "block",
                "why": why if isinstance(why, str) else "",
                "clearance": why if isinstance(why, Mapping) else None,
                "items": [],
            },
        )
        line["items"].append(names[finding["prescription"]]["name"])
    return list(lines.values())
