"""From rows to a diary: who is locked, what is open and what is taken.

Whoever changes a patient's visits holds the patient's row first and then the rows of all resources concerned, old and new, in
the order of their ids. So nobody waits in a circle, and what is read under the locks stays true until the commit.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, JSONField, OuterRef
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from careplans.models import CarePlan
from clinic import doors
from clinic.access import Access
from clinic.models import Clinic
from patients.models import CareTeam, Patient
from scheduling import openings
from scheduling.models import HOLDING_VALUES, Appointment, AppointmentType, Resource
from scheduling.openings import Diary, Hold, Place, Span
from scheduling.services.refusals import UNKNOWN, Archived

FURTHEST = timedelta(days=100 * 365)
NOBODY = UUID(int=0)
AROUND = timedelta(days=7)  # how far alternatives are looked for
ROOMLIKE = ("room", "device")  # one does as well as another; a therapist does not


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a booking is about, as it was found: the patient (locked where asked), the kind of visit, the plan."""

    patient: Patient
    type: AppointmentType
    plan_id: UUID | None

    @property
    def clinic(self) -> Clinic:
        return self.patient.clinic


# The kind of visit beside the patient, in SQL: written as a subquery of Django's, it costs more than the rest of the query.
TYPE = """(
SELECT jsonb_build_object('id', id, 'code', code, 'name', name, 'minutes', minutes) FROM scheduling_appointmenttype
WHERE id = %s AND clinic_id = %s AND active
)"""


# --- whom and what --------------------------------------------------------------------------------------------------------
def find_party(
    patient_id: UUID, type_id: UUID, plan_id: UUID | None, *, by: Access, lock: bool = False
) -> Party:
    """Find patient, kind of visit and plan in one query. Raises ValidationError at the field; Archived."""
    found = Patient.objects.visible_to(by).select_related("clinic").filter(pk=patient_id)
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    if plan_id:
        plan = CarePlan.objects.for_clinic(by).filter(pk=plan_id, patient=OuterRef("pk"))
        found = found.annotate(has_plan=Exists(plan))
    patient: Any = found.annotate(wanted_type=RawSQL(TYPE, [type_id, by.clinic_id], JSONField())).first()  # noqa: S611
    if patient is None:
        raise ValidationError({"patient": [UNKNOWN["patient"]]})
    kind, errors = patient.wanted_type, {}
    if not kind:
        errors["type"] = [UNKNOWN["type"]]
    if plan_id and not patient.has_plan:
        errors["plan"] = [UNKNOWN["plan"]]
    if errors:
        raise ValidationError(errors)
    refuse_closed_record(patient)
    return Party(patient, AppointmentType(clinic_id=by.clinic_id, **kind | {"id": UUID(kind["id"])}), plan_id)


def refuse_closed_record(patient: Patient) -> None:
    if patient.archived_at or patient.deceased_on:
        raise Archived(_("This record is closed. Open it again before booking."))


def lock_visit(visit_id: UUID, by: Access) -> Appointment:
    """Lock the patient of a visit, and return the visit as it then is. Raises Appointment.DoesNotExist."""
    of_visit = Appointment.objects.visible_to(by).filter(pk=visit_id)
    owner = Patient.objects.for_clinic(by).filter(pk__in=of_visit.values("patient"))
    if not owner.select_for_update(no_key=True).values_list("pk"):
        raise Appointment.DoesNotExist
    return find_visit(visit_id, by)


def find_visit(visit_id: UUID, by: Access) -> Appointment:
    found = Appointment.objects.visible_to(by).for_answer().select_related("patient__clinic")
    return found.get(pk=visit_id)


