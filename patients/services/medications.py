"""Medicines: what is taken, how much a day, from when until when. A new dose is a new row, so that doses can be compared."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.knowledge import knowledge
from clinic.access import Access
from patients import rules
from patients.models import DrugClass, Medication, Patient
from patients.services.refusals import Voided, at, refuse
from patients.services.safety import lock_patient, set_derived, strike_through, tell
from patients.signals import baseline_asked

Fields = Mapping[str, Any]
COLUMNS = ("name", "drug_class", "dose", "unit", "per_day", "started_on", "stopped_on")


@transaction.atomic
def record_medication(patient_id: UUID, fields: Fields, *, by: Access) -> Medication:
    """Put a medicine on a patient's record: `dose` in `unit`, taken `per_day` times a day. Raises ValidationError at the field."""
    patient = lock_patient(patient_id, by)
    row = Medication(clinic_id=by.clinic_id, patient=patient, entered_by_id=by.member_id)
    _fill(row, patient, fields)
    row.save(force_insert=True)
    set_derived(patient, flags_of(row), by=by, note=_("From the medicines."))
    tell(patient, by)
    return row


@transaction.atomic
def change_medication(medication_id: UUID, fields: Fields, *, by: Access) -> Medication:
    """Change what `fields` names; the rest stays. Raises Voided, or ValidationError at the field."""
    patient, row = _find(medication_id, by)
    before = flags_of(row)
    _fill(row, patient, fields)
    row.save(update_fields=COLUMNS)
    set_derived(patient, flags_of(row) - before, by=by, note=_("From the medicines."))
    tell(patient, by)
    return row


@transaction.atomic
def void_medication(medication_id: UUID, reason: str, *, by: Access) -> Medication:
    """Strike through a medicine that was entered in error. Raises Voided."""
    patient, row = _find(medication_id, by)
    strike_through(row, reason)
    tell(patient, by)
    return row


def _find(medication_id: UUID, by: Access) -> tuple[Patient, Medication]:
    found = Medication.objects.for_clinic(by)
    patient = lock_patient(found.values_list("patient_id", flat=True).get(pk=medication_id), by)
    row = found.get(pk=medication_id)
    if row.voided_at:
        raise Voided(_("This medicine was struck through."))
    return patient, row


def _fill(row: Medication, patient: Patient, fields: Fields) -> None:
    for name in COLUMNS:
        if name in fields:
            setattr(row, name, fields[name])
    row.started_on = at("started_on", rules.past_day, row.started_on)
    row.stopped_on = at("stopped_on", rules.past_day, row.stopped_on)
    if row.started_on and row.stopped_on and row.stopped_on < row.started_on:
        refuse("stopped_on", _("This is before the first day."))
    born = patient.date_of_birth
    if born and row.started_on and row.started_on < born:
        refuse("started_on", _("This is before the date of birth."))


# --- safety ---------------------------------------------------------------------------------------------------------------
LETTERS = re.compile(r"[^\W\d_]+")
JUST_CHANGED = timedelta(days=14)  # as the flag antispasm-medicine-change has it


def flags_of(row: Medication) -> set[str]:
    """Return the safety flags that a medicine sets by itself: by its name while it is taken, and for its change."""
    today = timezone.localdate()
    words = _words(row.name)
    found = {
        entry["flag"]
        for entry in knowledge().vocabulary["medicine_flags"]
        if row.is_taken_on(today) and not words.isdisjoint(entry["medicines"])
    }
    changed = any(day and today - day <= JUST_CHANGED for day in (row.started_on, row.stopped_on))
    if changed and row.drug_class == DrugClass.MUSCLE_RELAXANT:
        found.add("antispasm-medicine-change")
    return found


def _words(name: str) -> set[str]:
    """Return the words of a medicine's name, and the names within them: "Tab.Warfarin", "aspirin+heparin", "Warfarin5"."""
    told = name.casefold()
    return {word.strip(".,()") for word in told.split()} | set(LETTERS.findall(told))


# --- burden ---------------------------------------------------------------------------------------------------------------
def reference_doses() -> dict[str, float]:
    """Return the reference daily dose in mg of each medicine that is weighed, by its id (WHO ATC/DDD, for weighting only)."""
    return {
        item["id"]: item["mg_per_day"] for item in knowledge().vocabulary["medicine_reference_doses"]["items"]
    }


def weighed_as(name: str) -> str | None:
    """Return the id under which a medicine of this name is weighed: "Baclofen 10", "Tab. baclofen" are baclofen-oral."""
    words = _words(name)
    return next((key for key in reference_doses() if key.removesuffix("-oral") in words), None)


def burden(rows: list[Medication], day: date) -> float | None:
    """Return how much was taken on a day: daily doses in mg, each in parts of its reference dose, added up.

    1.0 is one whole reference dose a day. Medicines without a reference dose, or in another unit than mg, do not count; None
    when there is none that counts, which is not the same as nothing taken.
    """
    doses = reference_doses()
    counted = [(row, key) for row in rows if row.unit == "mg" and (key := weighed_as(row.name))]
    if not counted:
        return None
    taken = (
        row.dose * row.per_day / Decimal(str(doses[key])) for row, key in counted if row.is_taken_on(day)
    )
    return float(round(sum(taken, Decimal()), 3))


def mean_burden(rows: list[Medication], day: date) -> float | None:
    """Return the mean burden of the seven days that end with `day`; None when there is no medicine that counts."""
    days = [burden(rows, day - timedelta(days=back)) for back in range(7)]
    return None if days[0] is None else sum(each or 0 for each in days) / 7


def dose_ratio(rows: list[Medication], baseline: date, day: date) -> int | None:
    """Return the burden of the week up to `day` in percent of that of the week up to `baseline`, 100 when it is the same.

    It is the measure medication-dose-ratio of the catalogue, with its sources. None when nothing that counts was taken then.
    """
    before, now = mean_burden(rows, baseline), mean_burden(rows, day)
    return round(100 * now / before) if before and now is not None else None


def baseline_day(patient: Patient) -> date | None:
    """Return the day from which on a patient was treated here, None while there is no plan."""
    answers: list[tuple[Any, Any]] = baseline_asked.send(Patient, patient=patient)
    return min((day for _receiver, day in answers if day), default=None)
