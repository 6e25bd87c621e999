"""What is known of a patient at a glance: the head of every page about them, and the overview. Each read is one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Avg, Count, F, QuerySet
from django.utils import timezone

from careplans.models import (
    ALERT,
    CarePlan,
    ExerciseLog,
    ItemStatus,
    PlanStatus,
)
from careplans.reassessing import Due
from careplans.services.reference import local
from catalogue.knowledge import knowledge
from clinic.access import Access
from patients import wording
from patients.alongside import AGREED, RESPONSIBLE
from patients.models import (
    Diagnosis,
    DiagnosisStatus,
    Patient,
    SafetyFlag,
)
from patients.services import missing
from scheduling.models import Appointment, Status
from workspace import alongside
from workspace.alongside import COMING
from workspace.attention import Alert
from workspace.caseload import OPEN, Fetched, alert_of, asked_of, due_of, visits_planned
from workspace.effort import Effort, effort

MOST_VISITS = 300
WEEKS = 12  # of home exercise, shown in the overview


@dataclass(frozen=True)
class Head:
    """Who it is, what to beware of, what they have, how far the plan and the visits are. At most 4 queries."""

    patient: Patient
    who: Access
    now: datetime

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @cached_property
    def flags(self) -> list[SafetyFlag]:
        """Safety flags that count today, critical ones first."""
        rows = SafetyFlag.objects.for_clinic(self.who).filter(patient=self.patient).active(self.today)
        return sorted(rows.order_by("pk"), key=lambda row: not knowledge().flags[row.flag_id]["critical"])

    @property
    def is_critical(self) -> bool:
        return any(knowledge().flags[row.flag_id]["critical"] for row in self.flags)

    @property
    def alerts(self) -> list[str]:
        """The flags in words, with their places."""
        found = []
        for row in self.flags:
            where = wording.regions(row.regions)
            found.append(f"{wording.flag(row.flag_id)}: {where}" if where else wording.flag(row.flag_id))
        return list(dict.fromkeys(found))

    @cached_property
    def all_diagnoses(self) -> list[dict[str, Any]]:
        """Diagnoses in words, with what is still to ask, for whoever may read them; last those resolved, and struck through."""
        if not self.who.may("chart.read"):
            return []
        rows = Diagnosis.objects.for_clinic(self.who).filter(patient=self.patient)
        return [
            {
                "id": row.pk,
                "condition": row.condition_id,
                "name": wording.diagnosis(row),
                "code": row.icd10,
                "since": row.onset_date,
                "resolved": row.status == DiagnosisStatus.RESOLVED,
                "struck": row.void_reason if row.voided_at else "",
                "missing": [wording.question(row.condition_id, each) for each in missing(row)],
            }
            for row in rows.order_by(F("voided_at").asc(nulls_first=True), "status", "pk")
        ]

    @property
    def diagnoses(self) -> list[dict[str, Any]]:
        return [each for each in self.all_diagnoses if not each["resolved"] and not each["struck"]]

    @cached_property
    def plans(self) -> list[Fetched]:
        """Drafts and what runs, the newest first, with their phases, and the items of the current one."""
        found = CarePlan.objects.for_clinic(self.who).filter(patient=self.patient, status__in=OPEN)
        beside = {
            "begun": alongside.BEGUN,
            "phases_found": alongside.PHASES,
            "clinic_found": alongside.IN_CLINIC,
            "home_found": alongside.AT_HOME,
            "course": alongside.course(),
            "alert": ALERT,
        }
        light = found.select_related("protocol").without_weight().defer("protocol__data")
        return list(light.annotate(**beside).order_by("-pk"))

    @property
    def plan(self) -> Fetched:
        """The plan that runs."""
        return next((plan for plan in self.plans if not plan.is_draft), None)

    @property
    def draft(self) -> Fetched:
        return next((plan for plan in self.plans if plan.is_draft), None)

    @cached_property
    def phases(self) -> list[dict[str, Any]]:
        """The phases of the running plan; `state` is done, now or "" (to come)."""
        if self.plan is None:
            return []
        rows = self.plan.phases_found
        now = next((n for n, row in enumerate(rows) if row["id"] == str(self.plan.current_phase_id)), None)
        return [
            {
                **row,
                "number": n + 1,
                "state": "" if now is None or n > now else "now" if n == now else "done",
            }
            for n, row in enumerate(rows)
        ]

    @property
    def phase(self) -> dict[str, Any] | None:
        return next((phase for phase in self.phases if phase["state"] == "now"), None)

    @property
    def in_clinic(self) -> list[str]:
        """The treatments of the current phase; those paused are left out."""
        rows = self.plan.clinic_found if self.plan else ()
        known = knowledge().modalities
        names = (known[row["modality"]]["name"] for row in rows if row["status"] == ItemStatus.ACTIVE)
        return list(dict.fromkeys(names))

    @property
    def at_home(self) -> list[str]:
        """The exercises of the current phase; those paused are left out."""
        rows = self.plan.home_found if self.plan else ()
        return list(dict.fromkeys(local(row["name"]) for row in rows if row["status"] == ItemStatus.ACTIVE))

    @property
    def paused(self) -> int:
        rows = [*self.plan.clinic_found, *self.plan.home_found] if self.plan else []
        return sum(row["status"] == ItemStatus.PAUSED for row in rows)

    @property
    def alert(self) -> Alert | None:
        """What a new check found against the running plan that pauses nothing."""
        return alert_of(self.plan) if self.plan else None

    @property
    def plan_weeks(self) -> tuple[int, int] | None:
        """The week in which the running plan is, its earlier versions counted, and its weeks in all; None before it starts."""
        start = self.plan and self.plan.begun
        weeks = round(sum(float(row["weeks"]) for row in self.phases))
        if not start or start > self.today or not weeks:
            return None
        return min((self.today - start).days // 7 + 1, weeks), weeks

    @cached_property
    def due(self) -> list[Due]:
        """Why they are to be assessed again, the oldest reason first; for whoever may read the chart."""
        if self.plan is None or not self.who.may("chart.read"):
            return []
        return due_of(self.plan, [each["condition"] for each in self.diagnoses], self.today)

    def effort(self, days: Sequence["Day"]) -> Effort:
        """Return the last two weeks of home exercise, against what the current phase asks for."""
        active = self.plan is not None and self.plan.status == PlanStatus.ACTIVE
        return effort(
            self.today,
            asked_of(self.plan) if self.plan else [],
            {day.day: day.logged for day in days},
            since=self.plan.start_date if self.plan and active else None,
        )

    @cached_property
    def appointments(self) -> list[Appointment]:
        """Their visits, the latest first."""
        rows = Appointment.objects.for_clinic(self.who).filter(patient=self.patient)
        return list(rows.select_related("type").order_by("-span")[:MOST_VISITS])

    @property
    def coming(self) -> list[Appointment]:
        """Visits to come, the next first."""
        return [
            visit
            for visit in reversed(self.appointments)
            if visit.status in COMING and visit.span.upper > self.now
        ]

    @property
    def next_visit(self) -> Appointment | None:
        return next(iter(self.coming), None)

    @cached_property
    def visits(self) -> dict[str, int] | None:
        """Of the running plan: visits it plans in all, used and booked so far, left to book. None without a plan."""
        if self.plan is None:
            return None
        planned, begun = visits_planned(self.plan), self.plan.begun
        mine = [
            visit for visit in self.appointments if begun and timezone.localdate(visit.span.lower) >= begun
        ]
        used = sum(visit.status == Status.DONE for visit in mine)
        booked = sum(visit.status in COMING and visit.span.upper > self.now for visit in mine)
        planned = max(
            planned, used + booked
        )  # what was paused since is planned no more, and was used all the same
        return {
            "planned": planned,
            "used": used,
            "booked": booked,
            "left": max(planned - used - booked, 0),
        }


def with_contact(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Fetch along, in the same query, who is `responsible`, what was agreed to (`agreed_to`), and `stops_found`."""
    return patients.annotate(responsible=RESPONSIBLE, agreed_to=AGREED, stops_found=alongside.STOPS)


