"""What is stated about a patient: safety facts and answers, diagnoses, medicines, what was done elsewhere."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.knowledge import knowledge
from clinic.access import Access
from clinic.models import ClinicModel, ClinicQuerySet, track
from clinic.walls import SameClinic
from patients import screening
from patients.models.people import Patient


class Side(models.TextChoices):
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    BOTH = "both", _("Both sides")
    MIDLINE = "midline", _("Middle")


class PatientOwnedQuerySet(ClinicQuerySet):
    """Rows about a patient: seen by whoever sees the patient."""

    def visible_to(self, who: Access) -> Self:
        ours = self.for_clinic(who)
        if who.member_id is not None and who.sees_all_patients:
            return ours
        return ours.filter(patient__in=Patient.objects.visible_to(who).values("pk"))


class EnteredQuerySet(PatientOwnedQuerySet):
    def standing(self) -> Self:
        """Leave out what was entered in error and struck through."""
        return self.filter(voided_at=None)


class EnteredModel(ClinicModel):
    """A clinical statement: never deleted, struck through with a reason when it was entered in error."""

    entered_by = models.ForeignKey(
        "clinic.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    objects = EnteredQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        abstract = True


class SafetyFlagQuerySet(EnteredQuerySet):
    def active(self, today: date | None = None) -> Self:
        """Return flags that count today: begun, not ended, not struck through, not past their catalogue `expires_days`."""
        today = today or timezone.localdate()
        lasts = models.ExpressionWrapper(
            Coalesce("renewed_on", "since") + F("flag__expires_days"), output_field=models.DateField()
        )
        return (
            self.standing()
            .filter(since__lte=today)
            .filter(Q(until=None) | Q(until__gt=today))
            .alias(lasts_until=lasts)
            .filter(Q(flag__expires_days=None) | Q(lasts_until__gte=today))
        )


@track
class SafetyFlag(EnteredModel):
    """A fact that makes some treatments unsafe: a catalogue flag, where it lies, from when until when.

    `renewed_on` is the last day on which somebody found it still so: `expires_days` count from there.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="flags")
    flag = models.ForeignKey("catalogue.Flag", models.PROTECT, related_name="+")
    regions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    note = models.CharField(max_length=500, blank=True)
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)
    renewed_on = models.DateField(null=True, blank=True)

    objects = SafetyFlagQuerySet.as_manager()

    class Meta(EnteredModel.Meta):
        abstract = False
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="safetyflag_patient_same_clinic"),
            SameClinic("entered_by", name="safetyflag_by_same_clinic"),
            models.CheckConstraint(
                name="safetyflag_until_after_since", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "flag"], name="safetyflag_by_patient")]

    @property
    def expires_on(self) -> date | None:
        """The last day on which it counts without being renewed."""
        return screening.expires(
            self.renewed_on or self.since, knowledge().flags[self.flag_id].get("expires_days")
        )

    def counts_on(self, day: date) -> bool:
        days = knowledge().flags[self.flag_id].get("expires_days")
        return self.voided_at is None and screening.is_running(self, days, day)


@track
class SafetyAnswer(ClinicModel):
    """One answer to one question of the safety screen; the latest of a flag counts. `present` None is "not sure"."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="safety_answers")
    flag = models.ForeignKey("catalogue.Flag", models.PROTECT, related_name="+")
    present = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(default=timezone.localdate)
    answered_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)

    objects = PatientOwnedQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="safetyanswer_patient_same_clinic"),
            SameClinic("answered_by", name="safetyanswer_by_same_clinic"),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "flag", "-answered_at"], name="safetyanswer_latest")
        ]


class DiagnosisStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    RESOLVED = "resolved", _("Resolved")


@track
class Diagnosis(EnteredModel):
    """A nerve disorder of the catalogue's five families: subtype, ICD-10 code, side, level and what the family asks for."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="diagnoses")
    condition = models.ForeignKey("catalogue.Condition", models.PROTECT, related_name="+")
    icd10 = models.CharField(max_length=10, blank=True)
    side = models.CharField(max_length=10, choices=Side, null=True, blank=True)
    level = models.CharField(max_length=10, null=True, blank=True)
    qualifiers = models.JSONField(default=dict, blank=True)
    onset_date = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=DiagnosisStatus, default=DiagnosisStatus.ACTIVE)

    class Meta(EnteredModel.Meta):
        abstract = False
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="diagnosis_patient_same_clinic"),
            SameClinic("entered_by", name="diagnosis_by_same_clinic"),
        ]
        indexes = [models.Index(fields=["clinic", "patient"], name="diagnosis_by_patient")]


