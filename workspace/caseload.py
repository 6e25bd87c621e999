"""A physiotherapist's people: read in a fixed number of queries, sorted by who needs them most."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from careplans.models import (
    CarePlan,
    ClinicPrescription,
    ExerciseLog,
    HomePrescription,
    ItemStatus,
    Phase,
    PlanStatus,
    StopReport,
)
from careplans.services.home import PAIN_RISE, TOO_PAINFUL
from careplans.services.reference import local
from catalogue.knowledge import knowledge
from clinic.access import Access
from patients import wording
from patients.models import CareTeam, Diagnosis, DiagnosisStatus, Patient
from scheduling.models import Appointment, Booking, Kind, Status
from workspace.attention import Draft, Facts, Group, Paused, Plan, Reason, Stop, group_of, reasons
from workspace.drawing import spark
from workspace.effort import Effort, effort

DAYS = 14
MOST = 500
OPEN = (PlanStatus.DRAFT, PlanStatus.ACTIVE, PlanStatus.ON_HOLD)
COMING = (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED, Status.IN_TREATMENT)
BEGINS = Func(F("span"), function="lower", output_field=DateTimeField())
OWN_CUES = {TOO_PAINFUL: _("it hurt too much"), PAIN_RISE: _("pain rose during an exercise")}


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the list, with the gravest reason and how many more there are."""

    patient: Patient
    diagnosis: str
    group: Group
    reason: Reason | None
    more: int
    facts: Facts

    @property
    def week(self) -> Effort:
        return self.facts.effort.last(7)

    @property
    def spark(self) -> Any:
        """Pain after exercise over the window, drawn; None where nothing was said."""
        return spark([self.facts.pains.get(day.day) for day in self.facts.effort.days])


def caseload(who: Access, now: datetime | None = None) -> list[Row]:
    """Return the people `who` treats, the gravest reason first, of two alike the older, then by name. Eight queries."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    treated = CareTeam.objects.for_clinic(who).filter(patient=OuterRef("pk"), member=who.member_id)
    people = list(
        Patient.objects.for_clinic(who).current().filter(Exists(treated)).order_by("name_key", "pk")[:MOST]
    )
    ids = [person.pk for person in people]
    known = _Known(
        plans=_plans(ids, who),
        home=_home(ids, who),
        paused=_paused(ids, who),
        logs=_logs(ids, who, today),
        stops=_stops(ids, who),
        visits=_visits(ids, who, now),
    )
    diagnoses = _diagnoses(ids, who)
    rows = []
    for person in people:
        facts = known.facts(person, today)
        found = reasons(facts)
        rows.append(
            Row(
                patient=person,
                diagnosis=diagnoses.get(person.pk, ""),
                group=group_of(facts, found),
                reason=found[0] if found else None,
                more=max(len(found) - 1, 0),
                facts=facts,
            )
        )
    return sorted(rows, key=lambda row: (row.reason.rank, row.reason.since) if row.reason else (99, today))


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read, by patient."""

    plans: Mapping[UUID, list[CarePlan]]
    home: Mapping[UUID, list[HomePrescription]]
    paused: Mapping[UUID, list[Paused]]
    logs: Mapping[UUID, dict[date, tuple[int, int | None]]]
    stops: Mapping[UUID, list[Stop]]
    visits: Mapping[UUID, Mapping[str, Any]]

    def facts(self, person: Patient, today: date) -> Facts:
        plans = self.plans.get(person.pk, [])
        running = next((plan for plan in plans if not plan.is_draft), None)
        draft = next((plan for plan in plans if plan.is_draft), None)
        logs = self.logs.get(person.pk, {})
        visits = self.visits.get(person.pk, {})
        due = self.home.get(person.pk, []) if running and running.status == PlanStatus.ACTIVE else []
        return Facts(
            today=today,
            registered_on=timezone.localdate(person.created_at),
            effort=effort(
                today,
                [item for item in due if running and item.phase_id == running.current_phase_id],
                {day: logged for day, (logged, _pain) in logs.items()},
                since=running.start_date if running else None,
                days=DAYS,
            ),
            stops=self.stops.get(person.pk, []),
            paused=self.paused.get(person.pk, []),
            pains={day: pain for day, (_logged, pain) in logs.items() if pain is not None},
            plan=_plan(running) if running else None,
            draft=_draft(draft) if draft else None,
            next_visit=visits.get("next"),
            last_visit=_day(visits.get("last")),
            missed=_day(visits.get("missed")),
            visits_left=_visits_left(running) if running else 0,
        )


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _plan(plan: CarePlan) -> Plan:
    rows = plan.phases_found
    now = next((n for n, row in enumerate(rows) if row["id"] == str(plan.current_phase_id)), 0)
    starts = plan.start_date or timezone.localdate()

    def end(number: int) -> date:
        weeks = sum(float(row["weeks"]) for row in rows[:number])
        return starts + timedelta(days=round(weeks * 7) - 1)

    return Plan(
        version=plan.version,
        on_hold=plan.status == PlanStatus.ON_HOLD,
        why=plan.status_reason,
        since=timezone.localdate(plan.updated_at),
        starts=starts,
        phase=now + 1,
        phase_ends=end(now + 1),
        ends=end(len(rows)),
    )


