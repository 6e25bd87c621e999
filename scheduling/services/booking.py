"""Booking one visit, moving it, and taking a cancelled one back.

A booking locks (diaries.py), reads what is taken, picks lanes and inserts. That nothing is booked twice is still the
database's promise: whoever goes around the locks loses at the exclusion constraint, and is told the same way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from clinic.access import Access
from clinic.ids import uuid7
from clinic.models import Clinic
from patients.models import Patient
from patients.services import join_care_team
from scheduling import openings
from scheduling.models import Appointment, Booking, Resource, Status
from scheduling.openings import Choice, Clash, Diary, Span, span_of
from scheduling.services import diaries
from scheduling.services.refusals import Conflict, Taken, WrongState, unless_taken
from scheduling.signals import appointment_moved, appointment_restored, appointments_booked

Fields = Mapping[str, Any]
MOVABLE = (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.UNPLACED)
OFFERED = 3  # times beside one that is taken
RESTORABLE = (Status.CANCELLED, Status.NO_SHOW)


# --- what a person does ---------------------------------------------------------------------------------------------------
@transaction.atomic
def book(fields: Fields, *, by: Access, now: datetime | None = None) -> Appointment:
    """Book a visit: `patient`, `type`, `start` and `resources`; `minutes` (else the type's), `plan`, `override_hours_reason`.

    Raises ValidationError at the field, Archived, and Conflict with what stands in the way and what is free nearest.
    """
    now = now or timezone.now()
    ids = list(fields["resources"])
    reason = fields.get("override_hours_reason") or ""
    try:
        with unless_taken():
            party = diaries.find_party(
                fields["patient"], fields["type"], fields.get("plan"), by=by, lock=True
            )
            rows = diaries.lock_resources(ids, party.patient.pk, by=by)
            refuse_faults(fields["start"], ids, rows, party.clinic, now)
            span = span_of(fields["start"], fields.get("minutes") or party.type.minutes)
            diary = diaries.read_diary(party.clinic, rows.values(), span, patient_id=party.patient.pk)
            refuse_outside_hours(diary, span, ids, reason)
            lanes = take(diary, span, ids)
            visit = new_visit(party, span, by=by, reason=reason)
            visit.save(force_insert=True)
            bookings = Booking.objects.bulk_create(hold(visit, lanes))
    except Taken:
        party = diaries.find_party(fields["patient"], fields["type"], fields.get("plan"), by=by)
        span = span_of(fields["start"], fields.get("minutes") or party.type.minutes)
        raise told(span, ids, party.patient, by=by, now=now) from None
    remember(visit, "bookings", bookings)
    join_care_team(party.patient.pk, new_members(rows.values()), by=by)
    appointments_booked.send(Appointment, appointments=[visit], by=by)
    return visit


@transaction.atomic
def move(appointment_id: UUID, changes: Fields, *, by: Access, now: datetime | None = None) -> Appointment:
    """Give a visit another `start`, `minutes` or `resources`, what `changes` names; an unplaced one is so given a place.

    It lets go of all its places first, and keeps them all when the new ones are not free. A patient's yes was to the old
    time: a confirmed visit is booked again; one whose patient is here, when it goes to another day. Raises as `book` does,
    and WrongState.
    """
    now = now or timezone.now()
    try:
        with unless_taken():
            visit = diaries.lock_visit(appointment_id, by)
            allow(visit, MOVABLE)
            clinic, was = visit.patient.clinic, Span(visit.start, visit.end)
            begin, ids = _wished(visit, changes)
            rows = diaries.lock_resources({*ids, *visit.resource_ids}, visit.patient_id, by=by)
            is_new = visit.status == Status.UNPLACED
            refuse_faults(begin if is_new or begin != was.start else None, ids, rows, clinic, now)
            span = span_of(begin, changes.get("minutes") or visit.minutes)
            wanted = [rows[pk] for pk in ids]
            diary = diaries.read_diary(clinic, wanted, span, patient_id=visit.patient_id, apart_from=visit)
            reason = _reason(visit, changes, same=span == was and set(ids) <= set(visit.resource_ids))
            refuse_outside_hours(diary, span, ids, reason)
            lanes = take(diary, span, ids)
            if is_new or (span.start != was.start and visit.status == Status.CONFIRMED):
                visit.status = Status.BOOKED
            if visit.status == Status.ARRIVED and _day(span.start, clinic) != _day(was.start, clinic):
                visit.status, visit.arrived_at = Status.BOOKED, None
            visit.span, visit.override_hours_reason = DateTimeTZRange(*span), reason
            _settle(visit, lanes)
    except Taken:
        visit = diaries.find_visit(appointment_id, by)
        begin, ids = _wished(visit, changes)
        span = span_of(begin, changes.get("minutes") or visit.minutes)
        raise told(span, ids, visit.patient, by=by, now=now, visit=visit) from None
    join_care_team(visit.patient_id, new_members(wanted), by=by)
    if is_new:
        appointments_booked.send(Appointment, appointments=[visit], by=by)
    elif span != was:
        appointment_moved.send(Appointment, appointment=visit, was=DateTimeTZRange(*was), by=by)
    return visit


@transaction.atomic
def restore(appointment_id: UUID, *, by: Access, now: datetime | None = None) -> Appointment:
    """Take back that a visit was cancelled or missed: it has its places again, if they are free still.

    Raises WrongState, Archived, and Conflict as `book` does.
    """
    now = now or timezone.now()
    try:
        with unless_taken():
            visit = diaries.lock_visit(appointment_id, by)
            allow(visit, RESTORABLE)
            diaries.refuse_closed_record(visit.patient)
            clinic, span, ids = visit.patient.clinic, Span(visit.start, visit.end), visit.resource_ids
            rows = diaries.lock_resources(ids, visit.patient_id, by=by)
            if gone := [row for row in rows.values() if not row.active]:
                raise WrongState(_("%s is not in use any more.") % gone[0].name)
            diary = diaries.read_diary(
                clinic, rows.values(), span, patient_id=visit.patient_id, apart_from=visit
            )
            visit.status, visit.status_reason = (Status.BOOKED if ids else Status.UNPLACED), ""
            _settle(visit, take(diary, span, ids) if ids else {})
    except Taken:
        visit = diaries.find_visit(appointment_id, by)
        span = Span(visit.start, visit.end)
        raise told(span, visit.resource_ids, visit.patient, by=by, now=now, visit=visit) from None
    if visit.holds_time:
        appointment_restored.send(Appointment, appointment=visit, by=by)
    return visit


# --- refusing -------------------------------------------------------------------------------------------------------------
def refuse_faults(
    start: datetime | None, ids: Sequence[UUID], rows: Mapping[UUID, Resource], clinic: Clinic, now: datetime
) -> None:
    """Raise ValidationError for an impossible start (None is one that stays) or resources that cannot be booked."""
    errors: dict[str, Any] = {}
    if start and (wrong := diaries.time_faults(start, clinic.zone, now)):
        errors["start"] = wrong
    if not ids:
        errors["resources"] = [_("Choose whom or what to book.")]
    elif strange := diaries.faults(ids, rows):
        errors["resources"] = strange
    if errors:
        raise ValidationError(errors)


def refuse_outside_hours(diary: Diary, span: Span, ids: Iterable[UUID], reason: str) -> None:
    if not reason and not all(diary.is_open(pk, span) for pk in ids):
        raise ValidationError({"override_hours_reason": [outside_hours()]})


def outside_hours() -> str:
    return _("This is outside working hours. Say why it is booked all the same.")


def allow(visit: Appointment, states: Collection[str]) -> None:
    if visit.status not in states:
        raise WrongState(
            _("This cannot be done with a visit in this state: %s.") % visit.get_status_display()
        )


def _day(moment: datetime, clinic: Clinic) -> date:
    return moment.astimezone(clinic.zone).date()


def _wished(visit: Appointment, changes: Fields) -> tuple[datetime, list[UUID]]:
    """Return when a visit is to begin and what it is to have."""
    return changes.get("start", visit.start), list(changes.get("resources", visit.resource_ids))


def _reason(visit: Appointment, changes: Fields, *, same: bool) -> str:
    """Return why a visit may lie outside hours: as said now; what was said before was about the old time and places."""
    if "override_hours_reason" in changes:
        return changes["override_hours_reason"] or ""
    return visit.override_hours_reason if same else ""


def take(diary: Diary, span: Span, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return a free lane of each resource. Raises Taken."""
    if not diary.is_patient_free(span):
        raise Taken
    try:
        return diary.take(span, ids)
    except LookupError:
        raise Taken from None


def told(
    span: Span,
    ids: Sequence[UUID],
    patient: Patient,
    *,
    by: Access,
    now: datetime,
    visit: Appointment | None = None,
) -> Conflict:
    """Return the refusal of a booking: what stands in the way, and what is free nearest. Nothing is locked meanwhile."""
    clinic, resources = patient.clinic, list(Resource.objects.for_clinic(by).order_by("pk"))
    wish = diaries.substitutes(ids, resources)
    wanted = {pk for would_do in wish for pk in would_do}
    within = diaries.search_window(span, now)
    diary = diaries.read_diary(
        clinic,
        (row for row in resources if row.pk in wanted),
        Span(min(within.start, span.start), within.end),
        patient_id=patient.pk,
        apart_from=visit,
    )
    free = openings.nearest(diary, wish, span, within, most=OFFERED + 1)
    if visit:  # where it is already is no other place
        free = [
            each
            for each in free
            if (each.start, set(each.resources)) != (visit.start, set(visit.resource_ids))
        ]
    return Conflict(
        _("This time is taken already."),
        conflicts=[as_conflict(clash, clinic) for clash in diary.clashes(span, ids)],
        alternatives=[as_alternative(choice, clinic) for choice in free[:OFFERED]],
    )


def as_conflict(clash: Clash, clinic: Clinic) -> dict[str, Any]:
    zone = clinic.zone
    return clash._asdict() | {"start": clash.start.astimezone(zone), "end": clash.end.astimezone(zone)}


def as_alternative(choice: Choice, clinic: Clinic) -> dict[str, Any]:
    return {"start": choice.start.astimezone(clinic.zone), "resources": choice.resources}


# --- writing --------------------------------------------------------------------------------------------------------------
def new_visit(party: diaries.Party, span: Span, *, by: Access, reason: str = "", **more: Any) -> Appointment:
    return Appointment(
        clinic_id=by.clinic_id,
        patient=party.patient,
        type=party.type,
        span=DateTimeTZRange(*span),
        plan_id=party.plan_id,
        override_hours_reason=reason,
        created_by_id=by.member_id,
        **more,
    )


def hold(visit: Appointment, lanes: Mapping[UUID, int]) -> list[Booking]:
    """Return the bookings of a visit, in the order in which its resources were named (by the order of their ids)."""
    keys = sorted(uuid7() for _each in lanes)
    return [
        Booking(
            id=key,
            clinic_id=visit.clinic_id,
            appointment=visit,
            resource_id=resource_id,
            lane=lane,
            span=visit.span,
        )
        for key, (resource_id, lane) in zip(keys, lanes.items(), strict=True)
    ]


def remember(row: Any, name: str, related: list[Any]) -> None:
    """Keep the rows related to one that was just written, as if they had been fetched along."""
    fetched = getattr(row, name).all()
    fetched._result_cache, fetched._prefetch_done = related, True
    row._prefetched_objects_cache = {name: fetched}


def _settle(visit: Appointment, lanes: Mapping[UUID, int]) -> None:
    """Let go of a visit's places, write it, and take the new ones."""
    Booking.objects.for_clinic(visit.clinic_id).filter(appointment=visit).delete()
    changed = ["span", "status", "status_reason", "override_hours_reason", "arrived_at", "updated_at"]
    visit.save(update_fields=changed)
    remember(visit, "bookings", Booking.objects.bulk_create(hold(visit, lanes)))


def new_members(resources: Iterable[Any]) -> set[UUID]:
    """Return the members among these resources who do not treat the patient yet."""
    return {row.member_id for row in resources if row.member_id and not row.treats}