class DrugClass(models.TextChoices):
    """What a medicine is for, as far as it matters to spasm and pain."""

    MUSCLE_RELAXANT = "muscle-relaxant", _("Muscle relaxant")
    NEUROPATHIC_PAIN = "neuropathic-pain", _("Neuropathic pain")
    ANTI_INFLAMMATORY = "anti-inflammatory", _("Anti-inflammatory")
    PAINKILLER = "painkiller", _("Painkiller")
    OPIOID = "opioid", _("Opioid")
    OTHER = "other", _("Other")


@track
class Medication(EnteredModel):
    """A medicine somebody takes: `dose` in `unit`, `per_day` times a day, from `started_on` to `stopped_on` (its last day)."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="medications")
    name = models.CharField(_("medicine"), max_length=120)
    drug_class = models.CharField(_("class"), max_length=20, choices=DrugClass, default=DrugClass.OTHER)
    dose = models.DecimalField(_("dose"), max_digits=9, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=20, default="mg")
    per_day = models.DecimalField(_("times a day"), max_digits=5, decimal_places=2)
    started_on = models.DateField(_("from"), null=True, blank=True)
    stopped_on = models.DateField(_("until"), null=True, blank=True)

    class Meta(EnteredModel.Meta):
        abstract = False
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="medication_patient_same_clinic"),
            SameClinic("entered_by", name="medication_by_same_clinic"),
            models.CheckConstraint(name="medication_has_a_dose", condition=Q(dose__gt=0, per_day__gt=0)),
            models.CheckConstraint(
                name="medication_stops_after_start",
                condition=Q(started_on=None) | Q(stopped_on=None) | Q(stopped_on__gte=F("started_on")),
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient"], name="medication_by_patient")]

    @property
    def amounts(self) -> tuple[str, str]:
        """Dose and times a day as people write them: 10 and 2.5, not 10.000 and 2.50."""
        return f"{self.dose.normalize():f}", f"{self.per_day.normalize():f}"

    def is_taken_on(self, day: date) -> bool:
        begun = self.started_on is None or self.started_on <= day
        return self.voided_at is None and begun and (self.stopped_on is None or day <= self.stopped_on)


class OutsideKind(models.TextChoices):
    """What can change spasm or pain and is not this clinic's doing."""

    BOTULINUM = "botulinum-toxin", _("Botulinum toxin")
    PUMP = "baclofen-pump", _("Baclofen pump: set in, refilled or dose changed")
    INJECTION = "injection", _("Injection or nerve block")
    SURGERY = "surgery", _("Surgery")
    RELAPSE = "relapse", _("Relapse or sudden worsening")
    HOSPITAL = "hospital", _("Stay in hospital")
    THERAPY = "therapy", _("Therapy elsewhere")
    OTHER = "other", _("Something else")


@track
class OutsideTreatment(EnteredModel):
    """What happened to a patient elsewhere, on a day or over a time: kept beside the measures, so that change is not
    credited to the plan. `regions` are those of the body chart."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="outside_treatments")
    kind = models.CharField(_("what"), max_length=20, choices=OutsideKind)
    began_on = models.DateField(_("on"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    regions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    detail = models.CharField(_("details"), max_length=500, blank=True)

    class Meta(EnteredModel.Meta):
        abstract = False
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="outsidetreatment_patient_same_clinic"),
            SameClinic("entered_by", name="outsidetreatment_by_same_clinic"),
            models.CheckConstraint(
                name="outsidetreatment_ends_after_start",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "-began_on"], name="outsidetreatment_by_patient")
        ]
