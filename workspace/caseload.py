"""A physiotherapist's people: read in a fixed number of queries, sorted by who needs them most."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    Exists,
    Max,
    OuterRef,
    QuerySet,
)
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.models import (
    ALERT,
    RUNNING,
    CarePlan,
    ExerciseLog,
    ItemStatus,
    PlanStatus,
)
from careplans.reassessing import Course, Due, due
from careplans.services.home import PAIN_RISE, TOO_PAINFUL
from careplans.services.reassessing import changes_of, interval_of
from careplans.services.reference import local
from catalogue.knowledge import knowledge
from clinic.access import Access
from patients.alongside import DIAGNOSES, diagnosis_words
from patients.models import CareTeam, Patient
from scheduling.models import Appointment, Booking, Kind, Status
from workspace import alongside
from workspace.attention import (
    Alert,
    Draft,
    Facts,
    Group,
    Paused,
    Plan,
    Rank,
    Reason,
    Stop,
    group_of,
    reasons,
    standing,
)
from workspace.drawing import spark
from workspace.effort import Asked, Effort, effort

DAYS = 14
WEEK = timedelta(days=7)
MOST = 500
OPEN = (PlanStatus.DRAFT, *RUNNING)
# a caseload has hundreds of rows: what nobody is shown is not read
SHOWN_OF_PATIENT = (
    "given_name",
    "family_name",
    "date_of_birth",
    "age_years",
    "age_told_on",
    "phone",
    "created_at",
)
SHOWN_OF_PLAN = (
    "patient",
    "version",
    "status",
    "status_reason",
    "current_phase",
    "start_date",
    "updated_at",
    "created_by__title",
    "created_by__invited_as",
    "created_by__user__name",
)
OWN_CUES = {
    TOO_PAINFUL: gettext_lazy("it hurt too much"),
    PAIN_RISE: gettext_lazy("pain rose during an exercise"),
}
Fetched = Any  # a row with what `annotate` put beside its columns


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the list, with the gravest reason and how many more there are."""

    patient: Fetched
    group: Group
    reason: Reason | None
    more: int
    facts: Facts

    @property
    def diagnosis(self) -> str:
        return diagnosis_words(self.patient.diagnoses_found)

    @property
    def week(self) -> Effort:
        return self.facts.effort.last(7)

    @property
    def standing(self) -> str:
        return standing(self.facts)

    @property
    def next_visit(self) -> str:
        """When the next visit is, as short as can be: "Today 14:00", "Thu 26, 10:00"; "" for none."""
        visit = self.facts.next_visit
        if visit is None:
            return ""
        local_time = timezone.localtime(visit)
        if local_time.date() == self.facts.today:
            return _("Today %s") % date_format(local_time, "H:i")
        return date_format(
            local_time, "D j, H:i" if local_time.date() - self.facts.today < WEEK else "j M, H:i"
        )

    @property
    def is_worse(self) -> bool:
        return self.reason is not None and self.reason.rank == Rank.WORSE

    @property
    def spark(self) -> Any:
        """Pain after exercise over the window, drawn; None where nothing was said."""
        return spark([self.facts.pains.get(day.day) for day in self.facts.effort.days])


