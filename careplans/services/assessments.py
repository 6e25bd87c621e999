"""An assessment: begun, saved while one types, signed, added to. What is signed does not change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from careplans.models import Addendum, Assessment, AssessmentKind, Measurement
from careplans.services import measuring
from careplans.services.refusals import ActionNeeded, NotAsked, Signed
from catalogue.knowledge import knowledge
from clinic.access import Access
from clinic.ids import uuid7
from patients.models import Diagnosis, DiagnosisStatus, Patient, SafetyFlag
from patients.services import Voided
from patients.services.safety import lock_patient, set_derived, strike_through, tell

Fields = Mapping[str, Any]
EMERGENCY = "emergency-now"
PLAIN = ("kind", "notes", "body_chart", "red_flag_action", "typed")
MOST_MEASUREMENTS = 300


# --- begun and saved -----------------------------------------------------------------------------------------------------
@transaction.atomic
def begin_assessment(patient_id: UUID, fields: Fields, *, by: Access) -> Assessment:
    """Begin an assessment of a patient with what is known of it already. Raises ValidationError at the field."""
    patient = lock_patient(patient_id, by)
    row = Assessment(clinic_id=by.clinic_id, patient=patient, entered_by_id=by.member_id)
    _fill(row, fields)
    row.save(force_insert=True)
    if "measurements" in fields:
        _measure(row, fields["measurements"], by)
    _heed(row, {}, by)
    return row


@transaction.atomic
def save_assessment(assessment_id: UUID, fields: Fields, *, by: Access) -> Assessment:
    """Change what `fields` names of a draft; `measurements` are all of them. Raises Signed, Voided, or ValidationError."""
    row = lock_draft(assessment_id, by)
    before = dict(row.red_flags)
    _fill(row, fields)
    row.revision += 1
    row.save()
    if "measurements" in fields:
        _measure(row, fields["measurements"], by)
    _heed(row, before, by)
    return row


def lock_draft(assessment_id: UUID, by: Access) -> Assessment:
    """Return a draft, locked with its patient. Raises Signed or Voided."""
    row = _locked(assessment_id, by)
    if row.voided_at:
        raise Voided(_("This assessment was struck through."))
    if row.signed_at:
        raise Signed(_("This assessment is signed. Add an addendum instead."))
    return row


def _locked(assessment_id: UUID, by: Access) -> Assessment:
    found = Assessment.objects.for_clinic(by).select_related("patient")
    lock_patient(found.values_list("patient_id", flat=True).get(pk=assessment_id), by)
    return found.select_for_update(of=("self",), no_key=True).get(pk=assessment_id)


def _fill(row: Assessment, fields: Fields) -> None:
    for name in PLAIN:
        if name in fields:
            setattr(row, name, fields[name])
    if unknown := [flag for flag in fields.get("red_flags", ()) if flag not in knowledge().red_flags]:
        raise ValidationError({"red_flags": {flag: [_("There is no such red flag.")] for flag in unknown}})
    if "red_flags" in fields:
        row.red_flags = dict(fields["red_flags"])


def _measure(row: Assessment, told: Sequence[Fields], by: Access) -> None:
    """Make the measurements of a draft those that were told: one with the id of a row changes it, the rest are new."""
    if len(told) > MOST_MEASUREMENTS:
        raise ValidationError({"measurements": [_("Enter at most %d values.") % MOST_MEASUREMENTS]})
    known = {each.pk: each for each in Measurement.objects.for_clinic(by).filter(assessment=row)}
    errors, new, kept = {}, [], []
    for place, fields in enumerate(told):
        try:
            if (pk := fields.get("id")) in known:
                kept.append(known[pk])
                measuring.fill(known[pk], fields)
            else:
                new.append(measuring.new_row(row.patient, fields, by=by, assessment=row))
        except ValidationError as wrong:
            errors[str(place)] = wrong.detail
    if errors:
        raise ValidationError({"measurements": errors})
    Measurement.objects.for_clinic(by).filter(assessment=row).exclude(
        pk__in=[each.pk for each in kept]
    ).delete()
    Measurement.objects.bulk_update(kept, measuring.COLUMNS)
    for each, pk in zip(new, sorted(uuid7() for _row in new), strict=True):
        each.pk = pk  # by their keys they come back in the order in which they were sent
    Measurement.objects.bulk_create(new)


NOTED = "A red flag of an assessment."  # kept as it is, in whatever language


def _heed(row: Assessment, before: Fields, by: Access) -> None:
    """Record at once the safety flags that a red flag answered yes sets: a plan must not wait for a signature."""
    yes = [flag for flag, answer in row.red_flags.items() if answer and not before.get(flag)]
    sets = {entry["sets_flag"] for flag in yes if "sets_flag" in (entry := knowledge().red_flags[flag])}
    changed = bool(sets and set_derived(row.patient, sets, by=by, note=NOTED))
    if _take_back(row, before, by) or changed:
        tell(row.patient, by)


def _take_back(row: Assessment, before: Fields, by: Access) -> bool:
    """Strike through the flags that a yes set which this draft takes back, where no other yes of it sets them too.

    "Not sure" takes nothing back: a doubt about an emergency is no all-clear.
    """
    known = knowledge().red_flags
    no = [flag for flag, answer in before.items() if answer and row.red_flags.get(flag, False) is False]
    still = {known[flag].get("sets_flag") for flag, answer in row.red_flags.items() if answer}
    undone = {known[flag].get("sets_flag") for flag in no if flag in known} - still - {None}
    rows = (
        SafetyFlag.objects.for_clinic(by).standing().filter(patient=row.patient, flag__in=undone, note=NOTED)
    )
    found = list(rows.filter(entered_at__gte=row.entered_at))
    for each in found:
        strike_through(each, _("Answered otherwise in the same assessment."))
    return bool(found)


# --- signed, added to, struck through --------------------------------------------------------------------------------------
@transaction.atomic
def sign_assessment(assessment_id: UUID, *, by: Access, red_flag_action: str = "") -> Assessment:
    """Sign a draft: from here on it does not change.

    Raises Signed, Voided, ActionNeeded (a red flag is yes or not sure, and nothing was written of what was done), NotAsked (an
    emergency question of the disorder has no answer; extra: `red_flags`).
    """
    row = lock_draft(assessment_id, by)
    action = red_flag_action.strip() or row.red_flag_action
    standing = sorted(flag for flag, answer in row.red_flags.items() if answer is not False)
    if standing and not action:
        raise ActionNeeded(_("Write what was done about the red flag."), red_flags=standing)
    if row.kind != AssessmentKind.DISCHARGE and (open_questions := unanswered(row)):
        raise NotAsked(_("Answer the emergency questions of this disorder first."), red_flags=open_questions)
    row.red_flag_action, row.signed_by_id, row.signed_at = action, by.member_id, timezone.now()
    row.save(update_fields=["red_flag_action", "signed_by", "signed_at", "updated_at"])
    return row


@transaction.atomic
def add_addendum(assessment_id: UUID, text: str, *, by: Access) -> Addendum:
    """Add to a signed assessment. Raises WrongState as Signed's contrary: a draft is changed itself."""
    row = _locked(assessment_id, by)
    if not row.signed_at:
        raise ValidationError({"text": [_("This assessment is not signed yet. Change it itself.")]})
    return Addendum.objects.create(clinic_id=by.clinic_id, assessment=row, text=text, by_id=by.member_id)


