"""What follows here from what happens below."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.signals import next_visit_asked
from clinic.access import Access
from clinic.models import Membership
from clinic.signals import member_left
from patients.models import Patient
from patients.signals import patient_left, visits_asked
from scheduling.models import Appointment, Resource
from scheduling.services.steps import STEPS, cancel


@receiver(member_left)
def take_out_of_use(sender: Any, member: Membership, **_kwargs: Any) -> None:
    """Offer nobody who left. What is booked with them stays in the calendar, to be moved."""
    rows = Resource.objects.for_clinic(member.clinic_id).filter(member=member, active=True)
    for row in rows.select_for_update(no_key=True).order_by("pk"):
        row.active = False
        row.save(update_fields=["active"])


@receiver(patient_left)
def call_off(sender: Any, patient: Patient, by: Access, **_kwargs: Any) -> None:
    """Free the time of somebody who died. Who only left may still come: the desk decides about those visits."""
    if patient.deceased_on is None:
        return
    for pk in _to_come(patient).order_by("pk").values_list("pk", flat=True):
        cancel(pk, by=by, reason=_("The patient died."))


@receiver(visits_asked)
def visits_to_come(sender: Any, patient: Patient, **_kwargs: Any) -> int:
    return _to_come(patient).count()


@receiver(next_visit_asked)
def next_visit(sender: Any, patient: Patient, **_kwargs: Any) -> datetime | None:
    coming = Appointment.objects.for_clinic(patient.clinic_id).filter(
        patient=patient, span__endswith__gt=timezone.now()
    )
    return coming.holding().order_by("starts_at").values_list("starts_at", flat=True).first()


def _to_come(patient: Patient) -> QuerySet[Appointment]:
    coming = Appointment.objects.for_clinic(patient.clinic_id).filter(
        patient=patient, starts_at__gt=timezone.now()
    )
    return coming.filter(status__in=STEPS["cancel"].possible)
