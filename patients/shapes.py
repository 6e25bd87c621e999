"""What the API takes and answers about patients. Answers are plain dicts, made by functions: lists are long."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalogue.knowledge import knowledge
from clinic.api import StrictSerializer
from clinic.models import LANGUAGES, Membership
from clinic.phones import to_e164
from patients import rules, wording
from patients.models import (
    ConsentKind,
    Diagnosis,
    DiagnosisStatus,
    DrugClass,
    Medication,
    OutsideKind,
    OutsideTreatment,
    Patient,
    PhoneOwner,
    RecordMerge,
    SafetyFlag,
    Sex,
    Side,
)
from patients.services import PARTS, Double, missing

Shown = dict[str, Any]


# --- fields that take only what they are ----------------------------------------------------------------------------------
class Text(serializers.CharField):
    """A text; a number or a truth value is none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Truth(serializers.BooleanField):
    """true or false; "yes", 1 and the like are none."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A whole number; 5.0, "5" and true are none."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class PastDay(serializers.DateField):
    """A day from 1900 to today, in the clinic's zone."""

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return rules.past_day(super().to_internal_value(data)) or timezone.localdate()


class Day(serializers.DateField):
    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(data)


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class ShortTexts(serializers.DictField):
    """An address, a contact: a few short texts by name."""

    child = Text(max_length=rules.TEXT_LENGTH, allow_blank=True)

    def to_internal_value(self, data: Any) -> Mapping[str, str]:
        return rules.short_texts(super().to_internal_value(data))


def optional_text(length: int) -> Text:
    return Text(max_length=length, allow_blank=True, required=False)


def told() -> serializers.Field:
    """A field of the answer: it may be sent back, and is ignored then."""
    return serializers.CharField(read_only=True)


# --- patients -------------------------------------------------------------------------------------------------------------
class ConsentsShape(StrictSerializer):
    care = Truth(required=False)
    reminders = Truth(required=False)
    data_sharing = Truth(required=False)


class PersonShape(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class DescriptionShape(StrictSerializer):
    """Somebody described in part."""

    id = told()
    number = told()
    name = told()
    given_name = Text(max_length=100, required=False)
    family_name = optional_text(100)
    date_of_birth = PastDay(required=False, allow_null=True)
    age = Whole(required=False, allow_null=True, min_value=0, max_value=rules.OLDEST)
    sex = Choice(Sex.choices, required=False)
    phone = Text(max_length=40, required=False, allow_blank=True, allow_null=True)
    phone_owner = Choice(PhoneOwner.choices, required=False)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, allow_null=True)
    language = Choice(LANGUAGES, required=False)
    timezone = Text(max_length=64, required=False, allow_blank=True, allow_null=True)
    address = ShortTexts(required=False)
    emergency_contact = ShortTexts(required=False)
    reason = optional_text(300)
    referred_by = optional_text(150)
    deceased_on = PastDay(required=False, allow_null=True)
    consents = ConsentsShape(required=False)
    therapist = PersonShape(read_only=True, allow_null=True)
    invited_at = told()
    archived_at = told()
    merged_into = told()
    created_at = told()
    updated_at = told()
    possible_duplicates = serializers.ListField(child=serializers.DictField(), read_only=True)

    def validate_phone(self, text: str | None) -> str:
        return to_e164(text, self.context["country"]) if text else ""

    def validate_email(self, text: str | None) -> str:
        return text or ""

    def validate_timezone(self, name: str | None) -> str:
        return rules.zone(name or "")


class PatientShape(DescriptionShape):
    """A patient: a given name, and one of phone and email."""

    given_name = Text(max_length=100)

    def validate(self, attrs: Shown) -> Shown:
        if not self.partial and not attrs.get("phone") and not attrs.get("email"):
            raise serializers.ValidationError({"phone": [_("Give a phone number or an e-mail address.")]})
        return attrs


def patient_shape(patient: Patient) -> Shown:
    """Answer a patient, fetched `with_people()`."""
    leads = next(iter(patient.leads), None)
    agreed = {consent.kind for consent in patient.agreed}
    return {
        **brief_shape(patient),
        "phone_owner": patient.phone_owner,
        "language": patient.language,
        "timezone": patient.timezone,
        "address": patient.address,
        "emergency_contact": patient.emergency_contact,
        "reason": patient.reason,
        "referred_by": patient.referred_by,
        "deceased_on": patient.deceased_on and patient.deceased_on.isoformat(),
        "consents": {kind: kind in agreed for kind in ConsentKind.values},
        "therapist": leads and {"id": str(leads.member_id), "name": str(leads.member)},
        "invited_at": moment(patient.invited_at),
        "archived_at": moment(patient.archived_at),
        "merged_into": patient.merged_into_id and str(patient.merged_into_id),
        "created_at": moment(patient.created_at),
        "updated_at": moment(patient.updated_at),
    }


