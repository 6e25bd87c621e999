"""Promises to tell somebody something at a certain time. The table is the queue of record; the broker only wakes us."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.access import Access, Role
from clinic.models import ClinicModel, track
from clinic.walls import SameClinic
from patients.models import PatientOwnedQuerySet


class Kind(models.TextChoices):
    APPOINTMENT = "appointment", _("Before a visit")
    HOME_EXERCISE = "home-exercise", _("Home exercise")
    NOTICE = "notice", _("Booked, moved or cancelled")
    WAITLIST_OFFER = "waitlist-offer", _("A free place")
    OTHER = "other", _("Other")


class State(models.TextChoices):
    PENDING = "pending", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("Not needed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = (State.PENDING, State.CLAIMED)  # still to be kept


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    IN_APP = "in-app", _("In the portal")


@track
class Preference(ClinicModel):
    """How a patient wants to be told: channels in order, quiet hours (none: the clinic's), exercise reminders on or off."""

    patient = models.OneToOneField("patients.Patient", models.CASCADE, related_name="reminder_preference")
    channels = models.JSONField(default=list, blank=True)  # empty: what the record has, e-mail first
    exercise_reminders = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="preference_patient_same_clinic"),
        ]


class ReminderQuerySet(PatientOwnedQuerySet):
    def ledger_for(self, who: Access) -> Self:
        """Return the messages `who` may look after: the desk's and the admin's are all, a therapist's those of their patients."""
        if who.member_id is None:
            return self.none()
        ours = self.for_clinic(who)
        if Role.FRONT_DESK in who.roles or Role.ADMIN in who.roles:
            return ours
        return ours.filter(patient__care_team__member=who.member_id)


class Reminder(ClinicModel):
    """One promise. `subject` and `occurrence` name what it is about, so that it can never be promised twice.

    `facts` are ids and instants that the text is made from at sending; no names, no diagnosis, no exercise.
    A pending home-exercise row makes its successor when it is sent or skipped: one pending row per running plan.
    """

    # a row changes three times and every index with it: those of other fields begin with the clinic, and serve these too
    clinic = models.ForeignKey(
        "clinic.Clinic", models.PROTECT, related_name="+", editable=False, db_index=False
    )
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="reminders", db_index=False)
    appointment = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, null=True, blank=True, related_name="reminders"
    )
    plan = models.ForeignKey(
        "careplans.CarePlan", models.PROTECT, null=True, blank=True, related_name="reminders"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    subject = models.UUIDField()
    occurrence = models.CharField(max_length=80)
    facts = models.JSONField(default=dict, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    due_at = models.DateTimeField()
    useless_after = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReminderQuerySet.as_manager()

    class Meta(ClinicModel.Meta):
        constraints = [
            *ClinicModel.Meta.constraints,
            SameClinic("patient", name="reminder_patient_same_clinic"),
            SameClinic("appointment", name="reminder_appointment_same_clinic"),
            SameClinic("plan", name="reminder_plan_same_clinic"),
            models.UniqueConstraint(
                fields=["clinic", "subject", "occurrence"],
                condition=~Q(state="cancelled"),  # a visit moved away and back may be promised again
                name="reminder_promised_once",
            ),
            models.CheckConstraint(
                name="reminder_useful_when_due", condition=Q(useless_after__gt=models.F("due_at"))
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="reminder_due", condition=Q(state="pending")),
            models.Index(fields=["claimed_at"], name="reminder_claimed", condition=Q(state="claimed")),
            models.Index(fields=["clinic", "-due_at"], name="reminder_by_due"),
            models.Index(fields=["clinic", "state", "-due_at"], name="reminder_by_state"),
            models.Index(fields=["clinic", "patient", "-due_at"], name="reminder_by_patient"),
        ]
