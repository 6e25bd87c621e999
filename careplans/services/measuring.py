"""Values of measures on a patient's record: what may be entered where, and the rows they become."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from careplans import scoring
from careplans.models import Assessment, Measurement, MeasurementSource
from careplans.services.refusals import Signed
from catalogue.knowledge import knowledge
from clinic.access import Access
from patients import wording
from patients.models import Patient
from patients.services import Voided
from patients.services.medications import reference_doses
from patients.services.safety import lock_patient, strike_through

Fields = Mapping[str, Any]
COLUMNS = (
    "measure",
    "value",
    "number",
    "site",
    "side",
    "motion",
    "inputs",
    "conditions",
    "measured_at",
    "source",
)
NEEDS_SITE = ("muscle-group-and-side", "joint-and-side", "joint-motion-and-side", "dermatome-and-side")
AHEAD = timedelta(minutes=10)  # as far as a clock may be wrong


# --- one value on the record ---------------------------------------------------------------------------------------------
@transaction.atomic
def record_measurement(patient_id: UUID, fields: Fields, *, by: Access) -> Measurement:
    """Put a value on a patient's record, outside any assessment. Raises ValidationError at the field."""
    patient = lock_patient(patient_id, by)
    row = new_row(patient, fields, by=by)
    row.save(force_insert=True)
    return row


@transaction.atomic
def change_measurement(measurement_id: UUID, fields: Fields, *, by: Access) -> Measurement:
    """Change what `fields` names; which measure it is does not change. Raises Signed, Voided, or ValidationError at the field."""
    row = _find(measurement_id, by)
    told = {
        name: getattr(row, name)
        for name in ("value", "site", "side", "motion", "inputs", "conditions", "source")
    }
    if scoring.is_computed(_measure(row.measure_id)):
        told["value"] = None
    fill(row, {**told, "measured_at": row.measured_at, "measure": row.measure_id, **fields})
    row.save(update_fields=COLUMNS)
    return row


@transaction.atomic
def void_measurement(measurement_id: UUID, reason: str, *, by: Access) -> Measurement:
    """Strike through a value that was entered in error. Raises Voided."""
    row = _find(measurement_id, by, sealed_too=True)
    strike_through(row, reason)
    return row


def _find(measurement_id: UUID, by: Access, *, sealed_too: bool = False) -> Measurement:
    found = Measurement.objects.for_clinic(by).select_related("assessment", "patient")
    lock_patient(found.values_list("patient_id", flat=True).get(pk=measurement_id), by)
    row = found.get(pk=measurement_id)
    if row.voided_at:
        raise Voided(_("This value was struck through."))
    if row.assessment and row.assessment.signed_at and not sealed_too:
        raise Signed(_("This assessment is signed. Add an addendum, or strike the value through."))
    return row


# --- from what was entered to a row --------------------------------------------------------------------------------------
def new_row(
    patient: Patient, fields: Fields, *, by: Access, assessment: Assessment | None = None
) -> Measurement:
    """Return a row, not saved. Raises ValidationError at the field."""
    row = Measurement(
        clinic_id=patient.clinic_id, patient=patient, assessment=assessment, entered_by_id=by.member_id
    )
    fill(row, fields)
    return row


def fill(row: Measurement, fields: Fields) -> None:
    """Take over a whole value. Raises ValidationError at the field."""
    measure = _measure(fields.get("measure"))
    site, side, motion = (fields.get(name) or "" for name in ("site", "side", "motion"))
    errors = _place_faults(measure, site, side, motion)
    if errors:
        raise ValidationError(errors)
    try:
        found = scoring.value(
            _within_joint(measure, site, motion),
            fields.get("value"),
            fields.get("inputs"),
            doses=reference_doses(),
        )
    except scoring.Invalid as wrong:
        raise ValidationError(_at_inputs(wrong.errors)) from None
    row.measure_id = measure["id"]
    row.value, row.number, row.inputs = found.kept, found.number, found.inputs
    row.site, row.side, row.motion = site, side, motion
    row.conditions = dict(fields.get("conditions") or {})
    row.source = _source(measure, fields.get("source"))
    row.measured_at = fields.get("measured_at") or row.measured_at or timezone.now()
    if row.measured_at > timezone.now() + AHEAD:
        raise ValidationError({"measured_at": [_("This is still to come.")]})


def _measure(measure_id: Any) -> scoring.Entry:
    known = knowledge().measures
    entry = known.get(measure_id) if isinstance(measure_id, str) else None
    if entry is None:
        raise ValidationError({"measure": [_("There is no such measure.")]})
    return entry


def _place_faults(measure: scoring.Entry, site: str, side: str, motion: str) -> dict[str, list[str]]:
    per, errors = measure["recorded_per"], {}
    if site and not is_site(measure, site):
        errors["site"] = [_("This measure has no such site.")]
    elif not site and per in NEEDS_SITE:
        errors["site"] = [_("Say which muscle group, joint or dermatome.")]
    motions = {row["motion"] for row in _joints() if row["joint"] == site}
    if per == "joint-motion-and-side" and "site" not in errors and motion not in motions:
        errors["motion"] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(sorted(motions))}]
    elif motion and per != "joint-motion-and-side":
        errors["motion"] = [_("This measure has no motion.")]
    return errors


def is_site(measure: scoring.Entry, site: str) -> bool:
    """Tell whether a measure may be recorded for this muscle group, joint, dermatome or body region."""
    per = measure["recorded_per"]
    if per == "muscle-group-and-side":
        return site in knowledge().vocabulary["muscle_groups"]
    if per.startswith("joint"):
        return any(row["joint"] == site for row in _joints())
    if per.startswith("dermatome"):
        return site in knowledge().terms("dermatomes")
    return per == "body-region" and wording.is_region(site)


def _joints() -> list[dict[str, Any]]:
    return knowledge().vocabulary["joint_reference"]


def _within_joint(measure: scoring.Entry, site: str, motion: str) -> scoring.Entry:
    """Return a measure with the limits of one joint's motion, where it has such."""
    for row in _joints():
        if measure["recorded_per"] == "joint-motion-and-side" and (row["joint"], row["motion"]) == (
            site,
            motion,
        ):
            return {**measure, "value": {**measure["value"], "min": row["min"], "max": row["max"]}}
    return measure


def _source(measure: scoring.Entry, told: str | None) -> str:
    allowed = measure["recorded_by"]
    if told and told not in allowed:
        raise ValidationError(
            {"source": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(allowed)}]}
        )
    usual = MeasurementSource.CLINICIAN if "clinician" in allowed else MeasurementSource.PATIENT
    return told or usual.value


def _at_inputs(errors: Mapping[str, list[str]]) -> dict[str, Any]:
    own = {name: found for name, found in errors.items() if name == "value"}
    inputs = {name: found for name, found in errors.items() if name != "value"}
    return {**own, **({"inputs": inputs} if inputs else {})}
