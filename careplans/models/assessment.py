"""An assessment and what is measured at it. A signed one is sealed by triggers; corrections are addenda."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import ClinicModel, track
from clinic.walls import SameClinic
from patients.models import EnteredModel, EnteredQuerySet


class AssessmentKind(models.TextChoices):
    INITIAL = "initial", _("Initial")
    REVIEW = "review", _("Review")
    DISCHARGE = "discharge", _("Discharge")


@track
class Assessment(EnteredModel):
    """What was asked and found on a day.

    `red_flags` are answers by id of the catalogue: yes, no, or None for "not sure". `body_chart` is a list of
    {"region", "kind", "intensity", …}. `revision` rises with every save of the draft and is its ETag. `typed` is what stands on the
    form of a draft and is no value yet, by field: half of a pair, a slip of the finger, the conditions of values to come.
    """

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="assessments")
    kind = models.CharField(_("kind"), max_length=10, choices=AssessmentKind)
    red_flags = models.JSONField(_("red flags"), default=dict, blank=True)
    red_flag_action = models.CharField(_("what was done about a red flag"), max_length=1000, blank=True)
    body_chart = models.JSONField(_("body chart"), default=list, blank=True)
    notes = models.TextField(_("notes"), max_length=20_000, blank=True)
    typed = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    signed_by = models.ForeignKey(
        "clinic.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)

    class Meta(EnteredModel.Meta):
        abstract = False
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="assessment_patient_same_clinic"),
            SameClinic("entered_by", name="assessment_by_same_clinic"),
            SameClinic("signed_by", name="assessment_signer_same_clinic"),
            models.CheckConstraint(
                name="assessment_signed_by_somebody",
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-entered_at"], name="assessment_by_patient")]

    @property
    def etag(self) -> str:
        return f'"{self.revision}"'


@track
class Addendum(ClinicModel):
    """What is added to a signed assessment, and by whom. Append only."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="addenda")
    text = models.CharField(_("text"), max_length=5000)
    by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(ClinicModel.Meta):
        ordering = ["at", "id"]
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("assessment", name="addendum_assessment_same_clinic"),
            SameClinic("by", name="addendum_by_same_clinic"),
        ]


class BodySide(models.TextChoices):
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")


class MeasurementSource(models.TextChoices):
    """Who rated it."""

    CLINICIAN = "clinician", _("Clinician")
    PATIENT = "patient", _("Patient")


class MeasurementQuerySet(EnteredQuerySet):
    def standing(self) -> Self:
        """Leave out what was struck through, by itself or with its assessment."""
        return self.filter(Q(assessment=None) | Q(assessment__voided_at=None), voided_at=None)


@track
class Measurement(EnteredModel):
    """One value of one measure: `value` as it is kept (a grade by name), `number` for charts and change.

    `site` is what the measure is recorded for: a body region, muscle group or joint. `conditions` are `position`,
    `hours_since_dose` (of the last antispastic dose) and `rater`.
    """

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="measurements")
    assessment = models.ForeignKey(
        Assessment, models.CASCADE, null=True, blank=True, related_name="measurements"
    )
    measure = models.ForeignKey("catalogue.Measure", models.PROTECT, related_name="+")
    value = models.JSONField(_("value"))
    number = models.FloatField()
    site = models.CharField(_("site"), max_length=60, blank=True)
    side = models.CharField(_("side"), max_length=5, blank=True)
    motion = models.CharField(_("motion"), max_length=40, blank=True)
    inputs = models.JSONField(_("inputs"), default=dict, blank=True)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    measured_at = models.DateTimeField(_("measured"), default=timezone.now)
    source = models.CharField(_("rated by"), max_length=10, choices=MeasurementSource)

    objects = MeasurementQuerySet.as_manager()

    class Meta(EnteredModel.Meta):
        abstract = False
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="measurement_patient_same_clinic"),
            SameClinic("assessment", name="measurement_assessment_same_clinic"),
            SameClinic("entered_by", name="measurement_by_same_clinic"),
            models.CheckConstraint(name="measurement_side", condition=Q(side__in=["", *BodySide.values])),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "measure", "measured_at"], name="measurement_by_patient"
            )
        ]
