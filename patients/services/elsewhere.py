"""Treatments elsewhere: what changes spasm and pain and is not this clinic's doing, so that change is not credited to the plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.access import Access
from patients import rules, wording
from patients.models import DrugClass, Medication, OutsideKind, OutsideTreatment, Patient
from patients.services.medications import weighed_as
from patients.services.refusals import Voided, at, refuse
from patients.services.safety import lock_patient, strike_through

Fields = Mapping[str, Any]
# How long something acts on after its last day, in weeks, by our reckoning: botulinum toxin wears off within three months.
ACTS_ON = {
    OutsideKind.BOTULINUM: 12,
    OutsideKind.SURGERY: 12,
    OutsideKind.INJECTION: 6,
    OutsideKind.PUMP: 4,
    OutsideKind.RELAPSE: 4,
}
GOES_ON = (
    OutsideKind.THERAPY,
    OutsideKind.HOSPITAL,
)  # without a last day it is not over; all else is then of one day
COLUMNS = ("kind", "began_on", "ended_on", "regions", "detail")


@transaction.atomic
def record_outside_treatment(patient_id: UUID, fields: Fields, *, by: Access) -> OutsideTreatment:
    """Put what happened elsewhere on a patient's record. Raises ValidationError at the field."""
    patient = lock_patient(patient_id, by)
    row = OutsideTreatment(clinic_id=by.clinic_id, patient=patient, entered_by_id=by.member_id)
    _fill(row, patient, fields)
    row.save(force_insert=True)
    return row


@transaction.atomic
def change_outside_treatment(treatment_id: UUID, fields: Fields, *, by: Access) -> OutsideTreatment:
    """Change what `fields` names; the rest stays. Raises Voided, or ValidationError at the field."""
    patient, row = _find(treatment_id, by)
    _fill(row, patient, fields)
    row.save(update_fields=COLUMNS)
    return row


@transaction.atomic
def void_outside_treatment(treatment_id: UUID, reason: str, *, by: Access) -> OutsideTreatment:
    """Strike through what was entered in error. Raises Voided."""
    _patient, row = _find(treatment_id, by)
    strike_through(row, reason)
    return row


def _find(treatment_id: UUID, by: Access) -> tuple[Patient, OutsideTreatment]:
    found = OutsideTreatment.objects.for_clinic(by)
    patient = lock_patient(found.values_list("patient_id", flat=True).get(pk=treatment_id), by)
    row = found.get(pk=treatment_id)
    if row.voided_at:
        raise Voided(_("This entry was struck through."))
    return patient, row


def _fill(row: OutsideTreatment, patient: Patient, fields: Fields) -> None:
    for name in COLUMNS:
        if name in fields:
            setattr(row, name, fields[name])
    row.began_on = at("began_on", rules.past_day, row.began_on)
    row.ended_on = at("ended_on", rules.past_day, row.ended_on)
    row.regions = list(dict.fromkeys(row.regions))
    if unknown := [region for region in row.regions if not wording.is_region(region)]:
        refuse("regions", _("There is no such place: %s.") % ", ".join(unknown)[:200])
    if row.ended_on and row.ended_on < row.began_on:
        refuse("ended_on", _("This is before it began."))
    if patient.date_of_birth and row.began_on < patient.date_of_birth:
        refuse("began_on", _("This is before the date of birth."))


# --- what may explain a change ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, order=True)
class Happening:
    """Something that may change what is measured, in words, and its day."""

    day: date
    text: str


def happenings(patient: Patient, since: date, until: date) -> list[Happening]:
    """Return what may have changed a patient besides the plan from `since` to `until`, the earliest first. Two queries.

    Treatments elsewhere of that time, also those before it that still went on or acted on (ACTS_ON); and medicines against
    spasm and pain which were begun or stopped in it. What is of the first day counts: it may come after the measuring.
    """
    acted = Q(began_on__gte=since) | Q(ended_on__gte=since) | Q(ended_on=None, kind__in=GOES_ON)
    for kind, weeks in ACTS_ON.items():
        last = since - timedelta(weeks=weeks)
        acted |= Q(kind=kind) & (Q(began_on__gte=last) | Q(ended_on__gte=last))
    treatments = OutsideTreatment.objects.for_clinic(patient.clinic_id).standing()
    doses = Medication.objects.for_clinic(patient.clinic_id).standing().filter(patient=patient)
    begun = Q(started_on__gte=since, started_on__lte=until)
    stopped = Q(stopped_on__gte=since, stopped_on__lt=until)
    found = [
        Happening(row.began_on, said(row))
        for row in treatments.filter(acted, patient=patient, began_on__lte=until)
    ]
    return sorted([*found, *_changes(doses.filter(begun | stopped), since, until)])


def _changes(doses: Iterable[Medication], since: date, until: date) -> Iterable[Happening]:
    for row in doses:
        if row.drug_class == DrugClass.OTHER and weighed_as(row.name) is None:
            continue
        told = {"name": row.name, "dose": row.amounts[0], "unit": row.unit, "times": row.amounts[1]}
        if row.started_on and since <= row.started_on <= until:
            yield Happening(row.started_on, _("%(name)s %(dose)s %(unit)s, %(times)s × a day: begun") % told)
        if row.stopped_on and since <= row.stopped_on < until:
            yield Happening(
                row.stopped_on, _("%(name)s %(dose)s %(unit)s, %(times)s × a day: last day") % told
            )


def goes_on(row: OutsideTreatment) -> bool:
    return row.ended_on is None and row.kind in GOES_ON


def said(row: OutsideTreatment) -> str:
    """Say a treatment in words: what, where, details."""
    what = str(OutsideKind(row.kind).label)
    return ", ".join(part for part in (what, wording.regions(row.regions), row.detail) if part)
