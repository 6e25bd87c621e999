"""Who opened whose record: a line written after the answer, so that a refusal does not undo it."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest

from clinic.logs import work_id
from patients.models import ChartRead, Patient


def log_read(request: HttpRequest, patient: Patient | UUID, what: str) -> None:
    """Remember that the caller opened a part of a patient's record: "chart", "safety", "diagnoses" …"""
    who = request.membership
    request.afterwards.append(
        partial(
            ChartRead.objects.create,
            clinic_id=who.clinic_id,
            patient_id=getattr(patient, "pk", patient),
            user_id=who.user_id,
            what=what,
            request_id=work_id(),
        )
    )
