"""Who the patients are: identity and contact, consent, who treats them, safety facts, diagnoses, who read their chart."""

from datetime import date
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.knowledge import knowledge
from clinic import doors
from clinic.access import Access
from clinic.ids import uuid7
from clinic.models import LANGUAGES, ClinicModel, ClinicQuerySet, track
from clinic.walls import SameClinic
from patients import screening, searching


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not said")


class PhoneOwner(models.TextChoices):
    """Whose phone it is decides what a message may say."""

    OWN = "own", _("Their own")
    FAMILY = "family", _("Family")
    NEIGHBOUR = "neighbour", _("A neighbour")


class Side(models.TextChoices):
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    BOTH = "both", _("Both sides")
    MIDLINE = "midline", _("Middle")


class PatientQuerySet(ClinicQuerySet):
    def visible_to(self, who: Access) -> Self:
        """Return the patients `who` may know of: staff their clinic's, an assistant those they treat, a patient themself."""
        ours = self.for_clinic(who)
        if who.member_id is None:
            return ours.filter(pk=who.patient_id)
        if who.sees_all_patients:
            return ours
        treated = CareTeam.objects.filter(patient=models.OuterRef("pk"), member=who.member_id)
        return ours.filter(models.Exists(treated))

    def current(self) -> Self:
        """Return those in care: neither archived nor dead."""
        return self.filter(archived_at=None, deceased_on=None)

    def found(self, scraps: searching.Scraps, who: Access, most: int = 200) -> Self:
        """Return those whom scraps of name, phone or number mean, the nearest first, at most `most` that `who` may see.

        One query more. A name is also found as it sounds: in another spelling, or another script.
        """
        rows = doors.rows(
            "SELECT patient_id FROM tonus_find_patients(%s, %s, %s, %s, %s)",
            [
                list(scraps.words),
                scraps.digits,
                scraps.number,
                None if who.sees_all_patients else who.member_id,
                most,
            ],
        )
        ids = [row["patient_id"] for row in rows]
        nearness = models.Func(
            models.Value(ids, output_field=ArrayField(models.UUIDField())),
            F("pk"),
            function="array_position",
            output_field=models.IntegerField(),
        )
        return self.filter(pk__in=ids).order_by(nearness)

    def of_therapist(self, member_or_user: UUID) -> Self:
        """Return those for whom a member is responsible, named by membership or by user."""
        led = CareTeam.objects.filter(patient=models.OuterRef("pk"), role=CareRole.RESPONSIBLE)
        is_theirs = Q(member=member_or_user) | Q(member__user=member_or_user)
        return self.filter(models.Exists(led.filter(is_theirs)))

    def with_flag(self, flag: str, today: date | None = None) -> Self:
        """Return those with an active safety flag of this kind."""
        flags = SafetyFlag.objects.filter(patient=models.OuterRef("pk"), flag=flag).active(today)
        return self.filter(models.Exists(flags))

    def with_people(self) -> Self:
        """Fetch along who is responsible (`leads`, one row or none) and what was agreed to (`agreed`). Two queries more."""
        leads = CareTeam.objects.filter(role=CareRole.RESPONSIBLE).select_related("member__user")
        agreed = Consent.objects.filter(withdrawn_at=None)
        return self.prefetch_related(
            models.Prefetch("care_team", leads, to_attr="leads"),
            models.Prefetch("consents", agreed, to_attr="agreed"),
        )


