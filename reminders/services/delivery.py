"""Keeping promises: claim what is due, look whether it is still wanted, send with no transaction open, write down the end.

A claim is the row's `claimed_at`. Whoever sends first makes the claim new, so that a second copy of the same task (a broker
that delivers twice, a worker that fell behind its lease) finds it gone and sends nothing.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from careplans import sessions
from careplans.models import ExerciseLog, HomePrescription, ItemStatus, PlanStatus
from clinic import doors, tenancy
from clinic.models import Clinic
from patients.models import Consent, ConsentKind
from reminders import texts, timing
from reminders.channels import Channels, Message, Undeliverable, Unreachable, open_channels
from reminders.models import Kind, Reminder, State
from reminders.services.promises import ABOUT_TO_COME, PERSON, PREFERRED, channel_for, promise_next_sessions

LEASE = timedelta(minutes=5)
SEND_WITHIN = LEASE / 2  # of one task; what is left then waits for another, well before its lease ends
BATCH = 500


def claim(now: datetime | None = None, limit: int = BATCH) -> list[tuple[str, str]]:
    """Claim due reminders of every clinic and return their (clinic id, id) pairs; several may do this at once."""
    rows = doors.rows(
        "SELECT * FROM tonus_claim_reminders(%s, %s, %s)", [now or timezone.now(), limit, LEASE]
    )
    return sorted((str(row["clinic_id"]), str(row["id"])) for row in rows)


def deliver(
    claimed: Iterable[Sequence[str]], claimed_at: datetime, *, now: datetime | None = None
) -> Counter[str]:
    """Send what was claimed at `claimed_at`, clinic by clinic; return how many were sent, skipped, failed and put off ("later")."""
    now = now or timezone.now()
    until = time.monotonic() + SEND_WITHIN.total_seconds()
    counts: Counter[str] = Counter()
    with open_channels() as channels:
        for clinic, pairs in groupby(sorted(map(tuple, claimed)), key=itemgetter(0)):
            clinic_id, ids = UUID(clinic), [UUID(pk) for _clinic, pk in pairs]
            with tenancy.scope(clinic_id):
                taken, taken_at = _take(clinic_id, ids, claimed_at, now)
                ends, wanted = _sort_out(clinic_id, taken, now)
            ends += [_send(row, message, channels, now, until) for row, message in wanted]
            with tenancy.scope(clinic_id):
                counts.update(_write_down(clinic_id, ends, taken_at, now))
    return counts


TAKE = """
UPDATE reminders_reminder SET claimed_at = %s
WHERE clinic_id = %s AND id = ANY(%s) AND state = 'claimed' AND claimed_at = %s RETURNING id
"""


def _take(
    clinic_id: UUID, ids: list[UUID], claimed_at: datetime, now: datetime
) -> tuple[list[UUID], datetime]:
    """Make a claim new, and with it its lease; return the rows it still holds, and its moment."""
    taken_at = max(now, claimed_at + timedelta(microseconds=1))
    return [row["id"] for row in doors.rows(TAKE, [taken_at, clinic_id, ids, claimed_at])], taken_at


@dataclass(slots=True)
class End:
    """What becomes of a claimed row."""

    reminder: Reminder
    state: str
    said: str = ""  # why, where it is not sent
    due_at: datetime | None = None  # of one that is put off
    tried: bool = False
    provider_id: str = ""


NEEDED = (  # of a row and of what it is about: a plan carries all its texts, and a hundred are read at once
    *("kind", "facts", "occurrence", "channel", "due_at", "useless_after", "state", "attempts"),
    *("clinic_id", "patient_id", "appointment_id", "plan_id"),
    *(f"patient__{name}" for name in PERSON),
    *(f"patient__reminder_preference__{name}" for name in PREFERRED),
    *("appointment__status", "appointment__span"),
    *("plan__status", "plan__current_phase_id"),
)


# --- still wanted? --------------------------------------------------------------------------------------------------
def _sort_out(
    clinic_id: UUID, taken: Sequence[UUID], now: datetime
) -> tuple[list[End], list[tuple[Reminder, Message]]]:
    """Return what ends without being sent, and what is to be sent now with its message. Five queries, whatever is due."""
    rows = Reminder.objects.for_clinic(clinic_id).select_related(
        "patient__reminder_preference", "appointment", "plan"
    )
    claimed = list(rows.only(*NEEDED).filter(pk__in=taken))
    if not claimed:
        return [], []
    clinic = Clinic.objects.get(pk=clinic_id)
    for row in claimed:
        row.patient.clinic = clinic
    people = {row.patient_id for row in claimed}
    agreed = set(
        Consent.objects.for_clinic(clinic_id)
        .filter(patient__in=people, kind=ConsentKind.REMINDERS, withdrawn_at=None)
        .values_list("patient_id", flat=True)
    )
    done = _done_sessions(clinic_id, [row for row in claimed if row.kind == Kind.HOME_EXERCISE])
    ends, wanted = [], []
    for row in claimed:
        row.channel = _channel(row)
        reason = not_wanted(row, now, agreed=row.patient_id in agreed, done=row.pk in done)
        if reason:
            ends.append(End(row, State.SKIPPED, reason))
        elif (better := _outside_quiet_hours(row, now)) > now:
            in_time = better < row.useless_after
            end = (
                End(row, State.PENDING, due_at=better) if in_time else End(row, State.SKIPPED, "quiet hours")
            )
            ends.append(end)
        else:
            wanted.append((row, _message(row)))
    return ends, wanted


def _channel(row: Reminder) -> str:
    """Return how the patient wants to be told today; an invitation goes to the address itself."""
    patient = row.patient
    if row.facts.get("about") == "invited":
        return row.channel
    return channel_for(patient, getattr(patient, "reminder_preference", None))


def not_wanted(row: Reminder, now: datetime, *, agreed: bool, done: bool) -> str:
    """Return why a reminder is no longer to be sent, "" when it is. The reason holds no clinical word."""
    patient, visit = row.patient, row.appointment
    if now >= row.useless_after:
        return "too late"
    if patient.archived_at or patient.deceased_on:
        return "no longer a patient"
    if row.facts.get("about") == "invited":  # asked for at the desk; what follows it needs consent
        return ""
    if not agreed:
        return "no consent"
    if visit is not None and row.facts.get("about") != "cancelled":
        if visit.status not in ABOUT_TO_COME:
            return "visit not to come"
        if datetime.fromisoformat(row.facts["start"]) != visit.start:
            return "visit has moved"
    if row.kind == Kind.HOME_EXERCISE:
        preference = getattr(patient, "reminder_preference", None)
        if row.plan is None or row.plan.status != PlanStatus.ACTIVE:
            return "plan not running"
        if preference and not preference.exercise_reminders:
            return "not wanted"
        if done:
            return "already done"
    return ""


def _done_sessions(clinic_id: UUID, rows: Sequence[Reminder]) -> set[UUID]:
    """Return the reminders of sessions of which every exercise is logged, as the patient's Today counts it. At most two queries."""
    if not rows:
        return set()
    local = {row.pk: _session_at(row).astimezone(_zone(row)) for row in rows}
    logs = defaultdict(list)
    for log in ExerciseLog.objects.for_clinic(clinic_id).filter(
        patient__in={row.patient_id for row in rows}, day__in={moment.date() for moment in local.values()}
    ):
        logs[log.patient_id].append(log)
    rows = [row for row in rows if row.patient_id in logs]
    items: dict[UUID | None, list[HomePrescription]] = defaultdict(list)
    for item in HomePrescription.objects.for_clinic(clinic_id).filter(
        phase__in={row.plan.current_phase_id for row in rows if row.plan}, status=ItemStatus.ACTIVE
    ):
        items[item.plan_id].append(item)
    return {
        row.pk
        for row in rows
        for session in sessions.sessions_on(local[row.pk].date(), items[row.plan_id], logs[row.patient_id])
        if session.done
        and sessions.instant(local[row.pk].date(), session.time, _zone(row)) == _session_at(row)
    }