def _draft(plan: CarePlan) -> Draft:
    by = str(plan.created_by) if plan.created_by else ""
    return Draft(plan.version, timezone.localdate(plan.updated_at), by)


def _visits_left(plan: CarePlan) -> int:
    planned = sum(
        (Decimal(str(row["visits"] or 0)) * Decimal(str(row["weeks"]))).to_integral_value(ROUND_CEILING)
        for row in plan.phases_found
    )
    return max(int(planned) - plan.visits_taken, 0)


# --- reading: one query each ----------------------------------------------------------------------------------------------
def _diagnoses(ids: list[UUID], who: Access) -> dict[UUID, str]:
    rows = Diagnosis.objects.for_clinic(who).filter(patient__in=ids, status=DiagnosisStatus.ACTIVE)
    return {row.patient_id: wording.diagnosis(row) for row in rows.standing().order_by("-pk")}


def plan_phases() -> ArraySubquery:
    """Return a plan's phases as JSON rows in their order: id, name, order, weeks, and visits a week (none: no visits)."""
    given = ClinicPrescription.objects.filter(phase=OuterRef("pk"), status=ItemStatus.ACTIVE)
    most = Subquery(
        given.order_by().values("phase").annotate(most=Max("visits_per_week")).values("most"),
        output_field=DecimalField(),
    )
    phases = Phase.objects.filter(plan=OuterRef("pk")).order_by("order", "pk")
    row = JSONObject(id="pk", name="name", order="order", weeks="weeks", visits=most)
    return ArraySubquery(phases.values(row=row))


def _plans(ids: list[UUID], who: Access) -> dict[UUID, list[CarePlan]]:
    """Return drafts and running plans, the newest first, with their phases and how many visits were kept or are booked."""
    taken = Appointment.objects.filter(
        patient=OuterRef("patient"),
        status__in=(*COMING, Status.DONE),
        span__startswith__date__gte=OuterRef("start_date"),
    )
    counted = taken.order_by().values("patient").annotate(n=Count("pk")).values("n")
    found = (
        CarePlan.objects.for_clinic(who)
        .filter(patient__in=ids, status__in=OPEN)
        .select_related("created_by__user")
        .annotate(phases_found=plan_phases(), visits_taken=Coalesce(Subquery(counted), 0))
        .order_by("-pk")
    )
    return _by_patient((plan.patient_id, plan) for plan in found)


def _home(ids: list[UUID], who: Access) -> dict[UUID, list[HomePrescription]]:
    """Return the home exercises of the current phases of active plans."""
    rows = HomePrescription.objects.for_clinic(who).filter(
        plan__patient__in=ids, plan__status=PlanStatus.ACTIVE, phase=F("plan__current_phase")
    )
    found = rows.only("days_of_week", "times", "status", "phase", "plan__patient").select_related("plan")
    return _by_patient((row.plan.patient_id, row) for row in found.order_by("pk"))


