"""Promises: making them, keeping them, taking them back.

A row is made in the transaction of what it is about (receivers.py). Beat wakes `claim`, the worker calls `deliver`: claim
first, look whether it is still wanted, send with no transaction open, then write down what became of it.
"""

import logging
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.models import CarePlan, ExerciseLog, HomePrescription, ItemStatus, PlanStatus
from clinic import doors, tenancy
from clinic.access import Access
from clinic.errors import RuleBroken
from patients.models import Consent, ConsentKind, Patient
from reminders import texts, timing
from reminders.channels import Channels, Message, Undeliverable, open_channels
from reminders.models import Channel, Kind, Preference, Reminder, State
from scheduling.models import Appointment, Status

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
BATCH = 500
ABOUT_TO_COME = (Status.BOOKED, Status.CONFIRMED)


# --- making promises ------------------------------------------------------------------------------------------------
def channel_for(patient: Patient, preference: Preference | None = None) -> str:
    """Return the first channel the patient wants and can be reached on; the portal's inbox always works."""
    reach = {Channel.EMAIL: bool(patient.email), Channel.SMS: bool(patient.phone), Channel.IN_APP: True}
    wanted = (preference.channels if preference else None) or [Channel.EMAIL, Channel.SMS]
    return next((channel for channel in wanted if reach.get(channel)), Channel.IN_APP)


def promise_visits(
    appointments: Sequence[Appointment], about: str, *, now: datetime | None = None
) -> list[Reminder]:
    """Promise a notice of what happened (`about`: booked, series, moved, cancelled) and reminders before each visit.

    One notice for a series. A visit that holds no time gets no reminder before it.
    """
    now = now or timezone.now()
    if not appointments:
        return []
    first = min(appointments, key=lambda visit: visit.start)
    patient = Patient.objects.select_related("reminder_preference").get(pk=first.patient_id)
    channel = channel_for(patient, getattr(patient, "reminder_preference", None))
    rows = []
    if first.start > now:
        rows.append(
            _row(
                first,
                Kind.NOTICE,
                f"{about}:{first.start.isoformat()}:{now.isoformat()}",
                channel,
                now,
                about=about,
            )
        )
    for visit in appointments:
        if visit.status in ABOUT_TO_COME:
            for lead, due_at in timing.appointment_reminders(visit.start, now):
                rows.append(
                    _row(visit, Kind.APPOINTMENT, f"{lead}:{visit.start.isoformat()}", channel, due_at)
                )
    return Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def _row(
    visit: Appointment, kind: str, occurrence: str, channel: str, due_at: datetime, **facts: str
) -> Reminder:
    return Reminder(
        clinic_id=visit.clinic_id,
        patient_id=visit.patient_id,
        appointment=visit,
        kind=kind,
        subject=visit.pk,
        occurrence=occurrence[:80],
        channel=channel,
        due_at=due_at,
        useless_after=max(visit.start, due_at + timedelta(minutes=30)),
        facts={"start": visit.start.isoformat(), **facts},
    )


def take_back(**about: Any) -> int:
    """Cancel the pending promises about an `appointment`, a `plan` or a `patient`; return how many."""
    return Reminder.objects.filter(state=State.PENDING, **about).update(
        state=State.CANCELLED, finished_at=timezone.now()
    )


def promise_exercises(plan: CarePlan, *, after: datetime | None = None) -> Reminder | None:
    """Keep the one pending promise of a running plan: the next session of its current phase. None when there is none."""
    if plan.status != PlanStatus.ACTIVE or plan.current_phase_id is None:
        return None
    items = HomePrescription.objects.filter(phase_id=plan.current_phase_id, status=ItemStatus.ACTIVE)
    schedules = [(item.days_of_week, item.times) for item in items]
    patient = Patient.objects.select_related("reminder_preference", "clinic").get(pk=plan.patient_id)
    preference = getattr(patient, "reminder_preference", None)
    if not schedules or (preference and not preference.exercise_reminders):
        return None
    due_at = timing.next_session(
        schedules,
        after=after or timezone.now(),
        zone=patient.timezone or patient.clinic.timezone,
        start=plan.start_date,
    )
    if due_at is None:
        return None
    row = Reminder(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        kind=Kind.HOME_EXERCISE,
        subject=plan.pk,
        occurrence=due_at.isoformat(),
        channel=channel_for(patient, preference),
        due_at=due_at,
        useless_after=due_at + timing.EXERCISE_USEFUL_FOR,
    )
    return Reminder.objects.bulk_create([row], ignore_conflicts=True)[0]


