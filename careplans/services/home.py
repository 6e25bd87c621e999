"""What happens at home: the sessions of a patient's day, and what phones send, once or twice, soon or days later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import serializers

from careplans import sessions
from careplans.models import (
    DiaryEntry,
    ExerciseLog,
    HomePrescription,
    Phase,
    PlanStatus,
    StopReport,
    SyncEvent,
)
from careplans.services.reference import local
from careplans.signals import exercise_logged
from catalogue.knowledge import knowledge
from catalogue.models import Exercise
from catalogue.pictures import described
from clinic.api import AwareDateTimeField, StrictSerializer
from clinic.models import Clinic
from patients.models import Patient

MOST_EVENTS = 500  # in one call
MAY_LIE_AHEAD = timedelta(minutes=10)
CLOCK_IS_RIGHT = timedelta(seconds=60)  # a phone's clock this close to ours is left alone
PAIN_ROSE = 3  # points from before to after, at which the clinic is told

TOO_PAINFUL, PAIN_RISE = "too-painful", "pain-rise"  # cues of our own, beside those of the catalogue


# --- the day ---------------------------------------------------------------------------------------------------------
def zone_of(patient: Patient, clinic: Clinic | None = None) -> ZoneInfo:
    """Return the zone of a patient's clock: their own, else the clinic's."""
    return ZoneInfo(patient.timezone) if patient.timezone else (clinic or patient.clinic).zone


class Done(NamedTuple):
    """One session of an exercise that was logged, however often."""

    lineage_id: UUID
    day: date
    session: time


def today(
    patient: Patient,
    *,
    clinic: Clinic | None = None,
    language: str | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return the patient's local day: `date`, whether a plan is `running`, its `sessions` by time (earlier ones too), and the
    `education` of the current phases.

    `held` is an exercise that hurt too much, until somebody of the clinic has seen to it: in the next version of the
    plan too, because a new signature alone says nothing about the pain.
    Texts are in `language` (else the active one). Two queries: the current phases of running plans, and their home
    exercises with what was logged of each; `clinic` saves a third.
    """
    day = sessions.local_day(now or timezone.now(), zone_of(patient, clinic))
    phases = list(
        Phase.objects.for_clinic(patient.clinic_id)
        .filter(plan__patient=patient, plan__status=PlanStatus.ACTIVE, plan__start_date__lte=day)
        .filter(plan__current_phase=F("pk"))
        .order_by("plan_id")
    )
    logged = ExerciseLog.objects.for_clinic(patient.clinic_id).filter(
        patient=patient, day=day, lineage_id=OuterRef("lineage_id")
    )
    stopped = StopReport.objects.for_clinic(patient.clinic_id).filter(
        patient=patient, cue=TOO_PAINFUL, seen_at=None, prescription__lineage_id=OuterRef("lineage_id")
    )
    prescribed = list(
        HomePrescription.objects.for_clinic(patient.clinic_id)
        .filter(phase__in=[phase.pk for phase in phases])
        .annotate(logged_at=ArraySubquery(logged.values("session")), held=Exists(stopped))
        .select_related("exercise")
        .order_by("plan_id", "order", "pk")
    )
    logs = [Done(item.lineage_id, day, at) for item in prescribed for at in item.logged_at]
    with translation.override(language or get_language()):
        return {
            "date": day.isoformat(),
            "running": bool(phases),
            "sessions": [
                {
                    "time": session.time,
                    "exercises": [
                        home_item(due.prescription) | {"done": due.done, "held": due.prescription.held}
                        for due in session.exercises
                    ],
                }
                for session in sessions.sessions_on(day, prescribed, logs)
            ],
            "education": _education(phases),
        }


def my_plan(patient: Patient, *, language: str | None = None) -> dict[str, Any]:
    """Return the phases of a patient's running plans, in words for them: name, current, home. Two queries."""
    phases = (
        Phase.objects.for_clinic(patient.clinic_id)
        .filter(plan__patient=patient, plan__status=PlanStatus.ACTIVE)
        .select_related("plan")
        .defer("plan__findings", "plan__overrides", "plan__protocol_text")
        .prefetch_related(Prefetch("home_items", HomePrescription.objects.select_related("exercise")))
        .order_by("plan_id", "order", "pk")
    )
    with translation.override(language or get_language()):
        return {
            "phases": [
                {
                    "name": phase.name,
                    "current": phase.pk == phase.plan.current_phase_id,
                    "home": [home_item(item) for item in phase.home_items.all()],
                }
                for phase in phases
            ]
        }