def lock_resources(ids: Collection[UUID], patient_id: UUID, *, by: Access) -> dict[UUID, Resource]:
    """Lock resources in the order of their ids; `treats` tells whether a therapist is in the patient's care team already."""
    known = CareTeam.objects.for_clinic(by).filter(patient=patient_id, member=OuterRef("member_id"))
    rows = Resource.objects.for_clinic(by).filter(pk__in=ids).annotate(treats=Exists(known))
    return {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",), no_key=True)}


def faults(ids: Iterable[UUID], known: Mapping[UUID, Resource]) -> dict[str, Any]:
    """Return what is wrong with a list of resources, by place: unknown, out of use, named twice."""
    found: dict[str, Any] = {}
    seen = set[UUID]()
    for place, pk in enumerate(ids):
        if pk not in known:
            found[str(place)] = [UNKNOWN["resources"]]
        elif not known[pk].active:
            found[str(place)] = [_("%s is not in use any more.") % known[pk].name]
        elif pk in seen:
            found[str(place)] = [_("This stands here twice.")]
        seen.add(pk)
    return found


def substitutes(ids: Iterable[UUID], resources: Iterable[Resource]) -> list[list[UUID]]:
    """Return for each resource those that would do as well, itself first: a room or device of the same use."""
    resources = list(resources)
    known = {row.pk: row for row in resources}

    def like(row: Resource) -> list[UUID]:
        if row.kind not in ROOMLIKE:
            return [row.pk]
        same = [
            each.pk
            for each in resources
            if each.active and (each.kind, each.equipment) == (row.kind, row.equipment)
        ]
        return [row.pk, *(pk for pk in same if pk != row.pk)]

    return [like(known[pk]) for pk in ids]


# --- when -----------------------------------------------------------------------------------------------------------------
def time_faults(start: datetime, zone: ZoneInfo, now: datetime) -> list[str]:
    """Return what is wrong with a start: a visit may be entered on its day, also late; not on a later one."""
    if start > now + FURTHEST:
        return [_("That is too far ahead.")]
    if start.astimezone(zone).date() < now.astimezone(zone).date():
        return [_("Choose today or a later day.")]
    if start.second or start.microsecond:
        return [_("Give whole minutes.")]
    return []


def search_window(span: Span, now: datetime) -> Span:
    """Return the time in which alternatives to a span are looked for: a while before and after, but not behind us."""
    return Span(max(span.start - AROUND, now), max(span.end, now) + AROUND)


# --- what is open and taken -----------------------------------------------------------------------------------------------
TAKEN = """
SELECT resource_id, lane, lower(span) AS "start", upper(span) AS "end", false AS extra
FROM scheduling_booking
WHERE clinic_id = %(clinic)s AND resource_id = ANY(%(resources)s) AND active
  AND starts_at >= %(earliest)s AND starts_at < %(end)s AND id <> ALL(%(apart)s)
UNION ALL
SELECT NULL, NULL, lower(span), upper(span), false
FROM scheduling_appointment
WHERE clinic_id = %(clinic)s AND patient_id = %(patient)s AND status = ANY(%(holding)s)
  AND starts_at >= %(earliest)s AND starts_at < %(end)s AND id <> %(visit)s
UNION ALL
SELECT resource_id, 0, lower(span), upper(span), extra
FROM scheduling_closure
WHERE clinic_id = %(clinic)s AND (resource_id IS NULL OR resource_id = ANY(%(resources)s))
  AND span && tstzrange(%(start)s, %(end)s)
"""


def read_diary(
    clinic: Clinic,
    resources: Iterable[Resource],
    within: Span,
    *,
    patient_id: UUID | None = None,
    apart_from: Appointment | None = None,
) -> Diary:
    """Return what is open and what is taken in a stretch of time. One query. `apart_from` is a visit that lets go of its places."""
    resources = list(resources)
    rows = doors.rows(
        TAKEN,
        {
            "clinic": clinic.pk,
            "resources": [row.pk for row in resources],
            "patient": patient_id or NOBODY,
            "holding": HOLDING_VALUES,
            "earliest": within.start - openings.LONGEST,
            "start": within.start,
            "end": within.end,
            "visit": apart_from.pk if apart_from else NOBODY,
            "apart": [each.pk for each in apart_from.bookings.all()] if apart_from else [],
        },
    )
    holds, visits, closures = [], [], []
    for row in rows:
        span = Span(row["start"], row["end"])
        if row["lane"] is None:
            visits.append(span)
        elif row["lane"] == 0:
            closures.append((row["resource_id"], row["extra"], span))
        else:
            holds.append((row["resource_id"], Hold(*span, row["lane"])))
    return Diary(places(clinic, resources, closures, within), holds, visits)


Closures = Iterable[tuple[UUID | None, bool, Span]]


def places(clinic: Clinic, resources: Iterable[Resource], closures: Closures, within: Span) -> list[Place]:
    """Return resources with their opening: their own hours or the clinic's, less its closed days, and their own changes."""
    changes: dict[tuple[UUID | None, bool], list[Span]] = {}
    for resource_id, extra, span in closures:
        start, end = (
            span.start or datetime.min.replace(tzinfo=UTC),
            span.end or datetime.max.replace(tzinfo=UTC),
        )
        changes.setdefault((resource_id, extra), []).append(Span(start, end))
    closed = changes.get((None, False), [])
    clinics = openings.week(clinic.hours, clinic.zone, within)
    clinics = openings.opened(clinics, closed, changes.get((None, True), []))

    def opening(row: Resource) -> list[Span]:
        own = clinics
        if row.hours is not None:
            own = openings.without(openings.week(row.hours, clinic.zone, within), closed)
        mine = changes.get((row.pk, False), []), changes.get((row.pk, True), [])
        return openings.opened(own, *mine) if any(mine) else own

    return [Place(row.pk, row.kind, row.capacity, opening(row)) for row in resources]
