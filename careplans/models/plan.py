"""The care plan: versions, phases, what is done in the clinic and at home, goals.

Each version is a CarePlan row of its own with its own tree; `lineage_id` ties the versions of a plan, and of each item,
together. What is signed is frozen by triggers (migration 0002) but for the few state columns named there.
"""

from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from clinic.access import Access
from clinic.ids import uuid7
from clinic.models import ClinicModel, track
from clinic.walls import SameClinic
from patients.models import PatientOwnedQuerySet, Side


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    ON_HOLD = "on-hold", _("On hold")
    COMPLETED = "completed", _("Completed")
    REVOKED = "revoked", _("Revoked")
    SUPERSEDED = "superseded", _("Superseded")


RUNNING = (PlanStatus.ACTIVE, PlanStatus.ON_HOLD)  # signed, and neither replaced nor ended


class ItemStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")


class Assistance(models.TextChoices):
    """How much of a movement the patient does, from least to most."""

    PASSIVE = "passive", _("Passive: moved by a person or a device")
    BY_CARER = "by-carer", _("With a carer’s help")
    ACTIVE_ASSISTED = "active-assisted", _("Active, helping along")
    ACTIVE = "active", _("Active, without help")


class CarePlanQuerySet(PatientOwnedQuerySet):
    def visible_to(self, who: Access) -> Self:
        """As for any row of a patient; patients themselves see only what was signed."""
        seen = super().visible_to(who)
        return seen if who.member_id is not None else seen.exclude(signed_at=None)

    def running(self) -> Self:
        return self.filter(status=PlanStatus.ACTIVE)

    def without_weight(self) -> Self:
        """Leave out what is long and shown of one plan at most: its findings, the text of its protocol."""
        return self.defer("findings", "overrides", "protocol_text")

    def with_tree(self) -> Self:
        """Fetch the whole tree in a fixed number of queries: plan, diagnoses, goals, phases, clinic, home."""
        return self.select_related("protocol").prefetch_related(
            "plan_diagnoses", "goals", "phases__clinic_items", "phases__home_items__exercise"
        )

    def with_summary(self) -> Self:
        """Fetch what a list says of each plan, in one query."""
        diagnoses = PlanDiagnosis.objects.filter(plan=OuterRef("pk")).order_by("id")
        return (
            self.select_related("protocol", "signed_by__user")
            .defer("protocol__data")
            .annotate(diagnosis_ids=ArraySubquery(diagnoses.values("diagnosis_id")))
        )

    def with_content(self) -> Self:
        """Fetch each plan with its whole tree in one query, as JSON rows; `services.trees.tree` shapes them."""
        return self.with_summary().annotate(**PARTS)


def _rows(table: str, row: str = "to_jsonb(part)", join: str = "") -> RawSQL:
    """Return a plan's rows of one kind, in their order, as JSON objects with the names of the columns."""
    sql = (
        f"ARRAY(SELECT {row} FROM {table} part {join} WHERE part.plan_id = careplans_careplan.id"  # noqa: S608
        ' ORDER BY part."order", part.id)'
    )
    return RawSQL(sql, (), output_field=ArrayField(models.JSONField()))  # noqa: S611 (no word of it comes from outside)


# Plain SQL, because the ORM takes 5 ms to say the same: more than the query.
PARTS = {
    "goal_rows": _rows("careplans_goal"),
    "phase_rows": _rows("careplans_phase"),
    "clinic_rows": _rows("careplans_clinicprescription"),
    "home_rows": _rows(
        "careplans_homeprescription",
        "to_jsonb(part) || jsonb_build_object('exercise_slug', exercise.slug)",
        "JOIN catalogue_exercise exercise ON exercise.id = part.exercise_id",
    ),
}


