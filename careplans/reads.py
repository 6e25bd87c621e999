"""Who opened whose plan: a line in the patient's record, written after the answer so that a refusal does not undo it."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest

from clinic.logs import work_id
from patients.models import ChartRead


def note_read(request: HttpRequest, patient_id: UUID, what: str) -> None:
    """Remember that the caller opened `what` of a patient."""
    who = request.membership
    request.afterwards.append(
        partial(
            ChartRead.objects.create,
            clinic_id=who.clinic_id,
            patient_id=patient_id,
            user_id=who.user_id,
            what=what,
            request_id=work_id(),
        )
    )
