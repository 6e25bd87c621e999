"""From a protocol of the catalogue to the draft of a plan. Plain values, no database.

A protocol says what usually helps; the draft is that, dosed and turned to the patient's side, for a
physiotherapist to change and sign. Everything here is deterministic: the same protocol, side and values give
the same draft.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from careplans import dosage
from careplans.body import Body
from careplans.goals import now_bracket

Entry = Mapping[str, Any]  # one entry of the catalogue, as in its data files
Value = int | float | str  # of a measure: a number, or a grade such as "1+"


class DraftClinicItem(TypedDict):
    modality: str
    sites: list[str]
    dosage: dict[str, Any]
    minutes: float
    visits_per_week: float
    note: str
    status: str


class DraftHomeItem(TypedDict):
    exercise: str
    side: str | None
    assistance: str
    sets: int
    reps: int
    hold_s: int
    rest_s: int
    note: str
    days_of_week: list[int]
    times: list[str]
    status: str


class DraftPhase(TypedDict):
    name: str
    order: int
    weeks: float
    entry: str
    progress_when: str
    education: list[str]
    clinic: list[DraftClinicItem]
    home: list[DraftHomeItem]


class DraftGoal(TypedDict):
    text: str
    measure: str
    benefit: str
    baseline: Value | None
    target: Value | None
    due_on: date | None


class Draft(TypedDict):
    """The content of a plan in the shape of the API, without ids."""

    goals: list[DraftGoal]
    phases: list[DraftPhase]


def draft(
    protocol: Entry,
    *,
    modalities: Mapping[str, Entry],
    exercises: Mapping[str, Entry],
    measures: Mapping[str, Entry],
    body: Body,
    side: str | None = None,
    baselines: Mapping[str, Value] | None = None,
    starts_on: date | None = None,
) -> Draft:
    """Draft a plan from a protocol; the catalogue's entries come by id.

    `side` is the diagnosis's: left or right turns exercises and sites to that side, anything else leaves
    both. `baselines` are the latest values by measure, for those that have just one for this patient (not a
    range of many joints). `starts_on` is the day from which the weeks of the goals count. Optional items are
    left out.
    """
    side = side if side in ("left", "right") else None
    return {
        "goals": [
            draft_goal(
                template,
                measures[template["measure"]],
                baseline=(baselines or {}).get(template["measure"]),
                side=side,
                starts_on=starts_on,
            )
            for template in protocol["goal_templates"]
        ],
        "phases": [
            _phase(phase, order, modalities, exercises, body, side)
            for order, phase in enumerate(protocol["phases"], start=1)
        ],
    }


def side_of(content: Mapping[str, Any]) -> str | None:
    """Return the side that a plan's exercises are for, when all that have a side have the same; else None, both."""
    sides = {item.get("side") for phase in content["phases"] for item in phase["home"]} - {None, ""}
    return sides.pop() if len(sides) == 1 else None


# ------------------------------------------------------------------ phases


def _phase(
    phase: Entry,
    order: int,
    modalities: Mapping[str, Entry],
    exercises: Mapping[str, Entry],
    body: Body,
    side: str | None,
) -> DraftPhase:
    visits = phase["visits_per_week"]["default"]
    return {
        "name": phase["name"],
        "order": order,
        "weeks": phase["weeks"]["default"],
        "entry": "\n".join(phase["entry_criteria"]),
        "progress_when": "\n".join(phase["progression_criteria"]),
        "education": list(phase["education"]),
        "clinic": [
            _clinic_item(item, modalities[item["modality"]], body, side, visits)
            for item in phase["clinic_modalities"]
            if not item.get("optional")
        ],
        "home": [
            _home_item(item, exercises[item["exercise"]], side)
            for item in phase["home_exercises"]
            if not item.get("optional")
        ],
    }


