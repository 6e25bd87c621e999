"""The messages: what was sent about visits and exercises, what failed, and what is promised for the days to come."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from careplans.models import CarePlan
from patients.models import Consent, Patient
from reminders.models import Kind, Preference, Reminder, State
from reminders.services import ABOUT_TO_COME, channel_for
from reminders.timing import BEFORE_A_VISIT, EXERCISE_USEFUL_FOR, next_session
from scheduling.models import Appointment, Status
from workspace.demo.clock import Clock, as_told
from workspace.demo.keys import chance
from workspace.demo.practice import Practice

LOOK_BACK = timedelta(days=14)
REFUSED = {"email": "the mail server refused the address (550)", "sms": "the SMS provider refused it (404)"}


def prefer(practice: Practice) -> None:
    """Keep how the patients of a new practice want to be told: many by text message, half without exercise reminders."""
    rows = []
    for patient in Patient.objects.for_clinic(practice.clinic).exclude(invited_at=None):
        luck = chance(patient.pk, "prefers")
        theirs = patient.email.endswith(".tonus")
        rows.append(
            Preference(
                clinic=practice.clinic,
                patient=patient,
                channels=[] if theirs else luck.choice(([], [], ["sms", "email"], ["in-app"])),
                exercise_reminders=theirs or luck.random() < 0.5,
            )
        )
    Preference.objects.bulk_create(rows)


def promise(practice: Practice, visits: Sequence[Appointment], clock: Clock) -> None:
    """Make the reminders of visits just booked: the past ones as they ended, those to come waiting."""
    clinic = practice.clinic
    agreed = set(
        Consent.objects.for_clinic(clinic)
        .filter(kind="reminders", withdrawn_at=None)
        .values_list("patient_id", flat=True)
    )
    people = Patient.objects.for_clinic(clinic).select_related("reminder_preference")
    channel = {row.pk: channel_for(row, getattr(row, "reminder_preference", None)) for row in people}
    rows = []
    for visit in visits:
        if visit.start < clock.now - LOOK_BACK:
            continue
        for lead, before in BEFORE_A_VISIT.items():
            row = _about(visit, lead, visit.start - before)
            row.channel = channel[visit.patient_id]
            _finish(row, visit.status, visit.patient_id in agreed, clock.now)
            rows.append(row)
    with as_told(Reminder, "created_at"):
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def _about(visit: Appointment, lead: str, due_at: datetime) -> Reminder:
    start = visit.start.astimezone(UTC).isoformat()
    return Reminder(
        clinic_id=visit.clinic_id,
        patient_id=visit.patient_id,
        appointment=visit,
        kind=Kind.APPOINTMENT,
        subject=visit.pk,
        occurrence=f"{lead}:{start}",
        facts={"start": start},
        due_at=due_at,
        useless_after=max(visit.start, due_at + timedelta(minutes=30)),
        created_at=visit.created_at,
    )


def _finish(row: Reminder, status: Status, agreed: bool, now: datetime) -> None:
    """Write down what became of a reminder, when its time has come or its visit will not."""
    luck = chance(row.subject, row.occurrence).random()
    if status == Status.CANCELLED:
        row.state, row.finished_at = State.CANCELLED, min(row.due_at, now)
    elif row.due_at > now:
        if status not in ABOUT_TO_COME:
            row.state, row.finished_at = State.CANCELLED, now
    elif not agreed:
        row.state, row.finished_at, row.last_error = State.SKIPPED, row.due_at, "no consent"
    elif luck < 0.03 and row.channel in REFUSED:
        row.state, row.finished_at, row.attempts = State.FAILED, row.due_at, 1
        row.last_error = REFUSED[row.channel]
    else:
        row.state, row.finished_at, row.attempts = State.SENT, row.due_at + timedelta(seconds=4), 1
        row.provider_id = f"<{row.pk}@demo>"


def remember(practice: Practice, clock: Clock) -> None:
    """Add the exercise reminders of a new practice: those of the last days, and the next one of each plan."""
    plans = (
        CarePlan.objects.for_clinic(practice.clinic).running().select_related("patient__reminder_preference")
    )
    rows = []
    for plan in plans.prefetch_related("home_items"):
        preference = getattr(plan.patient, "reminder_preference", None)
        items = [item for item in plan.home_items.all() if item.phase_id == plan.current_phase_id]
        if not (items and preference and preference.exercise_reminders):
            continue
        schedules = [(item.days_of_week, item.times) for item in items]
        due = clock.at(max(plan.start_date, clock.today - timedelta(days=7)), 0)
        while due := next_session(schedules, after=due, zone=clock.zone.key, start=plan.start_date):
            row = Reminder(
                clinic=practice.clinic,
                patient=plan.patient,
                plan=plan,
                kind=Kind.HOME_EXERCISE,
                subject=plan.pk,
                occurrence=due.isoformat(),
                channel=channel_for(plan.patient, preference),
                due_at=due,
                useless_after=due + EXERCISE_USEFUL_FOR,
                created_at=due - timedelta(hours=11),
            )
            rows.append(row)
            if due > clock.now:
                break
            row.finished_at = due + timedelta(seconds=5)
            if chance(plan.pk, due).random() < 0.55:
                row.state, row.last_error = State.SKIPPED, "already done"
            else:
                row.state, row.attempts = State.SENT, 1
    with as_told(Reminder, "created_at"):
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
