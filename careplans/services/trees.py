"""A plan's tree: as plain values in the shape of the API, as rows, as a copy, and as what a signature covers."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from careplans.models import (
    CarePlan,
    ClinicPrescription,
    Goal,
    HomePrescription,
    ItemStatus,
    Phase,
    PlanDiagnosis,
)
from careplans.sessions import as_time
from catalogue.knowledge import knowledge
from clinic.ids import uuid7

Tree = dict[str, Any]
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)  # what a goal's value may be, but for grades

PHASE = ("id", "name", "order", "weeks", "entry", "progress_when", "education")

NO_CONTENT: Tree = {"goals": [], "phases": []}

# What may still change once a plan is signed; hash and difference leave it out.
STATE = ("status", "status_reason")

# What came into the content later, with the value that it had before there was a place for it: left out of what is signed, so
# that the hash of an older version stays what it was.
CAME_LATER: Tree = {"daily_minutes_max": None, "gas": [], "weight": 1, "assistance": ""}


# --- reading ---------------------------------------------------------------------------------------------------------
def tree(plan: CarePlan) -> Tree:
    """Return a plan as the API answers it. `plan` comes from `with_content()`, so this asks the database nothing."""
    phases: list[Tree] = [
        {**{name: row[name] for name in PHASE}, "weeks": _plain(row["weeks"]), "clinic": [], "home": []}
        for row in plan.phase_rows
    ]
    by_id = {phase["id"]: phase for phase in phases}
    for row in plan.clinic_rows:
        by_id[row["phase_id"]]["clinic"].append(_clinic_item(row))
    for row in plan.home_rows:
        by_id[row["phase_id"]]["home"].append(_home_item(row))
    return {
        **summary(plan),
        "goals": [_goal(row) for row in plan.goal_rows],
        "phases": phases,
        "overrides": plan.overrides,
        "findings": plan.findings,
        "content_sha256": plan.content_sha256,
    }


def summary(plan: CarePlan) -> Tree:
    """Return what a list says of a plan: all but its content."""
    signer = plan.signed_by
    return {
        "id": str(plan.pk),
        "lineage_id": str(plan.lineage_id),
        "version": plan.version,
        "replaces": _text(plan.replaces_id),
        "status": plan.status,
        "status_reason": plan.status_reason,
        "patient": str(plan.patient_id),
        "diagnoses": [str(pk) for pk in plan.diagnosis_ids],
        "protocol": plan.protocol.public_id if plan.protocol else None,
        "start_date": _text(plan.start_date),
        "daily_minutes_max": plan.daily_minutes_max,
        "current_phase": _text(plan.current_phase_id),
        "amend_reason": plan.amend_reason,
        "created_at": _instant(plan.created_at),
        "updated_at": _instant(plan.updated_at),
        "signed_at": _instant(plan.signed_at),
        "signed_by": {"id": str(signer.pk), "name": signer.user.name} if signer else None,
    }


def _goal(row: Tree) -> Tree:
    return {
        "id": row["id"],
        "text": row["text"],
        "measure": row["measure_id"],
        "benefit": row["benefit"],
        "baseline": _value(row["measure_id"], row["baseline"]),
        "target": _value(row["measure_id"], row["target"]),
        "due_on": row["due_on"],
        "gas": row["gas"],
        "weight": row["weight"],
    }


def _clinic_item(row: Tree) -> Tree:
    return {
        "id": row["id"],
        "lineage_id": row["lineage_id"],
        "modality": row["modality_id"],
        "sites": row["sites"],
        "dosage": row["dosage"],
        "minutes": row["minutes"],
        "visits_per_week": _plain(row["visits_per_week"]),
        "note": row["note"],
        "status": row["status"],
        "status_reason": row["status_reason"],
    }


def _home_item(row: Tree) -> Tree:
    return {
        "id": row["id"],
        "lineage_id": row["lineage_id"],
        "exercise": row["exercise_slug"] or row["exercise_id"],
        "side": row["side"],
        "assistance": row["assistance"],
        "sets": row["sets"],
        "reps": row["reps"],
        "hold_s": row["hold_s"],
        "rest_s": row["rest_s"],
        "note": row["note"],
        "days_of_week": row["days_of_week"],
        "times": [clock[:5] for clock in row["times"]],
        "status": row["status"],
        "status_reason": row["status_reason"],
    }


def items(content: Tree, kind: str) -> list[Tree]:
    """Return every "clinic" or "home" item of a tree, phase by phase."""
    return [item for phase in content["phases"] for item in phase[kind]]


def reasons_in(*contents: Tree) -> dict[str, str]:
    """Return why the items of trees are or were paused, by their ids; of trees with the same item the last says."""
    every = (item for content in contents for kind in ("clinic", "home") for item in items(content, kind))
    return {item["id"]: item["status_reason"] for item in every}


def with_reasons(wanted: Tree, content: Tree) -> Tree:
    """Return a tree as `shapes.read_tree` gave it, with the reasons of the tree that it was read from: no form may set them."""
    for kind in ("clinic", "home"):
        for item, before in zip(items(wanted, kind), items(content, kind), strict=True):
            item["status_reason"] = before.get("status_reason", "")
    return wanted


def settle(plan: CarePlan) -> None:
    """Forget why items that a draft takes up again were paused: it was told, and is being signed."""
    for model in (ClinicPrescription, HomePrescription):
        taken_up = model.objects.filter(plan=plan, status=ItemStatus.ACTIVE).exclude(status_reason="")
        taken_up.update(status_reason="")


def with_places(content: Tree) -> Tree:
    """Return a tree whose items that have no id yet are named by their place: "phases-0-clinic-1"."""

    def named(item: Tree, *place: object) -> Tree:
        return {**item, "id": item.get("id") or "-".join(map(str, place))}

    phases = [
        {
            **phase,
            **{
                kind: [named(item, "phases", at, kind, row) for row, item in enumerate(phase[kind])]
                for kind in ("clinic", "home")
            },
        }
        for at, phase in enumerate(content["phases"])
    ]
    return {**content, "phases": phases}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _instant(moment: datetime | None) -> str | None:
    """Return a moment on the clock of the active zone: the clinic's."""
    return None if moment is None else timezone.localtime(moment).isoformat()


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