@track
class CarePlan(ClinicModel):
    """One version of a patient's plan. `revision` rises with every save of the draft and is its ETag."""

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="plans")
    lineage_id = models.UUIDField(default=uuid7, editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    status = models.CharField(max_length=12, choices=PlanStatus, default=PlanStatus.DRAFT)
    protocol = models.ForeignKey(
        "catalogue.Protocol", models.PROTECT, null=True, blank=True, related_name="+"
    )
    protocol_text = models.JSONField(
        default=dict, blank=True
    )  # name and version as used, kept with what is signed
    start_date = models.DateField(null=True, blank=True)
    daily_minutes_max = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # of home exercise, before it is too much for this patient; none: the usual (load.py)
    current_phase = models.ForeignKey("Phase", models.PROTECT, null=True, blank=True, related_name="+")
    amend_reason = models.CharField(max_length=500, blank=True)
    status_reason = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    signed_by = models.ForeignKey(
        "clinic.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_for = models.UUIDField(
        null=True, blank=True, editable=False
    )  # the record then; it may be merged since
    overrides = models.JSONField(default=dict, blank=True)
    findings = models.JSONField(default=list, blank=True)  # as they stood at signing
    content_sha256 = models.CharField(max_length=64, blank=True)

    # what `with_summary` and `with_content` fetch beside the row
    diagnosis_ids: list[UUID]
    goal_rows: list[dict[str, Any]]
    phase_rows: list[dict[str, Any]]
    clinic_rows: list[dict[str, Any]]
    home_rows: list[dict[str, Any]]

    objects = CarePlanQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="careplan_patient_same_clinic"),
            SameClinic("replaces", name="careplan_replaces_same_clinic"),
            SameClinic("created_by", name="careplan_creator_same_clinic"),
            SameClinic("signed_by", name="careplan_signer_same_clinic"),
            models.UniqueConstraint(fields=["lineage_id", "version"], name="careplan_version_once"),
            models.UniqueConstraint(
                fields=["lineage_id"],
                condition=Q(status__in=["active", "on-hold"]),
                name="careplan_one_running_version",
            ),
            models.UniqueConstraint(
                fields=["lineage_id"], condition=Q(status="draft"), name="careplan_one_draft"
            ),
            models.CheckConstraint(
                name="careplan_daily_minutes",
                condition=Q(daily_minutes_max=None) | Q(daily_minutes_max__range=(5, 240)),
            ),
            models.CheckConstraint(
                name="careplan_signed_unless_draft",
                condition=Q(status="draft", signed_at=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False, start_date__isnull=False)
                & ~Q(content_sha256=""),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "status"], name="careplan_by_patient"),
            models.Index(fields=["clinic", "status", "-updated_at"], name="careplan_by_status"),
        ]

    @property
    def is_draft(self) -> bool:
        return self.status == PlanStatus.DRAFT

    @property
    def etag(self) -> str:
        return f'"{self.pk}-{self.revision}"'


class PlanPart(ClinicModel):
    """A row of a plan's tree; the plan is a column on it, so that freezing and reading need no joins."""

    plan = models.ForeignKey(CarePlan, models.CASCADE)

    class Meta(ClinicModel.Meta):
        abstract = True


@track
class PlanDiagnosis(PlanPart):
    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="plan_diagnoses")
    diagnosis = models.ForeignKey("patients.Diagnosis", models.PROTECT, related_name="+")

    class Meta(PlanPart.Meta):
        abstract = False
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("plan", name="plandiagnosis_plan_same_clinic"),
            SameClinic("diagnosis", name="plandiagnosis_diag_same_clinic"),
            models.UniqueConstraint(fields=["plan", "diagnosis"], name="plandiagnosis_once"),
        ]


@track
class Goal(PlanPart):
    """What the patient wants to be able to do, tied to a measure where there is one.

    `gas` says what much less, less, as, more and much more than expected would be (-2 to +2, goal attainment scaling), or
    nothing; `weight` is importance times difficulty, each 0 to 3 (Kiresuk and Sherman 1968).
    """

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="goals")
    order = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(max_length=500)
    measure = models.ForeignKey("catalogue.Measure", models.PROTECT, null=True, blank=True, related_name="+")
    benefit = models.CharField(max_length=30, blank=True)
    baseline = models.CharField(max_length=30, null=True, blank=True)
    target = models.CharField(max_length=30, null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    gas = ArrayField(models.CharField(max_length=200, blank=True), default=list, blank=True)
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta(PlanPart.Meta):
        abstract = False
        ordering = ["order", "id"]
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("plan", name="goal_plan_same_clinic"),
            models.CheckConstraint(name="goal_levels", condition=Q(gas__len=0) | Q(gas__len=5)),
            models.CheckConstraint(name="goal_weight", condition=Q(weight__lte=9)),
        ]


