"""Who the patients are: identity and contact, what they agreed to, who treats them; and which records are one person."""

from datetime import date
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import doors
from clinic.access import Access
from clinic.models import LANGUAGES, ClinicModel, ClinicQuerySet, track
from clinic.walls import SameClinic
from patients import searching


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

    def unmerged(self) -> Self:
        """Leave out the records that were found to be of somebody who has another."""
        return self.filter(merged_into=None)

    def current(self) -> Self:
        """Return those in care: neither archived nor dead."""
        return self.filter(archived_at=None, deceased_on=None)

    def became(self, pk: UUID) -> models.QuerySet:
        """Return the key of the record that a merged one became, if it is one: an old link leads on."""
        return self.filter(pk=pk, merged_into__isnull=False).values("merged_into")

    def found(self, scraps: searching.Scraps, who: Access, most: int = 200) -> Self:
        """Return those whom scraps of name, phone or number mean, the nearest first, at most `most` that `who` may see.

        One query more. A name is also found as it sounds: in another spelling, or another script; a merged record, by its name
        or its number, leads to the one it was merged into.
        """
        rows = doors.rows(
            "SELECT (SELECT coalesce(record.merged_into_id, record.id) FROM patients_patient record"
            " WHERE record.id = hit.patient_id) AS patient_id"
            " FROM tonus_find_patients(%s, %s, %s, %s, %s) WITH ORDINALITY AS hit (patient_id, likeness, place)"
            " ORDER BY hit.place",
            [
                list(scraps.words),
                scraps.digits,
                scraps.number,
                None if who.sees_all_patients else who.member_id,
                most,
            ],
        )
        ids = list(dict.fromkeys(row["patient_id"] for row in rows))
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
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_records"
    )
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
            SameClinic("merged_into", name="patient_merged_same_clinic"),
            models.CheckConstraint(
                name="patient_merged_is_closed",
                condition=Q(merged_into=None) | Q(archived_at__isnull=False) & ~Q(merged_into=F("id")),
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
    """What a patient agreed to, in which wording (version and text as it was shown), and when they took it back."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    text_version = models.CharField(max_length=20, default="1")
    text = models.TextField(max_length=2000, blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    given_to = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_to = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="consent_patient_same_clinic"),
            SameClinic("given_to", name="consent_given_same_clinic"),
            SameClinic("withdrawn_to", name="consent_withdrawn_same_clinic"),
            models.UniqueConstraint(
                fields=["patient", "kind"], condition=Q(withdrawn_at=None), name="consent_once"
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
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


# --- which records are one person -----------------------------------------------------------------------------------------
@track
class RecordMerge(ClinicModel):
    """Two records found to be one person: what `merged` held moved to `survivor`. It can be undone, exactly.

    `moved` names by model the keys of the rows that changed hands; `before` keeps what else was changed, as it was. Only along
    such a row may anything move from one patient to another: a trigger on every table of theirs sees to it (migration 0009).
    """

    survivor = models.ForeignKey(Patient, models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    reason = models.CharField(_("why"), max_length=300, blank=True)
    moved = models.JSONField(default=dict, editable=False, encoder=DjangoJSONEncoder)
    before = models.JSONField(default=dict, editable=False, encoder=DjangoJSONEncoder)
    merged_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        "clinic.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("survivor", name="recordmerge_survivor_same_clinic"),
            SameClinic("merged", name="recordmerge_merged_same_clinic"),
            SameClinic("merged_by", name="recordmerge_by_same_clinic"),
            SameClinic("undone_by", name="recordmerge_undo_same_clinic"),
            models.CheckConstraint(name="recordmerge_of_two", condition=~Q(survivor=F("merged"))),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="recordmerge_into_one"
            ),
        ]


@track
class KnownApart(ClinicModel):
    """Two records that look alike and were found to be two people: nobody is asked about this pair again.

    `first` is the one with the smaller id.
    """

    first = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    reason = models.CharField(_("why"), max_length=300)
    decided_by = models.ForeignKey("clinic.Membership", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("first", name="knownapart_first_same_clinic"),
            SameClinic("second", name="knownapart_second_same_clinic"),
            SameClinic("decided_by", name="knownapart_by_same_clinic"),
            models.CheckConstraint(name="knownapart_in_order", condition=Q(first__lt=F("second"))),
            models.UniqueConstraint(fields=["first", "second"], name="knownapart_once"),
        ]
        indexes = [models.Index(fields=["clinic", "second"], name="knownapart_by_second")]
