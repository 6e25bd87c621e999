"""What the API takes and answers about the calendar. Answers are plain dicts, made by functions: lists are long."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.api import AwareDateTimeField, StrictSerializer
from patients.shapes import Choice as OneOf
from patients.shapes import Day, Text, Truth, Whole
from scheduling.models import Appointment, AppointmentType, Kind, Resource, Status
from scheduling.openings import LONGEST, Choice
from scheduling.services import ANY

Shown = dict[str, Any]
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_MINUTES = int(LONGEST.total_seconds() // 60)
MOST_PLACES, MOST_OCCURRENCES = 10, 100


# --- fields that take only what they are ----------------------------------------------------------------------------------
class Id(serializers.UUIDField):
    """An id; a number is none."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class IdOrAny(Id):
    def to_internal_value(self, data: Any) -> Any:
        return ANY if data == ANY else super().to_internal_value(data)


class Minutes(Whole):
    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=5, max_value=MOST_MINUTES, required=False, allow_null=True, **more)


@extend_schema_field({"type": "string", "pattern": f"^{CLOCK.pattern}$"})
class ClockTime(serializers.Field):
    """A time of day on the clinic's clock: "10:00"."""

    default_error_messages = {"invalid": _("Give a time such as 10:00.")}

    def to_internal_value(self, data: Any) -> time:
        if not isinstance(data, str) or not CLOCK.fullmatch(data):
            self.fail("invalid")
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> str:
        return f"{value:%H:%M}"


class Ids(serializers.ListField):
    def __init__(self, **more: Any) -> None:
        super().__init__(child=Id(), max_length=MOST_PLACES, **more)


class Reason(Text):
    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=300, **more)


# --- what can be booked ---------------------------------------------------------------------------------------------------
class AppointmentTypeShape(StrictSerializer):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    minutes = serializers.IntegerField()


class AppointmentTypesShape(StrictSerializer):
    results = AppointmentTypeShape(many=True)


def type_shape(kind: AppointmentType) -> Shown:
    return {"id": kind.pk, "code": kind.code, "name": kind.name, "minutes": kind.minutes}


class HoursShape(StrictSerializer):
    """An opening on one day of the week (1 is Monday)."""

    weekday = Whole(min_value=1, max_value=7)
    start = ClockTime()
    end = ClockTime()

    def validate(self, told: Shown) -> Shown:
        if told["start"] >= told["end"]:
            raise serializers.ValidationError({"end": [_("This is not after the start.")]})
        return {edge: f"{told[edge]:%H:%M}" for edge in ("start", "end")} | {"weekday": told["weekday"]}


class ResourceShape(StrictSerializer):
    """A therapist, room or device. `hours` null are the clinic's; `user` is who the therapist is."""

    id = serializers.UUIDField(read_only=True)
    kind = OneOf(Kind.choices)
    name = Text(max_length=100)
    short_name = Text(max_length=12, allow_blank=True, required=False)
    capacity = Whole(min_value=1, max_value=50, required=False)
    hours = HoursShape(many=True, allow_null=True, required=False, max_length=50)
    user = Id(allow_null=True, required=False)
    equipment = Text(max_length=60, allow_blank=True, required=False)
    active = Truth(required=False)

    def validate_hours(self, hours: Sequence[Mapping[str, Any]] | None) -> list[Shown] | None:
        if hours is None:
            return None
        ordered = sorted(hours, key=lambda each: (each["weekday"], each["start"]))
        for before, after in pairwise(ordered):
            if before["weekday"] == after["weekday"] and after["start"] < before["end"]:
                raise serializers.ValidationError(_("Two of these overlap."))
        return [{key: each[key] for key in ("weekday", "start", "end")} for each in ordered]


def resource_shape(row: Resource) -> Shown:
    return {
        "id": row.pk,
        "kind": row.kind,
        "name": row.name,
        "short_name": row.short_name,
        "capacity": row.capacity,
        "hours": row.hours,
        "user": row.member.user_id if row.member else None,
        "equipment": row.equipment,
        "active": row.active,
    }