@track
class Patient(ClinicModel):
    """A person in the clinic's care. `number` is what people say aloud (P-000061); the id is what addresses carry.

    The birth date may be unknown: then `age_years` as told on `age_told_on`.
    """

    number = models.PositiveIntegerField(editable=False)
    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    age_years = models.PositiveSmallIntegerField(_("age"), null=True, blank=True)
    age_told_on = models.DateField(null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, default=Sex.UNKNOWN)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    phone_owner = models.CharField(
        _("whose phone"), max_length=10, choices=PhoneOwner, default=PhoneOwner.OWN
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)  # blank: the clinic's
    address = models.JSONField(_("address"), default=dict, blank=True)
    emergency_contact = models.JSONField(_("emergency contact"), default=dict, blank=True)
    reason = models.CharField(_("why they came"), max_length=300, blank=True)
    referred_by = models.CharField(_("sent by"), max_length=150, blank=True)
    deceased_on = models.DateField(_("died on"), null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    user = models.OneToOneField("clinic.User", models.PROTECT, null=True, blank=True, related_name="patient")
    pin = models.CharField(max_length=128, blank=True)  # hashed; for people who share a phone
    invited_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    name_key = models.GeneratedField(
        expression=Lower(Concat("given_name", models.Value(" "), "family_name")),
        output_field=models.TextField(),
        db_persist=True,
    )
    name_sound = models.GeneratedField(  # as in spelling.py
        expression=models.Func(
            Concat("given_name", models.Value(" "), "family_name"), function="tonus_sound"
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = PatientQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            models.UniqueConstraint(fields=["clinic", "number"], name="patient_number_once"),
            models.CheckConstraint(
                name="patient_can_be_reached",
                condition=~Q(phone="") | ~Q(email=""),
                violation_error_message=_("Give a phone number or an e-mail address."),
            ),
            models.CheckConstraint(
                name="patient_age_to_130", condition=Q(age_years=None) | Q(age_years__lte=130)
            ),
            models.CheckConstraint(
                name="patient_age_with_its_day",
                condition=Q(age_years=None, age_told_on=None)
                | Q(age_years__isnull=False, age_told_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "name_key", "id"], name="patient_by_name"),
            models.Index(fields=["clinic", "phone"], name="patient_by_phone"),
            models.Index(fields=["clinic", "date_of_birth"], name="patient_by_birth"),
            models.Index(fields=["clinic", "-updated_at", "id"], name="patient_by_update"),
            models.Index(Lower("email"), name="patient_by_email", condition=~Q(email="")),
            models.Index(F("phone"), name="patient_phone_any_clinic", condition=Q(user__isnull=False)),
            GinIndex(
                fields=["clinic", "name_key"],
                opclasses=["uuid_ops", "gin_trgm_ops"],
                name="patient_name_trgm",
            ),
            GinIndex(
                fields=["clinic", "name_sound"],
                opclasses=["uuid_ops", "gin_trgm_ops"],
                name="patient_sound_trgm",
            ),
            GinIndex(
                fields=["clinic", "phone"], opclasses=["uuid_ops", "gin_trgm_ops"], name="patient_phone_trgm"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def reference(self) -> str:
        return f"P-{self.number:06d}"

    def age(self, today: date | None = None) -> int | None:
        """Return the age in whole years: from the birth date, else the age told plus the whole years since."""
        today = today or timezone.localdate()
        if self.date_of_birth:
            born = self.date_of_birth
            return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        if self.age_years is None or self.age_told_on is None:
            return None
        told = self.age_told_on
        return self.age_years + today.year - told.year - ((today.month, today.day) < (told.month, told.day))


class ConsentKind(models.TextChoices):
    CARE = "care", _("Care and records")
    REMINDERS = "reminders", _("Reminders")
    DATA_SHARING = "data_sharing", _("Letters to the referring doctor")


@track
class Consent(ClinicModel):
    """What a patient agreed to, in which wording, and when they took it back."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    text_version = models.CharField(max_length=20, default="1")
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="consent_patient_same_clinic"),
            models.UniqueConstraint(
                fields=["patient", "kind"], condition=Q(withdrawn_at=None), name="consent_once"
            ),
        ]


class CareRole(models.TextChoices):
    RESPONSIBLE = "responsible", _("Responsible")
    TREATING = "treating", _("Treating")


@track
class CareTeam(ClinicModel):
    """Who treats whom; bookings keep it up to date, so that nobody above has to be asked."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="care_team")
    member = models.ForeignKey("clinic.Membership", models.PROTECT, related_name="cares_for")
    role = models.CharField(max_length=12, choices=CareRole, default=CareRole.TREATING)
    since = models.DateField(default=timezone.localdate)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="careteam_patient_same_clinic"),
            SameClinic("member", name="careteam_member_same_clinic"),
            models.UniqueConstraint(fields=["patient", "member"], name="careteam_member_once"),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(role=CareRole.RESPONSIBLE), name="careteam_one_responsible"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "member", "role"], name="careteam_by_member")]


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


class ChartRead(ClinicModel):
    """Somebody opened a patient's record: who, when, what part, in which request. Append only."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="chart_reads")
    user = models.ForeignKey("clinic.User", models.PROTECT, related_name="+")
    what = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    request_id = models.CharField(max_length=64, blank=True)

    objects = PatientOwnedQuerySet.as_manager()

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