def _value(measure: str | None, stored: str | None) -> int | float | str | None:
    """Return a goal's value as its measure writes it: a grade as the grade, else a number where it is one."""
    entry = knowledge().measures.get(measure or "")
    scale = entry["value"] if entry else {}
    grades = [choice for choice in scale.get("choices", ()) if str(choice) == stored]
    if stored is None or grades:
        return grades[0] if grades else None
    return _plain(float(stored)) if NUMBER.fullmatch(stored) else stored


def without_ids(content: Tree) -> Tree:
    """Return goals and phases of a tree as new ones: no ids, no lineages, no dates that have gone by.

    What is paused stays so, with its reason: no version of the new plan tells that it once was.
    """

    def new(row: Tree, **changed: Any) -> Tree:
        return {key: value for key, value in row.items() if key not in ("id", "lineage_id")} | changed

    return {
        "goals": [new(goal, due_on=None) for goal in content["goals"]],
        "phases": [
            new(phase, **{kind: [new(item) for item in phase[kind]] for kind in ("clinic", "home")})
            for phase in content["phases"]
        ],
    }


# --- writing ---------------------------------------------------------------------------------------------------------
def write(
    plan: CarePlan,
    wanted: Tree,
    current: Tree,
    exercises: Mapping[str, UUID],
    *,
    back_to: Tree | None = None,
) -> None:
    """Make the rows of a draft those of `wanted` (a tree from `shapes.read_tree`), keeping the ids of what stays.

    `current` is the tree as it is; with `back_to`, a tree as it was, what has been removed since comes back as itself, with
    its id and its lineage. An item may move to another phase. Raises ValidationError, nested as the body is, for an id that
    is not of this plan. `exercises` gives the keys of exercises by their public id. A fixed number of queries, however many
    items.
    """
    ours = (current, back_to or NO_CONTENT)
    _refuse_strange_ids(wanted, ours)
    was: dict[str, Tree] = {
        "goals": {goal["id"]: goal for goal in current["goals"]},
        "phases": {phase["id"]: phase for phase in current["phases"]},
        "clinic": {item["id"]: item for item in items(current, "clinic")},
        "home": {item["id"]: item for item in items(current, "home")},
    }
    if "goals" in wanted:
        _save(Goal, [_goal_row(plan, *each) for each in enumerate(wanted["goals"], start=1)], was["goals"])
    if "phases" not in wanted:
        return
    phases, clinic, home = [], [], []
    for phase in wanted["phases"]:
        row = _phase_row(plan, phase)
        phases.append(row)
        clinic += [_clinic_row(row, *each) for each in enumerate(phase["clinic"], start=1)]
        home += [_home_row(row, exercises, *each) for each in enumerate(phase["home"], start=1)]
    _save(Phase, phases, was["phases"], remove=False)  # a phase leaves after the items that moved out of it
    lineages = {
        item["id"]: item["lineage_id"]
        for each in ours
        for item in (*items(each, "clinic"), *items(each, "home"))
    }
    item_rows: list[Any] = [*clinic, *home]
    reasons = reasons_in(*ours)
    for item_row in item_rows:
        item_row.status_reason = reasons.get(str(item_row.pk), item_row.status_reason)
        item_row.lineage_id = UUID(lineages[str(item_row.pk)]) if str(item_row.pk) in lineages else uuid7()
    _save(ClinicPrescription, clinic, was["clinic"])
    _save(HomePrescription, home, was["home"])
    _remove(Phase, phases, was["phases"])