def home_item(item: HomePrescription) -> dict[str, Any]:
    """Return a home exercise as the patient sees it, in the active language."""
    return {
        "prescription": str(item.pk),
        "lineage_id": str(item.lineage_id),
        "exercise": exercise_words(item.exercise, item.side),
        "side": item.side,
        "assistance": item.assistance,
        "sets": item.sets,
        "reps": item.reps,
        "hold_s": item.hold_s,
        "rest_s": item.rest_s,
        "note": item.note,
        "days_of_week": item.days_of_week,
        "times": [f"{clock:%H:%M}" for clock in item.times],
        "status": item.status,
    }


def exercise_words(exercise: Exercise, side: str | None = None) -> dict[str, Any]:
    """Return an exercise for a patient: name, steps and when to stop, in the active language.

    `stop_cues` are the texts of `stop_if` with their ids, for a "stop" event.
    """
    entry = exercise.entry
    texts = knowledge().terms("stop_cues")
    cues = [{"id": cue, "text": local(texts[cue]["text"])} for cue in entry["stop_if"]]
    return {
        "id": exercise.public_id,
        "name": local(entry["name"]),
        "steps": local(entry["steps"]),
        "position": entry["position"],
        "picture": described(exercise.public_id, side),
        "stop_if": [cue["text"] for cue in cues],
        "stop_cues": cues,
    }


def _education(phases: Sequence[Phase]) -> list[dict[str, str]]:
    topics = knowledge().education_topics
    named = dict.fromkeys(topic for phase in phases for topic in phase.education if topic in topics)
    return [
        {"id": topic, "title": local(topics[topic]["title"]), "text": local(topics[topic]["text"])}
        for topic in named
    ]


# --- what phones send ------------------------------------------------------------------------------------------------
class Rejected(Exception):
    """One event cannot be taken, and why: a sentence for whoever looks into it."""


class EventShape(StrictSerializer):
    id = serializers.UUIDField()
    type = serializers.ChoiceField(["log", "diary", "stop"])
    occurred_at = AwareDateTimeField()
    data = serializers.DictField()  # type: ignore[assignment]


class Clock(serializers.TimeField):
    """A time of day "HH:MM"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M"], **kwargs)


def _ten(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=10, allow_null=True, **kwargs)


def _note() -> serializers.CharField:
    return serializers.CharField(max_length=1000, allow_blank=True, allow_null=True, required=False)


class LogShape(StrictSerializer):
    prescription = serializers.UUIDField()
    session = Clock(allow_null=True, default=None)
    sets_done = serializers.IntegerField(min_value=0, max_value=100, default=0)
    pain_before = _ten(default=None)
    pain_after = _ten(default=None)
    too_painful = serializers.BooleanField(default=False)
    note = _note()


class DiaryShape(StrictSerializer):
    date = serializers.DateField()
    pain = _ten(required=False)
    spasm_count = serializers.IntegerField(min_value=0, max_value=500, allow_null=True, required=False)
    spasm_severity = _ten(required=False)
    sleep = _ten(required=False)
    medication_taken = serializers.BooleanField(allow_null=True, required=False)
    note = _note()


class StopShape(StrictSerializer):
    prescription = serializers.UUIDField(allow_null=True, default=None)
    cue = serializers.CharField(max_length=60)
    note = _note()


DIARY_FIELDS = ("pain", "spasm_count", "spasm_severity", "sleep", "medication_taken", "note")


@dataclass
class _Call:
    """One call of a phone: whose, on which clock, and what its events refer to."""

    patient: Patient
    zone: ZoneInfo
    now: datetime
    correction: timedelta
    seen: set[UUID]
    prescriptions: dict[UUID, HomePrescription] = field(default_factory=dict)

    def prescription(self, pk: UUID) -> HomePrescription:
        if pk not in self.prescriptions:
            raise Rejected(_("This exercise is not in a plan of yours."))
        return self.prescriptions[pk]


class CallShape(StrictSerializer):
    """What a phone says beside its events: its clock now."""

    sent_at = AwareDateTimeField(required=False, allow_null=True)


def sync(
    patient: Patient, body: Any, *, clinic: Clinic | None = None, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Take what a phone sends and answer each event, in the order sent: accepted, duplicate or rejected with why.

    An event's id counts per patient: whatever is sent again is a duplicate. A bad event is rejected alone. `sent_at` is
    the phone's clock now, by which a wrong clock is put right; what then lies over ten minutes ahead is rejected. Events
    are taken in the order of their ids, so that two calls with the same events cannot deadlock. Raises ValidationError
    for what is no list of events, or over 500; then none is taken.
    """
    events = body.get("events") if isinstance(body, Mapping) else None
    if not isinstance(events, list):
        raise serializers.ValidationError({"events": [_("Send a list of events.")]})
    if len(events) > MOST_EVENTS:
        raise serializers.ValidationError({"events": [_("Send at most %d events at once.") % MOST_EVENTS]})
    shaped = CallShape(data={key: value for key, value in body.items() if key != "events"})
    shaped.is_valid(raise_exception=True)
    call = _open(
        events, patient, shaped.validated_data.get("sent_at"), zone_of(patient, clinic), now or timezone.now()
    )
    answers: dict[int, dict[str, Any]] = {}
    for place in sorted(range(len(events)), key=lambda place: _sort_key(events[place])):
        answers[place] = _take(events[place], call)
    return [answers[place] for place in range(len(events))]


