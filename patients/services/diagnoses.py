"""Diagnoses: a disorder of the catalogue, its code, side and level, and what its family asks for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.knowledge import knowledge
from clinic.access import Access
from patients import derived, rules
from patients.models import Diagnosis, DiagnosisStatus, Patient
from patients.services.refusals import Voided, at, refuse
from patients.services.safety import derivable, lock_patient, set_derived, strike_through, tell

Fields = Mapping[str, Any]
COLUMNS = ("condition", "icd10", "side", "level", "qualifiers", "onset_date", "status")


@transaction.atomic
def record_diagnosis(patient_id: UUID, fields: Fields, *, by: Access) -> Diagnosis:
    """Put a diagnosis on a patient's record. `condition` is a subtype's id, or a family's where more is not known.

    A side or code left out is the subtype's own where it has just one. What follows from level and grade without asking
    (risk of autonomic dysreflexia) is recorded as a safety flag. Raises ValidationError at the field.
    """
    patient = lock_patient(patient_id, by)
    row = Diagnosis(clinic_id=by.clinic_id, patient=patient, entered_by_id=by.member_id)
    _fill(row, patient, fields)
    row.save(force_insert=True)
    set_derived(patient, _follows(row), by=by)
    tell(patient, by)
    return row


@transaction.atomic
def change_diagnosis(diagnosis_id: UUID, fields: Fields, *, by: Access) -> Diagnosis:
    """Change what `fields` names; the rest stays. Raises Voided, or ValidationError at the field."""
    patient, row = _find(diagnosis_id, by)
    before = _follows(row)
    _fill(row, patient, fields)
    row.save(update_fields=COLUMNS)
    set_derived(patient, _follows(row) - before, by=by)
    tell(patient, by)
    return row


@transaction.atomic
def void_diagnosis(diagnosis_id: UUID, reason: str, *, by: Access) -> Diagnosis:
    """Strike through a diagnosis that was entered in error. Raises Voided."""
    patient, row = _find(diagnosis_id, by)
    strike_through(row, reason)
    tell(patient, by)
    return row


def _find(diagnosis_id: UUID, by: Access) -> tuple[Patient, Diagnosis]:
    found = Diagnosis.objects.for_clinic(by)
    patient = lock_patient(found.values_list("patient_id", flat=True).get(pk=diagnosis_id), by)
    row = found.get(pk=diagnosis_id)
    if row.voided_at:
        raise Voided(_("This diagnosis was struck through."))
    return patient, row


def _follows(row: Diagnosis) -> frozenset[str]:
    """Return the flags that a diagnosis sets without asking."""
    if row.status != DiagnosisStatus.ACTIVE:
        return frozenset()
    return derived.derive(derivable(row), timezone.localdate()).set


def _fill(row: Diagnosis, patient: Patient, fields: Fields) -> None:
    changed = "condition" in fields and fields["condition"] != row.condition_id
    if changed:
        row.condition_id = _condition(fields["condition"])
    entry = knowledge().conditions[row.condition_id]
    if changed or "icd10" in fields:
        row.icd10 = at("icd10", rules.icd10, fields.get("icd10") or "") or own_code(entry)
    if changed or "side" in fields:
        row.side = fields.get("side") or entry.get("side")
    if "level" in fields:
        row.level = at("level", rules.level, fields["level"] or "") or None
    if "qualifiers" in fields:
        asked = qualifiers_of(row.condition_id)
        row.qualifiers = at("qualifiers", rules.qualifiers, fields["qualifiers"], asked)
    if "onset_date" in fields:
        row.onset_date = at("onset_date", rules.past_day, fields["onset_date"])
    if row.onset_date and patient.date_of_birth and row.onset_date < patient.date_of_birth:
        refuse("onset_date", _("This is before the date of birth."))
    row.status = fields.get("status", row.status)


def is_on_record(patient: Patient, condition: str, fields: Fields) -> bool:
    """Tell whether a patient has this diagnosis already: active, on the same side and level. By API it may stand twice."""
    side = fields.get("side") or knowledge().conditions[condition].get("side")
    found = (
        Diagnosis.objects.for_clinic(patient.clinic_id)
        .standing()
        .filter(patient=patient, condition=condition)
    )
    return found.filter(status=DiagnosisStatus.ACTIVE, side=side, level=fields.get("level") or None).exists()


def _condition(condition: str) -> str:
    known = knowledge().conditions
    entry = known.get(condition)
    if entry is None or not any(entry is each for each in known.current):
        refuse("condition", _("There is no such condition."))
    return condition


def own_code(entry: Mapping[str, Any]) -> str:
    """Return the one ICD-10 code (WHO) of a subtype; "" where it has several, or none, to choose from."""
    codes = entry.get("icd10", {}).get("who", [])
    return codes[0] if len(codes) == 1 else ""


def codes_of(entry: Mapping[str, Any]) -> list[str]:
    """Return every ICD-10 code of a subtype, WHO's first."""
    return [code for system in ("who", "cm") for code in entry.get("icd10", {}).get(system, [])]


def heed(condition: str) -> dict[str, Any]:
    """Return what to heed with a disorder: `precautions` (its own first, then its family's), its `course`, `flags` to ask about."""
    known = knowledge()
    entry, family = known.conditions[condition], known.conditions[known.family_of(condition)]
    return {
        "precautions": list(dict.fromkeys([*entry.get("precautions", ()), *family.get("precautions", ())])),
        "course": entry.get("course") or family.get("course", ""),
        "flags": derived.usual(family, entry),
    }


def qualifiers_of(condition: str) -> dict[str, Mapping[str, Any]]:
    """Return what the family of a condition asks for, by id."""
    family = knowledge().conditions[knowledge().family_of(condition)]
    return {entry["id"]: entry for entry in family.get("qualifiers", ())}


def asked_of(condition: str) -> list[str]:
    """Return what should be asked about a disorder: side, level, and the ids of its family's qualifiers."""
    entry = knowledge().conditions[condition]
    family = knowledge().conditions[knowledge().family_of(condition)]
    asked = dict.fromkeys(qualifiers_of(condition))
    if entry.get("has_side"):
        asked["side"] = None
    if entry.get("levels") or family.get("root_levels"):
        asked["level"] = None
    for twin in ("neurological-level", "root-level"):  # the column says it
        asked.pop(twin, None)
    return list(asked)


def missing(row: Diagnosis) -> list[str]:
    """Return what should still be asked about a diagnosis: side, level, and the ids of its family's qualifiers."""
    told = {
        name
        for name, value in (("side", row.side), ("level", row.level), ("onset-date", row.onset_date))
        if value
    }
    told |= set(row.qualifiers) | ({"ais-grade"} if "ais" in row.qualifiers else set())
    return [name for name in asked_of(row.condition_id) if name not in told]