def _paused(ids: list[UUID], who: Access) -> dict[UUID, list[Paused]]:
    """Return what a safety fact paused in plans that run. Two queries."""
    about = {"plan__patient__in": ids, "plan__status__in": OPEN[1:], "status": ItemStatus.PAUSED}
    home = HomePrescription.objects.for_clinic(who).filter(**about).select_related("plan", "exercise")
    given = ClinicPrescription.objects.for_clinic(who).filter(**about).select_related("plan")
    known = knowledge().modalities
    rows = [(row, local(row.exercise.entry["name"])) for row in home.order_by("pk")]
    rows += [(row, known[row.modality_id]["name"]) for row in given.order_by("pk")]
    return _by_patient((row.plan.patient_id, Paused(name, row.status_reason)) for row, name in rows)


def _logs(ids: list[UUID], who: Access, today: date) -> dict[UUID, dict[date, tuple[int, int | None]]]:
    """Return by patient and day how many exercises were logged, and the worst pain after one."""
    rows = (
        ExerciseLog.objects.for_clinic(who)
        .filter(patient__in=ids, day__gt=today - timedelta(days=DAYS), day__lte=today)
        .values("patient", "day")
        .annotate(logged=Count("pk"), pain=Max("pain_after"))
        .order_by()
    )
    found: dict[UUID, dict[date, tuple[int, int | None]]] = defaultdict(dict)
    for row in rows:
        found[row["patient"]][row["day"]] = (row["logged"], row["pain"])
    return found


def _stops(ids: list[UUID], who: Access) -> dict[UUID, list[Stop]]:
    """Return what patients stopped at and nobody has seen to."""
    cues = knowledge().terms("stop_cues")
    rows = StopReport.objects.for_clinic(who).filter(patient__in=ids, seen_at=None).order_by("occurred_at")

    def words(cue: str) -> str:
        if cue in OWN_CUES:
            return str(OWN_CUES[cue])
        return local(cues[cue]["text"]) if cue in cues else cue

    return _by_patient((row.patient_id, Stop(words(row.cue), row.occurred_at, row.note)) for row in rows)


def _visits(ids: list[UUID], who: Access, now: datetime) -> dict[UUID, Mapping[str, Any]]:
    """Return by patient when the next visit begins, and when the last was kept and the last missed."""
    rows = (
        Appointment.objects.for_clinic(who)
        .filter(patient__in=ids)
        .values("patient")
        .annotate(
            next=Min(BEGINS, filter=Q(status__in=COMING, span__endswith__gt=now)),
            last=Max(BEGINS, filter=Q(status=Status.DONE)),
            missed=Max(BEGINS, filter=Q(status=Status.NO_SHOW)),
        )
        .order_by()
    )
    return {row["patient"]: row for row in rows}


def _by_patient(pairs: Iterable[tuple[UUID, Any]]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for patient_id, value in pairs:
        found[patient_id].append(value)
    return found


# --- today ----------------------------------------------------------------------------------------------------------------
def visits_today(who: Access, now: datetime | None = None) -> list[dict[str, Any]]:
    """Return today's visits with `who`, by time: the visit with patient and type, and its rooms. Two queries."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Booking.objects.filter(appointment=OuterRef("pk"), resource__member=who.member_id)
    visits = list(
        Appointment.objects.for_clinic(who)
        .between(start, start + timedelta(days=1))
        .filter(Exists(mine))
        .exclude(status__in=(Status.CANCELLED, Status.UNPLACED))
        .select_related("patient", "type")
        .order_by("span")
    )
    rooms = defaultdict(list)
    held = Booking.objects.for_clinic(who).filter(appointment__in=visits, resource__kind=Kind.ROOM)
    for appointment, name in held.values_list("appointment", "resource__name"):
        rooms[appointment].append(name)
    return [{"visit": visit, "rooms": rooms[visit.pk]} for visit in visits]