def _open(
    events: list[Any], patient: Patient, sent_at: datetime | None, zone: ZoneInfo, now: datetime
) -> _Call:
    """Fetch what the events refer to, in two queries."""
    behind = now - sent_at if sent_at else timedelta()
    ids: set[UUID | None] = set()
    prescriptions: set[UUID | None] = set()
    for event in events:
        if isinstance(event, dict):
            ids.add(_uuid(event.get("id")))
            data = event.get("data")
            prescriptions.add(_uuid(data.get("prescription")) if isinstance(data, dict) else None)
    seen = SyncEvent.objects.for_clinic(patient.clinic_id).filter(
        patient=patient, event_id__in=[each for each in ids if each]
    )
    signed = HomePrescription.objects.for_clinic(patient.clinic_id).filter(
        plan__patient=patient, plan__signed_at__isnull=False, pk__in=[each for each in prescriptions if each]
    )
    return _Call(
        patient=patient,
        zone=zone,
        now=now,
        correction=behind if abs(behind) > CLOCK_IS_RIGHT else timedelta(),
        seen=set(seen.values_list("event_id", flat=True)),
        prescriptions={item.pk: item for item in signed},
    )


def _take(event: Any, call: _Call) -> dict[str, Any]:
    """Take one event, in a savepoint of its own, and answer it."""
    told_id = event.get("id") if isinstance(event, dict) else None
    try:
        shaped = _read(EventShape, event)
        if shaped["id"] in call.seen:
            return {"id": told_id, "status": "duplicate", "detail": ""}
        with transaction.atomic():
            _store(shaped, call)
    except Rejected as why:
        return {"id": told_id, "status": "rejected", "detail": str(why)}
    except IntegrityError as error:
        if "syncevent_once" not in str(error):
            raise
        return {"id": told_id, "status": "duplicate", "detail": ""}  # another call took it while we waited
    call.seen.add(shaped["id"])
    return {"id": told_id, "status": "accepted", "detail": ""}


def _store(event: dict[str, Any], call: _Call) -> None:
    occurred_at = _corrected(event["occurred_at"], call)
    shape, keep = {"log": (LogShape, _log), "diary": (DiaryShape, _diary), "stop": (StopShape, _stop)}[
        event["type"]
    ]
    data = _read(shape, event["data"])
    row = SyncEvent.objects.create(
        clinic_id=call.patient.clinic_id,
        patient=call.patient,
        event_id=event["id"],
        type=event["type"],
        occurred_at=occurred_at,
        received_at=call.now,
    )
    keep(row, data, call)