# --- keeping them ---------------------------------------------------------------------------------------------------
def claim(now: datetime | None = None, limit: int = BATCH) -> list[tuple[str, str]]:
    """Claim due reminders of every clinic and return their (clinic id, id) pairs; several may do this at once."""
    rows = doors.rows(
        "SELECT * FROM tonus_claim_reminders(%s, %s, %s)", [now or timezone.now(), limit, LEASE]
    )
    return sorted((str(row["clinic_id"]), str(row["id"])) for row in rows)


def deliver(claimed: Iterable[Sequence[str]], *, now: datetime | None = None) -> Counter[str]:
    """Send what was claimed, clinic by clinic; return how many were sent, skipped, failed and put off ("later")."""
    now = now or timezone.now()
    counts: Counter[str] = Counter()
    with open_channels() as channels:
        for clinic_id, pairs in groupby(sorted(map(tuple, claimed)), key=itemgetter(0)):
            ids = [UUID(pk) for _clinic, pk in pairs]
            with tenancy.scope(UUID(clinic_id)):
                wanted = _still_wanted(ids, now, counts)
            outcomes = [(reminder, *_send(reminder, message, channels)) for reminder, message in wanted]
            with tenancy.scope(UUID(clinic_id)):
                for reminder, state, said in outcomes:
                    counts[_write_down(reminder, state, said, now)] += 1
    return counts


def _still_wanted(ids: list[UUID], now: datetime, counts: Counter[str]) -> list[tuple[Reminder, Message]]:
    """Return what is to be sent now, with its message; what is not wanted or must wait is written down at once."""
    rows = Reminder.objects.select_related(
        "patient__clinic", "patient__reminder_preference", "appointment", "plan"
    )
    claimed = list(rows.filter(pk__in=ids, state=State.CLAIMED))
    agreed = set(
        Consent.objects.filter(
            patient__in=[row.patient_id for row in claimed], kind=ConsentKind.REMINDERS, withdrawn_at=None
        ).values_list("patient_id", flat=True)
    )
    wanted = []
    for reminder in claimed:
        reason = not_wanted(reminder, now, agreed=reminder.patient_id in agreed)
        if reason:
            _finish(reminder, State.SKIPPED, now, last_error=reason)
            counts["skipped"] += 1
        elif (better := _outside_quiet_hours(reminder, now)) > now:
            counts[_later(reminder, better, now)] += 1
        else:
            wanted.append((reminder, _message(reminder)))
    return wanted


def _send(reminder: Reminder, message: Message, channels: Channels) -> tuple[str, str]:
    """Send one message, with no transaction open. Return (state, provider's id or reason); "" is a fault worth another try."""
    try:
        return State.SENT, channels.send(reminder.channel, message)
    except Undeliverable as refused:
        return State.FAILED, str(refused)
    except Exception as broken:  # noqa: BLE001  (whatever a provider raises, the row says so and is tried again)
        return "", type(broken).__name__


def _write_down(reminder: Reminder, state: str, said: str, now: datetime) -> str:
    attempts = reminder.attempts + 1
    if state == State.SENT:
        _finish(reminder, State.SENT, now, provider_id=said[:200], attempts=attempts, last_error="")
        return "sent"
    wait = timing.back_off(attempts, random.random)
    if state == "" and wait is not None and now + wait < reminder.useless_after:
        return _later(reminder, now + wait, now, attempts=attempts, last_error=said[:300])
    _finish(reminder, State.FAILED, now, attempts=attempts, last_error=said[:300])
    return "failed"


def not_wanted(reminder: Reminder, now: datetime, *, agreed: bool) -> str:
    """Return why a reminder is no longer to be sent, "" when it is. The reason holds no clinical word."""
    patient = reminder.patient
    if now >= reminder.useless_after:
        return "too late"
    if patient.archived_at or patient.deceased_on:
        return "no longer a patient"
    if not agreed:
        return "no consent"
    if reminder.kind == Kind.APPOINTMENT and reminder.appointment.status not in ABOUT_TO_COME:
        return "visit not to come"
    if reminder.kind == Kind.HOME_EXERCISE:
        if reminder.plan.status != PlanStatus.ACTIVE:
            return "plan not running"
        if _session_is_done(reminder):
            return "already done"
    return ""


