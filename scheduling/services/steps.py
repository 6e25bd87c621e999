"""A visit from its confirmation to its end, one step a function. Each raises WrongState where the step is impossible."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from clinic.access import Access
from scheduling.models import Appointment, Booking, Status
from scheduling.services import diaries
from scheduling.services.booking import allow
from scheduling.signals import appointment_cancelled, appointment_missed


@dataclass(frozen=True, slots=True)
class Step:
    """What a step leads to and from where; `stamp` is the column that keeps when."""

    to: Status
    possible: tuple[Status, ...]
    stamp: str = ""
    signal: Signal | None = None


STEPS = {
    "confirm": Step(Status.CONFIRMED, (Status.BOOKED,)),
    "check-in": Step(Status.ARRIVED, (Status.BOOKED, Status.CONFIRMED), "arrived_at"),
    "start": Step(Status.IN_TREATMENT, (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED), "started_at"),
    "complete": Step(Status.DONE, (Status.ARRIVED, Status.IN_TREATMENT), "ended_at"),
    "cancel": Step(
        Status.CANCELLED,
        (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.UNPLACED),
        signal=appointment_cancelled,
    ),
    "no-show": Step(Status.NO_SHOW, (Status.BOOKED, Status.CONFIRMED), signal=appointment_missed),
}


def confirm(appointment_id: UUID, *, by: Access) -> Appointment:
    """Note that the patient will come."""
    return _go("confirm", appointment_id, by)


def check_in(appointment_id: UUID, *, by: Access, now: datetime | None = None) -> Appointment:
    """Note that the patient has arrived."""
    return _go("check-in", appointment_id, by, now=now)


def start(appointment_id: UUID, *, by: Access, now: datetime | None = None) -> Appointment:
    """Begin the session; where nobody sits at the desk, without a check-in."""
    return _go("start", appointment_id, by, now=now)


def complete(appointment_id: UUID, *, by: Access, now: datetime | None = None) -> Appointment:
    """End the session."""
    return _go("complete", appointment_id, by, now=now)


def cancel(appointment_id: UUID, *, by: Access, reason: str) -> Appointment:
    """Call a visit off: its places are free at once."""
    return _go("cancel", appointment_id, by, reason=reason)


def no_show(appointment_id: UUID, *, by: Access, reason: str) -> Appointment:
    """Note that the patient did not come."""
    return _go("no-show", appointment_id, by, reason=reason)


@transaction.atomic
def _go(
    name: str, appointment_id: UUID, by: Access, *, reason: str = "", now: datetime | None = None
) -> Appointment:
    step = STEPS[name]
    visit = diaries.lock_visit(appointment_id, by)
    allow(visit, step.possible)
    held = visit.holds_time
    visit.status, visit.status_reason = step.to, reason
    if step.stamp:
        setattr(visit, step.stamp, now or timezone.now())
    visit.save(update_fields=["status", "status_reason", "updated_at", *filter(None, [step.stamp])])
    if held and not visit.holds_time:
        Booking.objects.for_clinic(by).filter(appointment=visit).update(active=False)
    if step.signal and held:
        step.signal.send(Appointment, appointment=visit, by=by)
    return visit