# --- visits ---------------------------------------------------------------------------------------------------------------
class AppointmentShape(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    patient = Id()
    type = Id(help_text="Id of an appointment type.")
    start = AwareDateTimeField()
    end = AwareDateTimeField(read_only=True)
    minutes = Minutes(help_text="The type's when absent.")
    resources = Ids()
    status = serializers.ChoiceField(Status.choices, read_only=True)
    plan = Id(allow_null=True, required=False)
    series = serializers.UUIDField(read_only=True, allow_null=True)
    override_hours_reason = Reason(allow_null=True, allow_blank=True, required=False)
    status_reason = serializers.CharField(read_only=True)
    arrived_at = AwareDateTimeField(read_only=True, allow_null=True)
    started_at = AwareDateTimeField(read_only=True, allow_null=True)
    ended_at = AwareDateTimeField(read_only=True, allow_null=True)
    created_at = AwareDateTimeField(read_only=True)
    updated_at = AwareDateTimeField(read_only=True)


class AppointmentChangeShape(AppointmentShape):
    patient = serializers.UUIDField(read_only=True)
    type = serializers.UUIDField(read_only=True)
    plan = serializers.UUIDField(read_only=True, allow_null=True)


def appointment_shape(visit: Appointment) -> Shown:
    return {
        "id": visit.pk,
        "patient": visit.patient_id,
        "type": visit.type_id,
        "start": local(visit.start),
        "end": local(visit.end),
        "minutes": visit.minutes,
        "resources": visit.resource_ids,
        "status": visit.status,
        "plan": visit.plan_id,
        "series": visit.series_id,
        "override_hours_reason": visit.override_hours_reason or None,
        "status_reason": visit.status_reason,
        "arrived_at": local(visit.arrived_at),
        "started_at": local(visit.started_at),
        "ended_at": local(visit.ended_at),
        "created_at": local(visit.created_at),
        "updated_at": local(visit.updated_at),
    }


def local(moment: datetime | None) -> datetime | None:
    """Return an instant on the clinic's clock, which the request has switched on."""
    return moment and timezone.localtime(moment)


class NothingShape(StrictSerializer):
    pass


class WhyShape(StrictSerializer):
    reason = Reason()


class ClashShape(StrictSerializer):
    kind = serializers.ChoiceField([("patient", "patient"), ("hours", "hours"), *Kind.choices])
    resource = serializers.UUIDField(allow_null=True)
    start = AwareDateTimeField()
    end = AwareDateTimeField()


class AlternativeShape(StrictSerializer):
    start = AwareDateTimeField()
    resources = serializers.ListField(child=serializers.UUIDField())


class RefusalShape(StrictSerializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class ConflictShape(RefusalShape):
    conflicts = ClashShape(many=True)
    alternatives = AlternativeShape(many=True)


# --- series ---------------------------------------------------------------------------------------------------------------
class AnyOfShape(StrictSerializer):
    kind = OneOf(Kind.choices)
    equipment = Text(max_length=60, allow_blank=True, required=False)


class PatternShape(StrictSerializer):
    patient = Id()
    type = Id()
    first_date = Day()
    weekdays = serializers.ListField(child=Whole(min_value=1, max_value=7), min_length=1, max_length=7)
    time = ClockTime()
    count = Whole(min_value=1, max_value=MOST_OCCURRENCES)
    minutes = Minutes()
    resources = Ids(required=False)
    any_of = AnyOfShape(many=True, required=False, max_length=5)
    plan = Id(allow_null=True, required=False)


class PlannedShape(StrictSerializer):
    start = AwareDateTimeField()
    end = AwareDateTimeField()
    resources = serializers.ListField(child=serializers.UUIDField())
    conflicts = ClashShape(many=True)
    alternatives = AlternativeShape(many=True)


class PlannedSeriesShape(StrictSerializer):
    occurrences = PlannedShape(many=True)


class SeriesConflictShape(RefusalShape):
    occurrences = PlannedShape(many=True)


class OccurrenceShape(StrictSerializer):
    start = AwareDateTimeField()
    end = AwareDateTimeField(read_only=True)
    minutes = Minutes()
    resources = Ids(required=False)
    unplaced = Truth(required=False)
    override_hours_reason = Reason(allow_null=True, allow_blank=True, required=False)
    conflicts = ClashShape(many=True, read_only=True)
    alternatives = AlternativeShape(many=True, read_only=True)


class NewSeriesShape(StrictSerializer):
    patient = Id()
    type = Id()
    plan = Id(allow_null=True, required=False)
    occurrences = OccurrenceShape(many=True, min_length=1, max_length=MOST_OCCURRENCES)


class SeriesShape(StrictSerializer):
    id = serializers.UUIDField()
    appointments = serializers.ListField(child=serializers.UUIDField())


# --- questions ------------------------------------------------------------------------------------------------------------
class WantedResourcesShape(StrictSerializer):
    kind = OneOf(Kind.choices, required=False)
    active = serializers.BooleanField(required=False)


class WantedAppointmentsShape(StrictSerializer):
    patient = Id(required=False)
    resource = Id(required=False)
    status = OneOf(Status.choices, required=False)


class WantedStartsShape(StrictSerializer):
    type = Id()
    therapist = IdOrAny(required=False)
    room = IdOrAny(required=False)
    device = IdOrAny(required=False)
    patient = Id(required=False)
    minutes = serializers.IntegerField(min_value=5, max_value=MOST_MINUTES, required=False)


class FreeShape(StrictSerializer):
    start = AwareDateTimeField()
    end = AwareDateTimeField()
    resources = serializers.ListField(child=serializers.UUIDField())


class FreeStartsShape(StrictSerializer):
    results = FreeShape(many=True)


def free_shape(choice: Choice) -> Shown:
    return {
        "start": local(choice.start),
        "end": local(choice.end),
        "resources": choice.resources,
    }
