"""What may be sent of an assessment and its measurements, by a program or by the page: types, lengths, choices."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from careplans.models import AssessmentKind, BodySide, MeasurementSource
from catalogue.knowledge import knowledge
from clinic.api import AwareDateTimeField, StrictSerializer
from patients import wording
from patients.shapes import Choice, PersonShape, Text, Truth, Whole, told

MARKS = ["spasm", "pain", "numbness", "tingling", "tightness"]


class MarkShape(StrictSerializer):
    """A mark on the body chart."""

    region = Text(max_length=60)
    kind = Choice([(each, each) for each in MARKS])
    intensity = Whole(min_value=0, max_value=10, required=False, allow_null=True)
    spasm_type = Text(max_length=40, required=False, allow_null=True)
    trigger = Text(max_length=200, required=False, allow_blank=True, allow_null=True)
    frequency = Text(max_length=60, required=False, allow_blank=True, allow_null=True)
    wakes_at_night = Truth(required=False, allow_null=True)

    def validate_region(self, told: str) -> str:
        if not wording.is_region(told):
            raise serializers.ValidationError(_("There is no such place: %s.") % told)
        return told

    def validate_spasm_type(self, told: str | None) -> str | None:
        if told and told not in knowledge().terms("spasm_characters"):
            raise serializers.ValidationError(_("There is no such kind of spasm."))
        return told


class ConditionsShape(StrictSerializer):
    """How it was measured; the hours are since the last dose of an antispastic medicine."""

    position = Text(max_length=60, required=False, allow_blank=True, allow_null=True)
    hours_since_dose = serializers.FloatField(min_value=0, max_value=1000, required=False, allow_null=True)
    rater = Text(max_length=100, required=False, allow_blank=True, allow_null=True)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "number"}], "nullable": True})
class Entered(serializers.Field):
    """A number, or a grade by its name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, str | int | float) or len(str(data)) > 40:
            raise serializers.ValidationError(_("Enter a number, or a grade."))
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ValueShape(StrictSerializer):
    """One value of one measure; a computed one is sent as its inputs."""

    id = serializers.UUIDField(required=False)
    patient = told()
    assessment = told()
    measure = Text(max_length=80)
    name = told()
    value = Entered(required=False, allow_null=True)
    site = Text(max_length=60, required=False, allow_blank=True, allow_null=True)
    side = Choice(BodySide.choices, required=False, allow_null=True)
    motion = Text(max_length=40, required=False, allow_blank=True, allow_null=True)
    inputs = serializers.DictField(required=False)
    conditions = ConditionsShape(required=False)
    measured_at = AwareDateTimeField(required=False)
    source = Choice(MeasurementSource.choices, required=False)  # type: ignore[assignment]
    entered_by = PersonShape(read_only=True, allow_null=True)
    entered_at = told()
    voided_at = told()
    void_reason = told()


class MeasurementShape(ValueShape):
    id = told()  # type: ignore[assignment]


class MeasurementChangeShape(MeasurementShape):
    measure = told()  # type: ignore[assignment]


class AddendumShape(StrictSerializer):
    text = Text(max_length=5000)


class SignatureShape(StrictSerializer):
    red_flag_action = Text(max_length=1000, required=False, allow_blank=True)


class AssessmentShape(StrictSerializer):
    """An assessment. `red_flags`: true, false, or null for "not sure"."""

    id = told()
    patient = told()
    kind = Choice(AssessmentKind.choices)
    status = told()
    red_flags = serializers.DictField(child=Truth(allow_null=True), required=False)
    red_flag_action = Text(max_length=1000, required=False, allow_blank=True)
    body_chart = serializers.ListField(child=MarkShape(), required=False, max_length=300)
    measurements = serializers.ListField(child=ValueShape(), required=False)
    notes = Text(max_length=20_000, required=False, allow_blank=True)
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    advice = serializers.ListField(child=serializers.DictField(), read_only=True)
    addenda = serializers.ListField(child=serializers.DictField(), read_only=True)
    updated_at = told()
    signed_at = told()
    signed_by = PersonShape(read_only=True, allow_null=True)
    entered_by = PersonShape(read_only=True, allow_null=True)
    entered_at = told()
    voided_at = told()
    void_reason = told()
