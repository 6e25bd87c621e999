"""Making promises, in the transaction of what they are about (receivers.py), and taking them back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from careplans.models import CarePlan, HomePrescription, ItemStatus
from clinic.models import Clinic
from patients.models import Patient
from reminders import timing
from reminders.models import LIVE, Channel, Kind, Preference, Reminder, State
from scheduling.models import Appointment, Status

ABOUT_TO_COME = (Status.BOOKED, Status.CONFIRMED)
PERSON = (  # what is asked of a patient: how to reach them, on which clock, whether still
    *("clinic_id", "given_name", "language", "timezone", "phone", "phone_owner", "email", "pin"),
    *("user_id", "invited_at", "archived_at", "deceased_on"),
)
PREFERRED = ("channels", "exercise_reminders", "quiet_from", "quiet_until", "patient_id")
INVITATION_USEFUL_FOR = timedelta(days=3)


def channel_for(patient: Patient, preference: Preference | None = None) -> str:
    """Return the first channel the patient wants and can be reached on; the portal's inbox always works."""
    reach = {Channel.EMAIL: bool(patient.email), Channel.SMS: bool(patient.phone), Channel.IN_APP: True}
    wanted = (preference.channels if preference else None) or [Channel.EMAIL, Channel.SMS]
    return next((channel for channel in wanted if reach.get(channel)), Channel.IN_APP)


def _channel(patient: Patient) -> str:
    return channel_for(patient, getattr(patient, "reminder_preference", None))


def promise_visits(
    appointments: Sequence[Appointment], about: str, *, now: datetime | None = None
) -> list[Reminder]:
    """Promise a notice of what happened (`about`: booked, series, moved, cancelled) and reminders before each visit.

    One notice for a series. A visit that holds no time gets no reminder before it; who has left gets nothing. Two queries.
    """
    now = now or timezone.now()
    if not appointments:
        return []
    first = min(appointments, key=lambda visit: visit.start)
    people = Patient.objects.for_clinic(first.clinic_id).select_related("reminder_preference")
    patient = people.get(pk=first.patient_id)
    if patient.archived_at or patient.deceased_on:
        return []
    channel = _channel(patient)
    rows = []
    if first.start > now:
        occurrence = f"{about}:{first.start.isoformat()}:{now.isoformat()}"
        rows.append(_about_visit(first, Kind.NOTICE, occurrence, channel, now, about=about))
    for visit in appointments:
        if visit.status in ABOUT_TO_COME:
            for lead, due_at in timing.appointment_reminders(visit.start, now):
                occurrence = f"{lead}:{visit.start.isoformat()}"
                rows.append(_about_visit(visit, Kind.APPOINTMENT, occurrence, channel, due_at))
    return Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def _about_visit(
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


def promise_invitation(patient: Patient, *, now: datetime | None = None) -> Reminder:
    """Promise to tell a patient that they may sign in, by e-mail or else by text message: the portal is not theirs yet."""
    now = now or timezone.now()
    return Reminder.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        kind=Kind.OTHER,
        subject=patient.pk,
        occurrence=f"invited:{now.isoformat()}",
        channel=Channel.EMAIL if patient.email else Channel.SMS,
        due_at=now,
        useless_after=now + INVITATION_USEFUL_FOR,
        facts={"about": "invited"},
    )


def take_back(clinic_id: UUID, **about: Any) -> int:
    """Cancel the pending promises about an `appointment`, a `plan` or a `patient`; return how many."""
    pending = Reminder.objects.for_clinic(clinic_id).filter(state=State.PENDING, **about)
    return pending.update(state=State.CANCELLED, finished_at=timezone.now())


def promise_exercises(plan: CarePlan, *, after: datetime | None = None) -> int:
    """Keep the one promise of a running plan: its next session. Return 1, or 0 when there is none or it was made."""
    return promise_next_sessions(plan.clinic_id, {plan.pk: after or timezone.now()})


def promise_anew(patient: Patient) -> None:
    """Promise the next session of each running plan once more: the patient wants to be told otherwise now, or no more."""
    take_back(patient.clinic_id, patient=patient, kind=Kind.HOME_EXERCISE)
    running = CarePlan.objects.for_clinic(patient.clinic_id).running().filter(patient=patient)
    plans = running.values_list("pk", flat=True)
    promise_next_sessions(patient.clinic_id, dict.fromkeys(plans, timezone.now()))


def promise_next_sessions(clinic_id: UUID, after: Mapping[UUID, datetime]) -> int:
    """Keep the one promise of each plan: its first session later than `after` names for it. Return how many were made.

    The plans are locked, in the order of their ids, so that of two who promise at once the second sees the first's row.
    A plan that does not run, has no session, or whose patient wants no such reminders gets none. Five queries.
    """
    plans = list(
        CarePlan.objects.for_clinic(clinic_id)
        .running()
        .filter(pk__in=list(after), current_phase__isnull=False)
        .select_related("patient__reminder_preference")
        .only(
            *("clinic_id", "patient_id", "start_date", "current_phase_id"),
            *(f"patient__{name}" for name in PERSON),
            *(f"patient__reminder_preference__{name}" for name in PREFERRED),
        )
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    if not plans:
        return 0
    zone = Clinic.objects.values_list("timezone", flat=True).get(pk=clinic_id)
    ours = Reminder.objects.for_clinic(clinic_id).filter(kind=Kind.HOME_EXERCISE, plan__in=plans)
    promised = set(ours.filter(state__in=LIVE).values_list("plan_id", flat=True))
    schedules = _schedules(clinic_id, plans)
    rows = [
        row
        for plan in plans
        if plan.pk not in promised and (row := _next_session(plan, schedules[plan.pk], after[plan.pk], zone))
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _schedules(clinic_id: UUID, plans: Sequence[CarePlan]) -> Mapping[UUID, list[timing.Schedule]]:
    """Return by plan the days and times of the exercises of its current phase."""
    phases = [plan.current_phase_id for plan in plans]
    items = HomePrescription.objects.for_clinic(clinic_id).filter(phase__in=phases, status=ItemStatus.ACTIVE)
    found: dict[UUID, list[timing.Schedule]] = defaultdict(list)
    for plan, days, times in items.values_list("plan_id", "days_of_week", "times"):
        found[plan].append((days, times))
    return found


def _next_session(
    plan: CarePlan, schedules: Sequence[timing.Schedule], after: datetime, zone: str
) -> Reminder | None:
    patient = plan.patient
    preference = getattr(patient, "reminder_preference", None)
    if preference and not preference.exercise_reminders:
        return None
    due_at = timing.next_session(
        schedules,
        after=after,
        zone=patient.timezone or zone,
        start=plan.start_date,
    )
    if due_at is None:
        return None
    return Reminder(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        kind=Kind.HOME_EXERCISE,
        subject=plan.pk,
        occurrence=due_at.isoformat(),
        channel=_channel(patient),
        due_at=due_at,
        useless_after=due_at + timing.EXERCISE_USEFUL_FOR,
    )