def _corrected(told: datetime, call: _Call) -> datetime:
    try:
        occurred_at = told.astimezone(UTC) + call.correction
    except OverflowError:
        raise Rejected(_("This time is impossible.")) from None
    if occurred_at > call.now + MAY_LIE_AHEAD:
        raise Rejected(_("This lies in the future. Is the phone's clock right?"))
    if occurred_at.year < 2000:
        raise Rejected(_("This lies too far in the past."))
    return occurred_at


def _log(row: SyncEvent, data: dict[str, Any], call: _Call) -> None:
    """Keep how an exercise went; tell the clinic when it hurt too much."""
    item = call.prescription(data["prescription"])
    day, session = sessions.session_of(row.occurred_at, item.times, call.zone, named=data["session"])
    log = ExerciseLog.objects.create(
        clinic_id=row.clinic_id,
        patient=call.patient,
        event=row,
        prescription=item,
        lineage_id=item.lineage_id,
        day=day,
        session=session,
        occurred_at=row.occurred_at,
        sets_done=data["sets_done"],
        pain_before=data["pain_before"],
        pain_after=data["pain_after"],
        too_painful=data["too_painful"],
        note=data.get("note") or "",
    )
    if cue := _pain_cue(log):
        _report(row, cue, item, log.note)
    exercise_logged.send(ExerciseLog, log=log)


def _pain_cue(log: ExerciseLog) -> str | None:
    """Return why the clinic should know how this exercise felt, or None."""
    if log.too_painful:
        return TOO_PAINFUL
    rose = log.pain_before is not None and log.pain_after is not None and log.pain_after - log.pain_before
    return PAIN_RISE if rose and rose >= PAIN_ROSE else None


def _diary(row: SyncEvent, data: dict[str, Any], call: _Call) -> None:
    """Write what was said of a day into its entry, unless something later was said of the same field."""
    if data["date"] > sessions.local_day(call.now + MAY_LIE_AHEAD, call.zone):
        raise Rejected(_("This day is still to come."))
    if data["date"].year < 2000:
        raise Rejected(_("This lies too far in the past."))
    key = {"clinic_id": row.clinic_id, "patient": call.patient, "day": data["date"]}
    DiaryEntry.objects.bulk_create([DiaryEntry(**key)], ignore_conflicts=True)
    entry = DiaryEntry.objects.select_for_update().get(**key)
    told = [
        name for name in DIARY_FIELDS if name in data and _is_later(row.occurred_at, entry.told_at.get(name))
    ]
    for name in told:
        setattr(entry, name, (data[name] or "") if name == "note" else data[name])
        entry.told_at[name] = row.occurred_at.isoformat()
    entry.save(update_fields=[*told, "told_at"])


def _is_later(moment: datetime, said: str | None) -> bool:
    return said is None or moment > datetime.fromisoformat(said)


def _stop(row: SyncEvent, data: dict[str, Any], call: _Call) -> None:
    """Tell the clinic that the patient stopped, and at which sign."""
    if data["cue"] not in knowledge().terms("stop_cues") and data["cue"] not in knowledge().red_flags:
        raise Rejected(_("There is no such stop cue or red flag."))
    item = call.prescription(data["prescription"]) if data["prescription"] else None
    _report(row, data["cue"], item, data.get("note") or "")


def _report(row: SyncEvent, cue: str, item: HomePrescription | None, note: str) -> None:
    StopReport.objects.create(
        clinic_id=row.clinic_id,
        patient_id=row.patient_id,
        event=row,
        prescription=item,
        cue=cue,
        note=note,
        occurred_at=row.occurred_at,
    )


def _read(shape: type[StrictSerializer], value: Any) -> dict[str, Any]:
    """Return the value in its shape. Raises Rejected with the first fault, named by its field."""
    shaped = shape(data=value)
    if shaped.is_valid():
        return dict(shaped.validated_data)
    name, faults = next(iter(shaped.errors.items()))
    fault = str(next(iter(faults.values() if isinstance(faults, Mapping) else faults)))
    raise Rejected(fault if name == "non_field_errors" else f"{name}: {fault}")


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _sort_key(event: Any) -> str:
    found = _uuid(event.get("id")) if isinstance(event, dict) else None
    return str(found or "")