def _session_is_done(reminder: Reminder) -> bool:
    """Every exercise due at the reminder's time is logged for that day."""
    patient = reminder.patient
    local = reminder.due_at.astimezone(timing.zone_of(patient.timezone or patient.clinic.timezone))
    due = HomePrescription.objects.filter(
        phase_id=reminder.plan.current_phase_id,
        status=ItemStatus.ACTIVE,
        days_of_week__contains=[local.isoweekday()],
        times__contains=[local.time().replace(second=0, microsecond=0)],
    ).values_list("lineage_id", flat=True)
    logged = ExerciseLog.objects.filter(
        patient=patient, day=local.date(), session=local.time().replace(second=0, microsecond=0)
    ).values_list("lineage_id", flat=True)
    return bool(due) and set(due) <= set(logged)


def _outside_quiet_hours(reminder: Reminder, now: datetime) -> datetime:
    patient = reminder.patient
    preference = getattr(patient, "reminder_preference", None)
    quiet_from = (preference and preference.quiet_from) or patient.clinic.quiet_from
    quiet_until = (preference and preference.quiet_until) or patient.clinic.quiet_until
    return timing.after_quiet_hours(now, quiet_from, quiet_until, patient.timezone or patient.clinic.timezone)


def _message(reminder: Reminder) -> Message:
    patient, clinic = reminder.patient, reminder.patient.clinic
    text = texts.write(reminder, patient, clinic, link=f"{settings.BASE_URL}/me/")
    return Message(
        key=str(reminder.pk),
        to_email=patient.email,
        to_phone=patient.phone,
        subject=text.subject,
        body=text.body,
        from_name=clinic.name,
    )


def _finish(reminder: Reminder, state: str, now: datetime, **fields: Any) -> None:
    """Write down what became of a claimed row, and promise the next session where it was one of a chain."""
    done = Reminder.objects.filter(pk=reminder.pk, state=State.CLAIMED).update(
        state=state, finished_at=now, **fields
    )
    if done and reminder.kind == Kind.HOME_EXERCISE:
        promise_exercises(reminder.plan, after=max(reminder.due_at, now - timing.EXERCISE_USEFUL_FOR))


def _later(reminder: Reminder, due_at: datetime, now: datetime, **fields: Any) -> str:
    if due_at >= reminder.useless_after:
        _finish(reminder, State.SKIPPED, now, **{"last_error": "quiet hours", **fields})
        return "skipped"
    Reminder.objects.filter(pk=reminder.pk, state=State.CLAIMED).update(
        state=State.PENDING, claimed_at=None, due_at=due_at, **fields
    )
    return "later"


# --- looking after them ---------------------------------------------------------------------------------------------
@transaction.atomic
def retry(reminder_id: UUID, *, by: Access) -> Reminder:
    """Put a failed reminder back into the queue, now. Raises RuleBroken `state` for any other, or when it is too late."""
    reminder = Reminder.objects.for_clinic(by).select_for_update().get(pk=reminder_id)
    now = timezone.now()
    if reminder.state != State.FAILED:
        raise RuleBroken(_("Only a failed message can be sent again."), code="state")
    if now >= reminder.useless_after:
        raise RuleBroken(_("It is too late for this message."), code="state")
    reminder.state, reminder.due_at, reminder.attempts, reminder.last_error = State.PENDING, now, 0, ""
    reminder.finished_at = reminder.claimed_at = None
    reminder.save(update_fields=["state", "due_at", "attempts", "last_error", "finished_at", "claimed_at"])
    return reminder


def reconcile(clinic_id: UUID) -> int:
    """Repair what a crash or a fault left behind: a running plan without its pending promise. Return how many."""
    repaired = 0
    with tenancy.scope(clinic_id):
        waiting = Reminder.objects.for_clinic(clinic_id).filter(
            kind=Kind.HOME_EXERCISE, state__in=[State.PENDING, State.CLAIMED]
        )
        for plan in (
            CarePlan.objects.for_clinic(clinic_id).running().exclude(pk__in=waiting.values("plan_id"))
        ):
            try:
                with transaction.atomic():
                    repaired += promise_exercises(plan) is not None
            except IntegrityError:
                log.exception("could not promise exercises", extra={"plan": str(plan.pk)})
    return repaired