def _session_at(row: Reminder) -> datetime:
    """Return when the session is; `due_at` moves when a message has to wait."""
    return datetime.fromisoformat(row.occurrence)


def _zone(row: Reminder) -> ZoneInfo:
    return ZoneInfo(row.patient.timezone or row.patient.clinic.timezone)


def _outside_quiet_hours(row: Reminder, now: datetime) -> datetime:
    patient = row.patient
    preference = getattr(patient, "reminder_preference", None)
    quiet_from = (preference and preference.quiet_from) or patient.clinic.quiet_from
    quiet_until = (preference and preference.quiet_until) or patient.clinic.quiet_until
    return timing.after_quiet_hours(now, quiet_from, quiet_until, patient.timezone or patient.clinic.timezone)


# --- sending --------------------------------------------------------------------------------------------------------
def _message(row: Reminder) -> Message:
    patient, clinic = row.patient, row.patient.clinic
    text = texts.write(row, patient, clinic)
    return Message(
        key=str(row.pk),
        to_email=patient.email,
        to_phone=patient.phone,
        subject=text.subject,
        body=text.body,
        from_name=clinic.name,
        clinic_id=clinic.pk,
    )


def _send(row: Reminder, message: Message, channels: Channels, now: datetime, until: float) -> End:
    """Send one message, with no transaction open, and return its end: sent, failed, or put off."""
    if time.monotonic() > until:
        return End(row, State.PENDING, due_at=now)
    try:
        return End(row, State.SENT, tried=True, provider_id=channels.send(row.channel, message)[:200])
    except Undeliverable as refused:
        return End(row, State.FAILED, str(refused)[:300], tried=True)
    except Unreachable as down:
        said = str(down)
    except Exception as broken:  # noqa: BLE001  (whatever a provider raises, the row says so and is tried again)
        said = type(broken).__name__
    wait = timing.back_off(row.attempts + 1, random.random)
    if wait is None or now + wait >= row.useless_after:
        return End(row, State.FAILED, said, tried=True)
    return End(row, State.PENDING, said, due_at=now + wait, tried=True)


