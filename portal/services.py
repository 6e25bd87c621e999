"""What the portal shows of the apps below, in plain words."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import Clinic, Membership
from patients.models import ChartRead, Patient
from reminders.models import Preference
from reminders.services import promise_anew
from scheduling.models import Appointment, Status

EXPECTED = (Status.BOOKED, Status.CONFIRMED)  # what a visit to come usually is, so that it need not be said


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


def next_visit(patient: Patient) -> dict[str, Any] | None:
    """Return the next visit to come, or None."""
    coming = Appointment.objects.filter(patient=patient, span__endswith__gt=timezone.now()).holding()
    visit = coming.select_related("type").order_by("span").first()
    return as_visit(visit) if visit else None


def as_visit(visit: Appointment) -> dict[str, Any]:
    return {
        "id": str(visit.pk),
        "type": visit.type.name,
        "start": timezone.localtime(visit.start),
        "end": timezone.localtime(visit.end),
        "minutes": visit.minutes,
        "status": visit.status,
        "said": "" if visit.status in EXPECTED else visit.get_status_display(),
    }


def advice(clinic: Clinic) -> dict[str, str]:
    return {
        "text": _("Stop and call the clinic if an exercise makes your pain clearly worse."),
        "phone": clinic.phone,
        "emergency_number": clinic.emergency_number,
    }


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