def brief_shape(patient: Patient) -> Shown:
    """Answer who a patient is, and no more."""
    return {
        "id": str(patient.pk),
        "number": patient.reference,
        "name": patient.name,
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "date_of_birth": patient.date_of_birth and patient.date_of_birth.isoformat(),
        "age": patient.age(),
        "sex": patient.sex,
        "phone": patient.phone,
        "email": patient.email,
    }


def double_shape(double: Double) -> Shown:
    return {"patient": brief_shape(double.patient), "score": double.score, "reasons": list(double.reasons)}


class MergeShape(StrictSerializer):
    """Another record of the same person: `merged` moves into the one addressed. `take` names the parts in which it is right."""

    id = told()
    survivor = told()
    merged = serializers.UUIDField()
    take = serializers.ListField(
        child=Choice([(part, part) for part in PARTS]), required=False, write_only=True, max_length=len(PARTS)
    )
    reason = optional_text(300)
    moved = serializers.IntegerField(read_only=True)
    merged_at = told()
    merged_by = PersonShape(read_only=True, allow_null=True)
    undone_at = told()
    undone_by = PersonShape(read_only=True, allow_null=True)


def merge_shape(done: RecordMerge) -> Shown:
    """Answer a merge, fetched with `merged_by__user` and `undone_by__user`; `moved` counts the entries that changed hands."""
    return {
        "id": str(done.pk),
        "survivor": str(done.survivor_id),
        "merged": str(done.merged_id),
        "reason": done.reason,
        "moved": sum(len(keys) for keys in done.moved.values()),
        "merged_at": moment(done.merged_at),
        "merged_by": _person(done.merged_by),
        "undone_at": moment(done.undone_at),
        "undone_by": _person(done.undone_by),
    }


def _person(member: Membership | None) -> Shown | None:
    return {"id": str(member.pk), "name": str(member)} if member else None


class ApartShape(StrictSerializer):
    """Who else on record is not this person, and how one knows."""

    others = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=20)
    reason = Text(max_length=300)


def moment(at: datetime | None) -> str | None:
    """Return an instant in the clinic's zone, as RFC 3339."""
    return at and timezone.localtime(at).isoformat()


# --- safety ---------------------------------------------------------------------------------------------------------------
def _regions() -> serializers.ListField:
    return serializers.ListField(child=Text(max_length=60), required=False, max_length=150)


class FlagChangeShape(StrictSerializer):
    """What may change about a flag on record; the rest is its answer."""

    id = told()
    patient = told()
    flag = told()
    label = told()
    category = told()
    critical = serializers.BooleanField(read_only=True)
    regions = _regions()
    note = optional_text(500)
    since = PastDay(required=False, allow_null=True)
    until = Day(required=False, allow_null=True)
    active = serializers.BooleanField(read_only=True)
    renewed_on = told()
    expires_on = told()
    entered_by = PersonShape(read_only=True, allow_null=True)
    entered_at = told()
    voided_at = told()
    void_reason = told()


class FlagShape(FlagChangeShape):
    """A safety flag on a patient's record."""

    flag = Text(max_length=80)


class EndShape(StrictSerializer):
    until = Day(required=False, allow_null=True)


class ReasonShape(StrictSerializer):
    reason = Text(max_length=300)


class NothingShape(StrictSerializer):
    pass


class AnswerShape(StrictSerializer):
    """One answer: true, false, or null for "not sure"."""

    present = Truth(allow_null=True)
    regions = _regions()
    note = optional_text(500)
    answered_on = told()
    answered_at = told()
    answered_by = PersonShape(read_only=True, allow_null=True)
    expires_on = told()
    expired = serializers.BooleanField(read_only=True)


class ScreenShape(StrictSerializer):
    answers = serializers.DictField(child=AnswerShape())
    due = serializers.ListField(child=serializers.CharField(), read_only=True)
    usual = serializers.ListField(child=serializers.CharField(), read_only=True)


def flag_shape(row: SafetyFlag, today: date | None = None) -> Shown:
    """Answer a flag on record, fetched with `entered_by__user`."""
    today = today or timezone.localdate()
    entry = knowledge().flags[row.flag_id]
    return {
        "id": str(row.pk),
        "patient": str(row.patient_id),
        "flag": row.flag_id,
        "label": entry["label"],
        "category": entry["category"],
        "critical": entry["critical"],
        "regions": row.regions,
        "note": row.note,
        "since": row.since.isoformat(),
        "until": row.until and row.until.isoformat(),
        "active": row.counts_on(today),
        "renewed_on": row.renewed_on and row.renewed_on.isoformat(),
        "expires_on": (last := row.expires_on) and last.isoformat(),
        **entered(row),
    }