def write_diagnoses(plan: CarePlan, diagnosis_ids: Iterable[UUID], current: Iterable[object]) -> None:
    """Make these the diagnoses that the plan is for; they are known to be the patient's."""
    wanted, had = list(diagnosis_ids), set(map(str, current))
    gone = had - set(map(str, wanted))
    if gone:
        plan.plan_diagnoses.filter(diagnosis_id__in=gone).delete()
    PlanDiagnosis.objects.bulk_create(
        PlanDiagnosis(clinic_id=plan.clinic_id, plan=plan, diagnosis_id=each)
        for each in wanted
        if str(each) not in had
    )


def _save(model: Any, rows: list[Any], was: Mapping[str, Tree], *, remove: bool = True) -> None:
    new = [row for row in rows if str(row.pk) not in was]
    kept = [row for row in rows if str(row.pk) in was]
    if new:
        model.objects.bulk_create(new)
    if kept:
        fixed = ("id", "clinic", "plan")
        fields = [field.name for field in model._meta.concrete_fields if field.name not in fixed]
        model.objects.bulk_update(_changed(model, kept, fields), fields)
    if remove:
        _remove(model, rows, was)


def _changed(model: Any, rows: list[Any], fields: list[str]) -> list[Any]:
    """Return the rows that differ from what is stored: an autosave of one field is one line of history, not sixty."""
    stored = {row.pk: row for row in model.objects.filter(pk__in=[row.pk for row in rows])}
    names = [model._meta.get_field(field).attname for field in fields]

    def values(row: Any) -> list[Any]:
        return [getattr(row, name) for name in names]

    return [row for row in rows if values(row) != values(stored[row.pk])]


def _remove(model: Any, rows: list[Any], was: Mapping[str, Tree]) -> None:
    gone = was.keys() - {str(row.pk) for row in rows}
    if gone:
        model.objects.filter(pk__in=gone).delete()


def _goal_row(plan: CarePlan, place: int, goal: Tree) -> Goal:
    return Goal(
        id=goal.get("id") or uuid7(),
        clinic_id=plan.clinic_id,
        plan=plan,
        order=place,
        text=goal["text"],
        measure_id=goal["measure"],
        benefit=goal["benefit"],
        baseline=_text(goal["baseline"]),
        target=_text(goal["target"]),
        due_on=goal["due_on"],
        gas=goal["gas"],
        weight=goal["weight"],
    )


def _phase_row(plan: CarePlan, phase: Tree) -> Phase:
    return Phase(
        id=phase.get("id") or uuid7(),
        clinic_id=plan.clinic_id,
        plan=plan,
        order=phase["order"],
        name=phase["name"],
        weeks=phase["weeks"],
        entry=phase["entry"],
        progress_when=phase["progress_when"],
        education=phase["education"],
    )


def _clinic_row(phase: Phase, place: int, item: Tree) -> ClinicPrescription:
    return ClinicPrescription(
        id=item.get("id") or uuid7(),
        clinic_id=phase.clinic_id,
        plan_id=phase.plan_id,
        phase=phase,
        order=place,
        modality_id=item["modality"],
        sites=item["sites"],
        dosage=item["dosage"],
        minutes=item["minutes"],
        visits_per_week=Decimal(str(item["visits_per_week"])),
        note=item["note"],
        status=item["status"],
        status_reason=item.get("status_reason", ""),
    )


def _home_row(phase: Phase, exercises: Mapping[str, UUID], place: int, item: Tree) -> HomePrescription:
    return HomePrescription(
        id=item.get("id") or uuid7(),
        clinic_id=phase.clinic_id,
        plan_id=phase.plan_id,
        phase=phase,
        order=place,
        exercise_id=exercises[item["exercise"]],
        side=item["side"],
        assistance=item["assistance"],
        sets=item["sets"],
        reps=item["reps"],
        hold_s=item["hold_s"],
        rest_s=item["rest_s"],
        days_of_week=sorted(item["days_of_week"]),
        times=sorted(map(as_time, item["times"])),
        note=item["note"],
        status=item["status"],
        status_reason=item.get("status_reason", ""),
    )