def head_of(patient: Patient, who: Access, now: datetime | None = None) -> Head:
    return Head(patient, who, now or timezone.now())


# --- what happens at home -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Day:
    """One day of home exercise: how many were logged, and the mean pain after them (0 to 10)."""

    day: date
    logged: int = 0
    pain: float | None = None


def days_at_home(patient: Patient, today: date, weeks: int = WEEKS) -> list[Day]:
    """Return every day of the last `weeks` weeks, today the last. One query."""
    first = today - timedelta(days=7 * weeks - 1)
    rows = (
        ExerciseLog.objects.for_clinic(patient.clinic_id)
        .filter(patient=patient, day__range=(first, today))
        .values("day")
        .annotate(logged=Count("pk"), pain=Avg("pain_after"))
        .order_by(F("day"))
    )
    found = {row["day"]: Day(row["day"], row["logged"], row["pain"]) for row in rows}
    every = (first + timedelta(days=n) for n in range(7 * weeks))
    return [found.get(day, Day(day)) for day in every]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days: on how many something was done, and the mean pain after exercise."""

    first: date
    days_done: int
    pain: float | None


def by_week(days: Sequence[Day]) -> list[Week]:
    """Return whole weeks, the oldest first."""
    weeks = []
    for start in range(0, len(days), 7):
        part = days[start : start + 7]
        pains = [day.pain for day in part if day.pain is not None]
        weeks.append(
            Week(
                part[0].day,
                sum(day.logged > 0 for day in part),
                round(sum(pains) / len(pains), 1) if pains else None,
            )
        )
    return weeks
