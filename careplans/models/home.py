"""What happens at home: exercise logs, the diary, stops. Written by phones that may be offline and may send twice."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.models import ClinicModel, track
from clinic.walls import SameClinic
from patients.models import PatientOwnedQuerySet

_TEN = [MaxValueValidator(10)]


class SyncEvent(ClinicModel):
    """One event a phone sent. Its id was made on the phone and is unique per patient: a second copy is a duplicate."""

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="sync_events")
    event_id = models.UUIDField()
    type = models.CharField(max_length=10)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientOwnedQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="syncevent_patient_same_clinic"),
            models.UniqueConstraint(fields=["clinic", "patient", "event_id"], name="syncevent_once"),
        ]


@track
class ExerciseLog(ClinicModel):
    """One exercise done (or stopped) in one session of one local day. Counts by `lineage_id` across plan versions."""

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="exercise_logs")
    event = models.OneToOneField(SyncEvent, models.PROTECT, null=True, related_name="log")
    prescription = models.ForeignKey("careplans.HomePrescription", models.PROTECT, related_name="logs")
    lineage_id = models.UUIDField()
    day = models.DateField()
    session = models.TimeField()
    occurred_at = models.DateTimeField()
    sets_done = models.PositiveSmallIntegerField(default=0)
    pain_before = models.PositiveSmallIntegerField(null=True, blank=True, validators=_TEN)
    pain_after = models.PositiveSmallIntegerField(null=True, blank=True, validators=_TEN)
    too_painful = models.BooleanField(default=False)
    note = models.CharField(max_length=1000, blank=True)

    objects = PatientOwnedQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="exerciselog_patient_same_clinic"),
            SameClinic("prescription", name="exerciselog_rx_same_clinic"),
            models.CheckConstraint(
                name="exerciselog_pain_0_to_10",
                condition=(Q(pain_before=None) | Q(pain_before__lte=10))
                & (Q(pain_after=None) | Q(pain_after__lte=10)),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "-day"], name="exerciselog_by_day"),
            models.Index(fields=["clinic", "lineage_id", "-day"], name="exerciselog_by_lineage"),
        ]


@track
class DiaryEntry(ClinicModel):
    """A patient's day. `told_at` keeps, for each field, when it was said: a later word wins, field by field."""

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="diary")
    day = models.DateField()
    pain = models.PositiveSmallIntegerField(null=True, blank=True, validators=_TEN)
    spasm_count = models.PositiveSmallIntegerField(null=True, blank=True)
    spasm_severity = models.PositiveSmallIntegerField(null=True, blank=True, validators=_TEN)
    sleep = models.PositiveSmallIntegerField(null=True, blank=True, validators=_TEN)
    medication_taken = models.BooleanField(null=True, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    told_at = models.JSONField(default=dict)

    objects = PatientOwnedQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="diary_patient_same_clinic"),
            models.UniqueConstraint(fields=["clinic", "patient", "day"], name="diary_one_a_day"),
            models.CheckConstraint(
                name="diary_0_to_10",
                condition=(Q(pain=None) | Q(pain__lte=10))
                & (Q(spasm_severity=None) | Q(spasm_severity__lte=10))
                & (Q(sleep=None) | Q(sleep__lte=10)),
            ),
        ]


@track
class StopReport(ClinicModel):
    """A patient stopped because of a stop cue or a red flag; stays open until somebody of the staff has seen to it."""

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="stop_reports")
    event = models.OneToOneField(SyncEvent, models.PROTECT, null=True, related_name="stop")
    prescription = models.ForeignKey(
        "careplans.HomePrescription", models.PROTECT, null=True, blank=True, related_name="+"
    )
    cue = models.CharField(max_length=60)
    note = models.CharField(max_length=1000, blank=True)
    occurred_at = models.DateTimeField()
    seen_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = PatientOwnedQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="stopreport_patient_same_clinic"),
            SameClinic("prescription", name="stopreport_rx_same_clinic"),
            SameClinic("seen_by", name="stopreport_seer_same_clinic"),
        ]
        indexes = [
            models.Index(fields=["clinic", "-occurred_at"], name="stopreport_open", condition=Q(seen_at=None))
        ]