def caseload(who: Access, now: datetime | None = None) -> list[Row]:
    """Return the people `who` treats, the gravest reason first, of two alike the older, then by name. Three queries."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    people: list[Fetched] = list(_people(who, now)[:MOST])
    ids = [person.pk for person in people]
    known = _Known(plans=_plans(ids, who), logs=_logs(ids, who, today))
    rows = []
    for person in people:
        facts = known.facts(person, today)
        found = reasons(facts)
        rows.append(
            Row(
                patient=person,
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
    logs: Mapping[UUID, dict[date, tuple[int, int | None]]]

    def facts(self, person: Any, today: date) -> Facts:
        plans = self.plans.get(person.pk, [])
        running = next((plan for plan in plans if not plan.is_draft), None)
        draft = next((plan for plan in plans if plan.is_draft), None)
        logs = self.logs.get(person.pk, {})
        is_active = running is not None and running.status == PlanStatus.ACTIVE
        return Facts(
            today=today,
            registered_on=timezone.localdate(person.created_at),
            effort=effort(
                today,
                asked_of(running) if running else [],
                {day: logged for day, (logged, _pain) in logs.items()},
                since=running.start_date if running and is_active else None,
                days=DAYS,
            ),
            stops=[stop_of(row) for row in person.stops_found],
            paused=_paused(running) if running else [],
            alert=alert_of(running) if running else None,
            pains={day: pain for day, (_logged, pain) in logs.items() if pain is not None},
            plan=_plan(running) if running else None,
            draft=_draft(draft) if draft else None,
            next_visit=person.next_visit,
            last_visit=_day(person.last_visit),
            missed=_day(person.missed),
            visits_left=_visits_left(running) if running else 0,
            due=due_of(running, [row["condition_id"] for row in person.diagnoses_found], today)
            if running
            else (),
        )


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _plan(plan: Fetched) -> Plan:
    rows = plan.phases_found
    now = next((n for n, row in enumerate(rows) if row["id"] == str(plan.current_phase_id)), 0)
    starts = plan.begun or timezone.localdate()

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


def visits_planned(plan: Fetched) -> int:
    """Return how many visits a plan's phases ask for in all, each phase's rounded up."""
    each = (Decimal(str(row["visits"] or 0)) * Decimal(str(row["weeks"])) for row in plan.phases_found)
    return int(sum((visits.to_integral_value(ROUND_CEILING) for visits in each), Decimal()))


def due_of(plan: Fetched, conditions: Sequence[str], today: date) -> list[Due]:
    """Return why somebody under a plan, fetched with its `course`, is to be assessed again."""
    known, told = knowledge(), plan.course
    course = Course(
        starts=plan.begun or today,
        assessed=[date.fromisoformat(day) for day in told["assessed"]],
        visits=[date.fromisoformat(day) for day in told["visits"]],
        planned=visits_planned(plan),
        interval=interval_of(conditions, known),
        changes=changes_of(told["loose"], conditions, known),
    )
    return due(course, today)


def _visits_left(plan: Fetched) -> int:
    return max(visits_planned(plan) - plan.visits_taken, 0)


# --- reading: one query each ----------------------------------------------------------------------------------------------
def _people(who: Access, now: datetime) -> QuerySet[Patient]:
    """Return whom `who` treats, each with diagnoses, stops nobody has seen to, and when visits are and were."""
    treated = CareTeam.objects.filter(patient=OuterRef("pk"), member=who.member_id)
    found = Patient.objects.for_clinic(who).current().filter(Exists(treated))
    return (
        found.only(*SHOWN_OF_PATIENT)
        .annotate(diagnoses_found=DIAGNOSES, stops_found=alongside.STOPS, **alongside.visits(now))
        .order_by("name_key", "pk")
    )


def stop_of(row: Mapping[str, Any]) -> Stop:
    name = local(row["exercise"]) if row["exercise"] else ""
    return Stop(cue_words(row["cue"]), datetime.fromisoformat(row["at"]), row["note"], name)


def cue_words(cue: str) -> str:
    """Return why somebody stopped: "it hurt too much", "sharp pain"; a red flag by its name."""
    return str(OWN_CUES.get(cue) or cue.replace("-", " "))


def _plans(ids: list[UUID], who: Access) -> dict[UUID, list[CarePlan]]:
    """Return drafts and running plans, the newest first, with what is beside a plan."""
    found = (
        CarePlan.objects.for_clinic(who)
        .filter(patient__in=ids, status__in=OPEN)
        .select_related("created_by__user")
        .only(*SHOWN_OF_PLAN)
        .annotate(
            begun=alongside.BEGUN,
            phases_found=alongside.PHASES,
            clinic_found=alongside.IN_CLINIC,
            home_found=alongside.AT_HOME,
            alert=ALERT,
            visits_taken=alongside.visits_taken(),
            course=alongside.course(),
        )
        .order_by("-pk")
    )
    by_patient: dict[UUID, list[CarePlan]] = defaultdict(list)
    for plan in found:
        by_patient[plan.patient_id].append(plan)
    return by_patient


def asked_of(plan: Fetched) -> list[Asked]:
    """Return the home exercises of a plan's current phase, as `effort` looks at them."""
    return [Asked(row["days_of_week"], row["times"], row["status"]) for row in plan.home_found]


def _paused(plan: Fetched) -> list[Paused]:
    """Return what a safety fact paused in the current phase; if nothing there, what it paused in another one."""
    known = knowledge().modalities
    named = [(known[row["modality"]]["name"], row) for row in plan.clinic_found]
    named += [(local(row["name"]), row) for row in plan.home_found]
    found = [Paused(name, row["why"]) for name, row in named if row["status"] == ItemStatus.PAUSED]
    return found or _named(row for row in _found_new(plan) if row["severity"] == "block")


def _found_new(plan: Fetched) -> list[dict[str, Any]]:
    return plan.alert["findings"] if plan.alert else []


def _named(findings: Iterable[Mapping[str, Any]]) -> list[Paused]:
    """Return findings by the name of what they are about; one rule says it once."""
    known = knowledge().modalities
    once = {row["rule"]: row for row in reversed(list(findings))}
    return [Paused(known[row["modality"]]["name"], row["message"]) for row in reversed(once.values())]


def alert_of(plan: Fetched) -> Alert | None:
    """Return what a new check found against a plan, fetched with its `alert`, that pauses nothing."""
    cautions = _named(row for row in _found_new(plan) if row["severity"] == "warn")
    questions = len(plan.alert["unknown"]) if plan.alert else 0
    if not cautions and not questions:
        return None
    return Alert(date.fromisoformat(plan.alert["since"]), cautions, questions)


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


# --- today ----------------------------------------------------------------------------------------------------------------
def visits_today(who: Access, now: datetime | None = None) -> list[Appointment]:
    """Return today's visits with `who`, by time, with patient and type, and the names of their rooms. One query."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    held = Booking.objects.filter(appointment=OuterRef("pk"))
    rooms = held.filter(resource__kind=Kind.ROOM).order_by("resource__name").values("resource__name")
    return list(
        Appointment.objects.for_clinic(who)
        .between(start, start + timedelta(days=1))
        .filter(Exists(held.filter(resource__member=who.member_id)))
        .exclude(status__in=(Status.CANCELLED, Status.UNPLACED))
        .select_related("patient", "type")
        .only("status", "span", "patient__given_name", "patient__family_name", "type__name")
        .annotate(rooms=ArraySubquery(rooms))
        .order_by("span")
    )
