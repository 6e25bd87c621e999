"""What is free: for whoever asks on the telephone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from clinic.access import Access
from clinic.models import Clinic
from patients.models import Patient
from scheduling import openings
from scheduling.models import AppointmentType, Kind, Resource
from scheduling.openings import Choice, Span
from scheduling.services import diaries
from scheduling.services.refusals import UNKNOWN

ANY = "any"
LONGEST_SEARCH = timedelta(days=62)


def availability(
    type_id: UUID,
    *,
    by: Access,
    start: datetime | None = None,
    end: datetime | None = None,
    therapist: UUID | str | None = None,
    room: UUID | str | None = None,
    device: UUID | str | None = None,
    patient: UUID | None = None,
    minutes: int | None = None,
    exactly: bool = False,
    now: datetime | None = None,
) -> list[Choice]:
    """Return every quarter of an hour from `start` (now) to `end` (two weeks later) at which such a visit could begin.

    Of each kind a resource, ANY of them, or None of the kind; when none is asked for, any therapist. With `patient`, only
    when they are free too. `exactly` asks for `start` itself and nothing else. Raises ValidationError at the parameter.
    """
    now = now or timezone.now()
    begin = start if start and exactly else max(start or now, now)
    if begin > now + diaries.FURTHEST:
        raise ValidationError({"from": [_("That is too far ahead.")]})
    within = Span(begin, min(end or begin + timedelta(days=14), begin + LONGEST_SEARCH))
    kind = AppointmentType.objects.for_clinic(by).filter(pk=type_id, active=True).first()
    if kind is None:
        raise ValidationError({"type": [UNKNOWN["type"]]})
    if patient and not Patient.objects.visible_to(by).filter(pk=patient).exists():
        raise ValidationError({"patient": [UNKNOWN["patient"]]})
    asked = {Kind.THERAPIST: therapist, Kind.ROOM: room, Kind.DEVICE: device}
    if not any(asked.values()):
        asked[Kind.THERAPIST] = ANY
    resources = list(Resource.objects.for_clinic(by).bookable())
    wish = [wanted(kind, which, resources) for kind, which in asked.items() if which]
    minutes = minutes or kind.minutes
    if exactly:
        within = openings.span_of(begin, minutes)
    if within.start >= within.end:
        return []
    used = {pk for would_do in wish for pk in would_do}
    clinic = Clinic.objects.get(pk=by.clinic_id)
    diary = diaries.read_diary(
        clinic, (row for row in resources if row.pk in used), within, patient_id=patient
    )
    if exactly:
        places = diary.free(within, wish)
        return [] if places is None else [Choice(*within, places)]
    return openings.free_starts(diary, wish, minutes, within)


def wanted(kind: str, which: UUID | str, resources: Iterable[Resource]) -> list[UUID]:
    """Return the resources of a kind that would do. Raises ValidationError at the kind."""
    found = [row.pk for row in resources if row.kind == kind and which in (ANY, row.pk)]
    if which != ANY and not found:
        raise ValidationError({kind: [UNKNOWN["resources"]]})
    return found
