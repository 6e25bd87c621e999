"""Closed days, absences and extra openings. They bound what is offered; what is booked stays booked and in sight."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from clinic.access import Access
from scheduling import openings
from scheduling.models import Appointment, Booking, Closure, Resource
from scheduling.services.refusals import UNKNOWN


@transaction.atomic
def close(
    start: datetime,
    end: datetime,
    *,
    by: Access,
    resource: UUID | None = None,
    extra: bool = False,
    reason: str = "",
) -> tuple[Closure, list[Appointment]]:
    """Close the clinic, or one resource, for a while (`extra` opens it besides its hours).

    Returns the closure and the visits that now lie in it, to be moved. Raises ValidationError at the field.
    """
    if start >= end:
        raise ValidationError({"end": [_("This is not after the start.")]})
    if resource and not Resource.objects.for_clinic(by).filter(pk=resource).exists():
        raise ValidationError({"resource": [UNKNOWN["resources"]]})
    closure = Closure.objects.create(
        clinic_id=by.clinic_id,
        resource_id=resource,
        span=DateTimeTZRange(start, end),
        extra=extra,
        reason=reason,
    )
    return closure, [] if extra else visits_within(start, end, by=by, resource=resource)


@transaction.atomic
def reopen(closure_id: UUID, *, by: Access) -> None:
    """Take a closure or an extra opening back."""
    Closure.objects.for_clinic(by).get(pk=closure_id).delete()


def visits_within(
    start: datetime, end: datetime, *, by: Access, resource: UUID | None = None
) -> list[Appointment]:
    """Return the visits that hold time in a period, of one resource or of all, by their start."""
    found = Appointment.objects.visible_to(by).holding().between(start - openings.LONGEST, end)
    if resource:
        booked = Booking.objects.for_clinic(by).filter(resource=resource, appointment=OuterRef("pk"))
        found = found.filter(Exists(booked))
    visits = found.for_answer().select_related("patient").order_by("starts_at", "pk")
    return [visit for visit in visits if visit.end > start]