@track
class Phase(PlanPart):
    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="phases")
    order = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=150)
    weeks = models.DecimalField(max_digits=4, decimal_places=1)
    entry = models.TextField(max_length=2000, blank=True)
    progress_when = models.TextField(max_length=2000, blank=True)
    education = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta(PlanPart.Meta):
        abstract = False
        ordering = ["order", "id"]
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("plan", name="phase_plan_same_clinic"),
            models.CheckConstraint(name="phase_weeks", condition=Q(weeks__gt=0, weeks__lte=104)),
        ]


@track
class ClinicPrescription(PlanPart):
    """A modality given in the clinic: where, in which dose (checked against the modality's parameters), how often."""

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="clinic_items")
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="clinic_items")
    order = models.PositiveSmallIntegerField(default=1)
    lineage_id = models.UUIDField(default=uuid7)
    modality = models.ForeignKey("catalogue.Modality", models.PROTECT, related_name="+")
    sites = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    dosage = models.JSONField(default=dict, blank=True)
    minutes = models.PositiveSmallIntegerField()
    visits_per_week = models.DecimalField(max_digits=4, decimal_places=2)  # 0.25 is once in four weeks
    note = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=8, choices=ItemStatus, default=ItemStatus.ACTIVE)
    status_reason = models.CharField(max_length=500, blank=True)

    class Meta(PlanPart.Meta):
        abstract = False
        ordering = ["order", "id"]
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("plan", name="clinicrx_plan_same_clinic"),
            SameClinic("phase", name="clinicrx_phase_same_clinic"),
            models.UniqueConstraint(fields=["plan", "lineage_id"], name="clinicrx_lineage_once"),
            models.CheckConstraint(
                name="clinicrx_visits", condition=Q(visits_per_week__gt=0, visits_per_week__lte=14)
            ),
        ]


@track
class HomePrescription(PlanPart):
    """An exercise done at home. `days_of_week` 1 is Monday; `times` are the patient's wall clock; side none is both or no side."""

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="home_items")
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="home_items")
    order = models.PositiveSmallIntegerField(default=1)
    lineage_id = models.UUIDField(default=uuid7)
    exercise = models.ForeignKey("catalogue.Exercise", models.PROTECT, related_name="+")
    side = models.CharField(
        max_length=5,
        choices=[(Side.LEFT.value, Side.LEFT.label), (Side.RIGHT.value, Side.RIGHT.label)],
        null=True,
        blank=True,
    )
    assistance = models.CharField(max_length=16, choices=Assistance, blank=True, default="")
    sets = models.PositiveSmallIntegerField()
    reps = models.PositiveSmallIntegerField()
    hold_s = models.PositiveSmallIntegerField()
    rest_s = models.PositiveSmallIntegerField()
    days_of_week = ArrayField(models.PositiveSmallIntegerField())
    times = ArrayField(models.TimeField())
    note = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=8, choices=ItemStatus, default=ItemStatus.ACTIVE)
    status_reason = models.CharField(max_length=500, blank=True)

    class Meta(PlanPart.Meta):
        abstract = False
        ordering = ["order", "id"]
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("plan", name="homerx_plan_same_clinic"),
            SameClinic("phase", name="homerx_phase_same_clinic"),
            models.UniqueConstraint(fields=["plan", "lineage_id"], name="homerx_lineage_once"),
            models.CheckConstraint(
                name="homerx_days",
                condition=Q(days_of_week__len__gte=1, days_of_week__contained_by=[1, 2, 3, 4, 5, 6, 7]),
            ),
            models.CheckConstraint(name="homerx_times", condition=Q(times__len__gte=1, times__len__lte=20)),
        ]


class DraftStep(ClinicModel):
    """A draft's content as it was at a revision, to go back to; `undone`: what going back left, to go forward to again.

    Steps end with the draft: signing or discarding it removes them.
    """

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="steps")
    revision = models.PositiveIntegerField()
    content = models.JSONField()
    undone = models.BooleanField(default=False)
    made_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(ClinicModel.Meta):
        abstract = False
        ordering = ["-revision"]
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("plan", name="draftstep_plan_same_clinic"),
            SameClinic("made_by", name="draftstep_maker_same_clinic"),
            models.UniqueConstraint(fields=["plan", "revision"], name="draftstep_revision_once"),
        ]