def _clinic_item(
    item: Entry, modality: Entry, body: Body, side: str | None, visits: float
) -> DraftClinicItem:
    usual = {parameter["id"]: parameter["default"] for parameter in modality["parameters"]}
    return {
        "modality": item["modality"],
        "sites": [spot for region in item.get("regions", ()) for spot in body.on_side(region, side)],
        "dosage": usual | dict(item.get("parameters", {})),
        "minutes": item.get("minutes", modality["session_minutes"]["default"]),
        "visits_per_week": visits,
        "note": item.get("note", ""),
        "status": "active",
    }


def _home_item(item: Entry, exercise: Entry, side: str | None) -> DraftHomeItem:
    dose = dosage.usual_home_dose(exercise, item.get("dosage"))
    return {
        "exercise": item["exercise"],
        "side": side if exercise["laterality"] == "per-side" else None,
        "assistance": "by-carer" if exercise["helper_needed"] else "",
        "sets": dose["sets"],
        "reps": dose["reps"],
        "hold_s": dose["hold_s"],
        "rest_s": dose["rest_s"],
        "note": item.get("note", ""),
        "days_of_week": dose["days_of_week"],
        "times": dose["times"],
        "status": "active",
    }


# ------------------------------------------------------------------ goals


def draft_goal(
    template: Entry, measure: Entry, *, baseline: Value | None, side: str | None, starts_on: date | None
) -> DraftGoal:
    """Draft a goal: the baseline moved by the change that matters, in words as far as they are known.

    What is not known stands in brackets, for the editor: "falls from [value now] to [2 lower] of 10".
    """
    if baseline is None and measure["value"].get("unit") == "percent of baseline":
        baseline = 100  # by definition
    target = _target(template["target"], measure["value"], baseline)
    due_on = starts_on + timedelta(weeks=template["weeks"]) if starts_on else None
    words = {
        "baseline": now_bracket() if baseline is None else str(baseline),
        "target": f"[{_change(template['target'])}]" if target is None else str(target),
        "unit": measure["value"].get("unit", ""),
        "date": f"{due_on.day} {due_on:%B %Y}" if due_on else f"[{_('date')}]",
        "side": {"left": _("left"), "right": _("right")}.get(side or "", f"[{_('left or right')}]"),
        "muscle": f"[{_('muscle')}]",
        "joint": f"[{_('joint')}]",
        "motion": f"[{_('motion')}]",
        "activity": f"[{_('activity')}]",
        "patient_goal": f"[{_('what matters to the patient')}]",
    }
    text: str = template["template"].format_map(words)
    return {
        "text": text,
        "measure": template["measure"],
        "benefit": template["benefit"],
        "baseline": baseline,
        "target": target,
        "due_on": due_on,
    }


def _target(change: Entry, scale: Entry, baseline: Value | None) -> Value | None:
    """Move a baseline by a change, within the scale and on its steps, never less far than asked.

    A grade moves along its choices. None where the baseline is not known or is not a value of the scale.
    """
    if scale["type"] == "choice":
        return _graded(int(change["amount"]), scale["choices"], baseline)
    if isinstance(baseline, str) or baseline is None or "min" not in scale:
        return None
    now, amount = Decimal(str(baseline)), Decimal(str(change["amount"]))
    moved = now * (100 + amount) / 100 if change["kind"] == "percent" else now + amount
    step = Decimal(str(scale["step"]))
    steps = moved / step
    target = step * (math.floor(steps) if amount < 0 else math.ceil(steps))
    return _number(min(max(target, Decimal(str(scale["min"]))), Decimal(str(scale["max"]))))


def _graded(steps: int, choices: list[Value], baseline: Value | None) -> Value | None:
    if baseline not in choices:
        return None
    return choices[min(max(choices.index(baseline) + steps, 0), len(choices) - 1)]


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _change(change: Entry) -> str:
    """Say a change in words: 2 lower, 30% lower, 1 grade higher."""
    size = f"{abs(change['amount']):g}" + ("%" if change["kind"] == "percent" else "")
    if not change["amount"]:
        return _("the same")
    if change["kind"] == "grade":
        return _("%s grade higher") % size if change["amount"] > 0 else _("%s grade lower") % size
    return _("%s higher") % size if change["amount"] > 0 else _("%s lower") % size
