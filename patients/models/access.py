"""Who opened a record, and the codes by which patients come in."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.access import Access
from clinic.ids import uuid7
from clinic.models import ClinicModel
from clinic.walls import SameClinic
from patients.models.people import Patient
from patients.models.record import PatientOwnedQuerySet


class ChartReadQuerySet(PatientOwnedQuerySet):
    def visible_to(self, who: Access) -> Self:
        if who.is_patient:
            return self.for_clinic(who).about(who.patient_id)
        return super().visible_to(who)

    def about(self, patient: Patient | UUID | None) -> Self:
        """Return who opened a patient's record, or one that was merged into it: a log is never rewritten."""
        return self.filter(Q(patient=patient) | Q(patient__merged_into=patient))


class ChartRead(ClinicModel):
    """Somebody opened a patient's record: who, when, what part, in which request. Append only."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="chart_reads")
    user = models.ForeignKey("clinic.User", models.PROTECT, related_name="+")
    what = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    request_id = models.CharField(max_length=64, blank=True)

    objects = ChartReadQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="chartread_patient_same_clinic"),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-at"], name="chartread_by_patient")]


class SignInCode(models.Model):
    """A one-time code sent to an address. It belongs to the address, not to a clinic; address and code are kept hashed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address_hash = models.CharField(max_length=64, db_index=True)
    code_hash = models.CharField(max_length=128)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(name="code_bears_5_tries", condition=Q(wrong_tries__lte=5))]
