"""What can be booked, and what is booked. That nothing is booked twice is the database's promise (exclusion constraints)."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from clinic.access import Access
from clinic.models import ClinicModel, ClinicQuerySet, track
from clinic.walls import SameClinic
from patients.models import PatientOwnedQuerySet
from scheduling.openings import LONGEST


class Kind(models.TextChoices):
    THERAPIST = "therapist", _("Therapist")
    ROOM = "room", _("Room")
    DEVICE = "device", _("Device")


class Status(models.TextChoices):
    BOOKED = "booked", _("Booked")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    IN_TREATMENT = "in-treatment", _("In session")
    DONE = "done", _("Done")
    NO_SHOW = "no-show", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")
    UNPLACED = "unplaced", _("Without a place")


HOLDING = [
    Status.BOOKED,
    Status.CONFIRMED,
    Status.ARRIVED,
    Status.IN_TREATMENT,
    Status.DONE,
]  # these keep their time
HOLDING_VALUES = [status.value for status in HOLDING]


def starts_at() -> models.GeneratedField:
    """Make the column that finds rows by when they begin.

    Behind the wall PostgreSQL uses no index on `span` or lower(span): only comparisons of plain columns may look at a row
    before its policy does.
    """
    return models.GeneratedField(
        expression=Func(F("span"), function="lower"), output_field=models.DateTimeField(), db_persist=True
    )


def not_too_long(name: str) -> models.CheckConstraint:
    """Build the constraint by which whatever overlaps a moment begins at most 8 hours before it."""
    length = Func(F("span"), function="upper", output_field=models.DateTimeField()) - Func(
        F("span"), function="lower", output_field=models.DateTimeField()
    )
    return models.CheckConstraint(
        name=name, condition=LessThanOrEqual(length, models.Value(LONGEST, models.DurationField()))
    )


def one_at_a_time(name: str, *who: str, condition: Q, message: Any) -> ExclusionConstraint:
    """Build the constraint under which rows of the same `who` that meet `condition` never overlap in `span`."""
    return ExclusionConstraint(
        name=name,
        expressions=[*((field, RangeOperators.EQUAL) for field in who), ("span", RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_code="conflict",
        violation_error_message=message,
    )


@track
class AppointmentType(ClinicModel):
    """What people come for: first assessment, treatment, review; `minutes` is how long it usually takes."""

    code = models.SlugField(max_length=40)
    name = models.CharField(_("name"), max_length=100)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    active = models.BooleanField(default=True)

    class Meta(ClinicModel.Meta):
        ordering = ["code"]
        constraints = [
            *ClinicModel.Meta.constraints,
            models.UniqueConstraint(fields=["clinic", "code"], name="appointmenttype_code_once"),
            models.CheckConstraint(
                name="appointmenttype_minutes", condition=Q(minutes__gte=5, minutes__lte=480)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceQuerySet(ClinicQuerySet):
    def bookable(self) -> Self:
        return self.filter(active=True)


@track
class Resource(ClinicModel):
    """Something bookable. Of capacity n it has lanes 1 to n, so that a gym takes several people at once.

    `hours` is a week of [{"weekday": 1..7, "start": "HH:MM", "end": "HH:MM"}] in the clinic's zone; null is the clinic's own.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=12, blank=True)
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=1)
    hours = models.JSONField(_("hours"), null=True, blank=True)
    member = models.ForeignKey(
        "clinic.Membership", models.PROTECT, null=True, blank=True, related_name="resources"
    )
    equipment = models.CharField(
        _("equipment"), max_length=60, blank=True
    )  # a vocabulary id: what a device or room offers
    active = models.BooleanField(default=True)

    objects = ResourceQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        ordering = ["kind", "name"]
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("member", name="resource_member_same_clinic"),
            models.UniqueConstraint(fields=["clinic", "kind", "name"], name="resource_name_once"),
            models.CheckConstraint(name="resource_capacity", condition=Q(capacity__gte=1, capacity__lte=50)),
        ]

    def __str__(self) -> str:
        return self.name


@track
class Closure(ClinicModel):
    """Time in which nothing is offered (`extra` false: a holiday, an absence) or is offered besides the hours (`extra` true)."""

    resource = models.ForeignKey(Resource, models.CASCADE, null=True, blank=True, related_name="closures")
    span = DateTimeRangeField()
    extra = models.BooleanField(default=False)
    reason = models.CharField(max_length=150, blank=True)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("resource", name="closure_resource_same_clinic"),
            models.CheckConstraint(name="closure_span_not_empty", condition=Q(span__isempty=False)),
        ]


