"""What the caseload and the chart fetch along with patients and plans. Plain SQL, for the reason in patients/alongside.py."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from patients.alongside import rows
from scheduling.models import Status

COMING = (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.IN_TREATMENT)


def _among(*statuses: Status) -> str:
    return ", ".join(f"'{status.value}'" for status in statuses)


# --- beside a patient -----------------------------------------------------------------------------------------------------
# what they stopped at and nobody has seen to, the oldest first: id, cue, at, note, and the exercise's name in every language
STOPS = rows(
    "SELECT jsonb_build_object('id', stop.id, 'cue', stop.cue, 'at', stop.occurred_at, 'note', stop.note,"
    " 'exercise', exercise.data->'name') FROM careplans_stopreport stop"
    " LEFT JOIN careplans_homeprescription item ON item.id = stop.prescription_id"
    " LEFT JOIN catalogue_exercise exercise ON exercise.id = item.exercise_id WHERE stop.clinic_id = patients_patient.clinic_id"
    " AND stop.patient_id = patients_patient.id AND stop.seen_at IS NULL ORDER BY stop.occurred_at, stop.id"
)


def visits(now: datetime) -> dict[str, RawSQL]:
    """Return when the next visit begins, and when the last was kept and the last missed."""
    beginnings = {
        "next_visit": ("min", f"visit.status IN ({_among(*COMING)}) AND upper(visit.span) > %s", (now,)),
        "last_visit": ("max", f"visit.status = {_among(Status.DONE)}", ()),
        "missed": ("max", f"visit.status = {_among(Status.NO_SHOW)}", ()),
    }
    return {name: _begins(which, where, given) for name, (which, where, given) in beginnings.items()}


def _begins(which: str, where: str, given: tuple[Any, ...]) -> RawSQL:
    sql = (
        f"(SELECT {which}(lower(visit.span)) FROM scheduling_appointment visit"  # noqa: S608
        " WHERE visit.clinic_id = patients_patient.clinic_id AND visit.patient_id = patients_patient.id"
        f" AND {where})"
    )
    return RawSQL(sql, given, output_field=models.DateTimeField())  # noqa: S611 (what comes from outside is a parameter)


# --- beside a plan --------------------------------------------------------------------------------------------------------
# its phases in their order: id, name, order, weeks, and visits a week (none: it brings nobody in)
PHASES = rows(
    "SELECT jsonb_build_object('id', phase.id, 'name', phase.name, 'order', phase.\"order\", 'weeks', phase.weeks,"
    " 'visits', (SELECT max(item.visits_per_week) FROM careplans_clinicprescription item"
    " WHERE item.phase_id = phase.id AND item.status = 'active'))"
    ' FROM careplans_phase phase WHERE phase.plan_id = careplans_careplan.id ORDER BY phase."order", phase.id'
)

# the treatments of its current phase: modality, status, why
IN_CLINIC = rows(
    "SELECT jsonb_build_object('modality', item.modality_id, 'status', item.status, 'why', item.status_reason)"
    " FROM careplans_clinicprescription item WHERE item.phase_id = careplans_careplan.current_phase_id"
    ' ORDER BY item."order", item.id'
)

# the exercises of its current phase: name (in every language), days_of_week, times, status, why
AT_HOME = rows(
    "SELECT jsonb_build_object('name', exercise.data->'name', 'days_of_week', item.days_of_week, 'times', item.times,"
    " 'status', item.status, 'why', item.status_reason)"
    " FROM careplans_homeprescription item JOIN catalogue_exercise exercise ON exercise.id = item.exercise_id"
    ' WHERE item.phase_id = careplans_careplan.current_phase_id ORDER BY item."order", item.id'
)


# the day the first version of a plan started: weeks and visits run on through its versions
FIRST_DAY = (
    "(SELECT min(first.start_date) FROM careplans_careplan first WHERE first.clinic_id = careplans_careplan.clinic_id"
    " AND first.lineage_id = careplans_careplan.lineage_id AND first.signed_at IS NOT NULL)"
)
BEGUN = RawSQL(FIRST_DAY, (), output_field=models.DateField())  # noqa: S611


def visits_taken() -> RawSQL:
    """Return how many visits were kept or are booked from the day a plan's first version started."""
    sql = (
        "(SELECT count(*) FROM scheduling_appointment visit"  # noqa: S608
        " WHERE visit.clinic_id = careplans_careplan.clinic_id AND visit.patient_id = careplans_careplan.patient_id"
        f" AND visit.status IN ({_among(*COMING, Status.DONE)})"
        f" AND (lower(visit.span) AT TIME ZONE %s)::date >= {FIRST_DAY})"
    )
    zone = timezone.get_current_timezone_name()
    return RawSQL(sql, (zone,), output_field=models.IntegerField())  # noqa: S611


def course() -> RawSQL:
    """Return what tells when the next assessment is due (careplans.reassessing): days `assessed`, days of `visits` kept since a
    plan's first version started, and values `loose` of any assessment since the last, each with those `before` it.
    """
    zone = timezone.get_current_timezone_name()
    theirs = "clinic_id = careplans_careplan.clinic_id AND {0}.patient_id = careplans_careplan.patient_id"
    signed = f"seen.{theirs.format('seen')} AND seen.signed_at IS NOT NULL AND seen.voided_at IS NULL"
    last = f"(SELECT seen.id FROM careplans_assessment seen WHERE {signed} ORDER BY seen.entered_at DESC LIMIT 1)"  # noqa: S608
    sql = (
        "jsonb_build_object('assessed', to_jsonb(ARRAY("  # noqa: S608
        f"SELECT (seen.entered_at AT TIME ZONE %s)::date FROM careplans_assessment seen WHERE {signed} ORDER BY seen.entered_at)),"
        " 'visits', to_jsonb(ARRAY(SELECT (lower(visit.span) AT TIME ZONE %s)::date FROM scheduling_appointment visit"
        f" WHERE visit.{theirs.format('visit')} AND visit.status = '{Status.DONE.value}'"
        f" AND (lower(visit.span) AT TIME ZONE %s)::date >= {FIRST_DAY} ORDER BY visit.span)),"
        " 'loose', to_jsonb(ARRAY(SELECT jsonb_build_object('measure', value.measure_id, 'site', value.site, 'side', value.side,"
        " 'motion', value.motion, 'inputs', value.inputs, 'conditions', value.conditions, 'value', value.value,"
        " 'number', value.number,"
        " 'at', (value.measured_at AT TIME ZONE %s)::date, 'before', (SELECT jsonb_agg(jsonb_build_object('inputs', was.inputs,"
        " 'conditions', was.conditions, 'value', was.value, 'number', was.number) ORDER BY was.id) FROM careplans_measurement was"
        f" WHERE was.assessment_id = {last} AND was.voided_at IS NULL"
        " AND was.measure_id = value.measure_id AND was.site = value.site AND was.side = value.side AND was.motion = value.motion))"
        f" FROM careplans_measurement value WHERE value.{theirs.format('value')} AND value.assessment_id IS NULL"
        " AND value.voided_at IS NULL"
        f" AND value.measured_at > (SELECT max(seen.signed_at) FROM careplans_assessment seen WHERE {signed})"
        " ORDER BY value.measured_at, value.id)))"
    )
    return RawSQL(sql, (zone,) * 4, output_field=models.JSONField())  # noqa: S611 (what comes from outside is a parameter)