def _refuse_strange_ids(wanted: Tree, ours: Iterable[Tree]) -> None:
    """Raise ValidationError where an item has an id that is in none of our trees, or that another item has too."""
    phases = wanted.get("phases", [])
    errors: dict[str, dict[int, Tree]] = {
        "goals": _strange(wanted.get("goals", []), _ids(each["goals"] for each in ours), set()),
        "phases": _strange(phases, _ids(each["phases"] for each in ours), set()),
    }
    for kind in ("clinic", "home"):
        known, seen = _ids(items(each, kind) for each in ours), set[str]()
        for place, phase in enumerate(phases):
            if found := _strange(phase[kind], known, seen):
                errors["phases"].setdefault(place, {})[kind] = found
    found_errors: Any = {part: found for part, found in errors.items() if found}
    if found_errors:
        raise serializers.ValidationError(found_errors)


def _ids(lists: Iterable[list[Tree]]) -> set[str]:
    return {row["id"] for rows in lists for row in rows}


def _strange(rows: list[Tree], known: set[str], seen: set[str]) -> dict[int, Tree]:
    """Return errors by place; `seen` grows by the ids of the rows."""
    errors: dict[int, Tree] = {}
    for place, row in enumerate(rows):
        row_id = str(row.get("id") or "")
        if row_id and row_id not in known:
            errors[place] = {"id": [_("This is not part of this plan.")]}
        elif row_id and row_id in seen:
            errors[place] = {"id": [_("This stands in the plan twice.")]}
        seen.add(row_id)
    return errors


# --- copying ---------------------------------------------------------------------------------------------------------
def copy(source: CarePlan, target: CarePlan, stopped: Collection[UUID]) -> None:
    """Copy diagnoses, goals, phases and items to a new draft. Items keep their lineage, and what a person paused stays paused.

    `stopped` are the items that a new check paused, not a person: whether one may stand is asked anew when the draft is signed,
    so it is active again. It keeps why it was paused, for the builder to tell: nothing is taken up again unseen.
    """
    parts = ("plan_diagnoses", "goals", "phases", "clinic_items", "home_items")
    rows = {part: list(getattr(source, part).all()) for part in parts}
    new_phase = {phase.pk: uuid7() for phase in rows["phases"]}
    for part in parts:
        for row in rows[part]:
            if row.pk in stopped:
                row.status = ItemStatus.ACTIVE
            row.pk = new_phase[row.pk] if part == "phases" else uuid7()
            row.plan = target
            if hasattr(row, "phase_id"):
                row.phase_id = new_phase[row.phase_id]
        getattr(source, part).model.objects.bulk_create(rows[part])


# --- what a signature covers -----------------------------------------------------------------------------------------
def canonical(plan: CarePlan) -> bytes:
    """Return the signed content as canonical JSON: sorted keys, no spaces, UTF-8.

    The content is what was prescribed, for whom and in the light of what: not who signed when, nor anything that may still
    change. A record merged since into another stays the one it was signed for.
    `plan` comes from `with_content()`.
    """
    whole = tree(plan)
    kept = ("lineage_id", "version", "protocol", "start_date", "goals", "overrides", "findings")
    content = {key: whole[key] for key in kept} | _told({"daily_minutes_max": plan.daily_minutes_max})
    content["goals"] = [_told(goal) for goal in whole["goals"]]
    content["patient"] = str(plan.signed_for or plan.patient_id)
    content["diagnoses"] = sorted(whole["diagnoses"])
    content["catalogue"] = plan.protocol_text
    content["phases"] = [
        phase | {kind: [_without_state(item) for item in phase[kind]] for kind in ("clinic", "home")}
        for phase in whole["phases"]
    ]
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def content_hash(plan: CarePlan) -> str:
    """Return the SHA-256 of the canonical content, in hexadecimal."""
    return hashlib.sha256(canonical(plan)).hexdigest()


def _without_state(item: Tree) -> Tree:
    return {key: value for key, value in _told(item).items() if key not in STATE}


def _told(row: Tree) -> Tree:
    """Leave out what came later and says nothing."""
    return {key: value for key, value in row.items() if key not in CAME_LATER or value != CAME_LATER[key]}
