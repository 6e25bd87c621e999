"""What the portal shows of the apps below, in plain words."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Func, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from careplans.models import HomePrescription
from careplans.services.reference import local
from catalogue.knowledge import knowledge
from clinic.access import Access
from clinic.models import Clinic, Membership
from patients.models import ChartRead, Patient
from reminders.models import Preference
from reminders.services import promise_anew
from scheduling.models import Appointment, Status

EXPECTED = (Status.BOOKED, Status.CONFIRMED)  # what a visit to come usually is, so that it need not be said

DANGERS = ("danger-signs", "relapse-signs", "dysreflexia-plan")  # topics that say when to get help


def preferences(patient: Patient, clinic: Clinic) -> dict[str, Any]:
    kept = getattr(patient, "reminder_preference", None)
    quiet_from = (kept and kept.quiet_from) or clinic.quiet_from
    quiet_until = (kept and kept.quiet_until) or clinic.quiet_until
    return {
        "name": patient.name,
        "language": patient.language,
        "channels": (kept.channels if kept else None) or ["email", "sms"],
        "exercise_reminders": kept.exercise_reminders if kept else True,
        "quiet_from": f"{quiet_from:%H:%M}",
        "quiet_until": f"{quiet_until:%H:%M}",
    }


@transaction.atomic
def set_preferences(patient: Patient, told: dict[str, Any]) -> None:
    """Keep what the patient chose; what they did not mention stays."""
    if language := told.pop("language", None):
        patient.language = language
        patient.save(update_fields=["language", "updated_at"])
    if told:
        Preference.objects.update_or_create(
            patient=patient, defaults=told, create_defaults={"clinic_id": patient.clinic_id, **told}
        )
        promise_anew(patient)


def find(who: Access) -> Patient:
    """Return the patient who acts, with the next visit to come. One query."""
    coming = Appointment.objects.for_clinic(who).filter(
        patient=OuterRef("pk"), span__endswith__gt=timezone.now()
    )
    visit = JSONObject(
        id="pk", type="type__name", start="starts_at", end=Func("span", function="upper"), status="status"
    )
    first = coming.holding().order_by("starts_at").values(visit=visit)[:1]
    me = Patient.objects.visible_to(who).select_related("reminder_preference")
    return me.annotate(next_visit=Subquery(first)).get(pk=who.patient_id)


def exercise_of(patient: Patient, prescription: UUID) -> HomePrescription:
    """Return a home exercise of a signed plan of the patient's. Raises Http404 for anything else."""
    signed = HomePrescription.objects.for_clinic(patient.clinic_id).filter(
        plan__patient=patient, plan__signed_at__isnull=False
    )
    return get_object_or_404(signed.select_related("exercise"), pk=prescription)


def next_visit(patient: Any) -> dict[str, Any] | None:
    """Return the next visit to come of a patient whom `find` found, or None."""
    told = patient.next_visit
    if told is None:
        return None
    return _visit(
        told["id"],
        told["type"],
        datetime.fromisoformat(told["start"]),
        datetime.fromisoformat(told["end"]),
        Status(told["status"]),
    )


def as_visit(visit: Appointment) -> dict[str, Any]:
    return _visit(str(visit.pk), visit.type.name, visit.start, visit.end, Status(visit.status))


def _visit(pk: str, kind: str, start: datetime, end: datetime, status: Status) -> dict[str, Any]:
    return {
        "id": pk,
        "type": _(kind)
        if kind
        else "",  # those of a new clinic are in the catalogue of texts, others are its own words
        "start": timezone.localtime(start),
        "end": timezone.localtime(end),
        "minutes": int((end - start).total_seconds() // 60),
        "status": status.value,
        "day": _day(timezone.localtime(start).date()),
        "said": ""
        if status in EXPECTED
        else _("We missed you")
        if status == Status.NO_SHOW
        else status.label,
    }


def _day(day: date) -> str:
    """Return "Today", "Tomorrow", "Mon 23 Nov", with the year where it is not this year."""
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today + timedelta(days=1):
        return _("Tomorrow")
    return date_format(day, "D j M" if day.year == today.year else "D j M Y")


def advice(clinic: Clinic) -> dict[str, str]:
    """Return whom to call, and when, in words."""
    return {
        "text": _("Stop and call the clinic if an exercise makes your pain clearly worse."),
        "clinic": clinic.name,
        "phone": clinic.phone,
        "emergency_number": clinic.emergency_number,
    }


def danger_signs(education: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the signs that need a hospital, of the topics of a plan; without any, those that everybody should know."""
    taught = [topic["text"] for topic in education if topic["id"] in DANGERS]
    return taught or [local(knowledge().education_topics["danger-signs"]["text"])]


def access_log(reads: Iterable[ChartRead]) -> list[dict[str, Any]]:
    """Return who opened the record: the name staff go by, what they opened, when. Two queries."""
    reads = list(reads)
    members = Membership.objects.filter(user__in={read.user_id for read in reads}).select_related("user")
    names = {member.user_id: str(member) for member in members}
    return [
        {
            "who": names.get(read.user_id, _("You")),
            "what": _what(read.what),
            "at": timezone.localtime(read.at),
        }
        for read in reads
    ]


def _what(part: str) -> str:
    """Return what was opened in words for the patient."""
    said = {
        "record": _("Your record"),
        "safety": _("What makes treatments unsafe for you"),
        "diagnoses": _("Your diagnoses"),
        "plan": _("Your plan"),
    }
    return said.get(part, _("Your record"))