@track
class Series(ClinicModel):
    """Visits booked together, with the pattern they were planned by (wall clock and weekdays)."""

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="series")
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+")
    plan = models.ForeignKey(
        "careplans.CarePlan", models.PROTECT, null=True, blank=True, related_name="series"
    )
    pattern = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="series_patient_same_clinic"),
            SameClinic("type", name="series_type_same_clinic"),
            SameClinic("plan", name="series_plan_same_clinic"),
            SameClinic("created_by", name="series_creator_same_clinic"),
        ]


class AppointmentQuerySet(PatientOwnedQuerySet):
    def visible_to(self, who: Access) -> Self:
        """Return what `who` may see: staff their clinic's; a patient, only their own; an assistant those they treat."""
        return super().visible_to(who)

    def between(self, start: datetime | None, end: datetime | None) -> Self:
        """Return those that begin in [start, end), each end open where it is None."""
        found = self if start is None else self.filter(starts_at__gte=start)
        return found if end is None else found.filter(starts_at__lt=end)

    def for_answer(self) -> Self:
        """Fetch along what an answer shows: one query more, however many there are."""
        return self.select_related("type").prefetch_related(
            models.Prefetch("bookings", Booking.objects.order_by("pk"))
        )

    def holding(self) -> Self:
        return self.filter(status__in=HOLDING_VALUES)


@track
class Appointment(ClinicModel):
    """A patient's visit. `span` is UTC and half open, [start, end): the next may begin the minute this one ends.

    An unplaced one keeps the wished time in `span` and holds nothing.
    """

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="appointments")
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+")
    span = DateTimeRangeField()
    starts_at = starts_at()
    status = models.CharField(max_length=12, choices=Status, default=Status.BOOKED)
    plan = models.ForeignKey(
        "careplans.CarePlan", models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="appointments")
    override_hours_reason = models.CharField(max_length=300, blank=True)
    status_reason = models.CharField(max_length=300, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="appointment_patient_same_clinic"),
            SameClinic("type", name="appointment_type_same_clinic"),
            SameClinic("plan", name="appointment_plan_same_clinic"),
            SameClinic("series", name="appointment_series_same_clinic"),
            SameClinic("created_by", name="appointment_creator_same_clinic"),
            models.CheckConstraint(name="appointment_span_not_empty", condition=Q(span__isempty=False)),
            not_too_long("appointment_not_too_long"),
            one_at_a_time(
                "appointment_patient_one_at_a_time",
                "clinic",
                "patient",
                condition=Q(status__in=HOLDING_VALUES),
                message=_("This patient already has a visit then."),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="appointment_by_start"),
            models.Index(fields=["clinic", "patient", "status"], name="appointment_by_patient"),
            models.Index(fields=["clinic", "-updated_at"], name="appointment_by_update"),
        ]

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        return str(Status(self.status).label)  # Django's translates every label there is, for each row

    @property
    def start(self) -> datetime:
        return self.span.lower

    @property
    def end(self) -> datetime:
        return self.span.upper

    @property
    def minutes(self) -> int:
        return int((self.span.upper - self.span.lower).total_seconds() // 60)

    @property
    def holds_time(self) -> bool:
        return self.status in HOLDING_VALUES

    @property
    def resource_ids(self) -> list[UUID]:
        """What it has, or had before it was cancelled, in the order in which it was named."""
        return [booking.resource_id for booking in self.bookings.all()]


@track
class Booking(ClinicModel):
    """One appointment's hold on one lane of one resource.

    `span` and `active` follow the appointment inside one service; a deferred trigger refuses a transaction that lets them
    drift apart (migration 0002).
    """

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="bookings")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="bookings")
    lane = models.PositiveSmallIntegerField(default=1)
    span = DateTimeRangeField()
    starts_at = starts_at()
    active = models.BooleanField(default=True)  # false once cancelled: the time is free, the row stays

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("appointment", name="booking_appointment_same_clinic"),
            SameClinic("resource", name="booking_resource_same_clinic"),
            models.CheckConstraint(name="booking_span_not_empty", condition=Q(span__isempty=False)),
            not_too_long("booking_not_too_long"),
            models.UniqueConstraint(fields=["appointment", "resource"], name="booking_resource_once"),
            one_at_a_time(
                "booking_one_at_a_time",
                "clinic",
                "resource",
                "lane",
                condition=Q(active=True),
                message=_("This is already booked then."),
            ),
        ]
        indexes = [models.Index(fields=["clinic", "resource", "starts_at"], name="booking_by_start")]