def entered(row: Any) -> Shown:
    """Answer who entered something and when, and whether it was struck through."""
    return {
        "entered_by": row.entered_by and {"id": str(row.entered_by_id), "name": str(row.entered_by)},
        "entered_at": moment(row.entered_at),
        "voided_at": moment(row.voided_at),
        "void_reason": row.void_reason,
    }


# --- diagnoses ------------------------------------------------------------------------------------------------------------
class DiagnosisShape(StrictSerializer):
    """A diagnosis: a disorder of the catalogue, with its code, side and level."""

    id = told()
    patient = told()
    condition = Text(max_length=80)
    name = told()
    family = told()
    icd10 = Text(max_length=10, required=False, allow_blank=True, allow_null=True)
    side = Choice(Side.choices, required=False, allow_null=True)
    level = Text(max_length=10, required=False, allow_blank=True, allow_null=True)
    qualifiers = serializers.DictField(required=False)
    onset_date = PastDay(required=False, allow_null=True)
    status = Choice(DiagnosisStatus.choices, required=False)
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    entered_by = PersonShape(read_only=True, allow_null=True)
    entered_at = told()
    voided_at = told()
    void_reason = told()


def diagnosis_shape(row: Diagnosis) -> Shown:
    """Answer a diagnosis, fetched with `entered_by__user`; `missing` is what should still be asked."""
    return {
        "id": str(row.pk),
        "patient": str(row.patient_id),
        "condition": row.condition_id,
        "name": wording.condition(row.condition_id),
        "family": knowledge().family_of(row.condition_id),
        "icd10": row.icd10,
        "side": row.side,
        "level": row.level,
        "qualifiers": row.qualifiers,
        "onset_date": row.onset_date and row.onset_date.isoformat(),
        "status": row.status,
        "missing": missing(row),
        **entered(row),
    }


# --- medicines ------------------------------------------------------------------------------------------------------------
class Amount(serializers.DecimalField):
    """A number above 0; a text or a truth value is none."""

    def __init__(self, **limits: Any) -> None:
        super().__init__(coerce_to_string=False, min_value=Decimal("0.001"), **limits)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(str(data))


class MedicationShape(StrictSerializer):
    """A medicine: how much, how often, from when until when."""

    id = told()
    patient = told()
    name = Text(max_length=120)
    drug_class = Choice(DrugClass.choices, required=False)
    dose = Amount(max_digits=9, decimal_places=3)
    unit = Text(max_length=20, required=False)
    per_day = Amount(max_digits=5, decimal_places=2)
    started_on = PastDay(required=False, allow_null=True)
    stopped_on = PastDay(required=False, allow_null=True)
    entered_by = PersonShape(read_only=True, allow_null=True)
    entered_at = told()
    voided_at = told()
    void_reason = told()


def medication_shape(row: Medication) -> Shown:
    """Answer a medicine, fetched with `entered_by__user`."""
    return {
        "id": str(row.pk),
        "patient": str(row.patient_id),
        "name": row.name,
        "drug_class": row.drug_class,
        "dose": float(row.dose),
        "unit": row.unit,
        "per_day": float(row.per_day),
        "started_on": row.started_on and row.started_on.isoformat(),
        "stopped_on": row.stopped_on and row.stopped_on.isoformat(),
        **entered(row),
    }


# --- treatments elsewhere -------------------------------------------------------------------------------------------------
class OutsideTreatmentShape(StrictSerializer):
    """What happened elsewhere and changes spasm or pain: a day, or a time."""

    id = told()
    patient = told()
    kind = Choice(OutsideKind.choices)
    began_on = PastDay()
    ended_on = PastDay(required=False, allow_null=True)
    regions = _regions()
    detail = optional_text(500)
    entered_by = PersonShape(read_only=True, allow_null=True)
    entered_at = told()
    voided_at = told()
    void_reason = told()


def outside_treatment_shape(row: OutsideTreatment) -> Shown:
    """Answer a treatment elsewhere, fetched with `entered_by__user`."""
    return {
        "id": str(row.pk),
        "patient": str(row.patient_id),
        "kind": row.kind,
        "began_on": row.began_on.isoformat(),
        "ended_on": row.ended_on and row.ended_on.isoformat(),
        "regions": row.regions,
        "detail": row.detail,
        **entered(row),
    }