# --- writing down ---------------------------------------------------------------------------------------------------
WRITE = """
UPDATE reminders_reminder r
SET state = o.state, channel = o.channel, last_error = o.said, provider_id = o.provider_id, due_at = o.due_at,
    attempts = r.attempts + o.tried, finished_at = o.finished_at,
    claimed_at = CASE WHEN o.state = 'pending' THEN NULL ELSE r.claimed_at END
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::int[], %s::timestamptz[])
     AS o(id, state, channel, said, provider_id, due_at, tried, finished_at)
WHERE r.id = o.id AND r.clinic_id = %s AND r.state = 'claimed' AND r.claimed_at = %s
"""


def _write_down(clinic_id: UUID, ends: Sequence[End], taken_at: datetime, now: datetime) -> Counter[str]:
    """Write down what became of the rows, and promise the next session where one of a chain ended."""
    finished = [end for end in ends if end.state != State.PENDING]
    columns: list[list[Any]] = [
        [str(end.reminder.pk) for end in ends],
        [str(end.state) for end in ends],
        [str(end.reminder.channel) for end in ends],
        [end.said for end in ends],
        [end.provider_id for end in ends],
        [end.due_at or end.reminder.due_at for end in ends],
        [int(end.tried) for end in ends],
        [None if end.state == State.PENDING else now for end in ends],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*columns, clinic_id, taken_at])
    after: dict[UUID, datetime] = {}
    for row in (end.reminder for end in finished):
        if row.kind == Kind.HOME_EXERCISE and row.plan_id:
            after[row.plan_id] = max(row.due_at, _session_at(row), now - timing.EXERCISE_USEFUL_FOR)
    if after:
        promise_next_sessions(clinic_id, after)
    return Counter("later" if end.state == State.PENDING else str(end.state) for end in ends)