@transaction.atomic
def void_assessment(assessment_id: UUID, reason: str, *, by: Access) -> Assessment:
    """Strike through an assessment that was entered in error, with all it measured. Raises Voided."""
    row = _locked(assessment_id, by)
    if row.voided_at:
        raise Voided(_("This assessment was struck through."))
    strike_through(row, reason)
    return row


# --- what is asked, what is missing, what to do ----------------------------------------------------------------------------
def families_of(patient: Patient) -> set[str]:
    """Return the families of a patient's active diagnoses."""
    rows = Diagnosis.objects.for_clinic(patient.clinic_id).standing()
    found = rows.filter(patient=patient, status=DiagnosisStatus.ACTIVE).values_list("condition_id", flat=True)
    return {knowledge().family_of(condition) for condition in found}


def asked_of(families: Iterable[str], kind: str) -> list[Mapping[str, Any]]:
    """Return the red flags to ask about at a visit of somebody with these disorders, in the order of the catalogue."""
    concerned, times = (
        {"all", *families},
        {"every-visit"} | ({"first-visit"} if kind == AssessmentKind.INITIAL else set()),
    )
    return [
        entry
        for entry in knowledge().red_flags.current
        if not concerned.isdisjoint(entry["applies_to"]) and not times.isdisjoint(entry["ask"])
    ]


def unanswered(row: Assessment) -> list[str]:
    """Return the emergency questions of the disorder that have no answer; "not sure" is one."""
    asked = asked_of(families_of(row.patient), row.kind)
    return [
        entry["id"] for entry in asked if entry["urgency"] == EMERGENCY and entry["id"] not in row.red_flags
    ]


def missing(row: Assessment, measures: set[str], families: set[str]) -> list[str]:
    """Return what should still be there, by name: it is listed and stops no signature."""
    usual = {m for family in families for m in knowledge().conditions[family].get("usual_measures", ())}
    asked = [entry["id"] for entry in asked_of(families, row.kind)]
    found = []
    if not families:
        found.append("diagnosis")
    if any(flag not in row.red_flags for flag in asked):
        found.append("red_flags")
    if not row.body_chart:
        found.append("body_chart")
    if usual and measures.isdisjoint(usual):
        found.append("measurements")
    if not row.notes.strip():
        found.append("notes")
    return found


def advice(row: Assessment) -> list[dict[str, str]]:
    """Return what to do about each red flag answered yes, the most urgent first: red_flag, urgency, advice."""
    order = {level["id"]: level["order"] for level in knowledge().vocabulary["urgency_levels"]}
    entries = [knowledge().red_flags[flag] for flag, answer in row.red_flags.items() if answer]
    return [
        {"red_flag": entry["id"], "urgency": entry["urgency"], "advice": entry["clinician_action"]}
        for entry in sorted(entries, key=lambda entry: order[entry["urgency"]])
    ]
